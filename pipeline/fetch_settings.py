"""What a caller tells the fetcher and gets back besides pages: settings, validators, not modified.

No input or output here; `pipeline/fetch.py` reads these.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from models.errors import SettingsError
from pipeline.addresses import check_connect_to

ROBOT_NAME = "reeline"
"""The name that robots.txt groups are matched with."""

CONTACT_VARIABLE = "REELINE_CONTACT"
CA_FILE_VARIABLE = "REELINE_CA_FILE"
_CONTACT = re.compile(
    r"(?:mailto:)?[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,200}\.[A-Za-z]{2,24}"
    r"|https?://[!-'*-~]{4,300}"
)


def _contact_of_environment() -> str | None:
    return os.environ.get(CONTACT_VARIABLE, "").strip() or None


def _ca_file_of_environment() -> Path | None:
    given = os.environ.get(CA_FILE_VARIABLE, "").strip()
    return Path(given) if given else None


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
    A host that could not be reached `max_attempts` times in a row, or timed out twice as often, is
    left alone for `host_pause_s`. `crawl_wait_s` is how long one run waits for a host altogether
    because its robots.txt asks for a longer delay than the source's; what would wait longer is put
    off to the next run.

    `contact` is an e-mail address or a page that tells a publisher whose robot this is; default
    REELINE_CONTACT. Without one only hosts of `connect_to` are asked. `hosts_dir` is where
    processes share each host's delay, pauses and robots.txt; None keeps them in this process.
    `ca_file` holds certificates (PEM) that are trusted beside the system's, for networks that
    open TLS on the way; default REELINE_CA_FILE.
    """

    contact: str | None = field(default_factory=_contact_of_environment)
    ca_file: Path | None = field(default_factory=_ca_file_of_environment)
    hosts_dir: Path | None = None
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
    crawl_wait_s: float = 900.0
    connect_to: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what cannot work: overrides off loopback, limits that are not positive."""
        object.__setattr__(self, "connect_to", check_connect_to(self.connect_to))
        positive = ("deadline_s", "connect_timeout_s", "max_body_bytes", "max_wire_bytes")
        for name in (*positive, "max_concurrency", "max_attempts"):
            if not getattr(self, name) > 0:
                message = f"{name}: expected more than 0, found {getattr(self, name)}"
                raise SettingsError(message)
        if self.contact is not None and not _CONTACT.fullmatch(self.contact):
            message = (
                f"{CONTACT_VARIABLE}: expected an e-mail address or an http address, "
                f"found {self.contact!r}"
            )
            raise SettingsError(message)

    def sharing(self, data: Path) -> "FetchSettings":
        """Return the settings with what is known of hosts kept in a data folder, for all runs."""
        return self if self.hosts_dir else replace(self, hosts_dir=data / "hosts")

    @property
    def user_agent(self) -> str:
        """The User-Agent header: name, version, and whom to ask."""
        about = f" (+{self.contact})" if self.contact else ""
        return f"{ROBOT_NAME}/{version(ROBOT_NAME)}{about}"


def contact_missing() -> SettingsError:
    """Return the error for a run that would ask real hosts without saying who asks."""
    return SettingsError(
        f"no contact is set, so no host but those of --connect-to is asked: set {CONTACT_VARIABLE} "
        "to your e-mail address or to a page about your robot "
        f"(export {CONTACT_VARIABLE}=you@your-domain.org); it is sent in the User-Agent header"
    )
