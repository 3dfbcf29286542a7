"""Logs: one JSON object a line on standard error, secrets taken out."""

import logging
import sys
from collections.abc import Callable

import structlog
from structlog.typing import Processor

Redact = Callable[[str], str]


def configure(*, quiet: bool = False, redact: Redact | None = None) -> None:
    """Send all logs, ours and the libraries', through one formatter; *quiet* keeps warnings and worse."""
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
    formatter = _Redacting(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    formatter.redact = redact or (lambda text: text)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Takes secrets out of the finished line, tracebacks included."""

    redact: Redact

    def format(self, record: logging.LogRecord) -> str:
        """Return the line without any secret that this process has read."""
        return self.redact(super().format(record))
