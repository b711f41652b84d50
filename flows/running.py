"""What every flow has around its plain functions: ids, logs, retries, messages.

Nothing here knows what a flow does.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from prefect.context import FlowRunContext
from prefect.exceptions import MissingContextError
from prefect.logging import get_run_logger
from prefect.runtime import deployment as this_deployment
from prefect.tasks import exponential_backoff

from models.errors import InputError, LexiconError, ReelineError, SettingsError, SourceError
from models.pages import Source
from pipeline.catalog import USER_SOURCES, load_sources
from pipeline.json_logs import json_logs
from pipeline.settings import Settings, load_settings

log = logging.getLogger(__name__)

FLOW_VERSION = version("reeline")
HOUR_S = 3600.0

RETRIES = 3
RETRY_DELAYS_S = exponential_backoff(backoff_factor=5)
"""5, 10, 20 s, each with up to half as much again, so that runs do not come back together."""
RETRY_JITTER = 0.5

# What is given wrongly stays wrong: only a person can mend it.
_HOPELESS = (InputError, LexiconError, SettingsError, SourceError, TypeError)


def is_worth_retrying(_task: Any, _run: Any, state: Any) -> bool:
    """Return whether a task that failed may succeed later.

    One host that is slow or down is the fetcher's business; a task is retried for what is wrong
    with this machine: the lock held too long, a full disk that was cleared, a lost server.
    """
    error = state.result(raise_on_failure=False)
    return not isinstance(error, _HOPELESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The run of a flow: its id, its settings, and all source files."""

    run_id: str
    settings: Settings
    sources: tuple[Source, ...]


@contextmanager
def running(*, data: str | None, sources_dir: str | None = None) -> Iterator[Run]:
    """Yield the run of the flow around it; its log goes to the run's JSON lines meanwhile.

    Args:
        data: Data folder; default REELINE_DATA, else the user's data folder.
        sources_dir: Folder of source files; default the ones that come with reeline and the
            user's own.
    """
    settings = load_settings(Path(data) if data else None)
    sources = load_sources(
        Path(sources_dir) if sources_dir else None, user=settings.data / USER_SOURCES
    )
    context = FlowRunContext.get()
    run_id = str(context.flow_run.id) if context and context.flow_run else "direct"
    deployment = this_deployment.name if run_id != "direct" else None
    with run_log(settings, run_id, deployment=deployment):
        log.info("run started")
        try:
            yield Run(run_id=run_id, settings=settings, sources=sources)
        except Exception as error:
            log.exception("run failed", extra={"error": f"{type(error).__name__}: {error}"})
            raise
        log.info("run done")


_open_logs: dict[str, tuple[ExitStack, int]] = {}
_open_logs_lock = threading.Lock()


@contextmanager
def run_log(settings: Settings, run_id: str, *, deployment: str | None = None) -> Iterator[None]:
    """Write the log of one block to the run's JSON lines, once whoever else in here does.

    The flow has one around it; a task needs its own where it runs in another process.
    """
    with _open_logs_lock:
        stack, users = _open_logs.get(run_id) or (ExitStack(), 0)
        if not users:
            context = FlowRunContext.get()
            flow = context.flow.name if context and context.flow else None
            fields = {"flow": flow, "flow_run_id": run_id, "deployment": deployment}
            stack.enter_context(json_logs(settings, **fields))
        _open_logs[run_id] = stack, users + 1
    try:
        yield
    finally:
        with _open_logs_lock:
            stack, users = _open_logs.pop(run_id)
            if users > 1:
                _open_logs[run_id] = stack, users - 1
            else:
                stack.close()


def tell(message: str, **fields: object) -> None:
    """Say something in the run's log: as a line in Prefect, as fields in the JSON lines."""
    log.info(message, extra=fields)
    text = ", ".join(f"{key} {value}" for key, value in fields.items())
    try:
        get_run_logger().info("%s: %s", message, text)
    except MissingContextError:
        return  # called without Prefect


def choose_sources(
    known: tuple[Source, ...], *, group: str | None, slugs: list[str] | None
) -> list[Source]:
    """Return the sources that a run asks: the named ones, else the enabled ones of a group, or all.

    Raises:
        InputError: A slug or a group that no source has.
    """
    by_slug = {source.slug: source for source in known}
    strange = [slug for slug in slugs or () if slug not in by_slug]
    if strange:
        raise InputError(f"no source {strange[0]!r}; `reeline sources` lists them")
    groups = sorted({source.group for source in known})
    if group is not None and group not in groups:
        raise InputError(f"no source is of the group {group!r}; there are {', '.join(groups)}")
    chosen = [by_slug[slug] for slug in slugs] if slugs else [s for s in known if s.enabled]
    return [source for source in chosen if group is None or source.group == group]


def fail_when(problems: list[str]) -> None:
    """Fail the run with what is wrong, so that it shows red and can alert.

    Raises:
        ReelineError: There are problems.
    """
    if problems:
        raise ReelineError("; ".join(problems))
