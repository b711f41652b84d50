"""The only place that fetches: pages under address, robots, size, time and host rules.

Reads what discovery found, gives `RawPage` records to the archive. Not for reading pages: it looks
at no more of a body than its type and its size.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self

import httpcore2
import httpx2

from models.errors import FetchError
from models.pages import PageRef, RawPage, Source
from models.vocabulary import RejectionReason
from pipeline.answers import Answer, make_page, redirect_target, require_page, robots_error
from pipeline.bodies import check_coding, check_head, network_error, read_capped, read_page_body
from pipeline.fetch_settings import FetchSettings, NotModified, Validators
from pipeline.fetch_transport import (
    GuardedBackend,
    GuardedTransport,
    Lookup,
    SystemResolver,
)
from pipeline.politeness import HostTurns, note_trouble, wait_before_retry_s
from pipeline.robots import (
    MAX_ROBOTS_BYTES,
    RobotsRules,
    parse_robots,
    product_token,
    robots_url,
    rules_for_status,
)
from pipeline.urls import clean_url, host_of

__all__ = ["FetchSettings", "Fetcher", "NotModified", "Outcome", "Validators"]

log = logging.getLogger(__name__)

Outcome = RawPage | NotModified | FetchError

_ROBOTS_KEPT_S = 24 * 3600.0  # RFC 9309, 2.4: not longer than a day
_NETWORK_ERRORS = (
    TimeoutError,
    OSError,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
)


class Fetcher:
    """Fetches pages politely and safely; use as `async with Fetcher(settings) as fetcher`.

    Args:
        settings: Limits and manners.
        lookup: Resolves a host name to numeric addresses; the system's resolver when None.
    """

    def __init__(self, settings: FetchSettings, *, lookup: Lookup | None = None) -> None:
        self.settings = settings
        self._agent = product_token(settings.user_agent)
        self._resolver = SystemResolver(max_threads=min(64, settings.max_concurrency))
        self._slots = asyncio.Semaphore(settings.max_concurrency)
        self._hosts: dict[str, HostTurns] = {}
        self._robots: dict[str, tuple[float, RobotsRules]] = {}
        self._robots_locks: dict[str, asyncio.Lock] = {}
        self._client = httpx2.AsyncClient(
            transport=GuardedTransport(
                GuardedBackend(lookup or self._resolver, settings.connect_to)
            ),
            headers={"user-agent": settings.user_agent, "accept": "*/*"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=httpx2.Timeout(settings.deadline_s, connect=settings.connect_timeout_s),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        self._resolver.close()

    async def get(
        self, url: str, *, source: Source | str, validators: Validators | None = None
    ) -> RawPage | NotModified:
        """Return the page, or NotModified when the validators' copy still stands.

        Args:
            url: Absolute http or https address.
            source: Whose page it is; a bare slug takes the default delay.
            validators: ETag and Last-Modified of an earlier copy.

        Raises:
            FetchError: With the reason of the rejection; attempts are used up when retryable.
        """
        if clean_url(url) is None:
            message = f"{host_of(url) or 'no host'}: expected an http address without credentials"
            raise FetchError(message, reason=RejectionReason.BAD_URL)
        delay_s = source.delay_s if isinstance(source, Source) else self.settings.default_delay_s
        slug = source.slug if isinstance(source, Source) else source
        for attempt in range(1, self.settings.max_attempts + 1):
            try:
                final_url, answer = await self._follow(url, delay_s, validators)
            except FetchError as error:
                wait_s = wait_before_retry_s(error, attempt, self.settings)
                if wait_s is None:
                    raise
                log.info("will retry", extra={"url": url, "attempt": attempt, "wait_s": wait_s})
                await asyncio.sleep(wait_s)
                continue
            if answer.status == 304:
                return NotModified(url=url, validators=validators or Validators())
            return make_page(slug, url, final_url, answer)
        raise AssertionError  # the last attempt returns or raises

    async def fetch_all(
        self,
        refs: Iterable[PageRef],
        *,
        sources: Mapping[str, Source] | None = None,
        validators: Mapping[str, Validators] | None = None,
    ) -> AsyncGenerator[tuple[PageRef, Outcome], None]:
        """Yield every reference with what came of it, in order of completion.

        Hosts run side by side, the pages of one host one after another in the given order. Errors
        are results here: one bad page never ends the others.

        Args:
            refs: What to fetch.
            sources: Sources by slug, for their delays.
            validators: Validators by address.
        """
        by_host: dict[str, list[PageRef]] = {}
        for ref in refs:
            by_host.setdefault(host_of(ref.url), []).append(ref)
        # Bounded: finished pages of 10 MB must not pile up before a slow consumer.
        results: asyncio.Queue[tuple[PageRef, Outcome] | None] = asyncio.Queue(maxsize=8)

        async def work(host_refs: list[PageRef]) -> None:
            for ref in host_refs:
                owner = (sources or {}).get(ref.source, ref.source)
                outcome = await self._outcome(ref, owner, (validators or {}).get(ref.url))
                await results.put((ref, outcome))

        async def work_all() -> None:
            async with asyncio.TaskGroup() as group:
                for host_refs in by_host.values():
                    group.create_task(work(host_refs))
            await results.put(None)

        def wake(task: asyncio.Task[None]) -> None:
            # Only a defect ends the workers early; the consumer must not wait for the rest.
            if task.cancelled() or task.exception() is not None:
                while not results.empty():
                    results.get_nowait()
                results.put_nowait(None)

        runner = asyncio.create_task(work_all())
        runner.add_done_callback(wake)
        try:
            while (result := await results.get()) is not None:
                yield result
            await runner
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)

    async def _outcome(
        self, ref: PageRef, owner: Source | str, validators: Validators | None
    ) -> Outcome:
        try:
            return await self.get(ref.url, source=owner, validators=validators)
        except FetchError as error:
            return error

    async def _follow(
        self, url: str, delay_s: float, validators: Validators | None
    ) -> tuple[str, Answer]:
        """Return the last address and its answer (200, 203 or 304) after redirects.

        Each hop is a request of its own: robots, address and turn of the host that it leads to.
        """
        headers = validators.as_headers() if validators else {}
        left_s = self.settings.deadline_s
        current = url
        for _ in range(self.settings.max_redirects + 1):
            try:
                answer, left_s = await self._ask(current, delay_s, headers, left_s)
                target = redirect_target(current, answer)
                page = require_page(current, answer) if target is None else answer
            except FetchError as error:
                note_trouble(self._host(current), error, self.settings)
                raise
            self._host(current).note_answer()
            if target is None:
                return current, page
            current = target
        message = f"{url}: expected at most {self.settings.max_redirects} redirects, found more"
        raise FetchError(message, reason=RejectionReason.TOO_MANY_REDIRECTS)

    async def _ask(
        self, url: str, delay_s: float, headers: Mapping[str, str], left_s: float
    ) -> tuple[Answer, float]:
        """Return the answer to one request in the host's turn, and what is left of the deadline."""
        rules = await self._rules_for(url)
        if not rules.is_allowed(url):
            raise robots_error(url, rules)
        turn = self._host(url).turn(delay_s=max(delay_s, rules.crawl_delay_s))
        async with turn, self._slots:
            start = time.monotonic()
            answer = await self._send(url, headers, deadline_s=left_s)
            return answer, left_s - (time.monotonic() - start)

    async def _send(
        self, url: str, headers: Mapping[str, str], *, deadline_s: float, is_robots: bool = False
    ) -> Answer:
        """Return one response read under the limits, within `deadline_s` by the wall clock."""
        try:
            async with (
                asyncio.timeout(max(0.0, deadline_s)),
                self._client.stream("GET", url, headers=headers) as response,
            ):
                body = await self._read(response, url, is_robots=is_robots)
        except FetchError:
            raise
        except _NETWORK_ERRORS as error:
            raise network_error(url, error) from error
        # Latin-1 gives every byte of a header line back unchanged.
        lines = tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers.raw)
        return Answer(response.status_code, lines, body)

    async def _read(self, response: httpx2.Response, url: str, *, is_robots: bool) -> bytes:
        if response.status_code not in {200, 203}:
            return b""
        if is_robots:
            check_coding(response, url)
            return await read_capped(response, max_bytes=MAX_ROBOTS_BYTES)
        check_head(response, url, self.settings)
        return await read_page_body(response, url, self.settings)

    async def _rules_for(self, url: str) -> RobotsRules:
        """Return the robots rules for an address, fetched once a day for each host."""
        key = robots_url(url)
        async with self._robots_locks.setdefault(key, asyncio.Lock()):
            kept = self._robots.get(key)
            if kept is not None and time.monotonic() < kept[0]:
                return kept[1]
            rules = await self._fetch_rules(key)
            kept_s = _ROBOTS_KEPT_S if rules.is_reachable else self.settings.host_pause_s
            self._robots[key] = (time.monotonic() + kept_s, rules)
            return rules

    async def _fetch_rules(self, url: str) -> RobotsRules:
        """Return the rules behind a robots.txt address; five redirects are followed (RFC 9309)."""
        left_s = self.settings.deadline_s
        current = url
        for _ in range(6):
            async with self._host(current).turn(delay_s=0.0, is_visit=False), self._slots:
                start = time.monotonic()
                answer = await self._send(current, {}, deadline_s=left_s, is_robots=True)
                left_s -= time.monotonic() - start
            target = redirect_target(current, answer)
            if target is None:
                if answer.status in {200, 203}:
                    return parse_robots(answer.body, agent=self._agent)
                return rules_for_status(answer.status, agent=self._agent)
            current = target
        # RFC 9309, 2.3.1.2: after five redirects the file may be taken as unavailable.
        return rules_for_status(404, agent=self._agent)

    def _host(self, url: str) -> HostTurns:
        return self._hosts.setdefault(host_of(url), HostTurns(host_of(url)))
