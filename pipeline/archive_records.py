"""One WARC 1.1 record: a page written as one and read back, byte for byte. No folders here.

A record is one gzip member, so that each can be read by its offset alone.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from models.errors import ArchiveError
from models.ids import sha256_hex, stable_id
from models.pages import RawPage
from pipeline.answers import ServedPage
from pipeline.archive_fields import Fields, described_page, page_fields, warc_date
from pipeline.archive_http import Message, body_of, split_message
from pipeline.archive_members import MAX_RECORD_BYTES, pack_record
from pipeline.contents import page_headers

PAGE_TYPES = frozenset({"response", "revisit"})
_REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_RESPONSE_TYPE = "application/http; msgtype=response"
_REQUEST_TYPE = "application/http; msgtype=request"
_PLACE = re.compile(r"(\S+) ([0-9]{1,15}) ([0-9]{1,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The record that holds a payload, for later records that only refer to it."""

    record_id: str
    url: str
    fetched_at: str
    warc_file: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecord:
    """A page on its way into a file: its message and the fields that are the same either way.

    `payload_key` is equal when the payload and its codings are: then one copy serves both.
    """

    record_id: str
    payload_key: str
    message: Message
    fields: Fields
    request: bytes

    def response(self) -> bytes:
        """Return the packed record with the payload."""
        block = self.message.head + self.message.payload
        fields = [("WARC-Type", "response"), *self.fields]
        return pack_record(fields, _RESPONSE_TYPE, block)

    def origin(self, warc_file: str, offset: int, length: int) -> Origin:
        """Return where the payload lies, once the response was written."""
        fields = dict(self.fields)
        return Origin(
            record_id=self.record_id,
            url=fields["WARC-Target-URI"],
            fetched_at=fields["WARC-Date"],
            warc_file=warc_file,
            offset=offset,
            length=length,
        )

    def revisit(self, origin: Origin) -> bytes:
        """Return the packed record that holds the head and refers to a payload elsewhere."""
        place = f"{origin.warc_file} {origin.offset} {origin.length}"
        fields = [
            ("WARC-Type", "revisit"),
            ("WARC-Profile", _REVISIT_PROFILE),
            ("WARC-Refers-To", origin.record_id),
            ("WARC-Refers-To-Target-URI", origin.url),
            ("WARC-Refers-To-Date", origin.fetched_at),
            ("Reeline-Refers-To", place),
            *self.fields,
        ]
        return pack_record(fields, _RESPONSE_TYPE, self.message.head)

    def request_record(self) -> bytes:
        """Return the packed record of the request, b"" when there was none."""
        if not self.request:
            return b""
        wanted = {"WARC-Date", "WARC-Target-URI"}
        fields = [
            ("WARC-Type", "request"),
            ("WARC-Record-ID", _urn("request", self.record_id)),
            ("WARC-Concurrent-To", self.record_id),
            *(pair for pair in self.fields if pair[0] in wanted),
        ]
        return pack_record(fields, _REQUEST_TYPE, self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedRecord:
    """A record that was read: its fields by lower-case name, and its block."""

    fields: dict[str, str]
    block: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """The WARC-Type."""
        return self.fields.get("warc-type", "")

    def origin(self) -> tuple[str, int, int] | None:
        """Return (file, offset, length) of the payload of a revisit.

        None for other records, and for a place that no file can have.
        """
        place = _PLACE.fullmatch(self.fields.get("reeline-refers-to", ""))
        if self.kind != "revisit" or place is None or int(place[3]) > MAX_RECORD_BYTES:
            return None
        return place[1], int(place[2]), int(place[3])


def page_record(page: RawPage) -> PageRecord:
    """Return the record of a page: the bytes as served where they are known and say the same.

    Raises:
        ArchiveError: A header or an address holds a line break, or the time has no zone.
    """
    served = _served_message(page)
    message = served or split_message(_http_block(page))
    codings = ",".join(message.codings())
    payload_sha256 = sha256_hex(message.payload) if codings else page.body_sha256
    record_id = _urn(page.url, warc_date(page), page.body_sha256)
    fields = page_fields(
        page,
        record_id=record_id,
        payload_sha256=payload_sha256,
        is_as_served=served is not None,
    )
    return PageRecord(
        record_id=record_id,
        payload_key=f"{payload_sha256} {codings}".rstrip(),
        message=message,
        fields=fields,
        request=page.request if isinstance(page, ServedPage) else b"",
    )


def info_record(warc_file: str, user_agent: str) -> bytes:
    """Return the packed warcinfo record that opens a file."""
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    block = (
        f"software: {user_agent}\r\nformat: WARC File Format 1.1\r\n"
        "conformsTo: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
        "\r\nrobots: obey\r\n"
    )
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", _urn("warcinfo", warc_file)),
        ("WARC-Date", now),
        ("WARC-Filename", warc_file),
    ]
    return pack_record(fields, "application/warc-fields", block.encode())


def parse_record(record: bytes, *, where: str) -> ParsedRecord:
    """Return the fields and the block of an unpacked record.

    Raises:
        ArchiveError: It is none, or it is not whole.
    """
    end = record.find(b"\r\n\r\n")
    if end < 0 or not record.startswith(b"WARC/1."):
        message = f"{where}: expected a WARC record, found {record[:40]!r}"
        raise ArchiveError(message)
    lines = record[:end].decode("utf-8", "replace").split("\r\n")[1:]
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.removeprefix(" ")
    declared = fields.get("content-length", "")
    block = record[end + 4 : -4]
    if declared != str(len(block)) or not record.endswith(b"\r\n\r\n"):
        message = f"{where}: expected a block of {declared} bytes, found {len(block)}"
        raise ArchiveError(message)
    return ParsedRecord(fields=fields, block=block)


def check_block(record: ParsedRecord, *, where: str) -> None:
    """Refuse a record whose block is not what its digest says.

    Raises:
        ArchiveError: The block was altered.
    """
    expected = record.fields.get("warc-block-digest", "")
    if expected.startswith("sha256:") and expected != f"sha256:{sha256_hex(record.block)}":
        message = f"{where}: expected a block with digest {expected}, found another"
        raise ArchiveError(message)


def page_of(record: ParsedRecord, *, where: str, origin: ParsedRecord | None = None) -> RawPage:
    """Return the page of a record, its body decoded.

    Args:
        record: A response, or a revisit with its `origin`.
        where: What messages call it.
        origin: The record that holds a revisit's payload.

    Raises:
        ArchiveError: Its body is not what its digest says, or a field is missing.
    """
    fields = record.fields
    try:
        message = split_message(record.block)
        if origin is not None:
            payload = split_message(origin.block).payload
            message = Message(
                status=message.status, lines=message.lines, head=message.head, payload=payload
            )
        expected = fields.get("reeline-body-digest")
        body = message.payload if expected is None else body_of(message)
        digest = sha256_hex(body)
        expected = expected or fields.get("warc-payload-digest")
        if expected != f"sha256:{digest}":
            what = f"{where}: expected a body with digest {expected}, found sha256:{digest}"
            raise ArchiveError(what)
        is_served = "reeline-body-digest" in fields
        headers = _served_headers(message) if is_served else message.lines
        return described_page(
            lambda name: fields[name.lower()],
            body,
            digest=digest,
            status=message.status,
            headers=headers,
        )
    except (KeyError, ValueError) as error:
        what = f"{where}: expected a WARC record of a page, found: {error!r}"
        raise ArchiveError(what) from error


def _served_message(page: RawPage) -> Message | None:
    """Return the message as it was served, None when it is not known or does not give the body."""
    if not isinstance(page, ServedPage) or page.response is None:
        return None
    try:
        message = split_message(page.response)
        return message if body_of(message) == page.body else None
    except ValueError:
        return None


def _served_headers(message: Message) -> tuple[tuple[str, str], ...]:
    """Return the header lines as the fetcher gives them: space around values is no part of them."""
    return page_headers((name, value.strip(" \t")) for name, value in message.lines)


def _urn(*parts: str) -> str:
    return f"<urn:uuid:{UUID(stable_id(*parts, length=32))}>"


def _http_block(page: RawPage) -> bytes:
    """Return status line, headers and body; the fetcher's headers are Latin-1, one byte a letter.

    Headers of the transport are left out: the body is stored decoded, and a reader that believed
    them would unpack it a second time.
    """
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    lines = [f"HTTP/1.1 {page.status} {phrase}".rstrip()]
    for name, value in page_headers(page.headers):
        if any(mark in name + value for mark in "\r\n"):
            message = f"{page.url}: expected one line in header {name!r}, found a line break"
            raise ArchiveError(message)
        lines.append(f"{name}: {value}")
    text = "\r\n".join(lines) + "\r\n\r\n"
    try:
        return text.encode("latin-1") + page.body
    except UnicodeEncodeError:
        return text.encode("utf-8") + page.body
