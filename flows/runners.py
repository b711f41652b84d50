"""Where the chunks of a backfill run: one after the other here, in processes, or on Dask.

A setting, not code: `REELINE_TASK_RUNNER` is empty, `processes:4`, `dask:4` (a cluster of this
machine) or `dask:tcp://host:8786` (one that runs already).
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from prefect import Task
from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from models.errors import SettingsError

_SETTING = "REELINE_TASK_RUNNER"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """A way to run tasks.

    Attributes:
        task_runner: What the flow is given.
        width: Tasks at a time; 0 calls them one after the other in the flow's own process.
        is_threaded: Tasks run in threads, where Prefect's timeouts cannot interrupt them.
    """

    task_runner: TaskRunner[Any]
    width: int
    is_threaded: bool = False

    def fit(self, task: Task[..., Result]) -> Task[..., Result]:
        """Return a task without what this runner could not keep, and would warn of each time."""
        if not self.is_threaded:
            return task
        fitted = task.with_options()
        fitted.timeout_seconds = None  # None as an option means: as before
        return fitted


def chosen_runner() -> Runner:
    """Return the runner of the setting.

    Raises:
        SettingsError: It is none of the forms, or `prefect-dask` is not installed.
    """
    given = os.environ.get(_SETTING, "").strip()
    kind, _, detail = given.partition(":")
    if not given:
        return Runner(task_runner=ThreadPoolTaskRunner(max_workers=1), width=0)
    if kind == "processes" and detail.isdecimal() and 0 < int(detail) <= 64:
        width = int(detail)
        return Runner(task_runner=ProcessPoolTaskRunner(max_workers=width), width=width)
    if kind == "dask" and detail:
        return _dask(detail)
    raise SettingsError(
        f"{_SETTING}: expected processes:N, dask:N or dask:tcp://host:port, got {given!r}"
    )


def _dask(detail: str) -> Runner:
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise SettingsError(
            f"{_SETTING}: dask needs the package prefect-dask: pip install 'reeline[scale]'"
        ) from error
    if not detail.isdecimal():
        # Twice what a small cluster has: workers never wait for the flow.
        return Runner(task_runner=DaskTaskRunner(address=detail), width=16, is_threaded=True)
    width = int(detail)
    # One thread a worker: each process loads spaCy once and reads one document at a time.
    options = {
        "n_workers": width,
        "threads_per_worker": 1,
        "host": "127.0.0.1",
        # Any free port: two flows on one machine would both want the usual one.
        "dashboard_address": "127.0.0.1:0",
    }
    runner = DaskTaskRunner(cluster_kwargs=options)
    return Runner(task_runner=runner, width=width + 1, is_threaded=True)


def run_all(
    calls: Iterable[tuple[Any, ...]],
    *,
    task: Task[..., Result],
    width: int,
    should_stop: Callable[[], bool],
) -> Iterator[Result]:
    """Yield the results of a task for the arguments of each call, at most `width` at a time.

    A stop begins no further call and waits for those in flight.
    """
    if width == 0:
        for arguments in calls:
            if should_stop():
                return
            yield task(*arguments)
        return
    flying: deque[PrefectFuture[Result]] = deque()
    for arguments in calls:
        if should_stop():
            break
        flying.append(task.submit(*arguments))
        if len(flying) >= width:
            yield flying.popleft().result()
    while flying:
        yield flying.popleft().result()
