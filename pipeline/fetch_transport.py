"""The connections of `pipeline/fetch.py`: dials only addresses that passed the rules.

No other module may use this one. Not for redirects, robots or waiting: those are the fetcher's.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import httpcore2
import httpx2

from models.errors import FetchError
from models.vocabulary import RejectionReason
from pipeline.addresses import require_allowed

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
    """

    def __init__(self, lookup: Lookup, connect_to: Mapping[str, tuple[str, int]]) -> None:
        self._lookup = lookup
        self._connect_to = connect_to
        self._inner = httpcore2.AnyIOBackend()

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
            return await self._inner.connect_tcp(*override, timeout, local_address, socket_options)
        failure: Exception = httpcore2.ConnectError(f"{host}: no address")
        for address in require_allowed(host, await self._lookup(host.strip("[]"), port)):
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

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


class GuardedTransport(httpx2.AsyncBaseTransport):
    """The library's transport takes no network backend, so this one hands requests to a pool."""

    def __init__(self, backend: GuardedBackend) -> None:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=None,
            max_keepalive_connections=16,
            keepalive_expiry=5.0,
            network_backend=backend,
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; errors are those of httpcore2."""
        url = request.url
        answer = await self._pool.handle_async_request(
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
        await self._pool.aclose()
