"""`reeline extract`: the facts of one text, page or address, or of many texts as JSON lines."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TextIO

import pandas as pd
import typer

from extractors.article import read_article
from extractors.extract import extract
from extractors.render import render_html
from extractors.texts import TextInput, parse_published
from models.errors import InputError
from models.facts import Facts
from models.pages import Article, RawPage, Rejected
from models.vocabulary import FetchMethod
from pipeline.catalog import ADHOC_SOURCE
from pipeline.cli.connect import ConnectOption, parse_connect_to
from pipeline.cli.console import print_table
from pipeline.contents import make_raw_page
from pipeline.fetch import Fetcher, FetchSettings, NotModified

_FACTS = ("companies", "tonnages", "percentages", "dates", "license_events", "findings")
_MAX_FILE_BYTES = 10_000_000
_MAX_LINE_CHARS = 20_000_000


class Form(StrEnum):
    """How the facts are printed."""

    JSON = "json"
    TABLE = "table"
    HTML = "html"


def extract_command(
    given: Annotated[
        str | None,
        typer.Argument(metavar="FILE|URL|-", help="Text or HTML file, address, or - for stdin."),
    ] = None,
    published: Annotated[
        str | None,
        typer.Option(help='Publication date (ISO): the anchor of "Monday" and "in November".'),
    ] = None,
    form: Annotated[Form, typer.Option("--format", "-f", help="How to print.")] = Form.JSON,
    html: Annotated[
        bool,
        typer.Option("--html", help="A page: facts marked in the text, a table beside it."),
    ] = False,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help='Read {"id", "text", "published", ...} a line from stdin, write facts a line.',
        ),
    ] = False,
    connect_to: ConnectOption = None,
) -> None:
    """Print the facts of a text: companies, tonnages, percentages, dates, license events.

    Every fact has its evidence: `text[char_start:char_end]`.

        reeline extract article.txt --published 2025-12-23
        reeline extract https://example.org/news/licenses --format table
        reeline extract --html page.html > marked.html
        reeline extract --jsonl < texts.jsonl > facts.jsonl
    """
    if jsonl:
        if given is not None:
            raise typer.BadParameter("--jsonl reads stdin: leave FILE out")
        extract_lines(sys.stdin, sys.stdout)
        return
    if given is None:
        raise typer.BadParameter("give a FILE, a URL, - or --jsonl")
    day = check_day(published)
    article, source = read_given(given, parse_connect_to(connect_to or []))
    if article is not None and day is None and article.published is not None:
        day = article.published.date()
    text = article.text if article else source
    title = article.title if article else None
    facts = extract(TextInput(id=given, text=text, published=day, title=title))
    if html or form is Form.HTML:
        about = _about(article, given if title else None, day)
        typer.echo(render_html(text, facts, title=title or given, about=about))
    elif form is Form.TABLE:
        _print_tables(facts)
    else:
        whole = facts_json(facts) | {"article": _article_json(article, given, day)}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))


def _about(article: Article | None, given: str | None, day: date | None) -> list[str]:
    place = article.url if article else given
    published = f"published {day.isoformat()}" if day else "day of publication not known"
    return [published] if place is None else [place, published]


def check_day(published: str | None) -> date | None:
    """Return the day of an ISO date.

    Raises:
        typer.BadParameter: It is none.
    """
    day = parse_published(published)
    if published and day is None:
        raise typer.BadParameter(f"--published {published!r}: expected an ISO date")
    return day


def extract_lines(lines: TextIO, sink: TextIO) -> None:
    """Write the facts of each JSON line, in order.

    Raises:
        InputError: A line is not an object with a `text`; names the line.
    """
    for number, given in read_lines(lines):
        facts = extract(given)
        key = given.id or str(number)
        sink.write(json.dumps({"id": key} | facts_json(facts), ensure_ascii=False) + "\n")
        sink.flush()


def read_lines(lines: TextIO) -> Iterator[tuple[int, TextInput]]:
    """Yield (line number, text) of JSON lines; empty lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line[:_MAX_LINE_CHARS])
        except (json.JSONDecodeError, RecursionError) as error:
            raise InputError(f"line {number}: expected a JSON object, found: {error}") from error
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            raise InputError(f'line {number}: expected an object with a "text"')
        known = {key: data.get(key) for key in ("url", "title", "site")}
        yield (
            number,
            TextInput(
                id=str(data.get("id") or ""),
                text=data["text"],
                published=parse_published(_text(data.get("published"))),
                **{key: _text(value) for key, value in known.items()},
            ),
        )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def read_given(given: str, connect_to: dict[str, tuple[str, int]]) -> tuple[Article | None, str]:
    """Return (article, "") of a page, or (None, text) of plain text.

    Raises:
        InputError: The file cannot be read or holds no article.
        FetchError: The address cannot be fetched.
    """
    if given == "-":
        return _of_bytes(sys.stdin.buffer.read(_MAX_FILE_BYTES + 1), "stdin", "file:///stdin")
    if given.startswith(("http://", "https://")):
        return _article_of(asyncio.run(_fetch(given, connect_to))), ""
    path = Path(given)
    try:
        with path.open("rb") as handle:
            body = handle.read(_MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    return _of_bytes(body, given, path.absolute().as_uri())


def _of_bytes(body: bytes, name: str, url: str) -> tuple[Article | None, str]:
    if len(body) > _MAX_FILE_BYTES:
        raise InputError(f"{name}: over {_MAX_FILE_BYTES // 1_000_000} MB; cut it up first")
    head = body[:1024].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")) or b"<html" in head:
        return _article_of(_page(url, body)), ""
    if b"\x00" in body[:4096]:
        raise InputError(f"{name}: neither text nor HTML")
    return None, body.decode("utf-8", errors="replace")


def _page(url: str, body: bytes) -> RawPage:
    return make_raw_page(
        ADHOC_SOURCE, url, body, fetched_at=datetime.now(UTC), method=FetchMethod.FILE
    )


async def _fetch(url: str, connect_to: dict[str, tuple[str, int]]) -> RawPage:
    async with Fetcher(FetchSettings(connect_to=connect_to)) as fetcher:
        page = await fetcher.get(url, source=ADHOC_SOURCE)
    if isinstance(page, NotModified):
        raise InputError(f"{url}: expected a page, found 304 without having asked for it")
    return page


def _article_of(page: RawPage) -> Article:
    found = read_article(page)
    if isinstance(found, Rejected):
        raise InputError(f"{found.url}: no article: {found.reason.value}: {found.detail}")
    return found


def facts_json(facts: Facts) -> dict[str, Any]:
    """Return the facts under the field names of the contract, without empty extras."""
    return {key: [_plain(asdict(fact)) for fact in getattr(facts, key)] for key in _FACTS}


def _plain(fact: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in fact.items()
    }


def _article_json(article: Article | None, given: str, day: date | None) -> dict[str, Any]:
    if article is None:
        return {"url": given, "published": day.isoformat() if day else None}
    left_out = {"fetched_at", "body_sha256", "source"}
    return _plain({key: value for key, value in asdict(article).items() if key not in left_out})


def _print_tables(facts: Facts) -> None:
    hidden = {"char_start", "char_end"}
    for key in _FACTS:
        rows = facts_json(facts)[key]
        if rows:
            frame = pd.DataFrame(rows, dtype=object)
            kept = [column for column in frame.columns if column not in hidden]
            filled = [column for column in kept if frame[column].map(bool).any()]
            print_table(frame[filled], title=key.replace("_", " "))
