"""What a site asks of robots: robots.txt, tdmrep.json and ai.txt, each asked for once a day.

Shared by processes through the hosts folder. Opens no connection: the fetcher hands in how a file
is asked for.
"""

import asyncio
import json
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from protego import Protego

from models.errors import FetchError
from models.ids import sha256_hex
from models.vocabulary import RejectionReason
from pipeline.answers import Answer, redirect_target
from pipeline.fetch_settings import ROBOT_NAME, FetchSettings
from pipeline.optouts import (
    AI_TXT_PATH,
    TDMREP_PATH,
    ReservedPaths,
    parse_ai_txt,
    parse_tdmrep,
)
from pipeline.politeness import parse_retry_after
from pipeline.robots import (
    MAX_ROBOTS_BYTES,
    RobotsRules,
    parse_robots,
    robots_url,
    rules_for_status,
)

AskFile = Callable[[str], Awaitable[Answer]]
"""Asks for a small file in a turn of its host; raises FetchError."""

_ROBOTS_PATH = "/robots.txt"
_KEPT_S = 24 * 3600.0  # RFC 9309, 2.4: not longer than a day
_MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
_LARGE_BYTES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFile:
    """One of the files as it was answered. `status` 0 means that there was no answer."""

    status: int
    body: bytes
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """What one site (scheme, host, port) asks of this robot."""

    robots: RobotsRules
    reserved: ReservedPaths
    ai_rules: Protego | None

    def require_allowed(self, url: str) -> None:
        """Refuse an address that the site keeps from robots or from text and data mining.

        Raises:
            FetchError: `ROBOTS_DISALLOWED` or `OPTED_OUT`.
        """
        if not self.robots.is_allowed(url):
            raise _robots_error(url, self.robots)
        if self.reserved.is_reserved(url):
            raise opted_out(url, f"{TDMREP_PATH} reserves it")
        if self.ai_rules is not None and not self.ai_rules.can_fetch(url, ROBOT_NAME):
            raise opted_out(url, f"{AI_TXT_PATH} forbids it")


class SiteRulebook:
    """The rules of every site that was asked, at most a day old.

    Args:
        settings: For the hosts folder and the pause after a server's error.
    """

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._rules: dict[str, tuple[float, SiteRules]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def rules_for(self, url: str, ask: AskFile) -> SiteRules:
        """Return the rules for an address.

        Raises:
            FetchError: The site cannot be reached.
        """
        site = robots_url(url).removesuffix(_ROBOTS_PATH)
        async with self._locks.setdefault(site, asyncio.Lock()):
            kept = self._rules.get(site)
            if kept is not None and time.time() < kept[0]:
                return kept[1]
            shared = self._shared_file(site)
            files = _load(shared) if shared else {}
            before = dict(files)
            rules = await self._read_site(site, files, ask)
            if shared and files != before:
                await asyncio.to_thread(_save, shared, files)
            self._rules[site] = (min(file.expires_at for file in files.values()), rules)
            return rules

    async def _read_site(self, site: str, files: dict[str, SiteFile], ask: AskFile) -> SiteRules:
        """Return the rules of a site; `files` gets what had to be asked for."""
        if _ROBOTS_PATH not in files:
            # Without an answer there is no page either: the error is the page's.
            files[_ROBOTS_PATH] = await self._ask(f"{site}{_ROBOTS_PATH}", ask)
        robots = await _parse_robots(files[_ROBOTS_PATH])
        for path in (TDMREP_PATH, AI_TXT_PATH):
            if path in files or not robots.is_allowed(f"{site}{path}"):
                continue
            try:
                files[path] = await self._ask(f"{site}{path}", ask)
            except FetchError:
                # No answer is no reservation; the page itself will tell what is wrong.
                files[path] = self._site_file(0, b"")
        tdmrep, ai_txt = files.get(TDMREP_PATH), files.get(AI_TXT_PATH)
        return SiteRules(
            robots=robots,
            reserved=parse_tdmrep(tdmrep.body) if tdmrep and tdmrep.body else ReservedPaths(),
            ai_rules=parse_ai_txt(ai_txt.body) if ai_txt and ai_txt.body else None,
        )

    async def _ask(self, url: str, ask: AskFile) -> SiteFile:
        """Return the file behind an address; five redirects are followed, more mean no file."""
        current = url
        for _ in range(_MAX_REDIRECTS + 1):
            answer = await ask(current)
            target = redirect_target(current, answer)
            if target is None:
                asked_s = parse_retry_after(answer.header("retry-after"), now=datetime.now(UTC))
                return self._site_file(answer.status, answer.body, asked_s=asked_s or 0.0)
            current = target
        return self._site_file(404, b"")

    def _site_file(self, status: int, body: bytes, *, asked_s: float = 0.0) -> SiteFile:
        is_found = status in {200, 203}
        # A server in trouble is asked again when its pause is over, or the longer one it asked for.
        is_passing = status == 429 or not 200 <= status < 500
        pause_s = min(max(self._settings.host_pause_s, asked_s), _KEPT_S)
        kept_s = pause_s if is_passing else _KEPT_S
        body = body[:MAX_ROBOTS_BYTES] if is_found else b""
        return SiteFile(status=status, body=body, expires_at=time.time() + kept_s)

    def _shared_file(self, site: str) -> Path | None:
        folder = self._settings.hosts_dir
        return folder and folder / f"site-{sha256_hex(site.encode())[:24]}.json"


def opted_out(url: str, signal: str) -> FetchError:
    """Return the error for a page that its publisher keeps from text and data mining."""
    message = f"{url}: expected a page open to text mining, found that {signal}"
    return FetchError(message, reason=RejectionReason.OPTED_OUT, status=200)


def _robots_error(url: str, rules: RobotsRules) -> FetchError:
    """Return the error for an address that the rules forbid, or whose rules nobody could read."""
    if rules.is_reachable:
        message = f"{url}: robots.txt forbids it for {rules.agent}"
        return FetchError(message, reason=RejectionReason.ROBOTS_DISALLOWED)
    message = f"{url}: expected a robots.txt, its server had an error, so nothing is fetched"
    return FetchError(message, reason=RejectionReason.ROBOTS_DISALLOWED, retryable=True)


async def _parse_robots(file: SiteFile) -> RobotsRules:
    if file.status not in {200, 203}:
        return rules_for_status(file.status, agent=ROBOT_NAME)
    if len(file.body) < _LARGE_BYTES:
        return parse_robots(file.body, agent=ROBOT_NAME)
    # Half a megabyte of rules takes long enough to hold up the other hosts.
    return await asyncio.to_thread(parse_robots, file.body, agent=ROBOT_NAME)


def _load(shared: Path) -> dict[str, SiteFile]:
    """Return the files that are still good; none when the copy cannot be read."""
    try:
        found: dict[str, Any] = json.loads(shared.read_bytes())
        files = {
            path: SiteFile(
                status=int(kept["status"]),
                body=b64decode(kept["body"]),
                expires_at=min(float(kept["expires_at"]), time.time() + _KEPT_S),
            )
            for path, kept in found.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {path: file for path, file in files.items() if time.time() < file.expires_at}


def _save(shared: Path, files: dict[str, SiteFile]) -> None:
    data = {
        path: {
            "status": file.status,
            "body": b64encode(file.body).decode("ascii"),
            "expires_at": file.expires_at,
        }
        for path, file in files.items()
    }
    temporary = shared.with_suffix(f".{secrets.token_hex(4)}.tmp")
    temporary.write_text(json.dumps(data), encoding="ascii")
    temporary.replace(shared)
