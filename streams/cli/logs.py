"""How the commands log: structured lines on standard error, or nothing below an error."""

import logging
import sys
from enum import StrEnum

import structlog


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
