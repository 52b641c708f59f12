"""Seeded streams for sampling. Noise never comes from here: it has no seed."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of a seed and a name.

    Args:
        seed: Any whole number.
        names: What the stream is for; another name gives an independent stream.

    Returns:
        A Philox generator keyed by SHA-256 of seed and names: the same numbers on every machine,
        in every process, whatever was drawn from other streams.

    Privacy:
        Post-processing only; `synthcase.privacy` may not import it.
    """
    import numpy as np

    text = "\x1f".join([str(seed), *map(str, names)])
    key = np.frombuffer(hashlib.sha256(text.encode()).digest()[:16], dtype="<u8")
    return np.random.Generator(np.random.Philox(key=key))
