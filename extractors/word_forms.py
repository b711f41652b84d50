"""Part of speech and lemma of parsed tokens, from a memo of the model's own rules.

In `en_core_web_sm` both are rules over one token (its form, tag and dependency; "there is" alone
looks at the token before). The rules cost a third of the syntax when run on every token; here they
run once for each combination. Not here: tags and dependencies, which the model predicts.
"""

from typing import Any

from spacy.attrs import LEMMA, POS
from spacy.language import Language
from spacy.tokens import Doc

_RULE_PIPES = ("attribute_ruler", "lemmatizer")
# Names and numbers never stop coming; a full memo starts anew.
_MAX_ENTRIES = 50_000

_Key = tuple[int, int, int, bool]


class WordForms:
    """Fills POS and LEMMA (and TAG of spaces) of parsed Docs.

    Args:
        nlp: Pipeline with an attribute ruler and a lemmatizer.
    """

    def __init__(self, nlp: Language) -> None:
        self._vocab = nlp.vocab
        self._rules: list[Any] = [nlp.get_pipe(name) for name in _RULE_PIPES]
        self._expletive = nlp.vocab.strings.add("expl")
        self._memo: dict[_Key, tuple[int, int]] = {}

    def read(self, orths: Any, tags: Any, deps: Any) -> list[tuple[int, int]]:
        """Return (POS, LEMMA) of each token of a sentence, from its columns."""
        keys: list[_Key] = []
        after_expletive = False
        for orth, tag, dep in zip(orths.tolist(), tags.tolist(), deps.tolist(), strict=True):
            keys.append((orth, tag, dep, after_expletive))
            after_expletive = dep == self._expletive
        memo = self._memo
        unknown = {key for key in keys if key not in memo}
        if unknown:
            if len(memo) + len(unknown) > _MAX_ENTRIES:
                memo.clear()
                unknown = set(keys)
            self._learn(sorted(unknown))
        return [memo[key] for key in keys]

    def _learn(self, keys: list[_Key]) -> None:
        """Apply the model's rules to one token of each kind, apart from each other."""
        strings = self._vocab.strings
        words: list[str] = []
        tags: list[str] = []
        deps: list[str] = []
        places: list[int] = []
        for orth, tag, dep, after_expletive in keys:
            # A stop apart from the last, or the expletive that the rule wants to see.
            words += ["there" if after_expletive else ".", strings[orth]]
            tags += ["EX" if after_expletive else ".", strings[tag]]
            deps += ["expl" if after_expletive else "punct", strings[dep]]
            places.append(len(words) - 1)
        heads = list(range(len(words)))
        doc = Doc(self._vocab, words=words, tags=tags, deps=deps, heads=heads)
        for rule in self._rules:
            doc = rule(doc)
        forms = doc.to_array([POS, LEMMA]).tolist()
        for key, place in zip(keys, places, strict=True):
            self._memo[key] = (forms[place][0], forms[place][1])
