"""Blocks of the clustering: only mentions of one group of kinds and one country are compared.

Which block a mention is in depends on its own article alone, so that a refresh of the touched
blocks gives the same timeline as a refresh of all.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable

from extractors.places import country_of
from models.timeline import Mention
from models.vocabulary import OFF_TIMELINE_KINDS, Modality
from pipeline.matching import block_family
from pipeline.nations import seat_of

# Export licenses without a named issuer: the country that licenses nearly all of these goods. It
# only decides what such a mention is compared with, never what an event says.
_USUAL_ISSUER = "China"
_ON_TIMELINE = frozenset({Modality.ASSERTED, Modality.REPORTED, Modality.PLANNED})
COUNTER = frozenset({Modality.NEGATED, Modality.DENIED})


def countries_of(mentions: Iterable[Mention]) -> dict[str, str]:
    """Return the country that acts, by mention.

    A mention that names no authority takes the country of most mentions of its article: the
    rest of the store has no say, so that a block depends on its own articles alone.
    """
    by_article: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_article[mention.version_id].append(mention)
    found: dict[str, str] = {}
    for members in by_article.values():
        named = Counter(country for m in members if (country := country_of(m.authority)))
        usual = max(named, key=lambda name: (named[name], name)) if named else _USUAL_ISSUER
        found.update({m.mention_id: _issuer(m) or usual for m in members})
    return found


def _issuer(mention: Mention) -> str | None:
    """Return the country that acts: of the authority, else of the exporters that are licensed."""
    country = country_of(mention.authority)
    if country is None:
        seats = (seat_of(party.key) for party in mention.parties if party.role == "licensee")
        return next((seat for seat in seats if seat), None)
    return "European Union" if country == "Europe" else country


def block_of(mention: Mention, country: str) -> str:
    """Return the block of a mention: only mentions of one block can be one event."""
    return f"{block_family(mention.kind)}|{country}"


def is_considered(mention: Mention) -> bool:
    """Tell whether a mention may stand on the timeline, for an event or against one."""
    on_timeline = mention.modality in _ON_TIMELINE or mention.modality in COUNTER
    return on_timeline and mention.kind not in OFF_TIMELINE_KINDS
