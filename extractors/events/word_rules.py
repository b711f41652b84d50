"""Rules that single words open: one table a module, from a word to the function that reads it.

A table is asked by lemma, then by word form; a function yields what the word tells in its sentence.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from spacy.tokens import Token

from extractors.events.candidates import Candidate
from extractors.events.reading import SentenceReading

Rule = Callable[[SentenceReading, Token], Iterator[Candidate]]
Table = Mapping[str, Rule]


def words_of(tables: Sequence[Table]) -> frozenset[str]:
    """Return the words that a rule of some tables reads: one look-up spares most tokens all."""
    return frozenset(word for table in tables for word in table)


def find_by_word(
    tables: Sequence[Table], sentence: SentenceReading, token: Token
) -> Iterator[Candidate]:
    """Yield what the rules of some tables read at a token, in texts on the trade in question."""
    if not sentence.reading.topic.is_ours:
        return
    lemma = token.lemma_.lower()
    for table in tables:
        rule = table.get(lemma) or table.get(token.lower_)
        if rule is not None:
            yield from rule(sentence, token)
