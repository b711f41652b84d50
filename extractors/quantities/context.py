"""What a mass counts: flow, material, reporter and partner, by syntax, clause and document.

Nearest word along at most six dependency heads first, then the clause, the sentence, and what
earlier numbers of the text were about. Lexicon: `lexicons/flows.csv`.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from spacy.tokens import Doc, Span, Token

from extractors.gazetteer import (
    MaterialMention,
    PlaceMention,
    find_materials,
    find_places,
)
from extractors.quantities.clauses import clause_head
from extractors.quantities.lexicon import lexicon_rows
from extractors.quantities.movement import MAX_CLIMB
from extractors.quantities.reading import Quantity
from models.vocabulary import Flow

_ABROAD = frozenset({"abroad", "overseas", "outside"})
_RECEIVE = frozenset(
    {"receive", "take", "buy", "import", "get", "purchase", "account", "absorb", "order", "acquire"}
)
_SEND = frozenset({"sell", "export", "ship", "supply", "send", "deliver", "provide"})
_BEFORE_NAMES = frozenset(
    {"the", "both", "western", "eastern", "northern", "southern", "south", "north", "central"}
)
_CUTS = frozenset({"while", "but", "and", "whereas", "compared", "against"})
_AWAY = frozenset({"to", "for", "from", "with"})
_CUSTOMS = frozenset({"customs", "exports", "export", "shipments"})


@dataclass(slots=True)
class TextContext:
    """Materials and places of a Doc, and what the numbers so far were about."""

    doc: Doc
    materials: tuple[MaterialMention, ...]
    places: tuple[PlaceMention, ...]
    home: str | None
    flow: Flow | None = None
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


@lru_cache(maxsize=1)
def _flow_words() -> tuple[dict[str, Flow], dict[str, Flow]]:
    """Return single words and phrases of the flow lexicon."""
    rows = [(row["form"], Flow(row["flow"])) for row in lexicon_rows("flows.csv")]
    words = {form: flow for form, flow in rows if " " not in form}
    return words, {form: flow for form, flow in rows if " " in form}


@lru_cache(maxsize=1)
def _phrase_words() -> frozenset[str]:
    return frozenset(word for phrase in _flow_words()[1] for word in phrase.split())


def make_context(doc: Doc) -> TextContext:
    """Return the context of a Doc before its first number."""
    materials = find_materials(doc)
    places = tuple(item for item in find_places(doc) if item.place.kind != "world")
    context = TextContext(doc=doc, materials=materials, places=places, home=_home(doc, places))
    context.material_starts = [item.start for item in materials]
    context.place_starts = [item.start for item in places]
    context.lead_flow = _lead_flow(doc)
    if materials:
        context.material = _main_material(materials)
    return context


def _main_material(materials: Sequence[MaterialMention]) -> str:
    """Return the material of the lead: the first that is named twice, else the first."""
    counts = Counter(item.material.name for item in materials)
    return next((m.material.name for m in materials[:6] if counts[m.material.name] > 1),
                materials[0].material.name)  # fmt: skip


def _home(doc: Doc, places: Sequence[PlaceMention]) -> str | None:
    """Return the country whose customs or exports a text names, else the most named one."""
    countries = [item for item in places if item.place.iso2]
    for item in countries:
        after = {token.lower_ for token in doc[item.end : item.end + 5]}
        if after & _CUSTOMS and _word_before(doc, item) not in _AWAY:
            return item.place.name
    counts = Counter(item.place.name for item in countries if _word_before(doc, item) not in _AWAY)
    return counts.most_common(1)[0][0] if counts else None


def _lead_flow(doc: Doc) -> Flow | None:
    _, phrases = _flow_words()
    lead = doc[: min(len(doc), 120)]
    text = lead.text.lower()
    for phrase, flow in phrases.items():
        if phrase in text:
            return flow
    for token in lead:
        named = _flow_of(token)
        if named in {Flow.EXPORT, Flow.IMPORT, Flow.QUOTA, Flow.PRODUCTION}:
            return named
    return None


def _flow_of(token: Token) -> Flow | None:
    words, phrases = _flow_words()
    if token.lower_ in _phrase_words():
        start = max(0, token.i - 1)
        window = " ".join(item.lower_ for item in token.doc[start : token.i + 3])
        for phrase, flow in phrases.items():
            if token.lower_ in phrase.split() and phrase in window:
                return flow
    if token.lower_ not in words:
        return None
    return _word_flow(token, words)


def _word_flow(token: Token, words: dict[str, Flow]) -> Flow | None:
    flow = words.get(token.lower_)
    if token.lower_ in {"need", "make", "mines", "resource", "resources", "plant"}:
        return flow if token.pos_ in {"NOUN", "VERB"} else None
    if flow is Flow.QUOTA or flow is None:
        return flow
    follower = token.nbor(1).lower_ if token.i + 1 < len(token.doc) else ""
    # "export licenses", "export quota": the noun behind it says what is counted.
    if follower in {"quota", "quotas"}:
        return Flow.QUOTA
    if follower in {"capacity", "demand", "stocks"}:
        return words[follower]
    if follower.startswith(("licen", "permit", "control", "curb", "restrict", "ban")):
        return None
    return flow


def _climb_flow(span: Span) -> Flow | None:
    token = span.root
    for _ in range(MAX_CLIMB):
        head = token.head
        if head is token or head.pos == 0:
            return None
        below = [head, *sorted(head.children, key=lambda child: abs(child.i - span.start))]
        for word in below:
            if span.start <= word.i < span.end or word.dep_ in {"advcl", "conj", "relcl", "ccomp"}:
                continue
            flow = _flow_of(word)
            if flow is None and word.dep_ in {"nsubj", "nsubjpass", "prep", "dobj", "attr"}:
                flow = next((f for f in map(_flow_of, word.children) if f is not None), None)
            if flow is not None:
                return flow
        is_clause = head.pos_ in {"VERB", "AUX"} and head.dep_ in {"ROOT", "conj", "ccomp"}
        if is_clause:
            return None
        token = head
    return None


def _nearest_flow(span: Span, start: int, end: int) -> Flow | None:
    best: tuple[int, Flow] | None = None
    for token in span.doc[start:end]:
        if span.start <= token.i < span.end:
            continue
        flow = _flow_of(token)
        if flow is not None:
            # A word to the left is the subject more often than one to the right.
            gap = span.start - token.i if token.i < span.start else 2 * (token.i - span.end + 1)
            if best is None or gap < best[0]:
                best = (gap, flow)
    return best[1] if best else None


def read_flow(context: TextContext, quantity: Quantity, left: int, right: int) -> Flow:
    """Return what a mass counts; `left` and `right` are the tokens where neighbours begin."""
    span, sent = quantity.span, quantity.span.sent
    after = span.doc[span.end : min(span.end + 8, sent.end)]
    flow = _climb_flow(span)
    flow = flow or _nearest_flow(span, max(left, sent.start), min(right, sent.end))
    flow = flow or _nearest_flow(span, sent.start, sent.end)
    if quantity.measure.rate and flow in {None, Flow.PRODUCTION, Flow.OTHER}:
        flow = flow or Flow.CAPACITY
    if flow is Flow.SALE and _goes_abroad(context, sent):
        flow = Flow.EXPORT
    if flow is Flow.IMPORT and context.flow is Flow.EXPORT and _buyer_is_foreign(context, quantity):
        flow = Flow.EXPORT
    if flow is None and any(token.lower_ in {"deficit", "shortage"} for token in after):
        flow = Flow.DEMAND
    return flow or context.flow or context.lead_flow or Flow.OTHER


def _goes_abroad(context: TextContext, sent: Span) -> bool:
    if any(token.lower_ in _ABROAD for token in sent):
        return True
    for item in context.places_in(sent.start, sent.end):
        before = sent.doc[item.start - 1] if item.start > sent.start else None
        before = before.nbor(-1) if before is not None and before.lower_ == "the" else before
        if before is not None and before.lower_ in {"to", "in"} and item.place.name != context.home:
            return before.lower_ == "to"
    return False


def _buyer_is_foreign(context: TextContext, quantity: Quantity) -> bool:
    """Tell whether the buyer is a customer of the country whose exports the text counts."""
    sent = quantity.span.sent
    named = {item.place.name for item in context.places_in(sent.start, sent.end)}
    return context.home is not None and bool(named) and context.home not in named


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
    if after and not _is_cut(span.doc[span.end : after[0].start]):
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


@dataclass(frozen=True, slots=True)
class Parties:
    """The country that reports a flow and the one at its other end."""

    reporter: str | None
    partner: str | None


def read_parties(
    context: TextContext, quantity: Quantity, flow: Flow, left: int, right: int
) -> Parties:
    """Return reporter and partner of a mass."""
    span, sent = quantity.span, quantity.span.sent
    before = _countries(context.places_in(max(left, sent.start), span.start))
    whole = _countries(context.places_in(sent.start, span.start))
    after = _countries(context.places_in(span.end, min(right, sent.end)))
    if flow is Flow.IMPORT:
        return _import_parties(context, whole, after)
    if flow in {Flow.EXPORT, Flow.SALE}:
        return _export_parties(context, span, before, whole, after)
    located = [i for i in (*after[:1], *reversed(whole)) if _word_before(context.doc, i) == "in"]
    named = before or whole or after
    nearest = located[0] if located else next((item for item in reversed(named)), None)
    return Parties(nearest.place.name if nearest else context.home, None)


def _countries(items: Sequence[PlaceMention]) -> list[PlaceMention]:
    return [item for item in items if item.place.kind in {"country", "bloc", "region", "territory"}]


def _word_before(doc: Doc, item: PlaceMention) -> str:
    index = item.start - 1
    while index > 0 and doc[index].lower_ in _BEFORE_NAMES:
        index -= 1
    return doc[index].lower_ if index >= 0 else ""


def _import_parties(
    context: TextContext, before: Sequence[PlaceMention], after: Sequence[PlaceMention]
) -> Parties:
    doc = context.doc
    reporter = next((i for i in before if _word_before(doc, i) not in {"from", "of"}), None)
    origin = [i for i in (*after, *before) if i is not reporter]
    partner = next(
        (i for i in origin if _word_before(doc, i) in {"from", "of"} or i.form == "adjective"), None
    )
    name = reporter.place.name if reporter else None
    if partner is not None and partner.place.name == name:
        partner = None
    return Parties(name or context.home, partner.place.name if partner else None)


def _export_parties(
    context: TextContext,
    span: Span,
    before: Sequence[PlaceMention],
    whole: Sequence[PlaceMention],
    after: Sequence[PlaceMention],
) -> Parties:
    doc = context.doc
    sender = _sender(context, span, whole)
    home = sender or context.home
    right = [i for i in after if _word_before(doc, i) in {"to", "for"} and i.place.name != home]
    # "5,000 tons to Germany" binds tighter than a country before the number.
    near = [i for i in right if i.start - span.end <= 8 and not _is_cut(doc[span.end : i.start])]
    left = [
        i for i in before
        if i.place.name != home and _word_before(doc, i) not in {"in", "with", "by", "from"}
    ]  # fmt: skip
    partner = near[0] if near else left[-1] if left else right[0] if right else None
    if partner is None and not before:
        head = clause_head(span.root)
        subject = [i for i in whole if i.place.name != home and doc[i.end - 1].head is head]
        partner = subject[-1] if subject else None
    return Parties(home, partner.place.name if partner else None)


def _is_cut(between: Span) -> bool:
    """Tell whether another clause begins between two words."""
    return any(token.text in {",", ";"} or token.lower_ in _CUTS for token in between)


def _sender(context: TextContext, span: Span, items: Sequence[PlaceMention]) -> str | None:
    """Return the subject of a verb of sending, or whose exports a number counts."""
    doc = context.doc
    for item in reversed(items):
        if _word_before(doc, item) in {"to", "for", "with"}:
            continue
        token = doc[item.end - 1]
        after = {word.lower_ for word in doc[item.end : item.end + 4]}
        is_subject = token.dep_ in {"nsubj", "nsubjpass"} and token.head.lemma_ in _SEND
        owns = (item.form == "adjective" or "'s" in after or "’s" in after) and bool(
            after & {"exports", "export", "shipments", "sales", "magnet", "customs"}
        )
        if is_subject or owns or (_word_before(doc, item) == "from" and item.end <= span.start):
            return item.place.name
    return None
