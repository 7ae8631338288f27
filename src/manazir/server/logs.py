"""The log: lines for people or JSON for machines, which say whose work it was, and nothing that anybody has said.

Prompts, keys and addresses stay out by this rule: our own lines are made of ids, numbers and words of the code, and of
an exception that nobody expected the log has where it was raised, but not its message, which may quote what a request
or a row has. MANAZIR_DEBUG=1 shows the messages, on a machine where that does no harm.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

from manazir.core.errors import FetchError, StorageError, StoreError, UnsupportedError
from manazir.core.home import is_debugging, log_format
from manazir.server.notes import notes

SPOKEN = (StoreError, StorageError, FetchError, OSError)
"""Errors whose messages are made of nothing that a request brings."""
UNSPOKEN = "(what it says may quote a request; MANAZIR_DEBUG=1 shows it)"
QUIET = ("httpx", "httpx2", "httpcore", "httpcore2", "alembic")
"""Libraries of which only warnings are wanted."""
FIRST_LINES = ("asyncio", "py.warnings")
"""Loggers that put objects into their messages after the first line."""
CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))}


def set_up_logs(stream: TextIO | None = None) -> None:
    """Have all of this process log to a stream, in the form that MANAZIR_LOG names.

    Args:
        stream: None: the standard error stream.

    Raises:
        UnsupportedError: there is no such form.
    """
    forms: dict[str, type[logging.Formatter]] = {"text": Text, "json": Json}
    if log_format() not in forms:
        raise UnsupportedError(f"MANAZIR_LOG is {log_format()!r}; give {' or '.join(forms)}")
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(forms[log_format()]())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # a warning for each malformed form is a flood
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    threading.excepthook = _of_thread


class Text(logging.Formatter):
    """A line: when, how bad, where, what, and whose."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        when = _when(record).strftime("%Y-%m-%d %H:%M:%S")
        whose = " ".join(f"{name.removesuffix('_id')}={value}" for name, value in notes().told().items())
        line = f"{when} {record.levelname} {record.name}: {_message(record).translate(CONTROLS)}"
        line += f" [{whose}]" if whose else ""
        return line + (f"\n{trace(error)}" if (error := _error(record)) else "")


class Json(logging.Formatter):
    """An object in a line; what a line is about beside its words stands in `record.facts`."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        told: dict[str, Any] = {"time": _when(record).isoformat(timespec="milliseconds"), "level": record.levelname}
        told |= {"logger": record.name, "message": _message(record)}
        told |= notes().told() | getattr(record, "facts", {})
        if (error := _error(record)) is not None:
            told |= {"error": type(error).__qualname__, "trace": trace(error)}
        return json.dumps(told, ensure_ascii=False, default=str)


def trace(error: BaseException) -> str:
    """Where an error was raised, and what led to it; its words only if they quote nobody."""
    lines = []
    if (before := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        lines = [trace(before), "which led to:"]
    lines += [line.rstrip() for line in traceback.format_tb(error.__traceback__)]
    words = str(error) if is_debugging() or isinstance(error, SPOKEN) else UNSPOKEN
    inside = getattr(error, "exceptions", ())
    return "\n".join([*lines, f"{type(error).__module__}.{type(error).__qualname__}: {words}", *map(trace, inside)])


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    return message.partition("\n")[0] if record.name in FIRST_LINES else message


def _error(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if record.exc_info else None


def _when(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _of_thread(told: threading.ExceptHookArgs) -> None:
    name = "?" if told.thread is None else told.thread.name
    logging.getLogger(__name__).error("the thread %s ended", name, exc_info=told.exc_value)
