"""Where a command writes: data to stdout, words to stderr, here or at the other end of a remote call.

Text from outside is harmless on a terminal: control characters and direction marks become visible escapes. JSON is
UTF-8 whatever the locale says.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.base.log import escape

# what `escape` would make visible may stand in JSON as its own escapes only
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Console:
    """`write` takes octets for stdout, `write_words` whole lines for stderr."""

    write: Callable[[bytes], None]
    write_words: Callable[[str], None]

    def line(self, *cells: str) -> None:
        """Write one line of data; cells are parted by tabs."""
        self.write("\t".join(map(escape, cells)).encode("utf-8", "backslashreplace") + b"\n")

    def text(self, text: str) -> None:
        """Write several lines of data; ends with a line end."""
        for line in text.split("\n"):
            self.write("\t".join(map(escape, line.split("\t"))).encode("utf-8", "backslashreplace") + b"\n")

    def json(self, value: object) -> None:
        """Write one JSON document."""
        self.write(json_text(value).encode() + b"\n")

    def say(self, words: str) -> None:
        """Tell the person something."""
        self.write_words("\n".join(map(escape, words.split("\n"))) + "\n")

    def complain(self, problem: Problem) -> None:
        """Tell the person what is wrong, and what the other side said of it."""
        if problem.details and problem.details not in problem.text:
            self.say(_("{problem} ({details})").format(problem=problem.text, details=problem.details))
        else:
            self.say(problem.text)


def json_text(value: object) -> str:
    """Return JSON that is valid UTF-8 and can be shown on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def here() -> Console:
    """Return the console of this process."""
    return Console(_write_stdout, _write_stderr)


def _write_stdout(octets: bytes) -> None:
    sys.stdout.flush()
    sys.stdout.buffer.write(octets)
    sys.stdout.buffer.flush()


def _write_stderr(words: str) -> None:
    stream = sys.stderr
    if stream is None:  # a windowed program on Windows has none
        return
    encoding = stream.encoding or "utf-8"
    stream.write(words.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()
