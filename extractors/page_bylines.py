"""Who wrote an article: stated in JSON-LD or meta elements, else printed by its headline.

A publication that names itself as the author is believed last: many do so and print the writer.
The other metadata of a page: `extractors/page_metadata.py`.
"""

import re
from collections.abc import Iterable
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.json_ld import Node, find_article_node, names_of
from extractors.page_metadata import SITE_META, one_line
from extractors.page_repair import elements_after, fold

_MAX_BYLINE_CHARS = 200
_MAX_NAME_CHARS = 1_000
_AUTHOR_META = (
    "author",
    "article:author",
    "parsely-author",
    "dc.creator",
    "sailthru.author",
    "cxenseparse:author",
)
_PREFIX = re.compile(
    r"^(?:(?:by|von|par|por|di|av|written by|autor(?:in|en)?|authors?)\s*:?|text\s*:)\s+(?=\w)",
    re.I,
)
_NOT_A_NAME = re.compile(r"https?://|www\.|@|^\W*$")
# What a page prints near its headline: how many elements are looked at, how long a byline is.
_MAX_ELEMENTS = 60
_MAX_PRINTED_CHARS = 120
_PROSE_WORDS = 12
_AUTHOR_NAME = re.compile(
    r"(?:^|[\s_-])(?:by-?line|(?:article-?)?authors?(?:-?names?)?|autor(?:en|in)?)(?:$|[\s_-])",
    re.I,
)
_CONJUNCTION = re.compile(r"\s+(?:and|und|et|y|og|och|en|&)\s+")
_PAIR = 2
_LIST = re.compile(r"\s*[,;|]\s*")
_AGENCIES = frozenset(
    {"afp", "ansa", "ap", "apa", "bloomberg", "dpa", "efe", "epd", "kna", "reuters", "sda", "sid"}
)
# First and last name, maybe a title, further names and particles: no word in small letters else.
_PERSON = re.compile(
    r"(?:(?:Dr|Prof|Mr|Ms|Mrs)\.? )*[^\W\d_][\w.'’-]*(?: (?:de|del|della|der|di|du|la|van|von|zu))*"
    r"(?: (?!\d)[\w.'’-]+){1,3}"
)
_PARTICLES = frozenset({"de", "del", "della", "der", "di", "du", "la", "van", "von", "zu"})
_CJK_NAME = re.compile(r"[\u3400-\u9fff]{2,5}|[\uac00-\ud7af]{2,4}")


def _is_person(text: str) -> bool:
    """Tell whether a text is a person's name as bylines print it, in capitals or not."""
    if _CJK_NAME.fullmatch(text):
        return True
    return _PERSON.fullmatch(text) is not None and all(
        word[:1].isupper() or word in _PARTICLES for word in text.split()
    )


def split_names(text: str) -> list[str]:
    """Return the names of one string: parted where a conjunction stands between two persons.

    "Ana Ruiz and Tom Beck, dpa" has three, "Department of Trade and Industry" is one. What is no
    name beside two of them (", Nairobi") is left out.
    """
    parts = _CONJUNCTION.split(text)
    heads = [_LIST.split(part)[0] for part in parts]
    if len(parts) < _PAIR or not all(map(_is_person, heads)):
        return [text]
    names = [name for part in parts for name in _LIST.split(part)]
    return [name for name in names if _is_person(name) or name.lower() in _AGENCIES]


def _clean_names(names: Iterable[str]) -> list[str]:
    cleaned: list[str] = []
    for name in names:
        line = one_line(name[:_MAX_NAME_CHARS]).strip(" ,;")
        for part in split_names(_PREFIX.sub("", line)):
            if part and _NOT_A_NAME.search(part) is None and part not in cleaned:
                cleaned.append(part)
    return cleaned


def publication_names(nodes: tuple[Node, ...], meta: dict[str, str], url: str) -> frozenset[str]:
    """Return the folded names by which a publication may call itself: site, publisher, host."""
    host = (urlsplit(url).hostname or "").removeprefix("www.") if url.startswith("http") else ""
    names = [meta.get(name, "") for name in SITE_META]
    names += names_of(find_article_node(nodes).get("publisher"), nodes=nodes)
    names += [host, host.rpartition(".")[0], *host.split(".")]
    return frozenset(map(fold, names)) - {""}


def read_printed_names(tree: HtmlElement) -> tuple[str, ...]:
    """Return the persons that a page names beside its only h1: by mark-up, or after "By".

    Read up to the first paragraph of prose; who is named below wrote something else.
    """
    headings = list(islice(tree.iter("h1"), 2))
    if len(headings) != 1:
        return ()
    for element in islice(elements_after(headings[0]), _MAX_ELEMENTS):
        text = one_line(element.text_content()[: _MAX_PRINTED_CHARS * 2])
        if element.tag == "p" and len(text.split()) >= _PROSE_WORDS:
            break
        names = _printed(element, text) if 0 < len(text) <= _MAX_PRINTED_CHARS else []
        if names:
            return tuple(names)
    return ()


def _printed(element: HtmlElement, text: str) -> list[str]:
    named = _AUTHOR_NAME.search((element.get("class") or "")[:_MAX_PRINTED_CHARS])
    is_marked = named or "author" in (element.get("rel"), element.get("itemprop"))
    bare = _PREFIX.sub("", text)
    if not is_marked and bare == text:
        return []
    names = [name for part in _LIST.split(bare) for name in split_names(part)]
    # An employer in capitals after the name ("Ana Ruiz, NDR KIEL") is no second writer.
    persons = [name for name in names if _is_person(name)]
    return persons[:1] + [name for name in persons[1:] if not name.isupper()]


def find_byline(
    *,
    nodes: tuple[Node, ...],
    meta: dict[str, str],
    fallback: str | None,
    printed: tuple[str, ...] = (),
    publication: frozenset[str] = frozenset(),
) -> str | None:
    """Return who wrote the article, several names joined by "; ", None when nobody is named.

    Args:
        nodes: JSON-LD nodes of the page.
        meta: Meta elements of the page.
        fallback: What the text extractor read from the mark-up, names joined by ";".
        printed: Persons named beside the headline.
        publication: Folded names of the publication itself, believed only when nobody else is.
    """
    stated = names_of(find_article_node(nodes).get("author"), nodes=nodes)
    named = [[meta[name]] for name in _AUTHOR_META if name in meta]
    found = [
        _clean_names(names) for names in (stated, *named, printed, (fallback or "").split(";"))
    ]
    for names in found:
        if names and not publication.issuperset(map(fold, names)):
            return "; ".join(names)[:_MAX_BYLINE_CHARS]
    own = next((names for names in found if names), [])
    return "; ".join(own)[:_MAX_BYLINE_CHARS] or None
