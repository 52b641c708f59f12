"""Names that are safe everywhere: as a file, as the head of a CSV column, as a cell of a sheet."""

from __future__ import annotations

import re
import unicodedata

from synthcase.errors import SchemaError

NAME = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)
SCHEMA_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}", re.ASCII)
SOURCE_NAME = re.compile(r"[^\x00-\x1f/\\]{1,120}")
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?", re.ASCII)
WINDOWS_RESERVED = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{stem}{n}" for stem in ("com", "lpt") for n in range(10)]
)
MISSING_SUFFIX = "__missing"
_LONGEST_LABEL = 200
_FORMULA = ("=", "+", "-", "@")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSAFE_CATEGORIES = frozenset(["Cc", "Cs", "Zl", "Zp"])


def check_table_name(name: str) -> None:
    """Check that a table's name is safe as a file name on every system.

    Raises:
        SchemaError: If it is not lower case letters, digits and `_`, or is reserved by Windows.
    """
    if not NAME.fullmatch(name) or name in WINDOWS_RESERVED:
        raise SchemaError(
            f"{name[:40]!r} cannot name a table",
            expected="a lower-case letter, then up to 40 letters, digits or _; "
            "no name that Windows reserves",
        )


def check_schema_name(name: str) -> None:
    """Check the name of a schema, which also names files.

    Raises:
        SchemaError: If it holds anything but letters, digits, `_` and `-`.
    """
    if not SCHEMA_NAME.fullmatch(name) or name.lower() in WINDOWS_RESERVED:
        raise SchemaError(
            f"{name[:40]!r} cannot name a schema",
            expected="a letter, then up to 60 letters, digits, _ or -",
        )


def check_column_name(name: str) -> None:
    """Check the name of a column or key of the source.

    Raises:
        SchemaError: If it is empty or too long, holds a control character or a slash, would be a
            formula in a spreadsheet, or is kept for what synthcase adds itself.
    """
    if (
        not SOURCE_NAME.fullmatch(name)
        or _is_unsafe(name)
        or name != name.strip()
        or name.startswith((*_FORMULA, "#"))
        or name.endswith(MISSING_SUFFIX)
    ):
        raise SchemaError(
            f"{name[:40]!r} cannot name a column",
            expected="1 to 120 characters without slash, control character or blank at an end, "
            f"not starting with = + - @ or #, not ending with {MISSING_SUFFIX}",
        )


def check_label(label: str) -> None:
    """Check a value of a domain: it will stand in cells of CSV files and in pages.

    Raises:
        SchemaError: If it is empty or too long, holds a control character, or would be a formula
            in a spreadsheet.
    """
    if not 0 < len(label) <= _LONGEST_LABEL or _is_unsafe(label):
        raise SchemaError(
            f"{label[:40]!r} cannot be a value",
            expected=f"1 to {_LONGEST_LABEL} characters without control characters; an empty cell "
            'is a kind of missing: `missing: {unknown: ""}`',
        )
    if label.lstrip().startswith(_FORMULA) and not NUMBER.fullmatch(label):
        raise SchemaError(
            f"{label[:40]!r} cannot be a value",
            expected="no value that starts with = + - or @ unless it is a plain number, since a "
            "spreadsheet would run it as a formula",
            todo="rename the value in the source and in the schema",
        )


def _is_unsafe(text: str) -> bool:
    return any(unicodedata.category(c) in _UNSAFE_CATEGORIES or c in _DIRECTIONS for c in text)
