"""The error tree: every fault that somebody handles differently has a class here, and nothing else has.

    TocsinError
    ├── UsageError              the user's mistake: printed as one line, exit code 2
    │   ├── SettingsError       tocsin.yaml or the environment is wrong
    │   ├── RuleFileError       rule files are wrong; carries every mistake found
    │   └── KnowledgeError      a knowledge file is wrong
    ├── RecordError             one record cannot be processed: it is set aside, the flow goes on
    │   ├── WireError           bytes that are no record of ours
    │   ├── FeedError           a fetched body that is no feed
    │   ├── OrderRefused        an order that cannot be obeyed; its words go to who gave it
    │   └── TimerFailed         a timer that cannot be fired; it waits, the others go on
    ├── EnvironmentFault        disk, database, network: retry, then stop without acknowledging
    │   ├── StoreBusy           another process holds the store
    │   ├── FencedOff           this matcher has been replaced by another one
    │   └── FetchError          a source could not be fetched; carries the diagnosis
    └── SinkError               a delivery failed
        ├── SinkRefused         the peer will never take it: set it aside, tell the operators
        ├── SinkUnavailable     try again later; carries retry_after_s
        └── SinkInDoubt         it may or may not have arrived: ask the peer before trying again

Text is made from attributes; wording is "where: what is wrong; what is allowed; what to do", lower case, values in quotes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_MESSAGE = 4_000  # characters; the longest list of allowed words has 3,000 (assumption)


class TocsinError(Exception):
    """Base of every error raised on purpose."""


class UsageError(TocsinError):
    """A mistake of the user: shown without a traceback, exit code 2."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in one file. Lines and columns count from 1."""

    path: str
    line: int
    column: int
    message: str
    severity: str = "error"  # "error" or "warning"

    def __post_init__(self) -> None:
        """What is quoted from a file is bounded, and shown as escapes where it would move the cursor, turn the line or hide."""
        if not self.message.isprintable() or len(self.message) > LONGEST_MESSAGE:
            object.__setattr__(self, "message", _harmless(self.message))

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {'warning: ' if self.severity == 'warning' else ''}{self.message}"


def _harmless(message: str) -> str:
    if len(message) > LONGEST_MESSAGE:
        message = f"{message[: LONGEST_MESSAGE // 2]} ... {message[-LONGEST_MESSAGE // 2 :]}"  # what is allowed stands at the end
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in message)


class FileMistakes(UsageError):
    """Mistakes in files the user wrote; `mistakes` has all of them, in order of path, line and column."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(sorted(mistakes, key=lambda m: (m.path, m.line, m.column)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


class SettingsError(FileMistakes):
    """tocsin.yaml or the environment is wrong."""


class RuleFileError(FileMistakes):
    """Rule files are wrong."""


class KnowledgeError(FileMistakes):
    """A knowledge file is wrong."""


class RecordError(TocsinError):
    """One record cannot be processed; the record is set aside and the flow goes on."""


class WireError(RecordError):
    """Bytes that are no record of ours."""


class FeedError(RecordError):
    """A body that is no feed.

    Attributes:
        diagnosis: one of "empty", "html", "not-a-feed", "too-large", "malformed", "timed-out".
    """

    def __init__(self, diagnosis: str, detail: str) -> None:
        self.diagnosis = diagnosis
        super().__init__(f"{diagnosis}: {detail}")


class OrderRefused(RecordError):
    """An order that cannot be obeyed as things stand; raised before anything is written, the text is for who gave it."""


class TimerFailed(RecordError):
    """A timer that cannot be fired, a fault of ours; it is tried again later, and the others are not held up.

    Attributes:
        timer: its kind and key.
    """

    def __init__(self, kind: str, key: str, fault: Exception) -> None:
        self.timer = (kind, key)
        super().__init__(f'timer "{kind}" of "{" ".join(key.split())}": {type(fault).__name__}: {fault}')


class EnvironmentFault(TocsinError):
    """Disk, database or network failed: retry below the poll interval, then stop without acknowledging."""


class StoreBusy(EnvironmentFault):
    """Another process holds the store."""


class FencedOff(EnvironmentFault):
    """Another matcher has taken over since this one took its number; nothing was written."""


class FetchError(EnvironmentFault):
    """A source could not be fetched.

    Attributes:
        diagnosis: short slug, e.g. "http-503", "timed-out", "refused-address", "too-large", "dns", "tls".
        status: the HTTP status, None when there was no answer.
        retry_after_s: what the server asked for, None when it did not.
    """

    def __init__(self, diagnosis: str, detail: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        self.diagnosis = diagnosis
        self.status = status
        self.retry_after_s = retry_after_s
        super().__init__(f"{diagnosis}: {detail}")


class SinkError(TocsinError):
    """A delivery failed; the subclass says what to do."""


class SinkRefused(SinkError):
    """The peer will never take this delivery as it is."""


class SinkUnavailable(SinkError):
    """The peer cannot take it now and certainly has not taken it.

    Attributes:
        retry_after_s: seconds the peer asked to wait, None when it did not say.
    """

    def __init__(self, detail: str, *, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(detail)


class SinkInDoubt(SinkError):
    """The request went out and no answer came: it may have arrived. Ask the peer before trying again."""
