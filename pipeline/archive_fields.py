"""The fields of a WARC record that hold what is known of a page, written and read in one place.

What WARC has no field for is kept in fields named `Reeline-…`, which other readers pass over.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from models.errors import ArchiveError
from models.pages import RawPage
from models.vocabulary import FetchMethod

Fields = list[tuple[str, str]]
Headers = tuple[tuple[str, str], ...]


def warc_date(page: RawPage) -> str:
    """Return when a page was fetched, as WARC writes it, to the microsecond.

    Raises:
        ArchiveError: The time has no zone.
    """
    if page.fetched_at.tzinfo is None:
        message = f"{page.url}: expected an aware time, found {page.fetched_at}"
        raise ArchiveError(message)
    moment = page.fetched_at.astimezone(UTC).isoformat(timespec="microseconds")
    return moment.replace("+00:00", "Z")


def page_fields(
    page: RawPage, *, record_id: str, payload_sha256: str, is_as_served: bool
) -> Fields:
    """Return the fields of the record of a page, those of its type left out.

    Args:
        page: The page.
        record_id: Id of the record.
        payload_sha256: Digest of the payload, its codings included.
        is_as_served: The message is the one that was served: its payload may be packed.

    Raises:
        ArchiveError: A value holds a line break, or the time has no zone.
    """
    fields = [
        ("WARC-Record-ID", record_id),
        ("WARC-Date", warc_date(page)),
        ("WARC-Target-URI", page.url),
        ("WARC-Payload-Digest", f"sha256:{payload_sha256}"),
        ("Reeline-Source", page.source),
        ("Reeline-Final-URL", page.final_url),
        ("Reeline-Method", page.method.value),
        *([("Reeline-Body-Digest", f"sha256:{page.body_sha256}")] if is_as_served else []),
    ]
    for name, value in fields:
        if "\r" in value or "\n" in value:
            message = f"{page.url!r}: expected one line in {name}, found a line break"
            raise ArchiveError(message)
    return fields


def described_page(
    field: Callable[[str], str], body: bytes, *, digest: str, status: int, headers: Headers
) -> RawPage:
    """Return the page that the fields of a record and its message describe.

    Args:
        field: Gives the value of a field by its name, as `page_fields` writes it.
        body: The body, decoded.
        digest: Its SHA-256.
        status: Status of the message.
        headers: Header lines of the message.

    Raises:
        KeyError: A field is missing.
        ValueError: A field is none of ours.
    """
    return RawPage(
        source=field("Reeline-Source"),
        url=field("WARC-Target-URI"),
        final_url=field("Reeline-Final-URL"),
        fetched_at=datetime.fromisoformat(field("WARC-Date")),
        status=status,
        headers=headers,
        body=body,
        body_sha256=digest,
        method=FetchMethod(field("Reeline-Method")),
    )
