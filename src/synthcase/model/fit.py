"""The verb fit: measurements in, model out."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from synthcase.core.canonical import sha256_hex
from synthcase.core.progress import ProgressOption, resolve
from synthcase.model.fitting import Fitted, fit_once
from synthcase.model.nouns import Component, FitReport, Model
from synthcase.model.parameters import Design
from synthcase.model.quantise import component_tables
from synthcase.model.targets import Targets, answers_of, cases_of, targets_of
from synthcase.plans.files import measurements_bytes
from synthcase.schema.layout import Layout, layout_of

if TYPE_CHECKING:
    from synthcase.plans.nouns import Measurements

WIDTHS = (32, 96, 256)
MEMBERS = 8
ENOUGH = 1.02
GAIN = 0.01
MANY = 10_000
FEW = 1_000


def fit(
    measurements: Measurements,
    *,
    members: int = MEMBERS,
    progress: ProgressOption = None,
) -> Model:
    """Explain all noisy tables by one generative model.

    Each table gets latent classes; a child's class depends on its parent's class and on its role
    in the group; columns are independent given the class, but for values that a case shares. The
    number of classes grows while that explains more than noise.

    Args:
        measurements: The noisy tables.
        members: Fits in the ensemble: each makes its part of the cases.
        progress: See `core.progress`.

    Returns:
        The model, the same for the same measurements on one machine and thread count.

    Privacy:
        Post-processing of Measurements.

    References:
        Hu, Reiter and Wang (2018), doi:10.1214/16-BA1047 (nested classes); Aydore et al. (2021),
        arXiv:2103.06641 (fit to noisy marginals by gradient descent).
    """
    schema = measurements.plan.schema
    layout = layout_of(schema)
    report = resolve(progress)
    trees, roots, classes = [], {}, 0
    chi: dict[str, float] = {}
    for root in schema.roots:
        tree = Layout(tuple(t for t in layout.tables if layout.path(t.name)[0] == root.name))
        votes = _votes(measurements, tree)
        design = Design(tree, votes, 1)
        answers = answers_of(measurements, root.name)
        cases = cases_of(answers, tree.by_name[root.name], root.public_rows)
        casts = {t.name: design.cast(t.name) for t in tree.tables if t.parent}
        targets = targets_of(tree, answers, cases, casts)
        design, fits = _ensemble(design, targets, members, report)
        trees.append([component_tables(design, one.parameters) for one in fits])
        roots[root.name] = max(1, round(cases))
        chi |= {
            f"{kind} ({root.name})": float(np.mean([one.chi_squared[kind] for one in fits]))
            for kind in fits[0].chi_squared
        }
        classes = max(classes, design.classes)
    components = tuple(
        Component(
            {name: t for tables, _ in parts for name, t in tables.items()},
            {root: r for _, references in parts for root, r in references.items()},
        )
        for parts in zip(*trees, strict=True)
    )
    return Model(
        schema=schema,
        components=components,
        roots=roots,
        report=FitReport(chi_squared=chi, classes=classes, members=members),
        plan_hash=measurements.plan.hash,
        measurements_hash=sha256_hex(measurements_bytes(measurements)),
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
    done = 0

    def tick() -> None:
        nonlocal done
        done += 1
        report("fit", min(done, together), together)

    best: Fitted | None = None
    for width in _widths(targets):
        tried = Design(design.layout, design.votes, width)
        one = fit_once(tried, targets, member=0, steps=steps, tick=tick)
        if best is not None and one.overall > best.overall - GAIN:
            break
        best, design = one, tried
        if max(one.chi_squared.values()) < ENOUGH:
            break
    if best is None:
        raise AssertionError
    rest = [fit_once(design, targets, member=m, steps=steps, tick=tick) for m in range(1, members)]
    report("fit", together, together)
    return design, [best, *rest]


def _widths(targets: Targets) -> tuple[int, ...]:
    """Return the numbers of classes to try: one where columns are taken as independent."""
    if not _has_pairs(targets):
        return (1,)
    return WIDTHS if targets.cases <= FEW else WIDTHS[1:]


def _has_pairs(targets: Targets) -> bool:
    return any(key[0] not in ("rows", "one_way") for key in targets.blocks) or bool(targets.special)
