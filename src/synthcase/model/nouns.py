"""The model: nested latent classes as whole numbers, so that sampling is the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from synthcase.errors import InternalError
from synthcase.schema.layout import Layout, layout_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.schema.nouns import Schema

ONE = 1 << 30
"""Probabilities are whole multiples of 2^-30; those of one draw add up to exactly this."""

AFFINITY = 1 << 20
"""The affinity of a class of one end to the class of the other that it likes best."""


@dataclass(frozen=True)
class TableClasses:
    """Latent classes of one table.

    Attributes:
        prior: Class shares: `(classes,)` for a root, `(classes of one end, classes of the other,
            classes)` for a link inside a case, else `(parent classes, roles, classes)`.
        profile: State shares within a class, attribute beside attribute: `(classes, width)`.
        copy: For each shared attribute, the share of rows of a class that copy the case's
            reference value instead of drawing their own: `(classes,)`.
        affinity: For a link inside a case, how much a class of the first end likes each class of
            the second, from 1 to `AFFINITY`; None for other tables.
    """

    prior: NDArray[np.int32]
    profile: NDArray[np.int32]
    copy: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)
    affinity: NDArray[np.int32] | None = None

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.profile.shape[0])

    @property
    def roles(self) -> int:
        """Number of roles among the children of one parent (1 for a root)."""
        return int(self.prior.shape[1]) if self.prior.ndim == 3 else 1


@dataclass(frozen=True)
class Component:
    """One member of the ensemble.

    Attributes:
        tables: Classes of each table.
        references: For each shared domain, the distribution of a case's reference value by class
            of the root: `(root classes, values)`; by root table, then domain.
    """

    tables: Mapping[str, TableClasses]
    references: Mapping[str, Mapping[str, NDArray[np.int32]]]


@dataclass(frozen=True, kw_only=True)
class FitReport:
    """How well the model explains the measurements.

    Attributes:
        chi_squared: Mean squared residual in units of its variance, by kind of table.
        classes: Classes a table.
        members: Fits in the ensemble.
    """

    chi_squared: Mapping[str, float]
    classes: int
    members: int


@dataclass(frozen=True, kw_only=True)
class Model:
    """A generative model of the whole database.

    Attributes:
        schema: The schema.
        components: The ensemble; each member makes its part of the cases.
        roots: Noisy number of rows of each root table, at least 1.
        report: How well it fits.
        plan_hash: Hash of the plan it comes from.
        measurements_hash: Hash of the measurements it comes from.

    Privacy:
        Post-processing of Measurements.
    """

    schema: Schema
    components: tuple[Component, ...]
    roots: Mapping[str, int]
    report: FitReport
    plan_hash: str
    measurements_hash: str

    def __post_init__(self) -> None:
        """Check shapes, and that every distribution adds up."""
        for component in self.components:
            for table in self.layout.tables:
                classes = component.tables[table.name]
                if classes.profile.shape[1] != table.width:
                    raise InternalError(f"the model of {table.name} has another width")
                sums = np.add.reduceat(
                    classes.profile.astype(np.int64), table.offsets[:-1], axis=1
                ) if table.attributes else np.full((1, 1), ONE)  # fmt: skip
                if (sums != ONE).any() or (classes.prior.sum(-1, dtype=np.int64) != ONE).any():
                    raise InternalError(f"a distribution of {table.name} does not add up")

    @cached_property
    def layout(self) -> Layout:
        """The attributes of the schema."""
        return layout_of(self.schema)

    def _repr_html_(self) -> str:
        chi = "".join(
            f"<tr><td>{escape(kind)}</td><td>{value:.2f}</td></tr>"
            for kind, value in self.report.chi_squared.items()
        )
        return (
            f"<p>Model of {escape(', '.join(t.name for t in self.layout.tables))}: "
            f"{self.report.members} fits of {self.report.classes} classes</p>"
            f"<table><tr><th>kind of table</th><th>χ² a cell</th></tr>{chi}</table>"
        )
