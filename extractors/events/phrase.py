"""The words around a noun: its modifiers and what its "on/of/for/to" phrases hold."""

from collections.abc import Iterator

from spacy.tokens import Token

# What follows these is another clause: "the controls after the tariff talks collapsed".
_ELSEWHERE = frozenset({"after", "although", "because", "before", "unless", "when", "while"})
EXPORT_WORDS = frozenset({"export", "exports", "exporting", "shipment", "shipments", "ship"})


def modifiers(token: Token) -> Iterator[Token]:
    """Yield the words before a noun inside its phrase, nearest first."""
    for index in range(token.i - 1, max(token.sent.start, token.i - 10) - 1, -1):
        before = token.doc[index]
        if before.lower_ == "including":
            return
        if before.is_punct and before.text not in {"-", '"', "“", "”", "'", "‘", "’", ","}:
            return
        if (
            before.pos_ in {"VERB", "AUX", "ADP", "SCONJ", "PRON"}
            and before.tag_
            not in {
                "VBN",
                "VBG",
                "PRP$",
            }
            and before.lower_ not in EXPORT_WORDS
        ):
            return
        yield before
        if before.pos_ == "DET":
            return


def complement(token: Token) -> list[Token]:
    """Return up to eight words after a noun, to the end of its "on/of/for/to" phrases."""
    words: list[Token] = []
    for index in range(token.i + 1, min(token.sent.end, token.i + 9)):
        after = token.doc[index]
        if after.lower_ in _ELSEWHERE or (after.is_punct and after.text not in {"-", ","}):
            break
        words.append(after)
    return words
