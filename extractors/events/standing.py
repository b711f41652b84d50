"""Measures told as states or endings: under control since, vanished, made illegal, a door closed.

Every function takes a sentence and a token and yields candidates for the special forms.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.asides import words_after
from extractors.events.candidates import Candidate, make_candidate
from extractors.events.clauses import is_passive
from extractors.events.reading import SentenceReading
from extractors.events.subjects import subject_of
from extractors.events.word_rules import Rule
from models.vocabulary import DateKind, EventKind

_MEASURES = frozenset({"ban", "control", "quota"})
_TEXTS = frozenset({"announcement", "decree", "measure", "notice", "order", "regulation", "rule"})
_SHIPPING = frozenset({"deliver", "export", "sell", "send", "ship", "supply"})
_DOORS = frozenset({"door", "gate", "spigot", "tap", "valve"})
_ENDS = {
    "ban": EventKind.BAN_LIFTED,
    "control": EventKind.CONTROL_LIFTED,
    "quota": EventKind.CONTROL_LIFTED,
}
_STARTS = {"ban": EventKind.BAN_IMPOSED, "control": EventKind.CONTROL_IMPOSED}


def _vanished(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the caps have disappeared", "the ban lapsed in May"."""
    subject = subject_of(token)
    if subject is None or is_passive(token) or token.tag_ not in {"VBD", "VBN", "VB", "VBZ"}:
        return
    name = sentence.class_of(subject)
    if name in _ENDS:
        yield make_candidate(token, _ENDS[name], f"{name}.vanish", noun=subject, voice="passive")


def _under(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "have been under export control since August 2023"."""
    verb = token.head
    if verb.lemma_ not in {"be", "remain", "stay"} or verb.i > token.i:
        return
    after = words_after(sentence, token, 5)
    noun = sentence.first_of(after, "control")
    if noun is None or not any(word.lower_ == "since" for word in noun.doc[noun.i : noun.i + 3]):
        return
    yield make_candidate(token, EventKind.CONTROL_IMPOSED, "control.standing.in_force", noun=noun)


def _on_hold(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the controls will be on hold until November", "remains on ice"."""
    if token.i == 0 or token.nbor(-1).lower_ != "on":
        return
    verb = token.nbor(-1).head
    if verb.lemma_ not in {"be", "remain", "stay"} or verb.i > token.i:
        return
    subject = subject_of(verb)
    named = subject is not None and subject.lemma_.lower() in _TEXTS
    if subject is not None and (named or sentence.class_of(subject) in {"ban", "control", "list"}):
        yield make_candidate(
            verb, EventKind.CONTROL_SUSPENDED, "control.on_hold", noun=subject, voice="passive"
        )


def _let_flow(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "allowed gallium exports to America to resume"."""
    verb = token.head
    subject = next((child for child in token.children if child.dep_ in {"nsubj"}), None)
    subject = subject or next((child for child in verb.children if child.dep_ == "dobj"), None)
    if verb.lemma_ not in {"allow", "let", "permit"} or subject is None:
        return
    if token.tag_ == "VB" and sentence.class_of(subject) == "exports":
        yield make_candidate(
            verb,
            EventKind.BAN_LIFTED,
            "ban.let_flow",
            noun=subject,
            voice="active",
            subject=subject_of(verb),
        )


def _illegal(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "makes it illegal to ship raw ore", "it is now an offense to export"."""
    after = words_after(sentence, token, 3)
    if len(after) < 2 or after[0].lower_ != "to" or after[1].lemma_ not in _SHIPPING:
        yield from _illegal_trade(sentence, token)
        return
    low = max(token.i - 6, sentence.sent.start)
    verb = next(
        (word for word in reversed(token.doc[low : token.i]) if word.lemma_ in {"be", "make"}),
        None,
    )
    goods = sentence.reading.materials_in(token.i, min(token.i + 14, sentence.sent.end))
    if verb is not None and goods:
        yield make_candidate(
            verb,
            EventKind.BAN_IMPOSED,
            "ban.illegal",
            voice="active",
            subject=subject_of(verb) if verb.lemma_ == "make" else None,
        )


def _illegal_trade(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "exporting raw ore has been illegal since May"."""
    verb = token.head
    subject = subject_of(verb)
    if verb.lemma_ != "be" or subject is None or token.dep_ != "acomp":
        return
    trades = subject.lower_ == "exporting" or sentence.class_of(subject) == "exports"
    if trades and sentence.reading.materials_in(sentence.sent.start, verb.i):
        yield make_candidate(verb, EventKind.BAN_IMPOSED, "ban.illegal", voice="passive")


def _closed_door(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "closed the door on sales of gallium", "turned off the tap of exports"."""
    verb = token.head
    if token.dep_ != "dobj" or verb.lemma_ not in {"close", "shut", "slam", "turn"}:
        return
    if verb.lemma_ == "turn" and "off" not in {word.lower_ for word in verb.subtree}:
        return
    noun = next(
        (word for word in words_after(sentence, token, 6) if sentence.class_of(word) == "exports"),
        None,
    )
    goods = sentence.reading.materials_in(verb.i + 1, token.i)
    if noun is not None or goods:
        yield make_candidate(
            verb,
            EventKind.BAN_IMPOSED,
            "ban.door",
            noun=noun,
            voice="active",
            subject=subject_of(verb),
        )


def _of_date(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the controls of early April", "the embargo of 2010": a measure named by its day."""
    doc = token.doc
    if token.lower_ != "of" or token.i == 0:
        return
    noun = doc[token.i - 1]
    name = sentence.class_of(noun)
    if name not in _STARTS or noun.left_edge.lower_ not in {"the", "these", "those", "its"}:
        return
    dated = sentence.reading.dates_in(token.i + 1, min(token.i + 3, sentence.sent.end))
    if dated and dated[0].fact.kind is DateKind.DATE:
        yield make_candidate(noun, _STARTS[name], f"{name}.of_date", noun=noun)


def _gapped(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "banned nickel ore in 2020 and bauxite in 2023": the second half without its verb."""
    reading, doc = sentence.reading, token.doc
    goods = reading.materials_in(token.i + 1, min(token.i + 4, sentence.sent.end))
    if not goods:
        return
    end = goods[0].end
    dated = reading.dates_in(end, min(end + 3, sentence.sent.end))
    if not dated or doc[end].lower_ not in {"in", "on"}:
        return
    if any(word.tag_ in {"VBD", "VBZ", "VBP", "MD"} for word in doc[token.i : dated[0].start]):
        return
    low = max(token.i - 20, sentence.sent.start)
    earlier = [item for item in reading.dates_in(low, token.i) if item.end >= token.i - 2]
    noun = next(
        (w for w in reversed(doc[low : token.i]) if sentence.class_of(w) in {*_STARTS, "exports"}),
        None,
    )
    first = next((w for w in reversed(doc[low : token.i]) if w.lemma_.lower() in _IMPOSING), None)
    if not earlier or noun is None or first is None:
        return
    name = sentence.class_of(noun) or ""
    is_ban = name != "control" and first.lemma_.lower() in _BANNING
    kind = EventKind.BAN_IMPOSED if is_ban else _STARTS.get(name)
    if kind is not None:
        yield make_candidate(doc[goods[0].start], kind, "measure.gapped", subject=subject_of(first))


_BANNING = frozenset({"ban", "forbid", "halt", "prohibit", "stop", "suspend"})
_IMPOSING = _BANNING | {"announce", "impose", "introduce", "place", "put", "slap"}
RULES: dict[str, Rule] = {
    **dict.fromkeys(("disappear", "expire", "lapse", "vanish"), _vanished),
    **dict.fromkeys(("illegal", "offence", "offense", "unlawful"), _illegal),
    **dict.fromkeys(sorted(_DOORS), _closed_door),
    "hold": _on_hold,
    "ice": _on_hold,
    "under": _under,
    "of": _of_date,
    **dict.fromkeys(("flow", "restart", "resume"), _let_flow),
    "and": _gapped,
}
