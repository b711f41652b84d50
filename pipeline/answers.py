"""What an HTTP answer means for the fetcher: a page, a redirect or an error. Pure."""

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from models.errors import FetchError
from models.pages import RawPage
from models.vocabulary import FetchMethod, RejectionReason
from pipeline.contents import make_raw_page, page_headers
from pipeline.politeness import parse_retry_after, status_error
from pipeline.urls import clean_url

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Answer:
    """One response after its body was read; `body` is empty for redirects and errors.

    `request` and `response` are the bytes of a page's exchange, for the archive.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request: bytes = b""
    response: bytes | None = None

    def header(self, name: str) -> str | None:
        """Return the first value of a header by its lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def redirect_target(url: str, answer: Answer) -> str | None:
    """Return where a redirect leads; None when the answer is none.

    From https none leads to plain http: the same address is asked for by https instead. What came
    over http could be anybody's, and a page is kept as evidence of what its publisher said.

    Raises:
        FetchError: `BAD_URL` when it leads to anything but an http address, or out of https.
    """
    location = answer.header("location")
    if answer.status not in REDIRECT_STATUSES or not location:
        return None
    try:
        target = urljoin(url, _location(location))
    except ValueError:  # brackets that hold no IPv6 address, a host that normalizes to a path
        target = ""
    target = target.partition("#")[0]
    if clean_url(target) is None:
        message = f"{url}: expected a redirect to an http address, found one that is not"
        raise FetchError(message, reason=RejectionReason.BAD_URL, status=answer.status)
    return _secured(url, target) if is_secure(url) and not is_secure(target) else target


def _location(header: str) -> str:
    """Return a Location as text; bytes that are no UTF-8 stay bytes, written with percent signs."""
    raw = header.encode("latin-1")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return quote(raw, safe="".join(map(chr, range(33, 127))))


def is_secure(url: str) -> bool:
    """Return whether an address is asked for by https."""
    return url[:6].lower() == "https:"


def _secured(url: str, target: str) -> str:
    """Return the https address in place of an http one, for sites that mean no harm by it.

    Servers behind a proxy often name themselves by http and send a visitor on to https at once.

    Raises:
        FetchError: `BAD_URL` when only plain http is left.
    """
    parts = urlsplit(target)
    upgraded = urlunsplit(parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80")))
    if upgraded == url or parts.port not in {None, 80}:
        message = f"{url}: expected a redirect that keeps to https, found one to {target[:200]}"
        raise FetchError(message, reason=RejectionReason.BAD_URL)
    return upgraded


def require_page(url: str, answer: Answer) -> Answer:
    """Return the answer when it holds a page or says that nothing changed.

    Raises:
        FetchError: `HTTP_ERROR`, with what Retry-After asks for.
    """
    if answer.status in {200, 203, 304}:
        return answer
    retry_after_s = parse_retry_after(answer.header("retry-after"), now=datetime.now(UTC))
    raise status_error(url, answer.status, retry_after_s=retry_after_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage(RawPage):
    """A page with the bytes of its exchange, as they went over the wire.

    `response` is None when its bytes cannot be kept as a message of their own.
    """

    request: bytes = field(repr=False)
    response: bytes | None = field(repr=False)


def make_page(slug: str, url: str, final_url: str, answer: Answer) -> ServedPage:
    """Return the record of a page that was just fetched."""
    page = make_raw_page(
        slug,
        url,
        answer.body,
        fetched_at=datetime.now(UTC),
        method=FetchMethod.HTTP,
        headers=page_headers(answer.headers),
        status=answer.status,
        final_url=final_url,
    )
    return with_exchange(page, request=answer.request, response=answer.response)


def with_exchange(page: RawPage, *, request: bytes, response: bytes | None) -> ServedPage:
    """Return a page with the bytes of its exchange."""
    known = {field.name: getattr(page, field.name) for field in fields(RawPage)}
    return ServedPage(**known, request=request, response=response)
