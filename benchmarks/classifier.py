"""C2ST-Agg: can a classifier tell real cases from synthetic ones, their children counted in?

Each row of the first root becomes one row of numbers: its own codes and, for every table below it,
the number of its rows there, the mean code of each column and the share of each value. Gradient
boosting learns to tell real from synthetic; .5 is a coin, 1 is certain. Copied cases bring it
below .5: the copy of a case that was left out carries the other label.

scikit-learn is no dependency: without it there is no number.

References:
    Lopez-Paz and Oquab (2017), arXiv:1610.06545; Hudovernik et al. (2024), arXiv:2410.03411
    (aggregated over related tables).
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

import numpy as np
from coding import owners, subset

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from coding import CodedTable, Database
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64]
    Bools = NDArray[np.bool_]

FOLDS = 5
MOST_CASES = 5_000
FEW_VALUES = 20
"""Values of a column up to which their shares are features; of more values only the mean code."""


class Classifier(Protocol):
    """What tells two kinds of rows apart."""

    def fit(self, features: Floats, labels: Rows) -> object:
        """Learn from labelled rows."""

    def predict_proba(self, features: Floats) -> Floats:
        """Return the probability of both labels, `(rows, 2)`."""


def boosting(seed: int) -> Classifier | None:
    """Return gradient boosting; None where scikit-learn is not installed."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError:
        return None
    found: Classifier = HistGradientBoostingClassifier(random_state=seed, early_stopping=False)
    return found


def features_of(database: Database) -> Floats:
    """Return one row of numbers for each case, `(cases, features)`; NaN where there are no rows."""
    root, owner = database.folder.roots[0], owners(database)
    own = [codes.astype(float) for codes in database.tables[root].codes.values()]
    below = [
        feature
        for name in database.folder.measured
        if name in owner and name != root
        for feature in _aggregates(database.tables[name], owner[name], database.cases)
    ]
    return np.stack([*own, *below], axis=1)


def _aggregates(table: CodedTable, owner: Rows, cases: int) -> Iterator[Floats]:
    known = owner >= 0
    case = owner[known]
    rows = np.bincount(case, minlength=cases).astype(float)
    yield rows
    each = np.where(rows > 0, rows, np.nan)
    for name, codes in table.codes.items():
        yield np.bincount(case, weights=codes[known], minlength=cases) / each
        size = table.sizes[name]
        if size <= FEW_VALUES:
            cell = case * size + codes[known]
            counts = np.bincount(cell, minlength=cases * size).reshape(cases, size)
            yield from (counts / each[:, None]).T


def auc(scores: Floats, labels: Rows) -> float:
    """Return the share of pairs in which the row labelled 1 has the higher score; ties are half."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    ones = int(labels.sum())
    zeros = len(labels) - ones
    return float((rank[labels == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def c2st_agg(
    real: Database,
    synthetic: Database,
    *,
    rng: np.random.Generator,
    make: Callable[[int], Classifier | None] = boosting,
) -> float | None:
    """Return how well real and synthetic cases are told apart, as an AUC.

    Args:
        real: The real tables.
        synthetic: The synthetic ones.
        rng: Fixes the folds, and which cases are taken where there are more than 5 000.
        make: Returns a fresh classifier for a seed, or None where there is none.

    Returns:
        Mean over five folds of the area under the curve on the fold that was left out; None
        without a classifier, or with fewer than ten cases on a side.
    """
    models = [model for number in range(FOLDS) if (model := make(number)) is not None]
    if min(real.cases, synthetic.cases) < 2 * FOLDS or not models:
        return None
    sides = [features_of(_some(database, rng)) for database in (real, synthetic)]
    features = np.concatenate(sides)
    labels = np.repeat([0, 1], [len(side) for side in sides])
    # Each side is dealt out by itself, so that every fold holds both.
    fold = np.concatenate([rng.permutation(np.arange(len(side)) % FOLDS) for side in sides])
    with _one_thread():
        found = [
            _on_fold(model, features, labels, fold == number) for number, model in enumerate(models)
        ]
    return float(np.mean(found))


def _on_fold(model: Classifier, features: Floats, labels: Rows, out: Bools) -> float:
    model.fit(features[~out], labels[~out])
    return auc(model.predict_proba(features[out])[:, 1], labels[out])


def _one_thread() -> AbstractContextManager[object]:
    """Keep the threads of boosting from waiting for each other on few cores: ten times slower."""
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return nullcontext()
    limited: AbstractContextManager[object] = threadpool_limits(1)
    return limited


def _some(database: Database, rng: np.random.Generator) -> Database:
    if database.cases <= MOST_CASES:
        return database
    return subset(database, np.sort(rng.choice(database.cases, MOST_CASES, replace=False)))
