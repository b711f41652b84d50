"""The one error tree. Whether an error can be retried is decided where it is raised."""

from models.vocabulary import RejectionReason


class ReelineError(Exception):
    """Base of every error that reeline raises on purpose."""


class SettingsError(ReelineError, ValueError):
    """A setting or the data folder cannot be used."""


class SourceError(ReelineError, ValueError):
    """A source file is not what a source file must be."""


class LexiconError(ReelineError, ValueError):
    """A lexicon or reference table has a row that cannot be right."""


class InputError(ReelineError, ValueError):
    """What the user gave (file, URL, option) cannot be read."""


class FetchError(ReelineError, OSError):
    """A page could not be fetched.

    Args:
        message: What was expected, what came, where.
        reason: The reason that the rejection row gets.
        retryable: True when the same request may succeed later.
        status: HTTP status, None when there was no answer.
        retry_after_s: What the server asked us to wait, in seconds.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: RejectionReason,
        retryable: bool = False,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.retryable = retryable
        self.status = status
        self.retry_after_s = retry_after_s


class ArchiveError(ReelineError, OSError):
    """A raw archive file is torn, altered or unwritable."""


class StoreError(ReelineError, RuntimeError):
    """The store cannot be opened, written or migrated."""


class StoreBusyError(StoreError):
    """Another process holds the writer's lock for longer than the caller would wait."""
