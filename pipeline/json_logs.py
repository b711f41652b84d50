"""Structured logs: one JSON object a line, with the run's ids, in a file a day.

For machines that collect logs; what people read on a terminal is `pipeline/cli/console.py`. Several
processes append to one file: a line is one write.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pythonjsonlogger.json import JsonFormatter

from pipeline.settings import Settings

_PACKAGES = ("pipeline", "extractors", "models", "flows")
_SUFFIX = ".jsonl"


@contextmanager
def json_logs(settings: Settings, **fields: str | None) -> Iterator[Path | None]:
    """Write the log of one block as JSON lines and yield the file, None for stderr.

    `REELINE_JSON_LOGS=stderr` writes to stderr instead, for containers.

    Args:
        settings: The data folder; the file is `logs/YYYY-MM-DD.jsonl` in it (UTC).
        fields: What every line says: flow, flow_run_id ... None values are left out.
    """
    handler, file = _handler(settings)
    handler.setFormatter(
        JsonFormatter(
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
            static_fields={key: value for key, value in fields.items() if value is not None},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            json_ensure_ascii=False,
        )
    )
    loggers = [logging.getLogger(package) for package in _PACKAGES]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        if logger.getEffectiveLevel() > logging.INFO:
            logger.setLevel(logging.INFO)
    try:
        yield file
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.removeHandler(handler)
            logger.setLevel(level)
        handler.close()


def _handler(settings: Settings) -> tuple[logging.Handler, Path | None]:
    if os.environ.get("REELINE_JSON_LOGS") == "stderr":
        return logging.StreamHandler(sys.stderr), None
    folder = logs_dir(settings)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{datetime.now(UTC).date().isoformat()}{_SUFFIX}"
    return logging.FileHandler(file, encoding="utf-8"), file


def logs_dir(settings: Settings) -> Path:
    """Return the folder of the log files."""
    return settings.data / "logs"


def prune_logs(settings: Settings, *, keep_days: int, now: datetime) -> int:
    """Remove the files of days before the last `keep_days`; return how many."""
    first_kept = (now.astimezone(UTC) - timedelta(days=keep_days)).date().isoformat()
    old = [file for file in logs_dir(settings).glob(f"*{_SUFFIX}") if file.stem < first_kept]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
