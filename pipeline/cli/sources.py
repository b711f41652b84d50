"""`reeline sources`: the configured sources, whether they still answer, and new ones.

Exit codes of `check`: 0 every source was asked, whatever it answered; 1 with --strict when one of
them gave no entries.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import pandas as pd
import typer
from rich.text import Text

from models.errors import FetchError, InputError
from models.pages import Source
from models.vocabulary import SourceKind
from pipeline.catalog import USER_SOURCES, is_slug, load_sources
from pipeline.cli.connect import ConnectOption, parse_connect_to
from pipeline.cli.console import (
    CsvOption,
    DataOption,
    JsonOption,
    SourcesDirOption,
    emit,
    err,
    progress_bars,
)
from pipeline.fetch import Fetcher, FetchSettings
from pipeline.settings import Settings, load_settings
from pipeline.source_finder import Site, find_site
from pipeline.source_probe import Probe, probe_all
from pipeline.source_writer import save_source, slug_of, source_toml
from pipeline.urls import host_of


class Action(StrEnum):
    """What to do with sources."""

    LIST = "list"
    CHECK = "check"
    ADD = "add"


def sources_command(
    action: Annotated[Action, typer.Argument(help="list, check or add.")] = Action.LIST,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SLUG|URL]...", help="check: these sources; add: one site.", show_default=False
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="check: disabled sources too.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="check: leave with 1 when a source gave no entries.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="add: print the file instead of writing it.")
    ] = False,
    slug: Annotated[
        str | None, typer.Option("--slug", help="add: name of the file.", show_default=False)
    ] = None,
    kind: Annotated[
        SourceKind, typer.Option("--kind", help="add: what sort of publisher it is.")
    ] = SourceKind.NEWS,
    replace: Annotated[
        bool, typer.Option("--replace", help="add: overwrite a source of that name.")
    ] = False,
    sources_dir: SourcesDirOption = None,
    connect_to: ConnectOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """List the sources, check whether they answer, or add one.

    A source is a TOML file; your own lie in the `sources` folder of the data folder.

        reeline sources                                  # what is configured
        reeline sources check                            # one polite request to each enabled source
        reeline sources check ustr usgs --strict         # exit code 1 when one gives nothing
        reeline sources add https://example.org --dry-run

    `check` reports and leaves with 0: an unreachable source is a normal answer.
    """
    _refuse_misplaced(action, Action.CHECK, {"--all": everything, "--strict": strict})
    of_add = {"--dry-run": dry_run, "--slug": slug is not None, "--replace": replace}
    _refuse_misplaced(action, Action.ADD, of_add)
    settings = load_settings(data)
    hosts = parse_connect_to(connect_to or [])
    if action is Action.ADD:
        url = _one(targets)
        site = asyncio.run(_find(settings, url, hosts))
        _keep(settings, site, slug or slug_of(url), kind=kind, dry_run=dry_run, replace=replace)
        return
    known = load_sources(sources_dir, user=settings.data / USER_SOURCES)
    if action is Action.LIST:
        listed = _choose(known, targets) if targets else known
        frame = _table(listed) if as_json or as_csv else _overview(listed)
        emit(frame, as_json=as_json, as_csv=as_csv)
        return
    default = [source for source in known if source.enabled or everything]
    probes = asyncio.run(_probe(settings, _choose(known, targets) if targets else default, hosts))
    emit(_report(probes), as_json=as_json, as_csv=as_csv)
    good = sum(probe.answer == "ok" for probe in probes)
    err.print(f"{good} of {len(probes)} sources gave entries")
    if strict and good < len(probes):
        raise typer.Exit(1)


def _refuse_misplaced(action: Action, owner: Action, given: Mapping[str, bool]) -> None:
    """Refuse options of another action: left alone, they would seem to have had an effect."""
    misplaced = [name for name, is_given in given.items() if is_given]
    if misplaced and action is not owner:
        raise typer.BadParameter(f"{misplaced[0]} is for `reeline sources {owner.value}`")


def _one(targets: list[str] | None) -> str:
    if targets is None or len(targets) != 1:
        raise typer.BadParameter("give the address of one site: reeline sources add URL")
    return targets[0]


def _choose(known: tuple[Source, ...], slugs: list[str]) -> list[Source]:
    by_slug = {source.slug: source for source in known}
    unknown = [slug for slug in slugs if slug not in by_slug]
    if unknown:
        raise InputError(f"no source {unknown[0]!r}; `reeline sources` lists them")
    return [by_slug[slug] for slug in dict.fromkeys(slugs)]


def _table(sources: Sequence[Source]) -> pd.DataFrame:
    rows = [
        {
            "source": source.slug,
            "name": source.name,
            "kind": source.kind.value,
            "group": source.group,
            "country": source.country,
            "languages": list(source.languages),
            "enabled": source.enabled,
            "verified": source.verified,
            "feeds": len(source.feeds),
            "sitemaps": len(source.sitemaps),
            "listings": len(source.listings),
            "apis": len(source.apis),
            "delay_s": source.delay_s,
            "homepage": source.homepage,
        }
        for source in sources
    ]
    return pd.DataFrame(rows)


def _overview(sources: Sequence[Source]) -> pd.DataFrame:
    """Return what fits a terminal; --json and --csv have everything."""
    rows = [
        {
            "source": source.slug,
            "kind": source.kind.value,
            "country": source.country,
            "state": "on" if source.enabled else "off" if source.verified else "unverified",
            "found by": _found_by(source),
        }
        for source in sources
    ]
    return pd.DataFrame(rows, dtype=object)


def _found_by(source: Source) -> str:
    counts = {
        "feed": len(source.feeds),
        "sitemap": len(source.sitemaps),
        "listing": len(source.listings),
    }
    ways = [f"{count} {name}" + "s" * (count > 1) for name, count in counts.items() if count]
    return ", ".join(ways + [query.kind.value.replace("_", " ") for query in source.apis])


async def _probe(
    settings: Settings, sources: list[Source], hosts: dict[str, tuple[str, int]]
) -> list[Probe]:
    # One attempt: a probe that tries again and again is no polite request. Somebody is waiting, so
    # that a host that wants more than a minute between requests is put off.
    with progress_bars() as progress:
        manners = FetchSettings(max_attempts=1, crawl_wait_s=60.0, connect_to=hosts)
        async with Fetcher(manners.sharing(settings.data)) as fetcher:
            return await probe_all(sources, fetcher, progress=progress)


def _report(probes: list[Probe]) -> pd.DataFrame:
    rows = [
        {
            "source": probe.source,
            "answer": probe.answer,
            "robots": {True: "allowed", False: "disallowed", None: "unknown"}[probe.robots],
            "what": probe.what,
            "entries": probe.entries,
            "newest": probe.newest,
            "address": probe.address,
            "detail": probe.detail,
        }
        for probe in probes
    ]
    return pd.DataFrame(rows, dtype=object)


async def _find(settings: Settings, url: str, hosts: dict[str, tuple[str, int]]) -> Site:
    # On loopback there is nobody to be polite to.
    delay_s = 0.0 if host_of(url) in hosts else FetchSettings().default_delay_s
    manners = FetchSettings(max_attempts=1, connect_to=hosts, default_delay_s=delay_s)
    async with Fetcher(manners.sharing(settings.data)) as fetcher:
        try:
            return await find_site(url, fetcher)
        except FetchError as error:
            raise InputError(f"the site cannot be read: {error}") from error


def _keep(
    settings: Settings, site: Site, slug: str, *, kind: SourceKind, dry_run: bool, replace: bool
) -> None:
    """Say what was found at a site, and write its source file or print it."""
    for tried in site.tried:
        found = f"{tried.detail}, {tried.entries} entries" if tried.entries is not None else "no"
        err.print(Text(f"  {tried.address} ({tried.origin}): {found}"))
    if not (site.feeds or site.sitemaps):
        raise InputError(
            f"{site.homepage}: neither a feed nor a sitemap was found; "
            "write a source file with `listings` and `article_pattern`"
        )
    if not is_slug(slug):
        raise typer.BadParameter(f"--slug: expected a-z, 0-9 and _, found {slug!r}")
    text = _toml_of(site, slug, kind)
    if dry_run:
        typer.echo(text.rstrip("\n"))
        return
    folder = settings.data / USER_SOURCES
    save_source(folder, slug, text, replace=replace)
    # The name comes from a host or a user: it is a slug, checked above.
    typer.echo(re.sub(r"[\r\n]", " ", str(folder / f"{slug}.toml")))


def _toml_of(site: Site, slug: str, kind: SourceKind) -> str:
    """Return the source file of a site that was looked at today."""
    today = datetime.now(UTC).date().isoformat()
    return source_toml(
        {
            "name": site.name,
            "homepage": site.homepage,
            "kind": kind.value,
            "languages": [site.language],
            "feeds": site.feeds,
            # A sitemap names the whole site: it is read only where there is no feed.
            "sitemaps": [] if site.feeds else site.sitemaps,
            "delay_s": 5.0,
            "relevance_terms": ["rare earth", "critical mineral", "export control"],
            "confirmed": f"reeline sources add, {today}",
            "enabled": True,
        },
        slug=slug,
        note="Found by `reeline sources add`; see README.md for what else a source may say."
        + "".join(f"\nsitemap: {url}" for url in site.sitemaps if site.feeds),
    )
