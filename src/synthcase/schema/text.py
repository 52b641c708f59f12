"""Strict YAML: text in, nested dicts, lists and text out. Nothing is guessed.

YAML as it is usually read turns the country code NO into false, 12:30 into 750 and takes the last
of two equal keys in silence; its aliases make a small file large. Here every scalar stays the text
that stands in the file, and whatever a schema does not need is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from synthcase.errors import SchemaError

if TYPE_CHECKING:
    from yaml import Event

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_NODES = 100_000

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"


def parse_yaml(text: str) -> Plain:
    """Read strict YAML.

    Args:
        text: One document: mappings, lists and text; no anchors, aliases, tags or directives.

    Returns:
        Nested dicts and lists whose leaves are text, exactly as written.

    Raises:
        SchemaError: The text is not of this form, has a key twice, is larger than 1 MB, deeper
            than 20 levels or has more than 100 000 nodes. The message names the line.

    Privacy:
        Reads no record.

    Example:
        >>> parse_yaml("values: [NO, 12:30, 1_0]")
        {'values': ['NO', '12:30', '1_0']}
    """
    import yaml

    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise SchemaError("the schema is too large", expected=f"at most {MAX_BYTES} bytes")
    # Events come one by one, so a hostile text is refused at its first wrong event.
    events = yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.SafeLoader)
    try:
        return _Reader(events).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f" in line {mark.line + 1}" if mark else ""
        raise SchemaError(f"the schema is no YAML{line}", came=error.problem) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise SchemaError(
            "the schema is no YAML", expected="printable text in UTF-8 without control characters"
        ) from None


class _Reader:
    """Walks over the events of one document."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._nodes = 0

    def document(self) -> Plain:
        import yaml

        next(self._events)
        start = next(self._events)
        if isinstance(start, yaml.StreamEndEvent):
            raise SchemaError("the schema is empty")
        if getattr(start, "version", None) or getattr(start, "tags", None):
            _refuse("a directive", start)
        value = self._node(next(self._events), 1)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            _refuse("a second document", after)
        return value

    def _node(self, event: Event, depth: int) -> Plain:
        import yaml

        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise SchemaError("the schema is too large", expected=f"at most {MAX_NODES} entries")
        _refuse_marks(event)
        if isinstance(event, yaml.ScalarEvent):
            return _whole(str(event.value))
        if depth > MAX_DEPTH:
            _refuse(f"nesting deeper than {MAX_DEPTH} levels", event)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._node(item, depth + 1) for item in self._until(yaml.SequenceEndEvent)]
        return self._mapping(depth)

    def _mapping(self, depth: int) -> Plain:
        import yaml

        found: dict[str, Plain] = {}
        for event in self._until(yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                _refuse_marks(event)
                _refuse("a key that is no text", event)
            key = self._node(event, depth)
            if key in found:
                _refuse(f"the key {str(key)[:40]!r} twice", event)
            found[str(key)] = self._node(next(self._events), depth + 1)
        return found

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self._events), end):
            yield event


def _refuse_marks(event: Event) -> None:
    import yaml

    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        _refuse("an anchor or alias", event)
    if getattr(event, "tag", None) is not None:
        _refuse("a tag", event)


def _whole(text: str) -> str:
    # A lone surrogate is no character: it could not be written to any file.
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        raise SchemaError("the schema has text with half a character")
    return text


def _refuse(what: str, event: Event) -> NoReturn:
    line = f" in line {event.start_mark.line + 1}" if event.start_mark else ""
    raise SchemaError(
        f"the schema has {what}{line}",
        expected="plain YAML: mappings with each key once, lists and text",
    )


def as_text(value: object, *, depth: int = 1) -> Plain:
    """Turn a Python value into what the same schema would be as a file.

    Args:
        value: Nested mappings and sequences of text, numbers, days, true, false and None.
        depth: How deep the value stands.

    Returns:
        The same with the text that a file would have in their place.

    Raises:
        SchemaError: The value is of another kind, or too deep.

    Example:
        >>> as_text({"bins": [0, 9, 18]})
        {'bins': ['0', '9', '18']}
    """
    if depth > MAX_DEPTH + 1:
        raise SchemaError(f"the schema is deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise SchemaError("the schema has a key that is no text")
        return {key: as_text(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [as_text(item, depth=depth + 1) for item in value]
    return _scalar_text(value)


def _scalar_text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    raise SchemaError(
        f"the schema holds a {type(value).__name__}",
        expected="mappings, lists, text, numbers, days, true, false or None",
    )
