"""`reeline diff`: what this version of the extractors would change, before anything is loaded."""

from typing import Annotated

import pandas as pd
import typer

from pipeline.catalog import USER_SOURCES, load_sources
from pipeline.cli.console import (
    CsvOption,
    DataOption,
    JsonOption,
    SourceOption,
    SourcesDirOption,
    emit,
    err,
    progress_bars,
)
from pipeline.diff import CURRENT, ChangeKind, DiffReport, diff_versions
from pipeline.settings import load_settings

_COLUMNS = ["change", "kind", "source", "published_on", "text", "detail", "sentence", "url"]


def diff_command(
    from_version: Annotated[
        str,
        typer.Option(
            "--from-version", help="Version of the stored facts, or its beginning; default any."
        ),
    ] = "",
    to_version: Annotated[
        str,
        typer.Option("--to-version", help="current: this program; or another stored version."),
    ] = CURRENT,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only facts of a kind: tonnage ...", show_default=False),
    ] = None,
    source: SourceOption = None,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1, help="Compare so many articles, the same ones each time.", show_default=False
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Changes to show.")] = 50,
    summary: Annotated[
        bool, typer.Option("--summary", help="Only the counts by kind of fact and source.")
    ] = False,
    sources_dir: SourcesDirOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Show which facts other extractors would add, remove or change, with their sentences.

    Reads the archived pages with this program and compares them with the stored facts. Nothing is
    loaded: `reeline backfill --only stale` does that.

        reeline diff --sample 200 --summary
        reeline diff --kind tonnage --source mofcom
        reeline diff --from-version 0.1.0+0468 --csv --limit 100000 > changes.csv
    """
    settings = load_settings(data)
    sources = load_sources(sources_dir, user=settings.data / USER_SOURCES)
    with progress_bars() as progress:
        report = diff_versions(
            settings,
            from_version=from_version,
            to_version=to_version,
            sources=sources,
            only_sources=source or (),
            kinds=kind or (),
            sample=sample,
            progress=progress,
        )
    if summary:
        emit(_counts(report), as_json=as_json, as_csv=as_csv)
    else:
        rows = [
            {name: getattr(change, name) for name in _COLUMNS} for change in report.changes[:limit]
        ]
        emit(pd.DataFrame(rows, columns=_COLUMNS), as_json=as_json, as_csv=as_csv)
        if len(report.changes) > limit:
            err.print(f"... and {len(report.changes) - limit} further changes (--limit)")
    err.print(_headline(report))


def _counts(report: DiffReport) -> pd.DataFrame:
    counts = report.counts()
    groups = sorted({(kind, source) for kind, source, _ in counts})
    rows = [
        {"kind": kind, "source": source}
        | {change.value: counts[kind, source, change] for change in ChangeKind}
        for kind, source in groups
    ]
    return pd.DataFrame(rows, columns=["kind", "source", *(change.value for change in ChangeKind)])


def _headline(report: DiffReport) -> str:
    counts = report.counts()
    parts = [
        f"{sum(n for (_, _, kind), n in counts.items() if kind is change)} {change.value}"
        for change in ChangeKind
    ]
    refused = ", ".join(f"{count} {reason}" for reason, count in sorted(report.rejected.items()))
    return (
        f"{report.articles} articles, {report.from_version or 'stored'} → {report.to_version}: "
        f"{', '.join(parts)}, {report.unchanged} unchanged; "
        f"{report.texts_changed} texts differ" + (f"; rejected now: {refused}" if refused else "")
    )
