"""From the bytes of a page to one safe string: decoding, and tests made before any parser runs.

Everything here is linear in the size of the page, whatever the page holds: it is the guard in
front of lxml and trafilatura. Not for finding anything in the page (`extractors/article.py`).
"""

import codecs
import re
from dataclasses import dataclass

from trafilatura.utils import detect_encoding

# Labels that name a narrower set than the bytes hold; the superset reads both (WHATWG encoding
# standard, "names and labels").
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_META_WINDOW_BYTES = 4096
# Bytes that are not UTF-8, as `surrogateescape` shows them. Quotes and dashes of windows-1252
# stand alone or in pairs; in 8-bit text of another script most stand in longer runs.
_BAD_RUN = re.compile("[\udc80-\udcff]{3,}")
_BAD_BYTE = re.compile("[\udc80-\udcff]")
_DETECTION_BYTES = 200_000

_NOT_HTML_TYPES = re.compile(
    r"^\s*(?:image|audio|video|font)/|^\s*application/"
    r"(?:pdf|zip|json|(?:x-)?gzip|octet-stream|javascript|rss\+xml|atom\+xml|ms|vnd\.)",
    re.I,
)
_MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"\xd0\xcf\x11",
)
_MARKUP = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|article|main|div|p|h1|table)\b", re.I
)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:rss|feed|urlset|sitemapindex|rdf:RDF)\b", re.I
)
_SNIFF_CHARS = 50_000

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})([^<>]*)|<!--")
_RAW_TEXT = frozenset({"script", "style"})
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "basefont",
        "frame",
    ]
)
# Elements that a following sibling closes: without their end tags they do not nest.
_IMPLIED_END = frozenset(
    [
        "p",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "tfoot",
        "option",
        "optgroup",
        "colgroup",
        "rt",
        "rp",
        "html",
        "head",
        "body",
    ]
)


def _python_codec(label: str) -> str | None:
    """Return the codec that reads what a label says, None when there is no such codec."""
    try:
        name = codecs.lookup(label.strip().lower()).name
        # bytes-to-bytes codecs ("hex", "zlib") are registered under the same namespace
        b"".decode(name)
    except (LookupError, ValueError, TypeError):
        return None
    return _SUPERSETS.get(name, name)


def _declared_codecs(body: bytes, content_type: str) -> list[str]:
    labels = []
    in_header = _HEADER_CHARSET.search(content_type)
    if in_header:
        labels.append(in_header.group(1))
    in_meta = _META_CHARSET.search(body[:_META_WINDOW_BYTES])
    if in_meta:
        labels.append(in_meta.group(1).decode("ascii", "replace"))
    return [codec for label in labels if (codec := _python_codec(label)) is not None]


def _windows_1252_bytes(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 as windows-1252, one by one."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("reeline.windows-1252", _windows_1252_bytes)


def _decode_undeclared(body: bytes) -> str:
    """Decode what is neither UTF-8 nor what it says it is."""
    escaped = body.decode("utf-8", "surrogateescape")
    bad = len(_BAD_BYTE.findall(escaped))
    in_runs = sum(len(run) for run in _BAD_RUN.findall(escaped))
    good = sum(not char.isascii() for char in escaped) - bad
    if good > bad or in_runs * 2 <= bad:
        return body.decode("utf-8", "reeline.windows-1252")
    for guess in detect_encoding(body[:_DETECTION_BYTES]):
        codec = _python_codec(str(guess))
        if codec is not None:
            return body.decode(codec, "replace")
    return body.decode("utf-8", "reeline.windows-1252")


def decode_body(body: bytes, *, content_type: str = "") -> str:
    """Return the text of a page, whatever its labels claim. Never fails.

    Order: byte order mark; ISO-2022-JP when declared (its bytes are ASCII); strict UTF-8, which
    other encodings practically never satisfy by chance; the declared encodings, strictly; then
    UTF-8 with its wrong bytes read as windows-1252 where they stand alone (an English page
    whose quotes and dashes are mislabelled); then detection.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    declared = _declared_codecs(body, content_type)
    if "iso2022_jp" in declared and b"\x1b" in body:
        return body.decode("iso2022_jp", "replace")
    for codec in ["utf-8", *declared]:
        try:
            return body.decode(codec)
        except UnicodeError:
            continue
    return _decode_undeclared(body)


def html_problem(body: bytes, html: str, *, content_type: str = "") -> str | None:
    """Return why a page is not HTML, None when it looks like HTML."""
    if _NOT_HTML_TYPES.search(content_type):
        return f"content type {content_type.strip()[:80]}"
    if body.startswith(_MAGIC):
        return f"starts with {body[:4]!r}"
    if "\x00" in html[:1000]:
        return "holds null characters"
    start = html[:_SNIFF_CHARS]
    if _FEED.match(start):
        return "a feed or sitemap, not a page"
    if _MARKUP.search(start) is None:
        return f"no HTML element in the first {_SNIFF_CHARS} characters"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkupSize:
    """Counts of a page's mark-up, before parsing. `depth` stops at the first limit passed."""

    elements: int
    depth: int
    links: int


def measure_markup(html: str, *, max_depth: int, max_elements: int) -> MarkupSize:
    """Count elements, links and the deepest nesting in one pass; stop when a limit is passed.

    Comments and the content of scripts are skipped; void elements and those that a sibling
    closes do not nest. Close tags are not matched by name: an attack needs open tags.
    """
    elements = depth = deepest = links = position = 0
    unclosed: set[str] = set()
    while (tag := _TAG.search(html, position)) is not None:
        position = tag.end()
        if tag.group(2) is None:
            end = html.find("-->", position)
            position = len(html) if end < 0 else end + 3
            continue
        name = tag.group(2).lower()
        if tag.group(1):
            depth -= depth > 0 and name not in _IMPLIED_END and name not in _VOID
            continue
        elements += 1
        links += name == "a"
        if name in _VOID or name in _IMPLIED_END or tag.group(3).endswith("/"):
            pass
        elif name in _RAW_TEXT:
            end = -1 if name in unclosed else html.find(f"</{tag.group(2)}", position)
            if end < 0:
                # Read on inside an unclosed script, and never search for its end again: a
                # thousand of them would make this quadratic.
                unclosed.add(name)
            else:
                position = end + len(name) + 2
        else:
            depth += 1
            deepest = max(deepest, depth)
        if deepest > max_depth or elements > max_elements:
            break
    return MarkupSize(elements=elements, depth=deepest, links=links)
