"""How the commands log: structured lines on standard error, or nothing below an error."""

import logging
import sys
import time
from enum import StrEnum

import structlog

AGAIN_S = 30.0  # between two lines of a library that say the same: a Kafka client without brokers says it 150 times a second


class Format(StrEnum):
    """How a log line looks."""

    CONSOLE = "console"  # aligned text
    JSON = "json"  # one object a line, for machines


def setup(form: Format) -> None:
    """Logs everything from "info" on to standard error."""
    _configure(logging.INFO, json=form is Format.JSON)


def quiet() -> None:
    """Logs errors only."""
    _configure(logging.ERROR, json=False)


def _configure(level: int, *, json: bool) -> None:
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    for ours in [one for one in root.handlers if isinstance(one, Libraries)]:
        root.removeHandler(ours)
    root.addHandler(Libraries(max(level, logging.WARNING)))


class Libraries(logging.Handler):
    """What libraries log, as lines like ours; the same again only after a while, with the number of those left out."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._said: dict[tuple[str, object], tuple[float, int]] = {}  # when it was said, and how often it was left out since

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the record, or counts it."""
        key, now = (record.name, record.msg), time.monotonic()
        since, left_out = self._said.get(key, (-AGAIN_S, 0))
        if now - since < AGAIN_S:
            self._said[key] = since, left_out + 1
            return
        if len(self._said) > 1_000:  # texts that differ every time
            self._said.clear()
        self._said[key] = now, 0
        about = {"library": record.name, "said": record.getMessage(), "left_out": left_out, "exc_info": record.exc_info}
        log = structlog.get_logger()
        try:
            if record.levelno >= logging.ERROR:
                log.error("a library reports an error", **about)
            else:
                log.warning("a library warns", **about)
        except (OSError, ValueError):  # standard error is gone; a library must not fail of what it says
            self.handleError(record)
