"""`reeline backfill`: read, or fetch, a range of days again; safe to stop and to run again."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import pandas as pd
import typer
from pydantic import ValidationError

from models.errors import InputError
from models.pages import Source
from pipeline.backfill import backfill
from pipeline.backfill_stages import BackfillReport
from pipeline.catalog import USER_SOURCES, load_sources
from pipeline.cli.connect import ConnectOption, parse_connect_to
from pipeline.cli.console import CsvOption, DataOption, JsonOption, emit, err, out, progress_bars
from pipeline.fetch import FetchSettings
from pipeline.partitions import BackfillRequest, Only, RunStage
from pipeline.plan import Plan, plan_backfill
from pipeline.settings import Settings, load_settings

_DAY = ["%Y-%m-%d"]
_TIME = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"]
# A plan is shown whole only where a program reads it.
_SHOWN = 40


_From = Annotated[datetime, typer.Option("--from", formats=_DAY, help="First day, inclusive.")]
_To = Annotated[datetime, typer.Option("--to", formats=_DAY, help="Last day, inclusive.")]
_Source = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only this source; may be repeated.", show_default=False),
]
_Stage = Annotated[RunStage, typer.Option(help="What to run: see above.")]
_Only = Annotated[Only, typer.Option(help="Partitions in this state.")]
_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done, why, and for how long.")
]
_NewestFirst = Annotated[bool, typer.Option("--newest-first", help="Begin with the newest day.")]
_MaxActive = Annotated[
    int, typer.Option(help="Partitions in flight at once: what Ctrl-C has to wait for.")
]
_MaxDocuments = Annotated[
    int | None,
    typer.Option(help="Plan about this many documents: a portion.", show_default=False),
]
_Wayback = Annotated[
    bool, typer.Option("--wayback", help="fetch: ask the Wayback Machine instead.")
]
_Shares = Annotated[
    int, typer.Option(help="Commands like this one that do it together, on any machine.")
]
_Share = Annotated[int, typer.Option(help="Which of them this is, from 1.")]
_AskedAt = Annotated[
    datetime | None,
    typer.Option(formats=_TIME, help="Leave alone what was ended since (UTC).", show_default=False),
]
_Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before starting.")]
_SourcesDir = Annotated[
    Path | None, typer.Option("--sources-dir", help="Read source files from this folder instead.")
]


def backfill_command(
    first: _From,
    last: _To,
    source: _Source = None,
    stage: _Stage = RunStage.ARTICLE,
    only: _Only = Only.MISSING,
    dry_run: _DryRun = False,
    newest_first: _NewestFirst = False,
    max_active: _MaxActive = 32,
    max_documents: _MaxDocuments = None,
    wayback: _Wayback = False,
    shares: _Shares = 1,
    share: _Share = 1,
    asked_at: _AskedAt = None,
    yes: _Yes = False,
    sources_dir: _SourcesDir = None,
    connect_to: ConnectOption = None,
    as_json: JsonOption = False,
    as_csv: CsvOption = False,
    data: DataOption = None,
) -> None:
    """Run the partitions (source, day, stage) of a range that are missing, failed or stale.

    Stages: fetch asks the sources for the days; article reads archived pages, facts included;
    extract only those that gave an article; timeline refreshes the events. A day is the
    publication day of the article, else the day of the fetch.

    Ctrl-C stops after the partitions in flight; the same command goes on from there. Two backfills
    never work on one partition. With --shares N, N commands begin at different days, and each ends
    when nothing is left, also of one that was killed; give --only all or failed one --asked-at.

        reeline backfill --from 2025-10-01 --to 2025-12-31 --only stale --dry-run
        reeline backfill --from 2025-10-01 --to 2025-12-31 --only stale --newest-first --yes
        reeline backfill --from 2025-10-09 --to 2025-10-09 --stage fetch --source mofcom
        reeline backfill --from 2020-01-01 --to 2024-12-31 --shares 2 --share 2 --yes
    """
    request = make_request(
        {
            "first_day": first.date(),
            "last_day": last.date(),
            "sources": tuple(source or ()),
            "stage": stage,
            "only": only,
            "dry_run": dry_run,
            "newest_first": newest_first,
            "max_active": max_active,
            "max_documents": max_documents,
            "wayback": wayback,
            "shares": shares,
            "share": share,
            "asked_at": asked_at.replace(tzinfo=UTC) if asked_at else None,
        }
    )
    settings = load_settings(data)
    sources = load_sources(sources_dir, user=settings.data / USER_SOURCES)
    plan = plan_backfill(settings, request, sources)
    for note in plan.notes:
        err.print(f"note: {note}")
    if dry_run:
        _show(plan, as_json=as_json, as_csv=as_csv)
        return
    err.print(_summary(plan))
    # Another share may still have something in hand that it will not end.
    if not plan.partitions and shares == 1:
        return
    if not yes and err.is_terminal:
        typer.confirm("Start?", abort=True, err=True)
    report = _run(settings, plan, sources, connect_to or [])
    _report(report, as_json=as_json, as_csv=as_csv)


def _run(
    settings: Settings, plan: Plan, sources: Sequence[Source], connect_to: list[str]
) -> BackfillReport:
    fetch_settings = FetchSettings(connect_to=parse_connect_to(connect_to)).sharing(settings.data)
    with _stopping() as should_stop, progress_bars() as progress:
        return backfill(
            settings,
            plan.request,
            sources=sources,
            fetch_settings=fetch_settings,
            plan=plan,
            should_stop=should_stop,
            progress=progress,
        )


def make_request(given: dict[str, Any]) -> BackfillRequest:
    """Return the validated request.

    Raises:
        InputError: Something is not what it must be; the message names each field.
    """
    try:
        return BackfillRequest(**given)
    except ValidationError as error:
        problems = (
            ": ".join([*map(str, item["loc"]), item["msg"].removeprefix("Value error, ")])
            for item in error.errors()
        )
        raise InputError("; ".join(problems)) from error


@contextmanager
def _stopping() -> Iterator[Any]:
    """Turn the first Ctrl-C into a stop after the partitions in flight; the second one ends."""
    asked: list[int] = []

    def on_interrupt(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        err.print("stopping after the partitions in flight; Ctrl-C again stops at once")

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def _show(plan: Plan, *, as_json: bool, as_csv: bool) -> None:
    rows = [
        {
            "source": planned.partition.source,
            "day": planned.partition.day,
            "stage": planned.partition.stage.value,
            "status": planned.state.value,
            "documents": planned.documents,
            "to_do": len(planned.todo),
            "why": planned.why,
        }
        for planned in plan.partitions
    ]
    is_table = not (as_json or as_csv)
    shown = rows[:_SHOWN] if is_table else rows
    emit(pd.DataFrame(shown), as_json=as_json, as_csv=as_csv)
    if len(shown) < len(rows):
        err.print(f"... and {len(rows) - len(shown)} further partitions (--csv shows all)")
    err.print(_summary(plan))


def _summary(plan: Plan) -> str:
    others = ", ".join(f"{count} {state.value}" for state, count in plan.passed_over.items())
    begun = f"{len(plan.partitions)} partitions, {plan.documents} documents"
    if not plan.partitions:
        return f"nothing to do in this range ({others or 'no partitions'})"
    if plan.estimate_s is None:
        guess = "no past run to estimate from"
    else:
        guess = f"about {_duration(plan.estimate_s)} at {plan.documents_per_s:.1f} documents/s"
    return f"{begun}; {guess}" + (f"; passed over: {others}" if others else "")


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _report(report: BackfillReport, *, as_json: bool, as_csv: bool) -> None:
    row = {
        "partitions": report.partitions,
        "done": report.done,
        "failed": report.failed,
        "taken_by_others": report.taken,
        "not_begun": report.left,
        "documents_read": report.processed.pages,
        "articles": report.processed.articles,
        "pages_new": report.acquired.fetched,
        "elapsed_s": round(report.elapsed_s, 1),
    }
    if as_json or as_csv:
        emit(pd.DataFrame([row]), as_json=as_json, as_csv=as_csv)
    else:
        out.print(", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.items()))
    for name, error in report.errors.items():
        err.print(f"failed: {name}: {error}", markup=False)
    if report.is_stopped:
        err.print("stopped; the same command goes on from here")
    if report.failed:
        raise typer.Exit(1)
    if report.is_stopped:
        raise typer.Exit(130)
