"""Numbered texts that are suspended, repealed or restored: "Order 11 of 2019 is annulled".

The text stands for the measure that it set up. Not here: what the text newly rules.
"""

from collections.abc import Iterator

from spacy.tokens import Token

from extractors.events.candidates import Candidate, make_candidate
from extractors.events.reading import SentenceReading
from extractors.events.subjects import agent_of, subject_of
from models.vocabulary import EventKind

TEXT_WORDS = frozenset(
    {"act", "announcement", "circular", "decree", "implementation", "law", "notice"}
    | {"notification", "order", "proclamation", "regulation", "rule"}
)
_NUMBER_SIGNS = frozenset({"no", "no.", "nos", "nos.", "number", "numbers", "#"})
_ACTS = {
    **dict.fromkeys(
        ("defer", "freeze", "halt", "pause", "postpone", "shelve", "stay", "suspend"),
        EventKind.CONTROL_SUSPENDED,
    ),
    **dict.fromkeys(
        ("abolish", "abrogate", "annul", "cancel", "lift", "repeal", "rescind", "revoke"),
        EventKind.CONTROL_LIFTED,
    ),
    **dict.fromkeys(("scrap", "withdraw"), EventKind.CONTROL_LIFTED),
    **dict.fromkeys(
        ("reimpose", "reinstate", "restore", "resume", "revive"), EventKind.CONTROL_REINSTATED
    ),
}
_NOMINALS = {
    **dict.fromkeys(("pause", "stay", "suspension"), EventKind.CONTROL_SUSPENDED),
    **dict.fromkeys(("annulment", "repeal", "rescission"), EventKind.CONTROL_LIFTED),
    **dict.fromkeys(("reinstatement", "restoration"), EventKind.CONTROL_REINSTATED),
}
_FORBIDDING = ("ban", "banned", "barred", "forbad", "forbidden", "prohibit")
_REACH = 30


def find_numbered(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Yield what is done to a numbered text that a token names."""
    if token.lemma_.lower() not in TEXT_WORDS or not sentence.reading.topic.is_ours:
        return
    if not _is_numbered(sentence, token):
        return
    near = token.doc[token.i : min(token.i + 12, sentence.sent.end)]
    if any(sentence.class_of(word) == "control" for word in near if word.i != token.i):
        return
    yield from _suspension_of(sentence, token)
    for verb in token.doc[token.i + 1 : min(token.i + _REACH, sentence.sent.end)]:
        kind = _kind(sentence, verb)
        if kind is not None and _is_main(verb, token):
            yield make_candidate(
                verb,
                _of_ban(sentence, kind, token, verb),
                "control.text",
                noun=token,
                voice="passive",
                subject=agent_of(verb),
            )
            return
        if (
            verb.tag_ in {"VBD", "VBZ"}
            and verb.lemma_ not in {"be", "have"} | {verb.text}
            and (verb.dep_ == "ROOT")
        ):
            return


def _is_numbered(sentence: SentenceReading, token: Token) -> bool:
    after = [word.lower_ for word in token.doc[token.i + 1 : min(token.i + 4, sentence.sent.end)]]
    if after[:1] and (after[0] in _NUMBER_SIGNS or after[0][:1].isdigit()):
        return True
    return after == ["of", "the", "following"]


def _kind(sentence: SentenceReading, verb: Token) -> EventKind | None:
    """Return what a verb does to a text; "cease to apply until" suspends it."""
    lemma = verb.lemma_.lower()
    if lemma in _ACTS and verb.tag_ == "VBN" and verb.dep_ != "amod":
        return _ACTS[lemma]
    after = [word.lower_ for word in verb.doc[verb.i + 1 : min(verb.i + 9, sentence.sent.end)]]
    if lemma == "cease" and after[:1] == ["to"]:
        return EventKind.CONTROL_SUSPENDED if "until" in after else EventKind.CONTROL_LIFTED
    if lemma == "put" and after[:2] == ["on", "hold"]:
        return EventKind.CONTROL_SUSPENDED
    return None


def _is_main(verb: Token, text: Token) -> bool:
    """Tell whether the verb is said of the text, not in a relative clause about it."""
    if verb.dep_ in {"acl", "relcl"} and verb.head.i >= text.i:
        return False
    subject = subject_of(verb)
    return subject is None or abs(subject.i - text.i) <= 6 or subject.is_ancestor(text)


def _of_ban(sentence: SentenceReading, kind: EventKind, token: Token, verb: Token) -> EventKind:
    """Return the kind for a text that forbade exports: its repeal lifts a ban."""
    if kind is not EventKind.CONTROL_LIFTED:
        return kind
    between = sentence.reading.doc[token.i : verb.i]
    forbids = any(word.lower_.startswith(_FORBIDDING) for word in between)
    return EventKind.BAN_LIFTED if forbids else kind


def _suspension_of(sentence: SentenceReading, token: Token) -> Iterator[Candidate]:
    """Match "the suspension of Announcement No. 46"."""
    low = max(token.i - 5, sentence.sent.start)
    for word in token.doc[low : token.i]:
        kind = _NOMINALS.get(word.lemma_.lower())
        if kind is not None and word.pos_ == "NOUN" and word.nbor(1).lower_ in {"in", "of"}:
            yield make_candidate(word, kind, "nominal.text", noun=token)
            return
