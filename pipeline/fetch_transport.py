"""The connections of `pipeline/fetch.py`: dials only addresses that passed the rules.

No other module may use this one. Not for redirects, robots or waiting: those are the fetcher's.
"""

import asyncio
import socket
import ssl
import zlib
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpcore2
import httpx2

from models.errors import FetchError, SettingsError
from models.vocabulary import RejectionReason
from pipeline.addresses import require_allowed
from pipeline.fetch_settings import CA_FILE_VARIABLE, FetchSettings
from pipeline.fetch_wire import RecordingStream

# At most 128 idle connections in all; sites close theirs after 5 to 75 s.
_POOL_COUNT = 32
_KEPT_PER_POOL = 4
_KEPT_S = 15.0

Lookup = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Resolves a host name and port to numeric addresses."""


class SystemResolver:
    """The system's resolver in threads of its own.

    The default executor has a handful of threads; names of slow zones would fill it.
    """

    def __init__(self, *, max_threads: int) -> None:
        self._threads = ThreadPoolExecutor(max_threads, "lookup")

    async def __call__(self, host: str, port: int) -> tuple[str, ...]:
        """Return the numeric addresses of a host.

        Raises:
            FetchError: `UNREACHABLE`; retryable when the resolver says that it may pass.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, _look_up, host, port)
        except (socket.gaierror, UnicodeError) as error:
            message = f"{host}: expected a known host name, found: {error}"
            is_passing = getattr(error, "errno", None) == socket.EAI_AGAIN
            raise FetchError(
                message, reason=RejectionReason.UNREACHABLE, retryable=is_passing
            ) from error

    def close(self) -> None:
        """Give the threads up without waiting for look-ups that hang."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> tuple[str, ...]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(str(address[0]) for *_, address in found)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Looks names up itself and connects to the very addresses that it has checked.

    The name is resolved once and the number is dialed, so a zone that changes its answer between
    the check and the connection (DNS rebinding) gains nothing.

    Args:
        lookup: Resolves names.
        connect_to: Hosts that are sent to a loopback address.
        max_recorded_bytes: What of an answer is kept as it came.
    """

    def __init__(
        self,
        lookup: Lookup,
        connect_to: Mapping[str, tuple[str, int]],
        *,
        max_recorded_bytes: int,
    ) -> None:
        self._lookup = lookup
        self._connect_to = connect_to
        self._max_recorded_bytes = max_recorded_bytes
        self._inner = httpcore2.AnyIOBackend()
        self.dialed: Counter[tuple[str, str, int]] = Counter()
        """How often (host, address, port) was dialed: every way out of this process."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to an allowed address of the host, or to its override."""
        override = self._connect_to.get(host.rstrip(".").lower())
        if override is not None:
            return await self._dial(host, *override, timeout, local_address, socket_options)
        failure: Exception = httpcore2.ConnectError(f"{host}: no address")
        for address in require_allowed(host, await self._lookup(host.strip("[]"), port)):
            try:
                return await self._dial(host, address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _dial(
        self,
        host: str,
        address: str,
        port: int,
        timeout: float | None,
        local_address: str | None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None,
    ) -> httpcore2.AsyncNetworkStream:
        self.dialed[host, address, port] += 1
        stream = await self._inner.connect_tcp(
            address, port, timeout, local_address, socket_options
        )
        return RecordingStream(stream, max_bytes=self._max_recorded_bytes)

    async def sleep(self, seconds: float) -> None:
        """Wait, for the pool."""
        await asyncio.sleep(seconds)


class _BodyStream(httpx2.AsyncByteStream):
    def __init__(self, response: httpcore2.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        async for part in self._response.aiter_stream():
            yield part

    async def aclose(self) -> None:
        await self._response.aclose()


def make_tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return how TLS is spoken: 1.2 or newer, certificates checked against the host's name.

    Trusted are the system's certificates (those of SSL_CERT_FILE or SSL_CERT_DIR instead, where
    one is set) and those of `ca_file`. There is no way to turn the checks off.

    Raises:
        SettingsError: A file of certificates cannot be read.
    """
    try:
        context = httpx2.create_ssl_context()
        if ca_file is not None:
            context.load_verify_locations(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one
        named = f"{CA_FILE_VARIABLE} ({ca_file})" if ca_file else "SSL_CERT_FILE or SSL_CERT_DIR"
        message = f"{named}: expected certificates in PEM form, found: {error}"
        raise SettingsError(message) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class GuardedTransport(httpx2.AsyncBaseTransport):
    """The library's transport takes no network backend, so this one hands requests to its pools.

    Several pools, because each request looks at every connection of its pool.
    """

    def __init__(self, backend: GuardedBackend, context: ssl.SSLContext) -> None:
        self._pools = tuple(
            httpcore2.AsyncConnectionPool(
                ssl_context=context,
                max_connections=None,
                max_keepalive_connections=_KEPT_PER_POOL,
                keepalive_expiry=_KEPT_S,
                network_backend=backend,
            )
            for _ in range(_POOL_COUNT)
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; errors are those of httpcore2."""
        url = request.url
        pool = self._pools[zlib.crc32(url.raw_host) % _POOL_COUNT]
        answer = await pool.handle_async_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_BodyStream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools:
            await pool.aclose()


def make_client(settings: FetchSettings, backend: GuardedBackend) -> httpx2.AsyncClient:
    """Return the client of a fetcher: guarded connections, no cookies, no redirects of its own.

    Raises:
        SettingsError: A file of certificates cannot be read.
    """
    return httpx2.AsyncClient(
        transport=GuardedTransport(backend, make_tls_context(settings.ca_file)),
        headers={
            "user-agent": settings.user_agent,
            "accept": "*/*",
            # What `pipeline/bodies.py` can undo, whatever else the library has learned.
            "accept-encoding": "gzip, deflate, br",
        },
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=httpx2.Timeout(settings.deadline_s, connect=settings.connect_timeout_s),
        follow_redirects=False,
        trust_env=False,
    )
