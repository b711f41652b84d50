"""Which list a listing is about: a watch list is not a control list.

Pure; read from the words of the mention, else from its sentence.
"""

import re

from models.timeline import Mention
from models.vocabulary import EventKind

_LISTINGS = frozenset({EventKind.ENTITY_LISTED, EventKind.ENTITY_DELISTED})
_LISTS = (
    ("unreliable entity list", re.compile(r"\bunreliable[- ]entit", re.IGNORECASE)),
    ("watch list", re.compile(r"\bwatch[- ]?list", re.IGNORECASE)),
    ("export control list", re.compile(r"\bcontrol list", re.IGNORECASE)),
)


def entity_list(mention: Mention) -> str | None:
    """Return the list that a listing is about; None when the sentence names two or none."""
    if mention.kind not in _LISTINGS:
        return None
    for text in (mention.text, mention.sentence):
        found = [name for name, pattern in _LISTS if pattern.search(text)]
        if found:
            return found[0] if len(found) == 1 else None
    return None
