"""One form for every address, so that a page seen twice is one page.

Pure string work: nothing here resolves a name or opens a connection. Every other module of the
acquisition calls `clean_url` before it compares, stores or fetches an address.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from courlan import extract_domain
from courlan.clean import clean_query

MAX_URL_CHARS = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/%!$&'()*+,;=:@~-._"
_ASCII = "".join(map(chr, range(128)))
_BAD_HOST = re.compile(r"[^a-z0-9.\-_:\[\]]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Parameters that share links carry and that courlan's list does not have.
_MORE_TRACKERS = frozenset({"cmpid", "smid", "ocid", "taid", "ncid", "spm", "fbclid", "yclid"})
_SHARE_VALUES = frozenset({"rss", "feed", "twitter", "facebook", "newsletter", "email", "share"})


def clean_url(url: str, base: str | None = None) -> str | None:
    """Return the address in the form that keys pages, or None when it cannot be one.

    Absolute http or https; host in lower case and ASCII (IDNA); no fragment, no default port, no
    tracking parameter; parameters sorted by name (stable), because feeds and listings order them
    differently. An address with a user name or password is refused: credentials are never stored.

    Args:
        url: As found in a feed, a sitemap, a link or typed by a person.
        base: What a relative address is relative to.
    """
    text = url.strip()
    if not text or len(text) > MAX_URL_CHARS:
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        host = _ascii_host(parts)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or host is None or "@" in parts.netloc:
        return None
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    path = _clean_path(parts.path)
    return urlunsplit((scheme, netloc, path or "/", _clean_query(parts.query), ""))


def host_of(url: str) -> str:
    """Return the host of an address in lower case without port or final dot; "" without one."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def is_same_site(url: str, other: str) -> bool:
    """Return whether two addresses belong to one registrable domain (`news.` beside `www.`)."""
    host, other_host = host_of(url), host_of(other)
    if not host or not other_host:
        return False
    return host == other_host or ((domain := _domain(url)) is not None and domain == _domain(other))


@lru_cache(maxsize=4096)
def _domain(url: str) -> str | None:
    domain = extract_domain(url, fast=True)
    return domain if isinstance(domain, str) else None


def _ascii_host(parts: SplitResult) -> str | None:
    """Return the host as ASCII, an IPv6 address in brackets; None when it is no host name."""
    host = (parts.hostname or "").rstrip(".")
    if not host:
        return None
    if ":" in host:
        return f"[{host}]"
    try:
        ascii_host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return None if _BAD_HOST.search(ascii_host) else ascii_host


def _clean_path(path: str) -> str:
    """Resolve dot segments and encode what may not stand bare in a path."""
    if "/." in path:
        path = urlsplit(urljoin("http://x/", path)).path
    return quote(_BARE_PERCENT.sub("%25", path), safe=_PATH_SAFE)


def _clean_query(query: str) -> str:
    """Drop tracking parameters and sort the rest; a bare query such as `?12345` is an id."""
    if not query:
        return ""
    if "=" not in query:
        return quote(query, safe=_PATH_SAFE + "?")
    # As bytes, one letter each: %CF%A1 is no UTF-8 and means a word to a site written in GB2312.
    plain = quote(query.replace("&amp;", "&"), safe=_ASCII)
    pairs = parse_qsl(plain, keep_blank_values=True, max_num_fields=200, encoding="latin-1")
    kept = [(name, value) for name, value in pairs if not _is_tracker(name.lower(), value)]
    return urlencode(sorted(kept, key=lambda pair: pair[0]), encoding="latin-1")


def _is_tracker(name: str, value: str) -> bool:
    if name in _MORE_TRACKERS or (name == "from" and value.lower() in _SHARE_VALUES):
        return True
    # courlan lists cid, eid and uid as trackers; in many ministries' sites they number the page.
    if value.isdigit() and name in {"cid", "eid", "uid"}:
        return False
    return not clean_query(urlencode({name: "1"}, encoding="latin-1"))
