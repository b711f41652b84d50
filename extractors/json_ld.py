"""JSON-LD of a page as a flat list of nodes, read so that no page can make it fail.

Broken JSON is repaired where that is safe, else skipped; nesting and size are bounded. Nodes that
describe other pages (lists of related articles, the site) are not descended into.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

_MAX_SCRIPT_CHARS = 2_000_000
_MAX_NODES = 2_000
# Where the node of the page itself may hide; `itemListElement`, `hasPart` and the like are others'.
_DESCEND = ("@graph", "mainEntity", "mainEntityOfPage")
_ARTICLE_TYPE = re.compile(r"(?:Article|BlogPosting|Report|PressRelease|Review)$")
_LIST_TYPES = frozenset({"CollectionPage", "ItemList", "SearchResultsPage"})
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_WRAPPERS = re.compile(
    r"^(?://|/\*)? ?(?:<!--|<!\[CDATA\[)(?: ?\*/)?|(?:;|(?://|/\*)? ?(?:-->|\]\]>)(?: ?\*/)?)$"
)
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"\n]{8,40})"')

Node = dict[str, Any]


def _parse(script: str) -> object:
    """Return the value of a script, None when it is beyond repair."""
    for attempt in (
        script,
        _TRAILING_COMMA.sub(r"\1", _WRAPPERS.sub("", script.strip())),
    ):
        try:
            # strict=False: raw line breaks inside strings are the most frequent defect
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return _salvage(script)


def _salvage(script: str) -> object:
    """Return the publication date of JSON that cannot be parsed: the field worth most."""
    found = _PUBLISHED.search(script)
    return {"@type": "Article", "datePublished": found.group(1)} if found else None


def types_of(node: Node) -> frozenset[str]:
    """Return the schema.org types of a node, without their namespace."""
    value = node.get("@type")
    names = value if isinstance(value, list) else [value]
    return frozenset(name.rsplit("/", 1)[-1] for name in names if isinstance(name, str))


def _walk(root: object) -> Iterator[Node]:
    stack = [root]
    seen = 0
    while stack and seen < _MAX_NODES:
        value = stack.pop(0)
        seen += 1
        if isinstance(value, list):
            stack = value[:_MAX_NODES] + stack
        elif isinstance(value, dict):
            yield value
            stack = [value[key] for key in _DESCEND if key in value] + stack


def find_nodes(tree: HtmlElement) -> tuple[Node, ...]:
    """Return the JSON-LD nodes of a page in document order; empty when there are none."""
    nodes: list[Node] = []
    for script in tree.iter("script"):
        kind = (script.get("type") or "").lower()
        if "ld+json" not in kind or not script.text or len(script.text) > _MAX_SCRIPT_CHARS:
            continue
        nodes.extend(_walk(_parse(script.text)))
        if len(nodes) >= _MAX_NODES:
            break
    return tuple(nodes[:_MAX_NODES])


def is_article(node: Node) -> bool:
    """Tell whether a node is an article of some kind (NewsArticle, BlogPosting, Report ...)."""
    return any(_ARTICLE_TYPE.search(name) for name in types_of(node))


def is_listing(node: Node) -> bool:
    """Tell whether a node says that its page is a list of pages."""
    return not _LIST_TYPES.isdisjoint(types_of(node))


def find_article_node(nodes: tuple[Node, ...]) -> Node:
    """Return the node of the page's own article, the fullest of several; {} when there is none."""
    articles = [node for node in nodes if is_article(node)]
    if not articles:
        return {}
    return max(articles, key=lambda node: ("datePublished" in node, "headline" in node))


def string_of(value: object) -> str | None:
    """Return a value that should be a string and may be a list or {"@value": ...} or wrong."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value", value.get("name"))
    if not isinstance(value, str):
        return None
    return value.strip() or None


def names_of(value: object, *, nodes: tuple[Node, ...] = ()) -> tuple[str, ...]:
    """Return the names in an author or publisher value: strings, nodes, or lists of both.

    A bare reference (`{"@id": ...}`) is looked up among the nodes of the page.
    """
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    names: list[str] = []
    items = value if isinstance(value, list) else [value]
    flat = [part for item in items[:20] for part in (item if isinstance(item, list) else [item])]
    for item in flat[:20]:
        name = item
        if isinstance(item, dict):
            reference = item.get("@id")
            known = by_id.get(reference, {}) if isinstance(reference, str) else {}
            name = item.get("name") or known.get("name") or _joined_name(item)
        parts = name if isinstance(name, list) else [name]
        names.extend(part.strip() for part in parts if isinstance(part, str))
    return tuple(dict.fromkeys(name for name in names if name))


def _joined_name(person: Node) -> str | None:
    """Return given and family name of a person who has no `name`."""
    parts = [person.get(key) for key in ("givenName", "familyName")]
    return (
        " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip()) or None
    )
