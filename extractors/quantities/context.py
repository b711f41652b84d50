"""What the numbers of a text are about so far: materials, places, country, flow.

Also the good that a mass is of. The flow of a mass is `flows`, its countries are `parties`.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from extractors.gazetteer import (
    MaterialMention,
    PlaceMention,
    find_materials,
    find_places,
)
from extractors.gazetteer import places as places_by_name
from extractors.quantities.flow_words import lead_flow
from extractors.quantities.homes import is_cut
from extractors.quantities.quantity import Quantity
from extractors.quantities.sources import find_exporter, find_home, has_figures
from extractors.texts import title_of
from models.facts import CompanyMention
from models.vocabulary import Flow

_TITLE_CHARS = 400


@dataclass(frozen=True, slots=True)
class Parties:
    """The country that reports a flow and the one at its other end."""

    reporter: str | None
    partner: str | None


@dataclass(slots=True)
class TextContext:
    """Materials and places of a Doc, and what the numbers so far were about."""

    doc: Doc
    materials: tuple[MaterialMention, ...]
    places: tuple[PlaceMention, ...]
    home: str | None
    exporter: str | None = None
    flow: Flow | None = None
    has_quota: bool = False
    firms: dict[int, str] = field(default_factory=dict)
    own_firm: str | None = None
    lead_firm: str | None = None
    parties: Parties | None = None
    parties_flow: Flow | None = None
    parties_end: int = 0
    material: str | None = None
    lead_flow: Flow | None = None
    material_starts: list[int] = field(default_factory=list)
    place_starts: list[int] = field(default_factory=list)

    def materials_in(self, start: int, end: int) -> tuple[MaterialMention, ...]:
        """Return the materials that begin in `[start, end)` tokens."""
        low = bisect_left(self.material_starts, start)
        return self.materials[low : bisect_left(self.material_starts, end)]

    def places_in(self, start: int, end: int) -> tuple[PlaceMention, ...]:
        """Return the countries that begin in `[start, end)` tokens."""
        low = bisect_left(self.place_starts, start)
        return self.places[low : bisect_left(self.place_starts, end)]


def make_context(doc: Doc, companies: Sequence[CompanyMention] = ()) -> TextContext:
    """Return the context of a Doc before its first number.

    Args:
        doc: The Doc.
        companies: Its firms, whose quotas and plants are not those of a country.
    """
    materials = find_materials(doc)
    firms = _firms(doc, companies)
    places = tuple(_bloc(doc, item) for item in find_places(doc) if item.place.kind != "world")
    context = TextContext(doc=doc, materials=materials, places=places, home=find_home(doc, places))
    context.material_starts = [item.start for item in materials]
    context.place_starts = [item.start for item in places]
    context.firms = firms
    context.exporter = context.home
    if not has_figures(doc, places):
        # "Customs figures" of a text on the export ban of Peru are those of Peru.
        context.exporter = find_exporter(doc, places) or context.home
    context.lead_flow = lead_flow(doc)
    context.has_quota = any(token.lower_ in {"quota", "quotas"} for token in doc)
    if materials:
        context.material = _titled_material(doc, materials) or _main_material(materials)
    return context


def _bloc(doc: Doc, item: PlaceMention) -> PlaceMention:
    """Read "the European Commission" as the Union, not as the continent."""
    follower = doc[item.end].text if item.end < len(doc) else ""
    if item.place.name != "Europe" or follower not in {"Commission", "Parliament", "Council"}:
        return item
    return replace(item, place=places_by_name()["European Union"], form="metonym")


def _firms(doc: Doc, companies: Sequence[CompanyMention]) -> dict[int, str]:
    """Return each firm as written by every token of its mentions."""
    found: dict[int, str] = {}
    for item in companies:
        span = doc.char_span(item.char_start, item.char_end, alignment_mode="expand")
        if span is not None:
            found.update(dict.fromkeys(range(span.start, span.end), item.text))
    return found


def _titled_material(doc: Doc, materials: Sequence[MaterialMention]) -> str | None:
    """Return the material of the text that its title names first, in whichever number."""
    title = (title_of(doc) or "").casefold()[:_TITLE_CHARS]
    names = {doc[m.start : m.end].text.casefold(): m.material.name for m in reversed(materials)}
    places = (
        (found.start(), name)
        for surface, name in names.items()
        if (found := re.search(rf"\b{re.escape(surface.removesuffix('s'))}s?\b", title))
    )
    return min(places, default=(0, None))[1]


def _main_material(materials: Sequence[MaterialMention]) -> str:
    """Return the material of the lead: the first that is named twice, else the first."""
    counts = Counter(item.material.name for item in materials)
    return next((m.material.name for m in materials[:6] if counts[m.material.name] > 1),
                materials[0].material.name)  # fmt: skip


def read_material(context: TextContext, quantity: Quantity, left: int, right: int) -> str | None:
    """Return the good that a mass is of: "of X" behind it, else the nearest in its stretch."""
    span, sent = quantity.span, quantity.span.sent
    after = context.materials_in(span.end, min(right, sent.end))
    for item in after:
        between = span.doc[span.end : item.start]
        if (
            len(between) <= 6
            and not any(token.text in {",", ";"} for token in between)
            and (
                not len(between)
                or between[0].lower_ in {"of", "for", "worth", "in", "-"}
                or all(token.pos_ in {"ADJ", "PROPN", "NOUN", "PUNCT", "SYM"} for token in between)
            )
        ):
            return item.material.name
    before = context.materials_in(max(left, sent.start), span.start)
    if before:
        return before[-1].material.name
    if after and not is_cut(span.doc[span.end : after[0].start]):
        return after[0].material.name
    in_sentence = context.materials_in(sent.start, span.start)
    if in_sentence:
        return in_sentence[-1].material.name
    # "11 million tons of cement": a good that the table does not know is not the text's topic.
    names_other = (
        span.end < sent.end
        and span.doc[span.end].lower_ == "of"
        and (
            span.end + 1 < sent.end and span.doc[span.end + 1].lower_ not in {"it", "them", "which"}
        )
    )
    return None if names_other else context.material
