"""Texts of the schema file that stand for numbers, days, truth and lists, for the forms."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

_WHOLE = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,2})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NOTHING = ("", "null", "~")

# An editor takes `NO`, `12` or `null` for text, number or nothing; we take the text as it stands.
_SCALAR = {"type": ["string", "number", "boolean", "null"]}


def _whole(value: object) -> object:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise ValueError("a whole number is expected")


def _whole_or_nothing(value: object) -> object:
    return None if value in _NOTHING else _whole(value)


def _number(value: object) -> object:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    raise ValueError("a number is expected, with a point if it has decimals")


def _day(value: object) -> object:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise ValueError("a day is expected, such as 2014-05-31")


def _truth(value: object) -> object:
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("true or false is expected")


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, WithJsonSchema(_SCALAR)]
Whole = Annotated[int, BeforeValidator(_whole), WithJsonSchema({"type": "integer"})]
WholeOrNothing = Annotated[
    int | None, BeforeValidator(_whole_or_nothing), WithJsonSchema({"type": ["integer", "null"]})
]
Number = Annotated[
    Fraction, BeforeValidator(_number), WithJsonSchema({"type": ["number", "string"]})
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Truth = Annotated[bool, BeforeValidator(_truth), WithJsonSchema({"type": "boolean"})]
Texts = Annotated[
    tuple[str, ...],
    BeforeValidator(_several),
    WithJsonSchema({"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR}]}),
]


class Form(BaseModel):
    """A part of the file: every key is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def mapping_or_list(value: object) -> str:
    """Say which of two forms a part of the file has."""
    return "list" if isinstance(value, list) else "mapping"
