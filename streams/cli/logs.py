"""How the commands log: structured lines on standard error, or nothing below an error."""

import logging
import sys

import structlog


def setup(*, json: bool) -> None:
    """Logs everything from "info" on to standard error: JSON lines for machines, else aligned text."""
    _configure(logging.INFO, json=json)


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
