"""Saving and loading a model: whole numbers in safetensors, each checked against the schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core import canonical
from synthcase.core.files import read_limited, write_aside
from synthcase.errors import InternalError
from synthcase.model.container import MAX_HEADER, changed, read_container
from synthcase.model.nouns import AFFINITY, ONE, Component, FitReport, Model, TableClasses
from synthcase.plans.fields import Fields, decimal_text
from synthcase.plans.planfile import LONGEST_SCHEMA, schema_from_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.schema.layout import Layout, TableLayout
    from synthcase.schema.nouns import Schema

    Arrays = Mapping[str, NDArray[np.int32]]

__all__ = ["MODEL_FILE", "load_model", "model_bytes", "model_from_bytes", "save_model"]

MODEL_FILE = "model.safetensors"
FORMAT = "synthcase-model"
VERSION = 1
MAX_BYTES = 256 * 2**20
MOST_MEMBERS = 1000

_OURS = "synthcase"
_FIELDS = (
    "format", "version", "schema_hash", "schema", "members", "roots", "report", "plan_hash",
    "measurements_hash",
)  # fmt: skip


def save_model(model: Model, path: Path | str, *, replace: bool = False) -> None:
    """Write a model to a file, whole or not at all.

    Args:
        model: The model.
        path: The file; its folder must exist.
        replace: Whether a file of that name may be replaced.

    Raises:
        UsageError: The name is taken and `replace` is false.
        FileProblem: The system refuses.

    Privacy:
        Post-processing of Measurements.
    """
    write_aside(Path(path), model_bytes(model), replace=replace)


def load_model(path: Path | str) -> Model:
    """Read a model and check every shape and every distribution.

    Args:
        path: A file that `save_model` wrote.

    Raises:
        FileProblem: It is missing, too large, damaged or was changed.

    Privacy:
        Post-processing of Measurements.
    """
    path = Path(path)
    return model_from_bytes(read_limited(path, MAX_BYTES), what=path.name)


def model_bytes(model: Model) -> bytes:
    """Write a model as safetensors: the same bytes for the same model.

    Args:
        model: The model.

    Returns:
        The content of `model.safetensors`.

    Privacy:
        Post-processing of Measurements.
    """
    from safetensors.numpy import save

    arrays: dict[str, NDArray[np.int32]] = {}
    for number, component in enumerate(model.components):
        arrays |= _arrays_of(f"{number:03d}", component)
    # One key only: with several their order in the file differs from process to process.
    return bytes(save(arrays, metadata={_OURS: _metadata(model)}))


def _arrays_of(member: str, component: Component) -> dict[str, NDArray[np.int32]]:
    found = {}
    for name, table in component.tables.items():
        found[f"{member}/{name}/prior"] = table.prior
        found[f"{member}/{name}/profile"] = table.profile
        if table.affinity is not None:
            found[f"{member}/{name}/affinity"] = table.affinity
        for attribute, shares in table.copy.items():
            found[f"{member}/{name}/copy/{attribute}"] = shares
    for root, domains in component.references.items():
        for domain, shares in domains.items():
            found[f"{member}/{root}/reference/{domain}"] = shares
    return {name: np.ascontiguousarray(array, dtype="<i4") for name, array in found.items()}


def _metadata(model: Model) -> str:
    report = model.report
    return canonical.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "schema_hash": model.schema.hash,
            "schema": model.schema.text,
            "members": len(model.components),
            "roots": dict(model.roots),
            "report": {
                "chi_squared": {k: decimal_text(v, 6) for k, v in report.chi_squared.items()},
                "classes": report.classes,
                "members": report.members,
            },
            "plan_hash": model.plan_hash,
            "measurements_hash": model.measurements_hash,
        }
    ).decode("ascii")


def model_from_bytes(data: bytes, *, what: str = MODEL_FILE) -> Model:
    """Read a model from the content of its file.

    Args:
        data: The content.
        what: The file's name, for messages.

    Raises:
        FileProblem: It is damaged or was changed.
    """
    metadata, arrays = read_container(data, what)
    fields = _fields(metadata, what)
    schema = schema_from_text(fields.long_text("schema", LONGEST_SCHEMA), what)
    report = Fields(fields.take("report"), f"{what}: report", ("chi_squared", "classes", "members"))
    members = fields.whole("members", least=1, most=MOST_MEMBERS)
    try:
        model = Model(
            schema=schema,
            components=_Reader(schema, arrays, what).components(members),
            roots=_roots(fields, schema),
            report=FitReport(
                chi_squared=report.numbers("chi_squared"),
                classes=report.whole("classes"),
                members=report.whole("members"),
            ),
            plan_hash=fields.hash("plan_hash"),
            measurements_hash=fields.hash("measurements_hash"),
        )
    except InternalError:
        raise changed(what, "distributions that add up") from None
    if model.schema.hash != fields.hash("schema_hash"):
        raise changed(what, "the hash of the schema inside")
    return model


def _fields(metadata: object, what: str) -> Fields:
    text = Fields(metadata, f"{what}: metadata", [_OURS]).long_text(_OURS, MAX_HEADER)
    value = canonical.loads(text.encode("ascii", errors="replace"), what=what)
    fields = Fields(value, what, _FIELDS)
    fields.one_of("format", [FORMAT])
    fields.whole("version", least=VERSION, most=VERSION)
    return fields


def _roots(fields: Fields, schema: Schema) -> dict[str, int]:
    roots = fields.wholes("roots", least=1)
    if set(roots) != {table.name for table in schema.roots}:
        raise changed(fields.what, "a number of rows for each root table")
    return roots


class _Reader:
    """Takes the arrays of each member, and checks that none is left over."""

    def __init__(self, schema: Schema, arrays: Arrays, what: str) -> None:
        from synthcase.schema.layout import layout_of

        self._layout: Layout = layout_of(schema)
        self._left = dict(arrays)
        self._what = what

    def components(self, members: int) -> tuple[Component, ...]:
        found = tuple(self._component(f"{number:03d}") for number in range(members))
        if self._left:
            raise changed(self._what, "no other arrays than those of the schema")
        return found

    def _component(self, member: str) -> Component:
        tables: dict[str, TableClasses] = {}
        for table in self._layout.tables:
            tables[table.name] = self._table(f"{member}/{table.name}", table, tables)
        roots = [table.name for table in self._layout.tables if not table.parent]
        references = {
            root: self._references(f"{member}/{root}", root, tables[root].classes) for root in roots
        }
        return Component(tables, references)

    def _table(
        self, place: str, table: TableLayout, above: Mapping[str, TableClasses]
    ) -> TableClasses:
        profile = self._take(f"{place}/profile", (None, table.width))
        classes = profile.shape[0]
        shape: tuple[int | None, ...] = (classes,)
        affinity = None
        if table.parent and table.second:
            ends = (above[table.parent].classes, above[table.second].classes)
            shape = (*ends, classes)
            affinity = self._take(f"{place}/affinity", ends)
            if affinity.min() < 1 or affinity.max() > AFFINITY:
                raise changed(self._what, "affinities in their range")
        elif table.parent:
            shape = (above[table.parent].classes, None, classes)
        prior = self._take(f"{place}/prior", shape)
        copies = {
            attribute.name: self._take(f"{place}/copy/{attribute.name}", (classes,))
            for attribute in table.attributes
            if attribute.shared and f"{place}/copy/{attribute.name}" in self._left
        }
        return TableClasses(prior, profile, copies, affinity)

    def _references(self, place: str, root: str, classes: int) -> dict[str, NDArray[np.int32]]:
        found = {}
        for domain, values in self._domains(root).items():
            if f"{place}/reference/{domain}" in self._left:
                shares = self._take(f"{place}/reference/{domain}", (classes, values))
                if (shares.sum(-1, dtype=np.int64) != ONE).any():
                    raise changed(self._what, "distributions that add up")
                found[domain] = shares
        return found

    def _domains(self, root: str) -> dict[str, int]:
        return {
            attribute.shared: attribute.values
            for table in self._layout.tables
            if self._layout.path(table.name)[0] == root
            for attribute in table.attributes
            if attribute.shared
        }

    def _take(self, name: str, shape: tuple[int | None, ...]) -> NDArray[np.int32]:
        array = self._left.pop(name, None)
        if array is None or array.ndim != len(shape):
            raise changed(self._what, "the arrays that the schema asks for")
        if any(want not in (None, came) for want, came in zip(shape, array.shape, strict=True)):
            raise changed(self._what, "arrays of the shape that the schema asks for")
        if not array.size or array.min() < 0 or array.max() > ONE:
            raise changed(self._what, "shares between 0 and 1")
        return array
