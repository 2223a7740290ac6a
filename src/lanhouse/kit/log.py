"""Logs: one JSON object a line on standard error, with tracebacks as text.

Never with local variables, query strings or bodies: they hold passwords and keys
(architecture section 5).
"""

from __future__ import annotations

import sys

import structlog


def configure() -> None:
    """Set the logs up; called once by whoever runs the program."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=True,
    )
