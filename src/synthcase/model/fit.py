"""The verb fit: measurements in, model out."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from synthcase.core.canonical import sha256_hex
from synthcase.core.progress import ProgressOption, resolve
from synthcase.model.answers import answers_of, cases_of
from synthcase.model.fitting import Fitted, fit_once
from synthcase.model.nouns import Component, FitReport, Model
from synthcase.model.parameters import Design
from synthcase.model.quantise import component_tables
from synthcase.model.targets import Targets, targets_of
from synthcase.plans.files import measurements_bytes
from synthcase.schema.layout import Layout, layout_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthcase.model.nouns import TableClasses
    from synthcase.plans.nouns import Measurements
    from synthcase.schema.nouns import Table

WIDTHS = (32, 96, 256)
"""Numbers of latent classes that are tried, one after the other."""
ENOUGH = 1.02
"""Mean squared residual, in units of its variance, that needs no more classes."""
GAIN = 0.01
"""More classes must explain at least that much more."""
FEW, MANY = 1_000, 10_000
"""Cases from which on 32 classes are not tried, and from which on a fit takes more steps."""
NARROW = 200
"""States of all tables up to which a fit is cheap enough for an ensemble of eight, not four."""


def fit(
    measurements: Measurements,
    *,
    members: int | None = None,
    progress: ProgressOption = None,
) -> Model:
    """Explain all noisy tables by one generative model.

    Each table gets latent classes; a child's class depends on its parent's class and on its role
    in the group; columns are independent given the class, but for values that a case shares. The
    number of classes grows while that explains more than noise.

    Args:
        measurements: The noisy tables.
        members: Fits in the ensemble: each makes its part of the cases. Eight for narrow schemas
            and four for wide ones where it is not given.
        progress: See `core.progress`.

    Returns:
        The model, the same for the same measurements on one machine.

    Privacy:
        Post-processing of Measurements.

    References:
        Hu, Reiter and Wang (2018), doi:10.1214/16-BA1047 (nested classes); Aydore et al. (2021),
        arXiv:2103.06641 (fit to noisy marginals by gradient descent).
    """
    schema = measurements.plan.schema
    layout = layout_of(schema)
    wide = sum(table.width for table in layout.tables) > NARROW
    members = members or (4 if wide else 8)
    # products this small gain nothing from threads of their own: members run side by side instead
    with threadpool_limits(1, user_api="blas"):
        fitted = [_fit_tree(measurements, layout, root, members, progress) for root in schema.roots]
    components = tuple(
        Component(
            {name: table for tables, _ in parts for name, table in tables.items()},
            {root: shares for _, references in parts for root, shares in references.items()},
        )
        for parts in zip(*(tree.parts for tree in fitted), strict=True)
    )
    return Model(
        schema=schema,
        components=components,
        roots={tree.root: max(1, round(tree.cases)) for tree in fitted},
        report=FitReport(
            chi_squared={kind: chi for tree in fitted for kind, chi in tree.chi_squared.items()},
            classes=max(tree.classes for tree in fitted),
            members=members,
        ),
        plan_hash=measurements.plan.hash,
        measurements_hash=sha256_hex(measurements_bytes(measurements)),
    )


@dataclass(frozen=True)
class _Tree:
    """What was fitted for one root table and all below it."""

    root: str
    cases: float
    classes: int
    parts: list[tuple[dict[str, TableClasses], dict[str, dict[str, NDArray[np.int32]]]]]
    chi_squared: dict[str, float]


def _fit_tree(
    measurements: Measurements,
    layout: Layout,
    root: Table,
    members: int,
    progress: ProgressOption,
) -> _Tree:
    tree = Layout(tuple(t for t in layout.tables if layout.path(t.name)[0] == root.name))
    design = Design(tree, _votes(measurements, tree), 1)
    answers = answers_of(measurements, root.name)
    cases = cases_of(answers, tree.by_name[root.name], root.public_rows)
    targets = targets_of(tree, answers, cases, design.casts)
    design, fits = _ensemble(design, targets, members, resolve(progress))
    return _Tree(
        root.name,
        cases,
        design.classes,
        [component_tables(design, one.parameters) for one in fits],
        {
            f"{kind} ({root.name})": float(np.mean([one.chi_squared[kind] for one in fits]))
            for kind in fits[0].chi_squared
        },
    )


def _votes(measurements: Measurements, tree: Layout) -> dict[str, bool]:
    units = {axis[0]: t.unit for t in measurements.plan.tables for axis in t.axes[-1:]}
    return {table.name: units.get(table.name, 1) > 1 for table in tree.tables}


def _ensemble(
    design: Design, targets: Targets, members: int, report: Callable[[str, int, int], None]
) -> tuple[Design, list[Fitted]]:
    """Choose the number of classes with the first member, then fit the others."""
    steps = 400 if targets.cases <= MANY else 1000
    together = steps * (len(WIDTHS) + members - 1)
    done, lock = 0, Lock()

    def tick() -> None:
        nonlocal done
        with lock:
            done += 1
            report("fit", min(done, together), together)

    first, *wider = _widths(design, targets)
    design = Design(design.layout, design.votes, first)
    best = fit_once(design, targets, member=0, steps=steps, tick=tick)
    for width in wider:
        if best.overall < ENOUGH:
            break
        tried = Design(design.layout, design.votes, width)
        one = fit_once(tried, targets, member=0, steps=steps, tick=tick)
        if one.overall > best.overall - GAIN:
            break
        best, design = one, tried
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        fit_member = partial(_member, design, targets, steps, tick)
        rest = list(pool.map(fit_member, range(1, members)))
    report("fit", together, together)
    return design, [best, *rest]


def _member(
    design: Design, targets: Targets, steps: int, tick: Callable[[], None], number: int
) -> Fitted:
    return fit_once(design, targets, member=number, steps=steps, tick=tick)


def _widths(design: Design, targets: Targets) -> tuple[int, ...]:
    """Return the numbers of classes to try: one where columns are taken as independent.

    What goes together across a link takes memory with the cube of their number.
    """
    pairs = any(key[0] not in ("rows", "one_way") for key in targets.blocks)
    if not pairs and not targets.special:
        return (1,)
    linked = any(table.second is not None for table in design.layout.tables)
    widths = WIDTHS[:-1] if linked else WIDTHS
    return widths if targets.cases <= FEW else widths[1:]
