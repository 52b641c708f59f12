"""Read any folder of tables that comes with a `domain.yaml`, and write tables in the same form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

BINS = 10
LISTED = ("categorical", "ordinal", "binary")
NUMERIC = ("integer", "real")
KEY = "key"


class FolderError(ValueError):
    """The folder is not of the form that the benchmark reads."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column as `domain.yaml` describes it.

    Attributes:
        name: Its name in the file.
        kind: `key`, `categorical`, `ordinal`, `binary`, `integer` or `real`.
        values: The listed values as text; empty for keys and numbers.
        low: Smallest number.
        high: Largest number.
        nullable: Whether a cell may be empty.
        from_data: The domain was read off the data.
    """

    name: str
    kind: str
    values: tuple[str, ...] = ()
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    nullable: bool = False
    from_data: bool = False

    def __post_init__(self) -> None:
        """Check that the domain belongs to the kind."""
        if self.kind not in (KEY, *LISTED, *NUMERIC):
            raise FolderError(f"column {self.name} is of unknown type {self.kind!r}")
        if self.kind in LISTED and not self.values:
            raise FolderError(f"column {self.name} lists no values")
        if self.low > self.high:
            raise FolderError(f"column {self.name}: its minimum is above its maximum")

    @property
    def edges(self) -> tuple[Fraction, ...]:
        """Edges of ten bins of equal width over the range; two edges for a single number."""
        if self.low == self.high:
            return (self.low, self.high)
        width = (self.high - self.low) / BINS
        return tuple(self.low + number * width for number in range(BINS + 1))

    @property
    def states(self) -> int:
        """Number of values or bins, without missing and outside the domain."""
        return len(self.values) if self.kind in LISTED else len(self.edges) - 1


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its file, its expected rows, its key and its columns."""

    name: str
    file: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    rows: int | None = None


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A reference of a child table; `order` names the columns that order the children."""

    child: str
    child_key: tuple[str, ...]
    parent: str
    parent_key: tuple[str, ...]
    lookup: bool = False
    order: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A data set: where it lies, its tables and their relations.

    Attributes:
        path: The folder.
        name: Name of the data set.
        tables: Tables by name, in the order of `domain.yaml`.
        relations: All relations, look-ups too.
        unit: What the folder says about the privacy unit.
    """

    path: Path
    name: str
    tables: Mapping[str, Table]
    relations: tuple[Relation, ...]
    unit: str = ""

    def __post_init__(self) -> None:
        """Check that relations name tables that exist, and that there is a root."""
        for relation in self.relations:
            for name in (relation.child, relation.parent):
                if name not in self.tables:
                    raise FolderError(f"a relation names {name!r}, which is no table")
        if not self.roots:
            raise FolderError("no table is without a parent")

    @cached_property
    def lookups(self) -> tuple[str, ...]:
        """Public code lists: tables that are only ever looked up."""
        looked_up = {r.parent for r in self.relations if r.lookup}
        related = {n for r in self.relations if not r.lookup for n in (r.child, r.parent)}
        return tuple(name for name in self.tables if name in looked_up - related)

    @cached_property
    def links(self) -> tuple[Relation, ...]:
        """Relations from child to parent that are no look-ups and not within one table."""
        return tuple(r for r in self.relations if not r.lookup and r.child != r.parent)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Tables without a parent; the first one's rows are the cases."""
        children = {relation.child for relation in self.links}
        return tuple(n for n in self.tables if n not in children and n not in self.lookups)

    @property
    def measured(self) -> tuple[str, ...]:
        """Tables that are measured: all but look-ups, parents before children."""
        found: list[str] = []
        waiting = [name for name in self.tables if name not in self.lookups]
        while waiting:
            ready = [n for n in waiting if all(r.parent in found for r in self.parents(n))]
            if not ready:
                raise FolderError(f"the parents of {', '.join(waiting)} run in a circle")
            found += ready
            waiting = [name for name in waiting if name not in ready]
        return tuple(found)

    def parents(self, table: str) -> tuple[Relation, ...]:
        """Return the relations of a table to its parents, the first parent first."""
        return tuple(relation for relation in self.links if relation.child == table)

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns that are measured: no keys and no order columns."""
        relations = [r for r in self.relations if r.child == table]
        left_out = set(self.tables[table].key)
        left_out |= {name for r in relations for name in (*r.child_key, *r.order)}
        columns = self.tables[table].columns.values()
        return tuple(c.name for c in columns if c.kind != KEY and c.name not in left_out)

    def file(self, table: str) -> Path:
        """Return the table's file, plain or gzipped.

        Raises:
            FolderError: If neither is there.
        """
        named = self.path / self.tables[table].file
        for found in (named, named.with_name(named.name + ".gz")):
            if found.is_file():
                return found
        raise FolderError(f"table {table}: there is no file {named.name} or {named.name}.gz")


def read_folder(path: Path) -> Folder:
    """Read the `domain.yaml` of a folder.

    Args:
        path: The folder.

    Returns:
        The description; no table is read yet.

    Raises:
        FolderError: If the description is missing or not understood.
    """
    import yaml

    source = Path(path) / "domain.yaml"
    if not source.is_file():
        raise FolderError(f"there is no {source}")
    # This loader keeps every scalar as the text that stands in the file: 01, no, 2020-01-01.
    raw = yaml.BaseLoader(source.read_text(encoding="utf-8")).get_single_data()
    return Folder(
        path=Path(path),
        name=raw.get("dataset", Path(path).name),
        tables={name: _table(name, table) for name, table in raw["tables"].items()},
        relations=tuple(
            _relation(relation, raw["tables"]) for relation in raw.get("relations") or ()
        ),
        unit=raw.get("privacy_unit", ""),
    )


def _names(value: str | list[str] | None) -> tuple[str, ...]:
    return () if not value else (value,) if isinstance(value, str) else tuple(value)


def _table(name: str, raw: dict[str, Any]) -> Table:
    columns = [_column(column, about) for column, about in raw["columns"].items()]
    return Table(
        name=name,
        file=raw.get("file", f"{name}.csv"),
        rows=int(raw["rows"]) if raw.get("rows") else None,
        key=_names(raw.get("primary_key")),
        columns={column.name: column for column in columns},
    )


def _column(name: str, raw: dict[str, Any]) -> Column:
    kind = raw.get("type", "")
    numeric = kind in NUMERIC
    if numeric and not {"min", "max"} <= raw.keys():
        raise FolderError(f"column {name} has no `min` and `max`")
    return Column(
        name=name,
        kind=kind,
        values=tuple(raw.get("values") or ()) if kind in LISTED else (),
        low=Fraction(raw["min"]) if numeric else Fraction(0),
        high=Fraction(raw["max"]) if numeric else Fraction(0),
        nullable=raw.get("nullable", "false").lower() == "true",
        from_data=raw.get("domain_source", "").startswith("data"),
    )


def _relation(raw: dict[str, Any], tables: dict[str, Any]) -> Relation:
    note = raw.get("note", "")
    columns = tables.get(raw["child"], {}).get("columns", ())
    ordered = re.search(r"ordered by (\w+(?:\s*,\s*\w+)*)", note)
    return Relation(
        child=raw["child"],
        child_key=_names(raw["child_key"]),
        parent=raw["parent"],
        parent_key=_names(raw["parent_key"]),
        lookup="lookup" in note or "look-up" in note,
        order=tuple(n for n in re.split(r"\s*,\s*", ordered[1]) if n in columns) if ordered else (),
    )


def read_frames(folder: Folder) -> dict[str, pd.DataFrame]:
    """Read all tables as text; an empty cell is missing and stays an empty text.

    Args:
        folder: The description.

    Returns:
        One frame a table with the described columns, in the order of the file.

    Raises:
        FolderError: If a file or a column is missing.
    """
    return {name: _frame(folder, table) for name, table in folder.tables.items()}


def _frame(folder: Folder, table: Table) -> pd.DataFrame:
    import pandas as pd

    frame = pd.read_csv(folder.file(table.name), dtype=str, keep_default_na=False)
    absent = [name for name in table.columns if name not in frame.columns]
    if absent:
        raise FolderError(f"table {table.name} has no column {', '.join(absent)}")
    frame = frame[[name for name in frame.columns if name in table.columns]]
    whole = [column.name for column in table.columns.values() if column.kind == "integer"]
    # Programs that know no missing whole number write 3.0 for 3.
    return frame.assign(**{n: frame[n].str.replace(r"\.0+$", "", regex=True) for n in whole})


def write_frames(folder: Folder, frames: Mapping[str, pd.DataFrame], target: Path) -> None:
    """Write tables under the folder's own file and column names; missing is an empty cell.

    Args:
        folder: The description whose names are used.
        frames: Tables as text; a look-up table is copied, a column that is not there is empty.
        target: Where to write; made if needed.

    Raises:
        FolderError: If the target is the folder itself.
    """
    target = Path(target)
    if target.resolve() == folder.path.resolve():
        raise FolderError("the synthetic tables would overwrite the real ones")
    target.mkdir(parents=True, exist_ok=True)
    for name, real in read_frames(folder).items():
        frame = real if name in folder.lookups else frames[name]
        frame.reindex(columns=list(real.columns), fill_value="").to_csv(
            target / folder.file(name).name, index=False, lineterminator="\n"
        )
