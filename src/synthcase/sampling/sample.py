"""The verb sample: a model and a seed in, synthetic tables out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthcase.errors import UsageError
from synthcase.sampling.nouns import SyntheticTables

if TYPE_CHECKING:
    from synthcase.model.nouns import Model


def sample(model: Model, *, seed: int = 0, cases: int | None = None) -> SyntheticTables:
    """Draw synthetic tables from a model.

    Args:
        model: The model.
        seed: Any whole number. The same model and seed give the same rows on every machine.
        cases: Rows of the first root table; the noisy number of real ones where not given. Other
            root tables keep their share.

    Returns:
        The tables, drawn when they are walked through.

    Raises:
        UsageError: If `cases` is no positive whole number, or `seed` no whole number.

    Privacy:
        Post-processing of Measurements.
    """
    if type(seed) is not int:
        raise UsageError("The seed is no whole number.", came=type(seed).__name__)
    if cases is None:
        return SyntheticTables(model=model, seed=seed, roots=dict(model.roots))
    if type(cases) is not int or not 1 <= cases <= 10**9:
        raise UsageError("The number of cases must be a whole number.", expected="1 to 10^9")
    first = next(iter(model.roots))
    scale = cases / model.roots[first]
    roots = {name: max(1, round(rows * scale)) for name, rows in model.roots.items()}
    return SyntheticTables(model=model, seed=seed, roots=roots | {first: cases})
