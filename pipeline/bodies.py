"""Reading one response under limits: type first, then the body, never more than was allowed.

Works on a response that is already open; opening one is the business of `pipeline/fetch.py`.
"""

import ssl

import httpcore2
import httpx2

from models.errors import FetchError
from models.vocabulary import RejectionReason
from pipeline.contents import has_binary_mark, is_binary, is_packed_path, is_wanted_type
from pipeline.fetch_settings import FetchSettings

NETWORK_ERRORS = (
    TimeoutError,
    OSError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    ValueError,  # headers and addresses that the libraries did not expect
)
"""What `network_error` explains: all that can go wrong with one exchange."""

_SNIFF_BYTES = 512
_KNOWN_ENCODINGS = frozenset({"", "identity", "gzip", "deflate", "br"})
_MAX_CODINGS = 2  # one is usual; each further one multiplies what a bomb can become


def check_head(response: httpx2.Response, url: str, settings: FetchSettings) -> None:
    """Refuse a page by its head: its type, its coding, or the length that it claims.

    Raises:
        FetchError: `WRONG_CONTENT_TYPE` or `TOO_LARGE`.
    """
    content_type = response.headers.get("content-type", "")
    if content_type and not is_wanted_type(content_type, url):
        message = f"{url}: expected markup, a feed or text, found type {content_type[:80]!r}"
        raise FetchError(message, reason=RejectionReason.WRONG_CONTENT_TYPE, status=200)
    check_coding(response, url)
    claimed = response.headers.get("content-length", "")
    if claimed.isdigit() and int(claimed) > settings.max_wire_bytes:
        raise too_large(url, settings.max_wire_bytes, f"a claimed length of {int(claimed):,}")


def check_coding(response: httpx2.Response, url: str) -> None:
    """Refuse a transport coding that the decoders do not know: its body would stay packed.

    Raises:
        FetchError: `WRONG_CONTENT_TYPE`.
    """
    given = response.headers.get("content-encoding", "")[:1000]
    codings = [coding.strip().lower() for coding in given.split(",")]
    if len(codings) > _MAX_CODINGS or set(codings) - _KNOWN_ENCODINGS:
        message = f"{url}: expected gzip, deflate, br or no coding, found {given[:80]!r}"
        raise FetchError(message, reason=RejectionReason.WRONG_CONTENT_TYPE, status=200)


async def read_page_body(response: httpx2.Response, url: str, settings: FetchSettings) -> bytes:
    """Return the decoded body of a page.

    Raises:
        FetchError: `TOO_LARGE` over the wire or decoded, `WRONG_CONTENT_TYPE` when its start is
            that of a picture, a PDF and the like, whatever type was declared.
    """
    body = bytearray()
    is_checked = False
    async for chunk in response.aiter_bytes():
        body += chunk
        if response.num_bytes_downloaded > settings.max_wire_bytes:
            raise too_large(url, settings.max_wire_bytes, "more over the wire")
        if len(body) > settings.max_body_bytes:
            raise too_large(url, settings.max_body_bytes, "a larger decoded body")
        if not is_checked and len(body) >= _SNIFF_BYTES:
            _require_text(body, url, response)
            is_checked = True
    if not is_checked:
        _require_text(body, url, response)
    return bytes(body)


async def read_capped(response: httpx2.Response, *, max_bytes: int) -> bytes:
    """Return at most the first `max_bytes` of the decoded body; the rest is not read."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= max_bytes or response.num_bytes_downloaded >= max_bytes:
            break
    return bytes(body[:max_bytes])


def header_lines(response: httpx2.Response) -> tuple[tuple[str, str], ...]:
    """Return the header lines; Latin-1 gives every byte of a line back unchanged."""
    return tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw)


def too_large(url: str, max_bytes: int, found: str) -> FetchError:
    """Return the error for a body over a limit."""
    message = f"{url}: expected at most {max_bytes:,} bytes, found {found}"
    return FetchError(message, reason=RejectionReason.TOO_LARGE, status=200)


def network_error(url: str, error: Exception) -> FetchError:
    """Return what an error of the HTTP library means: gone, too slow, or not readable."""
    what = f"{type(error).__name__}: {error}"[:200]
    if isinstance(error, TimeoutError | httpcore2.TimeoutException | httpx2.TimeoutException):
        message = f"{url}: expected an answer in time, found none ({type(error).__name__})"
        is_connecting = isinstance(error, httpcore2.ConnectTimeout | httpx2.ConnectTimeout)
        reason = RejectionReason.UNREACHABLE if is_connecting else RejectionReason.TIMEOUT
        return FetchError(message, reason=reason, retryable=True)
    if isinstance(error, httpx2.DecodingError):
        message = f"{url}: expected a body in its declared coding, found {what}"
        return FetchError(message, reason=RejectionReason.HTTP_ERROR, retryable=False)
    if isinstance(error, httpx2.InvalidURL):
        message = f"{url}: expected an address that can be requested, found {what}"
        return FetchError(message, reason=RejectionReason.BAD_URL)
    # The server spoke, but not HTTP; a connection that it closed early may do better.
    if isinstance(error, httpcore2.ProtocolError) and "disconnected" not in what:
        message = f"{url}: expected an answer in HTTP, found {what}"
        return FetchError(message, reason=RejectionReason.HTTP_ERROR)
    return _connection_error(url, error, what)


def _connection_error(url: str, error: Exception, what: str) -> FetchError:
    """Return the error for a connection that failed, was cut, or is not safe."""
    cause = _tls_cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        message = f"{url}: expected a valid certificate, found: {cause.verify_message}"
    elif cause is not None and not isinstance(cause, ssl.SSLEOFError):
        message = f"{url}: expected a handshake of TLS 1.2 or newer, found: {cause.reason or what}"
    else:
        message = f"{url}: expected a connection, found {what}"
        return FetchError(message, reason=RejectionReason.UNREACHABLE, retryable=True)
    # What fails today fails in a second too, and there is no way round the check.
    return FetchError(message, reason=RejectionReason.UNREACHABLE)


def _tls_cause(error: BaseException) -> ssl.SSLError | None:
    """Return the error of TLS behind an error of the HTTP library, None when there is none."""
    found: BaseException | None = error
    for _ in range(10):
        if found is None or isinstance(found, ssl.SSLError):
            return found
        found = found.__cause__ or found.__context__
    return None


def _require_text(body: bytearray, url: str, response: httpx2.Response) -> None:
    start = bytes(body[:_SNIFF_BYTES])
    declared = response.headers.get("content-type", "")
    # Text with a stray zero byte is common, so a declared type is doubted only on clear marks.
    is_wrong = has_binary_mark(start) if declared else is_binary(start)
    if is_wrong and not is_packed_path(url):
        message = f"{url}: expected text, found binary data (declared type {declared[:80]!r})"
        raise FetchError(message, reason=RejectionReason.WRONG_CONTENT_TYPE, status=200)
