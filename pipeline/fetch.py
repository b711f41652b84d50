"""The only place that fetches: pages under address, robots, size, time and host rules.

Reads what discovery found, gives `RawPage` records to the archive. Not for reading pages: it looks
at no more of a body than its type and its size.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from functools import partial
from typing import Self

import httpx2

from models.errors import FetchError
from models.pages import PageRef, RawPage, Source
from models.vocabulary import RejectionReason
from pipeline.answers import Answer, make_page, redirect_target, require_page
from pipeline.bodies import (
    NETWORK_ERRORS,
    check_coding,
    check_head,
    header_lines,
    network_error,
    read_capped,
    read_page_body,
)
from pipeline.fetch_manners import SiteRulebook, opted_out
from pipeline.fetch_queue import side_by_side
from pipeline.fetch_settings import (
    ROBOT_NAME,
    FetchSettings,
    NotModified,
    Validators,
    contact_missing,
)
from pipeline.fetch_transport import GuardedBackend, Lookup, SystemResolver, make_client
from pipeline.fetch_wire import MAX_HEAD_BYTES, RecordingStream, response_message
from pipeline.host_state import HostState, prepare_folder
from pipeline.optouts import header_opt_out, meta_opt_out
from pipeline.politeness import (
    HostTurns,
    is_put_off,
    note_answer,
    note_trouble,
    status_error,
    wait_before_retry_s,
)
from pipeline.robots import MAX_ROBOTS_BYTES
from pipeline.urls import clean_url, host_of

__all__ = ["FetchSettings", "Fetcher", "NotModified", "Outcome", "Validators"]

log = logging.getLogger(__name__)

Outcome = RawPage | NotModified | FetchError

_LONGEST_HOP_S = 60.0


class Fetcher:
    """Fetches pages politely and safely; use as `async with Fetcher(settings) as fetcher`.

    Args:
        settings: Limits and manners.
        lookup: Resolves a host name to numeric addresses; the system's resolver when None.
    """

    def __init__(self, settings: FetchSettings, *, lookup: Lookup | None = None) -> None:
        self.settings = settings
        if settings.hosts_dir is not None:
            prepare_folder(settings.hosts_dir)
        self._resolver = SystemResolver(max_threads=min(64, settings.max_concurrency))
        self._slots = asyncio.Semaphore(settings.max_concurrency)
        self._hosts: dict[str, HostTurns] = {}
        self._rulebook = SiteRulebook(settings)
        self._backend = GuardedBackend(
            lookup or self._resolver,
            settings.connect_to,
            max_recorded_bytes=settings.max_wire_bytes + MAX_HEAD_BYTES,
        )
        self._client = make_client(settings, self._backend)

    @property
    def dialed(self) -> Mapping[tuple[str, str, int], int]:
        """How often each (host, address, port) was connected to, robots.txt included."""
        return self._backend.dialed

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
            SettingsError: A host of the web is asked for and no contact is set.
        """
        self._require_contact(url)
        if clean_url(url) is None:
            message = f"{host_of(url) or 'no host'}: expected an http address without credentials"
            raise FetchError(message, reason=RejectionReason.BAD_URL)
        delay_s = source.delay_s if isinstance(source, Source) else self.settings.default_delay_s
        slug = source.slug if isinstance(source, Source) else source
        failed: FetchError | None = None
        for attempt in range(1, self.settings.max_attempts + 1):
            try:
                final_url, answer = await self._follow(url, delay_s, validators)
            except FetchError as error:
                if failed is not None and is_put_off(error):
                    raise failed from error
                failed = error
                wait_s = wait_before_retry_s(error, attempt, self.settings)
                if wait_s is None:
                    raise
                log.info("will retry", extra={"url": url, "attempt": attempt, "wait_s": wait_s})
                await asyncio.sleep(wait_s)
                continue
            if answer.status == 304:
                if validators is None:
                    raise status_error(url, 304)  # "as you have it", to one who has nothing
                return NotModified(url=url, validators=validators)
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
            self._require_contact(ref.url)
            by_host.setdefault(host_of(ref.url), []).append(ref)

        async def outcome(ref: PageRef) -> Outcome:
            owner = (sources or {}).get(ref.source, ref.source)
            try:
                return await self.get(
                    ref.url, source=owner, validators=(validators or {}).get(ref.url)
                )
            except FetchError as error:
                return error

        async with aclosing(side_by_side(by_host, outcome)) as results:
            async for result in results:
                yield result

    def _require_contact(self, url: str) -> None:
        if not self._is_introduced(url):
            raise contact_missing()

    def _require_introduction(self, url: str) -> None:
        """Refuse a host that a redirect leads to: a rejection, where a given one ends the run."""
        if not self._is_introduced(url):
            message = f"{url}: {contact_missing()}"
            raise FetchError(message, reason=RejectionReason.ADDRESS_FORBIDDEN)

    def _is_introduced(self, url: str) -> bool:
        """Tell whether a host may be asked: we say who we are, or it is one of `connect_to`.

        Numeric and local names pass: the address rules refuse what must not be reached of them.
        """
        host = host_of(url)
        is_name = "." in host and not host.rpartition(".")[2].isdigit()
        return bool(self.settings.contact) or not is_name or host in self.settings.connect_to

    async def _follow(
        self, url: str, delay_s: float, validators: Validators | None
    ) -> tuple[str, Answer]:
        """Return the last address and its answer (200, 203 or 304) after redirects.

        Each hop is a request of its own: robots, address and turn of the host that it leads to.
        """
        headers, left_s = validators.as_headers() if validators else {}, self.settings.deadline_s
        current, asked = url, set[str]()
        for _ in range(self.settings.max_redirects + 1):
            self._require_introduction(current)
            rules = await self._rulebook.rules_for(current, partial(self._ask_file, delay_s))
            rules.require_allowed(current)
            own_s, crawl_delay_s = delay_s, rules.robots.crawl_delay_s
            if host_of(current) in asked:
                # A redirect within a host completes a visit: put off, it would be so for ever.
                own_s, crawl_delay_s = max(delay_s, min(crawl_delay_s, _LONGEST_HOP_S)), 0.0
            asked.add(host_of(current))
            turn = self._host(current).turn(own_s, crawl_delay_s=crawl_delay_s, wanted=url)
            answer, left_s = await self._ask(current, turn, headers, left_s)
            target = redirect_target(current, answer)
            if target is None:
                return current, answer
            current = target
        message = f"{url}: expected at most {self.settings.max_redirects} redirects, found more"
        raise FetchError(message, reason=RejectionReason.TOO_MANY_REDIRECTS)

    async def _ask(
        self,
        url: str,
        turn: AbstractAsyncContextManager[HostState],
        headers: Mapping[str, str],
        left_s: float,
    ) -> tuple[Answer, float]:
        """Return the answer to one request in the host's turn, and what is left of the deadline.

        The answer is a page, "not modified" or a redirect; what is wrong with any other is noted
        before the turn ends, so that the next request of any process knows of it.
        """
        async with turn as state, self._slots:
            start = time.monotonic()
            try:
                answer = await self._send(url, headers, deadline_s=left_s)
                if redirect_target(url, answer) is None:
                    require_page(url, answer)
            except FetchError as error:
                note_trouble(state, error, self.settings)
                raise
            note_answer(state)
            return answer, left_s - (time.monotonic() - start)

    async def _ask_file(self, delay_s: float, url: str) -> Answer:
        """Return the answer for robots.txt and the like: any status, the body cut off."""
        self._require_introduction(url)
        deadline_s = self.settings.deadline_s
        async with self._host(url).turn(delay_s) as state, self._slots:
            try:
                return await self._send(url, {}, deadline_s=deadline_s, is_page=False)
            except FetchError as error:
                note_trouble(state, error, self.settings)
                raise

    async def _send(
        self, url: str, headers: Mapping[str, str], *, deadline_s: float, is_page: bool = True
    ) -> Answer:
        """Return one response read under the limits, within `deadline_s` by the wall clock."""
        try:
            async with (
                asyncio.timeout(max(0.0, deadline_s)),
                self._client.stream("GET", url, headers=headers) as response,
            ):
                read = self._read_page if is_page else self._read_file
                return await read(response, url)
        except FetchError:
            raise
        except NETWORK_ERRORS as error:
            raise network_error(url, error) from error

    async def _read_file(self, response: httpx2.Response, url: str) -> Answer:
        body = b""
        if response.status_code in {200, 203}:
            check_coding(response, url)
            body = await read_capped(response, max_bytes=MAX_ROBOTS_BYTES)
        return Answer(response.status_code, header_lines(response), body)

    async def _read_page(self, response: httpx2.Response, url: str) -> Answer:
        lines = header_lines(response)
        if response.status_code not in {200, 203}:
            return Answer(response.status_code, lines, b"")
        if (signal := header_opt_out(lines, agent=ROBOT_NAME)) is not None:
            raise opted_out(url, signal)
        check_head(response, url, self.settings)
        body = await read_page_body(response, url, self.settings)
        sent, message = b"", None
        stream = response.extensions.get("network_stream")
        if isinstance(stream, RecordingStream):
            sent, received = stream.sent, stream.received
            message = received and response_message(received, response.headers.raw)
            stream.forget()
        if (signal := meta_opt_out(body, agent=ROBOT_NAME)) is not None:
            raise opted_out(url, signal)
        return Answer(response.status_code, lines, body, sent, message or None)

    def _host(self, url: str) -> HostTurns:
        host = host_of(url)
        wait_s = self.settings.crawl_wait_s
        made = HostTurns(host, self.settings.hosts_dir, crawl_wait_s=wait_s)
        return self._hosts.setdefault(host, made)
