"""From the rules of the file to the nouns: gates, derived columns, forbidden combinations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.errors import SchemaError
from synthcase.schema.domains import Flags
from synthcase.schema.rules import Derived, Forbidden, Gate, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from synthcase.schema.columns import Column
    from synthcase.schema.forms import AnyRule, DeriveForm, ForbidForm, GateForm, WhenForm
    from synthcase.schema.tables import Table


def rules_of(forms: Iterable[AnyRule], tables: Mapping[str, Table]) -> tuple[Rule, ...]:
    """Build the rules.

    Args:
        forms: The rules of the file.
        tables: All tables by name.

    Returns:
        Gates, derived columns and forbidden combinations, in the order of the file; a `when`
        becomes one forbidden combination for each column of its `then`.

    Raises:
        SchemaError: If a rule names what does not exist, joins two tables or contradicts another.
    """
    found = [rule for form in forms for rule in _rules(form, tables)]
    _check_derived(found)
    return tuple(found)


def _rules(form: AnyRule, tables: Mapping[str, Table]) -> list[Rule]:
    from synthcase.schema.forms import DeriveForm, ForbidForm, GateForm

    if isinstance(form, GateForm):
        return [_gate(form, tables)]
    if isinstance(form, DeriveForm):
        return [_derived(form, tables)]
    if isinstance(form, ForbidForm):
        return [_forbidden(form, tables)]
    return _when(form, tables)


def _gate(form: GateForm, tables: Mapping[str, Table]) -> Gate:
    conditions = list(form.open_if.items())
    if len(conditions) != 1:
        raise SchemaError(
            f"the gate of {form.gate[:80]} names {len(conditions)} columns",
            expected="one column in `open_if`",
        )
    table, (dependent, gate) = _same_table([form.gate, conditions[0][0]], tables)
    if dependent is gate:
        raise SchemaError(f"{form.gate[:80]} cannot be its own gate")
    return Gate(table.name, dependent.name, gate.name, conditions[0][1])


def _derived(form: DeriveForm, tables: Mapping[str, Table]) -> Derived:
    table, (target, source) = _same_table([form.derive, form.source], tables)
    name = f"{table.name}.{target.name}"
    if isinstance(target.domain, Flags) or isinstance(source.domain, Flags):
        raise SchemaError(f"the rule that derives {name} names a multi-select column")
    if target is source:
        raise SchemaError(f"{name} cannot be derived from itself")
    _check_states(target, form.mapping, name)
    mapped = [state for states in form.mapping.values() for state in states]
    _check_states(source, mapped, f"{table.name}.{source.name}")
    if sorted(mapped) != sorted(source.states):
        left = [state for state in source.states if mapped.count(state) != 1]
        raise SchemaError(
            f"the rule that derives {name} does not name every state of {source.name} once",
            came=f"not exactly once: {', '.join(left[:12])}",
            exists=", ".join(source.states[:40]),
        )
    return Derived(table.name, target.name, source.name, tuple(form.mapping.items()))


def _forbidden(form: ForbidForm, tables: Mapping[str, Table]) -> Forbidden:
    table, columns = _same_table(list(form.forbid), tables)
    for (name, states), column in zip(form.forbid.items(), columns, strict=True):
        _check_states(column, states, name)
    named = zip(columns, form.forbid.values(), strict=True)
    return Forbidden(table.name, tuple((column.name, states) for column, states in named))


def _when(form: WhenForm, tables: Mapping[str, Table]) -> list[Rule]:
    """Turn `when … then …` into what it forbids: the values of `then` that are not listed.

    A kind of missing neither fires a `when` nor breaks a `then` unless it is named in the `when`.
    """
    if not form.when or not form.then or set(form.when) & set(form.then):
        raise SchemaError("a rule `when … then …` names different columns in its two parts")
    table, columns = _same_table([*form.when, *form.then], tables)
    states = [*form.when.values(), *form.then.values()]
    for name, column, listed in zip([*form.when, *form.then], columns, states, strict=True):
        _check_states(column, listed, name)
    fired = tuple(
        (column.name, listed) for column, listed in zip(columns, form.when.values(), strict=False)
    )
    found: list[Rule] = []
    for column, allowed in zip(columns[len(fired) :], form.then.values(), strict=True):
        if isinstance(column.domain, Flags):
            raise SchemaError(
                f"`then` names {table.name}.{column.name}, which is multi-select",
                todo="write what may not stand together as `forbid:`",
            )
        left = tuple(label for label in column.domain.labels if label not in allowed)
        if not left:
            raise SchemaError(
                f"`then` allows every value of {table.name}.{column.name}, so it says nothing"
            )
        found.append(Forbidden(table.name, (*fired, (column.name, left))))
    return found


def _same_table(names: list[str], tables: Mapping[str, Table]) -> tuple[Table, list[Column]]:
    """Return the one table that columns named `table.column` belong to, and the columns."""
    if not names:
        raise SchemaError("a rule names no column")
    found = {name.partition(".")[0] for name in names}
    if len(found) > 1:
        raise SchemaError(
            f"a rule joins columns of {len(found)} tables: {', '.join(names)[:200]}",
            expected="columns of one table",
            todo="rules across tables come in another release: leave this one out",
        )
    table = tables.get(found.pop())
    if table is None or table.lookup:
        raise SchemaError(
            f"a rule names {names[0][:80]!r}, which is no column of a measured table",
            expected="table.column",
            exists=", ".join(tables),
        )
    return table, [table.column(name.partition(".")[2]) for name in names]


def _check_states(column: Column, states: Iterable[str], name: str) -> None:
    listed = list(states)
    wrong = [state for state in listed if state not in column.states]
    if wrong or not listed or len(set(listed)) != len(listed):
        raise SchemaError(
            f"a rule names states of {name[:80]} wrongly",
            expected="one or more of its states, each once",
            came=", ".join(wrong[:12]) or None,
            exists=", ".join(column.states[:40]),
        )


def _check_derived(rules: list[Rule]) -> None:
    """Refuse what cannot be computed after sampling in one step."""
    derived = [(rule.table, rule.target) for rule in rules if isinstance(rule, Derived)]
    if len(set(derived)) != len(derived):
        raise SchemaError("two rules derive the same column")
    for rule in rules:
        if isinstance(rule, Derived):
            used = [rule.source]
        elif isinstance(rule, Gate):
            used = [rule.gate, rule.dependent]
        else:
            used = [name for name, _ in rule.conditions]
        for name in used:
            if (rule.table, name) in derived:
                raise SchemaError(
                    f"a rule uses {rule.table}.{name}, which another rule derives",
                    todo="state the rule on the column it is derived from",
                )
