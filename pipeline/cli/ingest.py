"""`reeline ingest`: the chain from sources, addresses or files to the timeline."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from models.errors import InputError
from models.pages import RawPage, Rejected, Source
from pipeline.acquire import acquire_sources, acquire_urls, import_pages
from pipeline.catalog import USER_SOURCES, load_sources
from pipeline.cc_news import iter_cc_news
from pipeline.cli.connect import ConnectOption, parse_connect_to
from pipeline.cli.console import (
    DataOption,
    JsonOption,
    SourceOption,
    SourcesDirOption,
    err,
    out,
    progress_bars,
)
from pipeline.fetch import FetchSettings
from pipeline.imports import iter_html, iter_warc
from pipeline.ingest import Acquire, IngestReport, ingest, new_run_label
from pipeline.polling import Polling
from pipeline.settings import load_settings


def ingest_command(
    source: SourceOption = None,
    url: Annotated[
        list[str] | None,
        typer.Option("--url", help="Fetch this address; may be repeated.", show_default=False),
    ] = None,
    urls: Annotated[
        Path | None, typer.Option("--urls", metavar="FILE", help="A file with an address a line.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="DIR", help="A folder of saved pages (.html, .html.gz)."),
    ] = None,
    warc: Annotated[
        Path | None, typer.Option("--warc", metavar="FILE", help="A WARC file, gzipped or not.")
    ] = None,
    cc_news: Annotated[
        Path | None,
        typer.Option("--cc-news", metavar="FILE", help="A CC-NEWS file: the sources' pages of it."),
    ] = None,
    polling: Annotated[
        Polling,
        typer.Option(
            "--polling",
            help="due: pass over sources that are not due; forced: ask all; both adapt intervals.",
        ),
    ] = Polling.OFF,
    again: Annotated[
        bool,
        typer.Option("--again", help="Ask for known pages too, conditionally, whatever their age."),
    ] = False,
    sources_dir: SourcesDirOption = None,
    connect_to: ConnectOption = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Fetch news, read it, and bring the timeline up to date.

    Without options it reads every enabled source. Running it again, also after Ctrl-C or a kill,
    fetches only what is new and leaves the same rows: pages are asked for again after about 1, 2,
    4, 8, 16, 32 and 64 hours, in case their text changes, and then no more.

        reeline ingest                                  # all enabled sources
        reeline ingest --source federal-register
        reeline ingest --url https://example.org/news/licenses
        reeline ingest --html saved-pages/              # or --warc crawl.warc.gz
        reeline ingest --url https://example.org/news/licenses --again
        reeline ingest --polling due                    # what a schedule runs
    """
    settings = load_settings(data)
    sources = load_sources(sources_dir, user=settings.data / USER_SOURCES)
    fetch_settings = FetchSettings(connect_to=parse_connect_to(connect_to or []))
    ways = [bool(way) for way in (url, urls, html, warc, cc_news, source and not cc_news)]
    if sum(ways) > 1:
        raise typer.BadParameter(
            "choose one of --source, --url, --urls, --html, --warc and --cc-news"
        )
    if again and (html or warc or cc_news):
        raise typer.BadParameter("--again is for pages that are fetched, not for files")
    acquire: Acquire
    if html or warc or cc_news:
        pages = _pages_of_file(html, warc, cc_news, sources, source)
        acquire = partial(import_pages, settings, pages)
    elif url or urls:
        addresses = url or read_addresses(existing(urls))
        acquire = partial(acquire_urls, settings, addresses, fetch_settings, again=again)
    else:
        chosen = choose_sources(sources, source)
        acquire = partial(
            acquire_sources, settings, chosen, fetch_settings, polling=polling, again=again
        )
    with progress_bars() as progress:
        report = ingest(
            settings, acquire, sources=sources, run_id=new_run_label(), progress=progress
        )
    print_report(report, as_json=as_json)


def _pages_of_file(
    html: Path | None,
    warc: Path | None,
    cc_news: Path | None,
    sources: tuple[Source, ...],
    wanted: list[str] | None,
) -> Iterator[RawPage | Rejected]:
    """Return the pages of the one file or folder that was given."""
    if html:
        return iter_html(existing(html))
    if warc:
        return iter_warc(existing(warc))
    return iter_cc_news(existing(cc_news), choose_sources(sources, wanted))


def existing(path: Path | None) -> Path:
    """Return a path that exists.

    Raises:
        InputError: It does not.
    """
    if path is None or not path.exists():
        raise InputError(f"{path}: no such file or folder")
    return path


def read_addresses(path: Path) -> list[str]:
    """Return the addresses in a file: one a line, empty lines and # comments left out."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def choose_sources(sources: tuple[Source, ...], wanted: list[str] | None) -> list[Source]:
    """Return the wanted sources, else all enabled ones.

    Raises:
        InputError: A wanted source does not exist, or none is enabled.
    """
    by_slug = {source.slug: source for source in sources}
    unknown = [slug for slug in wanted or [] if slug not in by_slug]
    if unknown:
        raise InputError(
            f"no source {unknown[0]!r}; `reeline sources` lists them: {', '.join(by_slug)}"
        )
    if wanted:
        return [by_slug[slug] for slug in wanted]
    enabled = [source for source in sources if source.enabled]
    if not enabled:
        raise InputError("no source is enabled: set `enabled = true` in a source file")
    return enabled


def _fields_of(value: object) -> object:
    """Return a record as JSON can hold it. `asdict` would break the counts: they are Counters."""
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    return str(value)


def print_report(report: IngestReport, *, as_json: bool) -> None:
    """Print what a run did."""
    if as_json:
        typer.echo(json.dumps(report, indent=2, default=_fields_of))
        return
    got, read, line = report.acquired, report.processed, report.timeline
    out.print(
        f"pages: {got.found} found, {got.fetched + got.adopted} new, {got.unchanged} unchanged, "
        f"{sum(got.rejected.values())} refused"
        + (f", {got.put_off.total()} of them put off" if got.put_off else "")
        + (f", {got.copies} copies left alone" if got.copies else "")
        + (f", {got.recent} asked for a short while ago" if got.recent else "")
        + (f"; {got.not_due} sources were not due" if got.not_due else "")
    )
    found = "".join(
        f", {count} {kind.replace('_', ' ')}" for kind, count in sorted(read.facts.items())
    )
    refused = sum(read.rejected.values())
    out.print(f"articles: {read.articles} read, {refused} rejected{found}")
    for reason, count in sorted((got.rejected + read.rejected).items()):
        err.print(f"  rejected, {reason.replace('_', ' ')}: {count}")
    out.print(
        f"timeline: {line.events} events, {line.opened} new, {line.revised} revised, "
        f"{line.closed} withdrawn"
    )
