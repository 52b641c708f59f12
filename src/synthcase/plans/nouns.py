"""The plan (every table to be counted, with its noise) and the measurements (the noisy answers)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from html import escape
from math import ceil, prod
from typing import TYPE_CHECKING

from synthcase.errors import InternalError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthcase.schema.nouns import Schema

VOTE = 1 << 30
RHO_GRID = 1 << 40
KINDS = (
    "rows", "one_way", "own", "ancestor", "sibling", "agreement", "co_child", "link", "ends", "met"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PlannedTable:
    """One table to be counted.

    Attributes:
        id: Unique name, such as `own/victim.age*victim.sex`.
        kind: One of `KINDS`.
        axes: Table and attribute of each axis; none for a number of rows.
        size: Number of cells.
        root: The root table of its tree; its rows are the cases that pay for it.
        unit: Count units of one vote: 2^30 for votes, 1 for weight-1 rows.
        delta_squared: For each protected kind, the squared L2 sensitivity in count units, when
            one of that kind is added or removed.
        sigma: Standard deviation of the noise in count units, a dyadic fraction.
    """

    id: str
    kind: str
    axes: tuple[tuple[str, str], ...]
    size: int
    root: str
    unit: int
    delta_squared: Mapping[str, Fraction]
    sigma: Fraction

    def __post_init__(self) -> None:
        """Check kind, size and noise."""
        if self.kind not in KINDS or self.size < 1 or self.sigma <= 0 or self.unit < 1:
            raise InternalError(f"the planned table {self.id} is not well formed")

    def rho(self, kind: str) -> Fraction:
        """Return the zCDP price of this table to a protected kind: Δ²/(2σ²), rounded up to 2^-40.

        On that grid prices add up exactly and stay short, however many tables there are.
        """
        exact = self.delta_squared.get(kind, Fraction(0)) / (2 * self.sigma**2)
        return Fraction(ceil(exact * RHO_GRID), RHO_GRID)


@dataclass(frozen=True, kw_only=True)
class Guarantee:
    """One line of the promise.

    Attributes:
        who: Who is protected, in words.
        account: The ledger's account that pays it; None for a statement that is only printed.
        cases: Cases the person is in.
        files: Custodians' files the person is in.
        rho: zCDP parameter.
        epsilon: ε at the plan's δ, rounded up.
        belief: Most that somebody 50 % sure of the person's presence can become sure.
    """

    who: str
    account: str | None
    cases: int
    files: int
    rho: Fraction
    epsilon: float
    belief: float


@dataclass(frozen=True, kw_only=True)
class ExpectedError:
    """How well one answer will be known, before anything is measured.

    Attributes:
        question: The question, as asked or as generated.
        answer: The cell's label, or `a typical cell`.
        half_width: Half-width in rows of the 90 % interval of the measured table.
        typical: Rows in a typical cell at the expected numbers of rows.
        verdict: `useful` (≤ 20 %), `rough` (≤ 50 %), `no`, or `not measured`.
    """

    question: str
    answer: str
    half_width: float | None
    typical: float
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that will be asked of the records, its noise, its price and its expected error.

    Attributes:
        schema: The schema it was made for.
        unit: `case` or `person`.
        epsilon: The ε asked for, as text: an upper bound for one protected unit at δ.
        delta: The δ of every stated ε.
        expected: Expected rows of each table: public or rounded figures.
        expected_source: `given`, `public`, or `assumed`.
        tables: The tables to be counted.
        prices: What is charged to each account of the ledger, in ρ.
        guarantees: The promise, the person's number first.
        not_protected: What is not promised, in words.
        errors: Expected error of the main answers.
        remarks: What the planner wants its reader to know.

    Privacy:
        Made without any record. Running it costs `prices`.
    """

    schema: Schema
    unit: str
    epsilon: str
    delta: Fraction
    expected: Mapping[str, int]
    expected_source: str
    tables: tuple[PlannedTable, ...]
    prices: Mapping[str, Fraction]
    guarantees: tuple[Guarantee, ...]
    not_protected: tuple[str, ...]
    errors: tuple[ExpectedError, ...]
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that table ids are unique."""
        if len({table.id for table in self.tables}) != len(self.tables):
            raise InternalError("the plan counts a table twice")

    @cached_property
    def by_id(self) -> dict[str, PlannedTable]:
        """Tables by id."""
        return {table.id: table for table in self.tables}

    @cached_property
    def links(self) -> frozenset[str]:
        """The link tables of which it is counted which ends go together."""
        return frozenset(t.axes[-1][0] for t in self.tables if t.kind in ("ends", "met"))

    @property
    def cells(self) -> int:
        """Number of noisy numbers the plan will release."""
        return sum(table.size for table in self.tables)

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical file, in hexadecimal."""
        from synthcase.core.canonical import sha256_hex
        from synthcase.plans.files import plan_bytes

        return sha256_hex(plan_bytes(self))

    def _repr_html_(self) -> str:
        promise = "".join(
            f"<tr><td>{escape(g.who)}</td><td>{g.epsilon:.2f}</td><td>{g.belief:.1%}</td></tr>"
            for g in self.guarantees
        )
        errors = "".join(
            f"<tr><td>{escape(e.question)}</td><td>{escape(e.answer)}</td><td>{e.typical:.0f}</td>"
            f"<td>{'–' if e.half_width is None else f'± {e.half_width:.0f}'}</td>"
            f"<td>{escape(e.verdict)}</td></tr>"
            for e in self.errors
        )
        return (
            f"<h4>Plan: unit {escape(self.unit)}, ε = {escape(self.epsilon)}, "
            f"{len(self.tables)} tables</h4>"
            "<table><tr><th>who is protected</th><th>ε</th><th>50 % sure becomes at most</th></tr>"
            f"{promise}</table><table><tr><th>question</th><th>answer</th><th>expected</th>"
            f"<th>90 % interval</th><th>verdict</th></tr>{errors}</table>"
        )


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """Where the spending is written down.

    Attributes:
        ledger: Identity of the ledger.
        sequence: Number of the reservation's line.
        head: Hash of that line.
    """

    ledger: str
    sequence: int
    head: str


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """The noisy answers: the only thing that was ever learned from the records.

    Attributes:
        plan: The plan that was run.
        entry: The ledger's line that paid for it.
        answers: For each planned table, its noisy cells in count units: int64 `(cells,)`.
        versions: Versions of synthcase and of the noise library.

    Privacy:
        ρ-zCDP with the plan's prices; everything made from it is post-processing.
    """

    plan: Plan
    entry: LedgerEntry
    answers: Mapping[str, NDArray[np.int64]]
    versions: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that every planned table was answered in full."""
        for table in self.plan.tables:
            if table.id not in self.answers or self.answers[table.id].shape != (table.size,):
                raise InternalError(f"the answer to {table.id} is missing or has another size")

    def _repr_html_(self) -> str:
        return (
            f"<p>Measurements: {len(self.answers)} noisy tables, {self.plan.cells} cells, "
            f"ledger line {self.entry.sequence}</p>"
        )


def cells(sizes: tuple[int, ...]) -> int:
    """Return the number of cells of a table of these sizes (1 without axes).

    Privacy:
        Reads no record.
    """
    return prod(sizes)
