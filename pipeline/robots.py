"""robots.txt as RFC 9309 reads it. Pure: the fetcher gets the file, this says what it permits.

Protego matches the rules (it reads the hard cases of the RFC that the standard library fails).
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

MAX_ROBOTS_BYTES = 512_000
"""How much of a file is read; the RFC (2.5) asks for at least 500 KiB. The rest is cut off."""

MAX_CRAWL_DELAY_S = 3600.0
"""A file that asks for more gets an hour: with a day, its own file would take up every turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """What one host permits to one robot. `crawl_delay_s` is at most `MAX_CRAWL_DELAY_S`."""

    agent: str
    rules: Protego | None
    is_reachable: bool = True
    crawl_delay_s: float = 0.0

    def is_allowed(self, url: str) -> bool:
        """Return whether the robot may request the address; never for an unreachable file."""
        if not self.is_reachable:
            return False
        return self.rules is None or bool(self.rules.can_fetch(url, self.agent))


def robots_url(url: str) -> str:
    """Return where the rules for an address are: the file of its scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def parse_robots(body: bytes, *, agent: str) -> RobotsRules:
    """Return the rules of a file for one robot; a file that is no robots.txt forbids nothing."""
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace")
    rules = Protego.parse(text)
    delay_s = rules.crawl_delay(agent) or 0.0
    return RobotsRules(
        agent=agent, rules=rules, crawl_delay_s=min(max(delay_s, 0.0), MAX_CRAWL_DELAY_S)
    )


def rules_for_status(status: int, *, agent: str) -> RobotsRules:
    """Return the rules when there is no file.

    RFC 9309, 2.3.1.3 and 2.3.1.4: 4xx means that nothing is forbidden, anything else that all is.
    429 is read as "not now", as large crawlers do: the host asks for fewer requests, not for more.
    """
    is_open = 400 <= status < 500 and status != 429
    return RobotsRules(agent=agent, rules=None, is_reachable=is_open)
