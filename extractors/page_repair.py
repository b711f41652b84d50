"""What the text extractor loses or keeps wrongly, mended by what the page itself shows.

Paragraphs that stand among accepted ones in the same kind of container, the standfirst above the
body, the headline repeated as the first line, and lines that are only links to other articles.
General means only: nothing here knows a site. Text extraction itself: `extractors/page_text.py`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

_MAX_PARAGRAPHS = 5_000
_MAX_PARAGRAPH_CHARS = 8_000
# A paragraph is recognised by its first letters: the extractor may cut notes at its end.
_KEY_CHARS = 60
_MIN_KEY_CHARS = 12
_PROSE_WORDS = 8
_MAX_LINK_SHARE = 0.5
_NOT_BODY = ("aside", "nav", "footer", "form", "figure", "figcaption", "blockquote", "table")
_SPACES = re.compile(r"\s+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Standfirsts are a sentence or two; shorter is a kicker, longer is the body itself.
_STANDFIRST_CHARS = (40, 600)
_STANDFIRST_TAGS = ("p", "h2", "h3", "div", "span", "strong", "b")
_STANDFIRST_NAME = re.compile(
    r"(?:^|[\s_-])(?:stand-?first|deck?|sub-?(?:title|headline|heading)|lead|lede|preface|"
    r"intro(?:duction)?|summary|excerpt|chapo|chapeau|ingress|bajada|entradilla|sommario)"
    r"(?:$|[\s_-])",
    re.I,
)
_MAX_HEADER_ELEMENTS = 400
_HEADLINE_LINES = 3
_MIN_HEADLINE_LETTERS = 8
_LONG_HEADLINE_LETTERS = 24
_KICKER_LETTERS = 30
_BYLINE_PREFIX = re.compile(r"^\s*(?:by|von|par|por|di|av|written by|photo:|foto:)\s+", re.I)
_MAX_CARD_CHARS = 300
_MIN_CARD_WORDS = 4
_CARD_LINK_SHARE = 0.8
_SENTENCE_ENDS = ".!?。！？…:"
_MAX_HEADINGS = 500
_TEASER_HEAD_WORDS = 3
_TEASER_WORDS = 70
_TEASER_ROW = 3
_NEVER_TEASERS = frozenset({"body", "main", "html"})
_BLOCKS = ("p", "div", "h2", "h3", "h4", "ul", "section", "article")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of a page: its text, its own words and where it stands.

    `home` is its parent element's number, `sort` how its parents are named: equal for the pieces
    of a body that is split over several containers.
    """

    text: str = field(repr=False)
    key: str
    home: int
    sort: tuple[str, ...]


def fold(text: str) -> str:
    """Return the letters and digits of a text, for comparing what two readers made of it."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def count_prose(text: str) -> int:
    """Return the words of a text; a CJK character counts as half a word."""
    cjk = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + cjk // 2


def _clean(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def _sort_of(parent: HtmlElement) -> tuple[str, ...]:
    """Return how an element and its parent are named: tag and first class, the one that tells."""
    above = parent.getparent()
    return tuple(
        f"{element.tag}.{next(iter((element.get('class') or '').split()), '')}"
        for element in (parent, above)
        if element is not None
    )


def _link_share(element: HtmlElement, length: int) -> float:
    linked = sum(len(_clean(link.text_content())) for link in element.iter("a"))
    return linked / max(1, length)


def read_paragraphs(tree: HtmlElement) -> tuple[Paragraph, ...]:
    """Return the paragraphs of prose in document order, those of side boxes left out."""
    outside = {element for box in tree.iter(*_NOT_BODY) for element in box.iter("p")}
    homes: dict[HtmlElement, int] = {}
    found: list[Paragraph] = []
    for element in islice(tree.iter("p"), _MAX_PARAGRAPHS):
        parent = element.getparent()
        if parent is None or element in outside:
            continue
        text = _clean(element.text_content()[:_MAX_PARAGRAPH_CHARS])
        if count_prose(text) < _PROSE_WORDS or _link_share(element, len(text)) > _MAX_LINK_SHARE:
            continue
        home = homes.setdefault(parent, len(homes))
        found.append(
            Paragraph(text=text, key=fold(text)[:_KEY_CHARS], home=home, sort=_sort_of(parent))
        )
    return tuple(found)


def complete_body(text: str, paragraphs: Sequence[Paragraph]) -> str:
    """Return the text with the paragraphs that belong to its body and are missing in it.

    A missing paragraph belongs to the body when it stands in a container of accepted ones or in
    one that is named like theirs, after the first of them and before whatever ends the row.
    """
    lines = text.split("\n")
    places = _places(lines, paragraphs)
    known = [number for number, place in enumerate(places) if place is not None]
    if len(known) < _MIN_ACCEPTED:
        return text
    homes = {paragraphs[number].home for number in known}
    sorts = {paragraphs[number].sort for number in known if "." in paragraphs[number].sort[0][:-1]}
    added: dict[int, list[str]] = {}
    last = places[known[0]] or 0
    for number in range(known[0], len(paragraphs)):
        place, paragraph = places[number], paragraphs[number]
        if place is not None:
            last = place
        elif paragraph.home in homes or paragraph.sort in sorts:
            added.setdefault(last, []).append(paragraph.text)
        elif number > known[-1]:
            break
    return "\n".join(
        part for number, line in enumerate(lines) for part in (line, *added.get(number, ()))
    )


_MIN_ACCEPTED = 2


def _places(lines: Sequence[str], paragraphs: Sequence[Paragraph]) -> list[int | None]:
    """Return the line at which each paragraph stands in the text, None where it does not."""
    by_key: dict[str, int] = {}
    whole = []
    for number, line in enumerate(lines):
        folded = fold(line)
        by_key.setdefault(folded[:_KEY_CHARS], number)
        whole.append(folded)
    joined = "\n".join(whole)
    found: list[int | None] = []
    for paragraph in paragraphs:
        place = by_key.get(paragraph.key)
        if place is None:
            at = joined.find(paragraph.key)
            place = joined.count("\n", 0, at) if at >= 0 else None
        found.append(place)
    return found


def find_standfirst(tree: HtmlElement, *, descriptions: Iterable[str]) -> str | None:
    """Return the sentence or two shown between headline and body, None when there is none.

    It is what the page also gives as its description, or what is named as a standfirst beside
    the only h1.

    Args:
        tree: The parsed page.
        descriptions: Descriptions in meta elements and JSON-LD.
    """
    keys = {fold(text)[:_KEY_CHARS] for text in descriptions}
    keys = {key for key in keys if len(key) >= _MIN_KEY_CHARS}
    heading = next(tree.iter("h1"), None)
    if heading is None:
        return None
    for element in islice(elements_after(heading), _MAX_HEADER_ELEMENTS):
        if element.tag not in _STANDFIRST_TAGS:
            continue
        text = _clean(element.text_content()[: _STANDFIRST_CHARS[1] * 2])
        if not _STANDFIRST_CHARS[0] <= len(text) <= _STANDFIRST_CHARS[1]:
            continue
        named = _STANDFIRST_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        if fold(text)[:_KEY_CHARS] in keys or named:
            return text
    return None


def elements_after(heading: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the elements after a heading in document order, those inside it left out."""
    start: HtmlElement | None = heading
    while start is not None:
        for sibling in start.itersiblings():
            yield from sibling.iter()
        start = start.getparent()


def with_standfirst(text: str, standfirst: str | None) -> str:
    """Return the text with its standfirst as the first line, unless it is there already."""
    if standfirst is None:
        return text
    key = fold(standfirst)[:_KEY_CHARS]
    if key in fold(text):
        return text
    return f"{standfirst}\n{text}"


def without_headline(text: str, headlines: Iterable[str], *, byline: str | None) -> str:
    """Return the text without the headline and the byline, where its first lines repeat them.

    Args:
        text: The article text.
        headlines: The title and what else the page shows as one (h1, og:title, title).
        byline: Names joined by "; ", None when nobody is named.
    """
    keys = {fold(headline) for headline in headlines}
    keys = {key for key in keys if len(key) >= _MIN_HEADLINE_LETTERS}
    names = {fold(name) for name in (byline or "").split(";")} - {""}
    lines = text.split("\n")
    kept = [
        line
        for number, line in enumerate(lines)
        if number >= _HEADLINE_LINES or not _repeats(line, keys, names)
    ]
    return "\n".join(kept) if any(count_prose(line) >= _PROSE_WORDS for line in kept) else text


def _repeats(line: str, headlines: set[str], names: set[str]) -> bool:
    folded = fold(line)
    if not folded:
        return False
    if folded in headlines or fold(_BYLINE_PREFIX.sub("", line)) in names:
        return True
    # og:title and title hold the headline with a kicker before it or the site's name after it.
    if len(folded) < _LONG_HEADLINE_LETTERS or line.rstrip()[-1:] in _SENTENCE_ENDS:
        return False
    return any(
        folded in key or (key in folded and len(folded) <= len(key) + _KICKER_LETTERS)
        for key in headlines
    )


def drop_cards(tree: HtmlElement, *, most_words: float) -> None:
    """Drop links around whole blocks: cards of other articles, which prose never is.

    Args:
        tree: The parsed page, which is changed.
        most_words: A card with more words than this is kept: some pages link everything.
    """
    for link in list(tree.iter("a")):
        if link.getparent() is None or next(link.iter(*_BLOCKS), None) is None:
            continue
        if next(link.iter("h1"), None) is None and count_prose(link.text_content()) <= most_words:
            link.drop_tree()
    for element in list(tree.iter("p", "li")):
        if element.getparent() is None or next(element.iter("a"), None) is None:
            continue
        text = _clean(element.text_content()[:_MAX_CARD_CHARS])
        if len(text) < _MAX_CARD_CHARS and _is_linked(element, text):
            element.drop_tree()


def drop_teasers(tree: HtmlElement) -> None:
    """Drop rows of teasers: at least three containers alike, each a linked heading and few words.

    Sections of an article have headings too, but theirs lead nowhere.
    """
    rows: dict[tuple[str, ...], list[HtmlElement]] = {}
    for heading in islice(tree.iter("h2", "h3", "h4", "h5"), _MAX_HEADINGS):
        card, text = heading.getparent(), _clean(heading.text_content())
        if card is None or count_prose(text) < _TEASER_HEAD_WORDS:
            continue
        if _link_share(heading, len(text)) >= _CARD_LINK_SHARE:
            rows.setdefault(_sort_of(card), []).append(card)
    for cards in rows.values():
        small = [card for card in cards if count_prose(card.text_content()) <= _TEASER_WORDS]
        for card in small if len(small) >= _TEASER_ROW else ():
            if card.getparent() is not None and card.tag not in _NEVER_TEASERS:
                card.drop_tree()


def _is_linked(element: HtmlElement, text: str) -> bool:
    """Tell whether a paragraph is nothing but a headline that leads elsewhere."""
    return (
        count_prose(text) >= _MIN_CARD_WORDS
        and text[-1:] not in _SENTENCE_ENDS
        and _link_share(element, len(text)) >= _CARD_LINK_SHARE
    )
