"""
Logs: a line on standard error for each event, for people or as JSON, secrets taken out.

What no handler caught goes the same way, in every thread: a traceback is where a secret is least expected.
"""

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

Redact = Callable[[str], str]
LOG = structlog.get_logger()


def configure(*, quiet: bool = False, as_json: bool = False, redact: Redact | None = None) -> None:
    """
    Send all logs, ours and the libraries', through one formatter; *quiet* keeps warnings and worse.

    JSON has the keys `event`, `level`, `timestamp` (UTC, ISO) and whatever belongs to the event.
    """
    level = logging.WARNING if quiet else logging.INFO
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    shown: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
    )
    formatter = _Redacting(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown]
    )
    formatter.redact = redact or (lambda text: text)
    handler = _ToStandardError()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_a_thread


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at that moment. A line that cannot be written is not quoted anywhere."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # an attribute there; here it follows sys.stderr
        """Standard error."""
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (the name is logging's)
        """Say that a line was lost: logging's own way would print it as it is, with what it may hold."""
        with suppress(OSError, ValueError):  # standard error itself is gone
            sys.stderr.write(f"a log line of {record.name} could not be written\n")


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Takes secrets out of the finished line, tracebacks included."""

    redact: Redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without any secret that this process has read."""
        return self.redact(super().format(record))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    LOG.critical("nobody foresaw this", exc_info=(kind, error, trace))


def _uncaught_in_a_thread(what: Any) -> None:
    if what.exc_type is not SystemExit:
        name = what.thread.name if what.thread is not None else "a thread"
        LOG.critical("a thread ended", thread=name, exc_info=(what.exc_type, what.exc_value, what.exc_traceback))
