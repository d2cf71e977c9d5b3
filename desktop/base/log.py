"""The log: a size-capped file in the profile and a ring of the last lines for problem reports.

No secret reaches either: what the keyring gave out is taken from every line by value (`protect`), and what looks like
a credential on the wire by shape. Addresses are shortened from INFO upwards. A record is one line whatever it quotes:
CR, LF and terminal escapes from outside become visible escapes, so nobody writes lines of his own into the log. Any
thread may log; a log that cannot be written (full disk) never disturbs the program.
"""

from __future__ import annotations

import logging
import logging.handlers
import re
import sys
import threading
import time
from collections import deque
from io import TextIOWrapper
from pathlib import Path
from typing import cast

from desktop.base.paths import open_private

FILE_NAME = "rapport.log"
FILE_BYTES = 1_000_000
FILES_KEPT = 3
RING_LINES = 500
LINE_CHARACTERS = 4000

_SHORTEST_SECRET = 4
_HIDDEN = "***"

# repetitions are bounded, or a long word from outside would cost its square
_ADDRESS = re.compile(r"([\w.!#$%&'*+/=?^`{|}~-])[\w.!#$%&'*+/=?^`{|}~-]{0,64}@([\w-])[\w.-]{0,255}")
_CREDENTIALS = (
    # IMAP LOGIN user pass, AUTHENTICATE and SMTP AUTH with an initial response (RFC 9051, 6.2; RFC 4954, 4)
    re.compile(r"\b(LOGIN\s+)(?:\"(?:[^\"\\]|\\.)*\"|\S+)\s+(?:\"(?:[^\"\\]|\\.)*\"|\S+)"),
    re.compile(
        r"(?i)\b((?:AUTH|AUTHENTICATE)\s+(?:PLAIN|LOGIN|XOAUTH2|OAUTHBEARER|CRAM-MD5|SCRAM-[\w-]+)\s+)[\w+/=-]{4,}"
    ),
    # HTTP and OAuth (RFC 6750, 2.1; RFC 6749)
    re.compile(r"(?i)\b((?:Bearer|Basic)\s+)[\w.+/=~-]{8,}"),
    re.compile(
        r"(?i)((?:pass(?:word|wd|phrase)?|secret|token|refresh_token|access_token|client_secret|code_verifier|api_?key)"
        r"[\"']?\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)"
    ),
    # scheme://user:password@host
    re.compile(r"(?i)(\b[a-z][a-z0-9+.-]{0,20}://[^\s/:@]{1,99}:)[^\s/@]{1,999}(?=@)"),
)
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_secrets_lock = threading.Lock()
_secrets: tuple[str, ...] = ()
_started: list[logging.Handler] = []


def protect(secret: str) -> None:
    """Keep this text out of every later line; called by whoever takes a secret from the keyring or the person."""
    global _secrets
    if len(secret) < _SHORTEST_SECRET:
        return
    with _secrets_lock:
        if secret not in _secrets:
            # the longest first, so that a secret that holds another one goes as a whole
            _secrets = tuple(sorted((*_secrets, secret), key=len, reverse=True))


def redact(text: str, *, shorten_addresses: bool) -> str:
    """Return the text without secrets, and with `anna@example.org` as `a…@e…` where asked."""
    # all are looked for in the text as it is: a secret that is the word "password" must not hide that one follows
    spans = [
        (found.start(), found.end())
        for secret in _secrets
        if secret in text
        for found in re.finditer(re.escape(secret), text)
    ]
    spans += [(found.end(1), found.end()) for pattern in _CREDENTIALS for found in pattern.finditer(text)]
    kept, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            kept += [text[at:start], _HIDDEN]
        at = max(at, end)
    text = "".join((*kept, text[at:]))
    return _ADDRESS.sub(r"\1…@\2…", text) if shorten_addresses else text


def escape(text: str) -> str:
    """Return the text with control characters, direction marks and lone surrogates as visible escapes."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


class LineFormatter(logging.Formatter):
    """Makes one safe line of a record; a traceback follows in indented lines, which no record begins with."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__()
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        """Return the line: time, level, logger, thread, message."""
        shorten = record.levelno > logging.DEBUG
        try:
            message = record.getMessage()
        except Exception as error:  # noqa: BLE001 - a record with wrong arguments is still worth its template
            message = f"{record.msg!r} ({type(error).__name__} in its arguments)"
        # cut after the redaction, or half a secret would no longer be known as one
        message = escape(redact(message[: 16 * LINE_CHARACTERS], shorten_addresses=shorten)[:LINE_CHARACTERS])
        head = f"{self.formatTime(record)} {record.levelname} {record.name} [{escape(record.threadName or '')}] "
        lines = [head + message]
        if record.exc_info:
            trace = redact(self.formatException(record.exc_info), shorten_addresses=shorten)
            lines += [f"    {escape(line)}"[:LINE_CHARACTERS] for line in trace.split("\n")]
        return "\n".join(lines)


class Ring(logging.Handler):
    """The last lines in memory, as they stand in the file."""

    def __init__(self, capacity: int = RING_LINES) -> None:
        super().__init__()
        self._lines: deque[str] = deque(maxlen=capacity)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self._lines.append(self.format(record))

    def lines(self) -> tuple[str, ...]:
        """Return the lines kept, oldest first."""
        return tuple(self._lines)


class CappedFile(logging.handlers.RotatingFileHandler):
    """The log file: at most FILES_KEPT files of FILE_BYTES, mode 0600, silent when it cannot be written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            folder / FILE_NAME, maxBytes=FILE_BYTES, backupCount=FILES_KEPT - 1, encoding="utf-8", delay=True
        )

    def _open(self) -> TextIOWrapper:
        file = open_private(Path(self.baseFilename), self.mode, encoding="utf-8", errors="backslashreplace")
        return cast("TextIOWrapper", file)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name of the overridden method
        """Say nothing: there is no better place to complain than the log, and the ring still has the line."""


def start(folder: Path | None, *, level: int = logging.INFO, console: bool = False) -> Ring:
    """Send the program's log to a file in `folder` (None: no file) and to the ring returned; again replaces the old.

    `console` copies the lines to stderr. Libraries are heard from WARNING upwards: their debug output quotes the wire.
    """
    stop()
    root, ours, ring = logging.getLogger(), logging.getLogger("desktop"), Ring()
    handlers: list[logging.Handler] = [ring]
    if folder is not None:
        handlers.append(CappedFile(folder))
    if console:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(LineFormatter())
        root.addHandler(handler)
    _started.extend(handlers)
    root.setLevel(logging.WARNING)
    ours.setLevel(level)
    return ring


def stop() -> None:
    """Take away what `start` added and close the file."""
    while _started:
        handler = _started.pop()
        logging.getLogger().removeHandler(handler)
        handler.close()
