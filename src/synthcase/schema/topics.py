"""Names of columns that sound like a sensitive subject, in English and French."""

from __future__ import annotations

import re
import unicodedata

# Stems: a word of the name that starts so. Words: the whole word, where a stem would say too much.
_STEMS = {
    "ethnicity": ("ethni", "racial", "indigen", "autochton", "tribal", "tribu", "minorit"),
    "religion": ("religi", "faith", "church", "croyan", "belief", "denominat"),
    "health": (
        *("health", "sante", "medic", "disease", "malad", "diagnos", "disab", "handicap"),
        *("pregnan", "enceinte", "grossess", "mental", "psychiat", "trauma", "addict", "invalid"),
        *("illness", "symptom"),
    ),
    "sexual_orientation": ("homosex", "heterosex", "bisex", "lgbt", "lesbi"),
}
_WORDS = {
    "ethnicity": ("race", "tribe", "caste", "clan"),
    "religion": ("foi", "culte", "worship"),
    "health": ("hiv", "vih", "aids", "sida", "std", "ist", "hospital", "hopital"),
    "sexual_orientation": ("orientation", "gay"),
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def topic_of(name: str) -> str | None:
    """Return the sensitive subject that the name of a column sounds like, None if it does not.

    Args:
        name: The name of a column.

    Returns:
        `ethnicity`, `religion`, `health`, `sexual_orientation` or None. It is a list of words:
        it warns of too much and misses what is named otherwise.

    Privacy:
        Looks at the name only.

    Example:
        >>> topic_of("EtatDeSanté"), topic_of("trace_id")
        ('health', None)
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = [word.lower() for word in _WORD.findall(plain)]
    for topic, stems in _STEMS.items():
        if any(word.startswith(stems) or word in _WORDS[topic] for word in words):
            return topic
    return None
