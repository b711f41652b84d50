"""When an event happened, when it takes effect, and whether it is only retold.

Only time expressions of the event's own clause count; the publication date is never used as
an event date.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from spacy.tokens import Token

from extractors.events.clauses import has_subject, left_group, verb_above
from extractors.events.lexicon import frames_by_verb, speakers
from extractors.events.reading import Located, SentenceReading
from extractors.texts import published_of
from models.facts import DateMention
from models.vocabulary import DateKind, Granularity, Modality

_LIGHT_VERBS = frozenset({"agree", "begin", "decide", "move", "say", "start"})
_EFFECT = frozenset({"effect", "effective", "force", "apply", "applies", "starting", "beginning"})
# An event that ended this long before publication is history, not news.
_NEWS_DAYS = 45
_RETOLD = frozenset({"earlier", "previous", "previously", "prior", "former", "original"})


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Half-open date of an event, its precision, and the day it takes effect."""

    start: date | None = None
    end: date | None = None
    precision: Granularity | None = None
    effective: date | None = None
    span: tuple[int, int] | None = None


def date_event(sentence: SentenceReading, trigger: Token, noun: Token | None) -> When:
    """Return the dates of the event of a trigger."""
    own: list[Located[DateMention]] = []
    effective: date | None = None
    for item in sentence.reading.dates_in(sentence.sent.start, sentence.sent.end):
        if item.fact.kind is not DateKind.DATE or item.fact.granularity is Granularity.VAGUE:
            continue
        if is_effective(sentence, item):
            if sentence.clauses.same_segment(sentence.reading.doc[item.start], trigger):
                effective = effective or item.fact.period_start
        elif _is_bounded(sentence, item) and _belongs(sentence, item, trigger, noun, reach=16):
            own.append(item)
    if not own:
        return When(effective=effective)
    return _resolve(sentence, trigger, own, effective)


def in_force_date(sentence: SentenceReading, trigger: Token, when: When) -> When:
    """Return the date of a measure whose entry into force is itself the news."""
    for item in sentence.reading.dates_in(sentence.sent.start, sentence.sent.end):
        if item.fact.period_start == when.effective and item.start > trigger.i:
            return When(
                start=item.fact.period_start,
                end=item.fact.period_end,
                precision=item.fact.granularity,
                effective=when.effective,
                span=(item.start, item.end),
            )
    return when


def _resolve(
    sentence: SentenceReading,
    trigger: Token,
    own: list[Located[DateMention]],
    effective: date | None,
) -> When:
    """Return the date nearest the trigger, widened by those joined to it."""
    best = min(own, key=lambda item: abs(item.start - trigger.i))
    start, end = best.fact.period_start, best.fact.period_end
    if _is_since(sentence, best):
        published = published_of(sentence.reading.doc)
        end = published if published and start and published > start else end
    for item in own:
        if item is not best and _coordinated(sentence, best, item):
            start = _outer(start, item.fact.period_start, min)
            end = _outer(end, item.fact.period_end, max)
    return When(
        start=start,
        end=end,
        precision=best.fact.granularity,
        effective=effective,
        span=(best.start, best.end),
    )


def _is_since(sentence: SentenceReading, item: Located[DateMention]) -> bool:
    """Tell whether an expression runs from a date to the publication ("since April")."""
    if item.fact.text.lower().startswith("since"):
        return True
    return item.start > 0 and sentence.reading.doc[item.start - 1].lower_ == "since"


def _outer(one: date | None, other: date | None, pick: object) -> date | None:
    if one is None or other is None:
        return None
    return min(one, other) if pick is min else max(one, other)


def is_effective(sentence: SentenceReading, item: Located[DateMention]) -> bool:
    """Tell whether a date says when a measure takes effect ("in force from", "effective")."""
    doc = sentence.reading.doc
    if item.start and doc[item.start - 1].lower_ in {"until", "till", "through"}:
        return False
    before = [word.lower_ for word in doc[max(item.start - 6, sentence.sent.start) : item.start]]
    near = before[-4:]
    if _EFFECT.intersection(near):
        return True
    return "from" in before[-1:] or item.fact.text.lower().startswith(("from ", "starting "))


def _gives_reason(trigger: Token) -> bool:
    """Tell whether the event explains its main clause and so shares its date ("because ...")."""
    return trigger.dep_ == "advcl" and any(
        child.dep_ == "mark" and child.lower_ in {"as", "because"} for child in trigger.children
    )


def _is_bounded(sentence: SentenceReading, item: Located[DateMention]) -> bool:
    """Tell whether a date says when, not until when, for how long or of which year's trade."""
    doc = sentence.reading.doc
    before = doc[item.start - 1].lower_ if item.start else ""
    if _modifies_noun(sentence, item) or _is_first_since(sentence, item):
        return False
    first = item.fact.text.lower().split()[0] if item.fact.text else ""
    if before == "of" and item.start > 1 and _is_measure_date(sentence, item.start - 2):
        return False
    return before not in {"until", "till", "through", "for", "by"} and first not in {
        "until",
        "till",
        "through",
        "for",
    }


def _modifies_noun(sentence: SentenceReading, item: Located[DateMention]) -> bool:
    """Tell whether a date only tells which measure is meant ("its October 9 export controls")."""
    doc = sentence.reading.doc
    if not item.start or doc[item.start - 1].pos_ not in {"DET", "PRON", "PART"}:
        return False
    for word in doc[item.end : min(item.end + 6, sentence.sent.end)]:
        if sentence.class_of(word) is not None:
            return True
        if word.pos_ not in {"ADJ", "NOUN", "PROPN", "NUM", "PUNCT"}:
            return False
    return False


def _is_first_since(sentence: SentenceReading, item: Located[DateMention]) -> bool:
    """Tell whether "since DATE" goes with "the first", not with the verb."""
    if not _is_since(sentence, item):
        return False
    before = sentence.reading.doc[max(item.start - 14, sentence.sent.start) : item.start]
    return any(word.lower_ in {"first", "highest", "most", "lowest"} for word in before)


def _is_measure_date(sentence: SentenceReading, index: int) -> bool:
    """Tell whether "of DATE" names a measure: "No. 61 of 2025", "the six measures of 9 October"."""
    word = sentence.reading.doc[index]
    return (
        word.like_num
        or sentence.class_of(word) in {"control", "ban"}
        or word.lemma_.lower() in {"measure", "rule", "regime", "announcement", "notice", "decree"}
    )


def _belongs(
    sentence: SentenceReading,
    item: Located[DateMention],
    trigger: Token,
    noun: Token | None,
    *,
    reach: int,
) -> bool:
    doc = sentence.reading.doc
    head = doc[item.start]
    if _follows_saying(sentence, item):
        return False
    if _opens_when(sentence, item, trigger):
        return True
    verb = verb_above(head, steps=8)
    is_others = verb.i != trigger.i and verb.lemma_.lower() in frames_by_verb()
    if is_others and verb.i < item.start < trigger.i:
        return False
    if verb.i != trigger.i and _shares_date(item, trigger, verb):
        return True
    if sentence.clauses.same(head, trigger):
        return not _other_verb_between(sentence, item, trigger)
    if abs(item.start - trigger.i) > reach:
        return False
    if verb.i == trigger.i:
        return True
    if _gives_reason(trigger) and trigger.head.i == verb.i:
        return True
    if verb.dep_ in {"relcl", "acl"} and noun is not None:
        subjects = {noun.i, *(child.i for child in trigger.children if child.dep_ == "nsubj")}
        return verb.head.i in subjects and verb.lemma_ in {"begin", "start", "take", "come"}
    return False


def _shares_date(item: Located[DateMention], trigger: Token, verb: Token) -> bool:
    """Match "on May 3 it went on and banned", "issued a rule on May 3 that lifts"."""
    if trigger.dep_ == "conj" and trigger.head.i == verb.i:
        return item.start < verb.i and not has_subject(trigger)
    is_rule = trigger.dep_ == "relcl" and trigger.head.head.i == verb.i
    return is_rule and verb.lemma_ in {"adopt", "issue", "publish", "release", "sign"}


def _opens_when(sentence: SentenceReading, item: Located[DateMention], trigger: Token) -> bool:
    """Tell whether "when" hangs the trigger's clause on a date ("since May 3, when X banned")."""
    rest = [w for w in sentence.reading.doc[item.end : item.end + 2] if not w.is_punct]
    return bool(rest) and rest[0].lower_ == "when" and 0 < trigger.i - rest[0].i <= 8


def _follows_saying(sentence: SentenceReading, item: Located[DateMention]) -> bool:
    """Tell whether a date is when it was said ("said on Wednesday it had obtained")."""
    words = sentence.reading.doc[max(item.start - 2, sentence.sent.start) : item.start]
    return any(
        word.lemma_ in {"say", "tell", "confirm", "report", "note", "warn"} for word in words
    )


def _other_verb_between(
    sentence: SentenceReading, item: Located[DateMention], trigger: Token
) -> bool:
    """Tell whether a finite verb of another event stands between a trigger and a date."""
    low, high = sorted((item.start, trigger.i))
    group = {word.i for word in left_group(trigger)}
    for token in sentence.reading.doc[low + 1 : high]:
        if token.i in group or token.i >= trigger.i > item.start:
            continue
        is_event = token.tag_ in {"VBD", "VBZ"} and token.pos_ == "VERB" and token.dep_ != "amod"
        if is_event and token.lemma_ not in _LIGHT_VERBS:
            return True
    return False


def _coordinated(
    sentence: SentenceReading, one: Located[DateMention], other: Located[DateMention]
) -> bool:
    """Tell whether two dates are joined by "and"."""
    low, high = sorted((one, other), key=lambda item: item.start)
    between = sentence.reading.doc[low.end : high.start].text.lower()
    return between in {"and", "to"}


def _is_told(trigger: Token) -> bool:
    """Tell whether "had" only shifts a tense back under a past verb of saying."""
    node = trigger
    for _ in range(4):
        if node.dep_ == "ccomp":
            return node.head.tag_ == "VBD" and node.head.lemma_ in speakers().verbs
        if node.dep_ not in {"conj", "xcomp"}:
            return False
        node = node.head
    return False


def is_background(
    sentence: SentenceReading, trigger: Token, when: When, modality: Modality, noun: Token | None
) -> bool:
    """Tell whether the event is a past act retold: past perfect, old date, definite relative."""
    if modality in {Modality.PLANNED, Modality.POSSIBLE, Modality.REQUESTED, Modality.CONDITIONAL}:
        return False
    group = {word.lower_ for word in left_group(trigger)}
    if ("had" in group and not _is_told(trigger)) or ("since" in group and {"has", "have"} & group):
        return True
    published = published_of(sentence.reading.doc)
    if when.end and published and when.end < published - timedelta(days=_NEWS_DAYS):
        return True
    near = range(max(trigger.i - 12, sentence.sent.start), min(trigger.i + 6, sentence.sent.end))
    if any(sentence.reading.doc[index].lower_ in _RETOLD for index in near):
        return True
    if when.span is not None and sentence.reading.doc[when.span[0]].lower_ == "since":
        return True
    if when.span and when.span[0] and sentence.reading.doc[when.span[0] - 1].lower_ == "since":
        return True
    return trigger.dep_ in {"relcl", "acl"} and trigger.tag_ in {"VBD", "VBN"} and noun is not None
