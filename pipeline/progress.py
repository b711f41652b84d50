"""How long work tells how far it is: one callback, (step, done, total)."""

from collections.abc import Callable

Progress = Callable[[str, int, int | None], None]


def no_progress(step: str, done: int, total: int | None) -> None:
    """Report nothing: the default for unattended runs."""
