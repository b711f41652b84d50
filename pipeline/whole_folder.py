"""Write a folder beside its place and rename it, so that nobody ever sees half of it.

For what is made anew as a whole: exports and publications. A folder that somebody else filled is
refused, known by the name in its `datapackage.json`.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from models.errors import InputError, StoreError

DESCRIPTION = "datapackage.json"


def check_target(target: Path, *, name: str, what: str, verb: str) -> None:
    """Refuse to replace what is not ours.

    Args:
        target: The folder; it may be missing.
        name: The `name` in the description of an earlier one.
        what: What such a folder is called in the message ("an export").
        verb: What would be done to it in the message ("export").

    Raises:
        InputError: It is a file, or holds files without our description.
    """
    if not target.exists():
        return
    if not target.is_dir():
        raise InputError(f"{target} is a file: expected a folder to {verb} to")
    if any(target.iterdir()) and not _is_named(target / DESCRIPTION, name):
        raise InputError(
            f"{target} holds something else than {what}: choose a new or an empty folder"
        )


def _is_named(description: Path, name: str) -> bool:
    try:
        known = json.loads(description.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(known, dict) and known.get("name") == name


@contextmanager
def replacing(
    target: Path, *, failed: str, errors: tuple[type[Exception], ...] = (OSError,)
) -> Iterator[Path]:
    """Yield a new folder beside the target; it takes its place when the block ends well.

    Otherwise the target stays as it was, and nothing is left beside it.

    Args:
        target: The folder to be replaced, or made.
        failed: How the message begins when the disk refuses.
        errors: What the block raises when it cannot write.

    Raises:
        StoreError: The disk refuses.
    """
    mark = uuid4().hex
    temporary = target.with_name(f".{target.name}.{mark}")
    old = target.with_name(f".{target.name}.old.{mark}")
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if target.exists():
            target.rename(old)
        temporary.rename(target)
    except errors as error:
        if old.exists() and not target.exists():
            old.rename(target)
        raise StoreError(f"{failed}, nothing was replaced: {error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
