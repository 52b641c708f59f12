"""From fitted logits to whole-number probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthcase.model.nouns import AFFINITY, ONE, TableClasses
from synthcase.model.states import never_drawn
from synthcase.model.tape import softmax_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from synthcase.model.parameters import Design, Key
    from synthcase.schema.layout import TableLayout


def whole(shares: NDArray[np.floating]) -> NDArray[np.int32]:
    """Round distributions along the last axis to multiples of 2^-30 that add up to exactly 1.

    Args:
        shares: Non-negative, each distribution adding up to about 1.

    Returns:
        int32 of the same shape: what rounding leaves goes to the largest share.
    """
    exact = shares.astype(np.float64)
    exact = exact / exact.sum(-1, keepdims=True)
    found = np.floor(exact * ONE).astype(np.int64)
    rest = ONE - found.sum(-1, keepdims=True)
    top = np.argmax(found, axis=-1)[..., None]
    np.put_along_axis(found, top, np.take_along_axis(found, top, -1) + rest, -1)
    return np.asarray(found, dtype=np.int32)


def component_tables(
    design: Design, parameters: Mapping[Key, NDArray[np.float32]]
) -> tuple[dict[str, TableClasses], dict[str, dict[str, NDArray[np.int32]]]]:
    """Return the classes and references of one fit as whole numbers.

    Args:
        design: The shapes.
        parameters: Fitted logits.

    Returns:
        Classes by table, and references by root and domain.

    Privacy:
        Post-processing of Measurements.
    """
    tables = {table.name: _table(design, table, parameters) for table in design.layout.tables}
    references: dict[str, dict[str, NDArray[np.int32]]] = {}
    for key, logits in parameters.items():
        if key[0] == "reference":
            references.setdefault(key[1], {})[key[2]] = whole(softmax_values(logits))
    return tables, references


def _table(
    design: Design, table: TableLayout, parameters: Mapping[Key, NDArray[np.float32]]
) -> TableClasses:
    name = table.name
    profile = np.zeros((design.width(name), 0), dtype=np.int32)
    if table.attributes:
        logits = np.where(never_drawn(table), -np.inf, parameters["profile", name])
        shares = softmax_values(logits.astype(np.float64), np.array(table.offsets[:-1]))
        profile = np.concatenate(
            [whole(shares[:, table.span(a.name)]) for a in table.attributes], 1
        )
    copy = {}
    for at, attribute in enumerate(design.shared(name)):
        chance = 1 / (1 + np.exp(-parameters["copy", name][:, at].astype(np.float64)))
        copy[attribute.name] = np.rint(chance * ONE).astype(np.int32)
    if table.second is not None:
        near, far = (parameters[key, name].astype(np.float64) for key in ("near", "far"))
        prior = whole(softmax_values(near[:, None, :] + far[None, :, :]))
        liking = np.exp(np.clip(parameters["affinity", name].astype(np.float64), -12, 12))
        steps = np.rint(liking / liking.max(1, keepdims=True) * AFFINITY).astype(np.int32)
        return TableClasses(prior, profile, copy, np.maximum(steps, 1))
    prior = whole(softmax_values(parameters["prior", name].astype(np.float64)))
    return TableClasses(prior, profile, copy)
