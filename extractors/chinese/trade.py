"""Who reports a mass of a Chinese text, and with whom: 我国对日本出口稀土, 自缅甸进口."""

import re

from extractors.chinese.context import Place
from extractors.chinese.reading import Reading, Term
from extractors.places import country_of
from models.vocabulary import Flow

_TRADED = frozenset({Flow.EXPORT, Flow.IMPORT, Flow.QUOTA, Flow.SALE})
_TO_OR_FROM = re.compile(r"(?:对|向|往|至|到|自|从|由|来自|原产于|销往|运往)$")
_AND = re.compile(r"[和及与、]$|以及$")
_REACH = 60
_WORLD = "worldwide"
# 对美出口: in dealings a country may be named by one character.
_SHORT = re.compile(r"(?:对|自|从|输)(?P<name>[美日欧韩德法英印澳越缅])(?=[进出]口)")
_SHORT_NAMES = {
    "美": "United States", "日": "Japan", "欧": "European Union", "韩": "South Korea",
    "德": "Germany", "法": "France", "英": "United Kingdom", "印": "India", "澳": "Australia",
    "越": "Vietnam", "缅": "Myanmar",
}  # fmt: skip


def trade_of(reading: Reading, place: Place, flow: Flow) -> tuple[str | None, str | None]:
    """Return the reporting country and the partner of a mass, None for what is not said.

    The partner is the last country before the number that a word of direction stands before, in
    the sentence; several joined ones are kept in order. The reporter is the last other one.
    """
    named = reading.terms_in(max(place.since, place.start - _REACH), place.start, "place")
    countries = [term for term in named if term.value == _WORLD or country_of(term.value)]
    partners = _partners(reading, countries) if flow in _TRADED else []
    told = {term.start for term in partners}
    others = [
        term for term in countries
        if term.start not in told and not _is_directed(reading, term) and term.value != _WORLD
    ]  # fmt: skip
    reporter = others[-1].value if others else None
    partner = "; ".join(dict.fromkeys(term.value for term in partners)) or None
    short = list(_SHORT.finditer(reading.text, max(place.since, place.start - _REACH), place.start))
    if short and flow in _TRADED and not any(term.start > short[-1].start() for term in partners):
        partner = _SHORT_NAMES[short[-1]["name"]]
    return reporter, partner


def _partners(reading: Reading, countries: list[Term]) -> list[Term]:
    """Return the last group of countries that a word of direction opens: 对日本和韩国."""
    group: list[Term] = []
    for term in countries:
        if _is_directed(reading, term):
            group = [term]
        elif group and _AND.search(reading.text[group[-1].end : term.start]):
            group.append(term)
    return group


def _is_directed(reading: Reading, term: Term) -> bool:
    return _TO_OR_FROM.search(reading.text[max(0, term.start - 3) : term.start]) is not None
