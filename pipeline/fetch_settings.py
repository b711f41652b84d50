"""What a caller tells the fetcher and gets back besides pages: settings, validators, not modified.

No input or output here; `pipeline/fetch.py` reads these.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.errors import SettingsError
from pipeline.addresses import check_connect_to

USER_AGENT = "reeline/0.1 (+https://reeline.example/about-the-robot)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave with an earlier copy, for a conditional request."""

    etag: str | None = None
    last_modified: str | None = None

    def as_headers(self) -> dict[str, str]:
        """Return the request headers; the entity tag alone when there is one (RFC 9110, 13.1)."""
        if self.etag:
            return {"if-none-match": self.etag}
        return {"if-modified-since": self.last_modified} if self.last_modified else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The answer 304: the copy that the validators came from still stands."""

    url: str
    validators: Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Limits and manners of the fetcher. Sizes in bytes, times in seconds.

    `deadline_s` bounds one attempt by the wall clock: look-up, connection, redirects, headers and
    body; waiting for a host's turn is not counted. `max_body_bytes` bounds the decompressed body,
    `max_wire_bytes` the bytes that come over the wire. `connect_to` sends a host to a loopback
    address, as `curl --connect-to` does; nothing else may reach a loopback address.
    A host that could not be reached
    `max_attempts` times in a row, or timed out twice as often, is left alone for `host_pause_s`.
    """

    user_agent: str = USER_AGENT
    deadline_s: float = 30.0
    connect_timeout_s: float = 10.0
    max_body_bytes: int = 10_000_000
    max_wire_bytes: int = 10_000_000
    max_redirects: int = 5
    default_delay_s: float = 5.0
    max_concurrency: int = 128
    max_attempts: int = 3
    backoff_s: float = 1.0
    backoff_cap_s: float = 30.0
    too_many_pause_s: float = 30.0
    retry_after_cap_s: float = 120.0
    host_pause_s: float = 600.0
    connect_to: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot work: overrides off loopback, limits that are not positive."""
        object.__setattr__(self, "connect_to", check_connect_to(self.connect_to))
        positive = ("deadline_s", "connect_timeout_s", "max_body_bytes", "max_wire_bytes")
        for name in (*positive, "max_concurrency", "max_attempts"):
            if not getattr(self, name) > 0:
                message = f"{name}: expected more than 0, found {getattr(self, name)}"
                raise SettingsError(message)
        if not self.user_agent.isascii() or not self.user_agent.strip():
            message = f"user_agent: expected printable ASCII, found {self.user_agent!r}"
            raise SettingsError(message)
