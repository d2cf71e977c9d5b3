"""Lines of a text mail, read from the fragment that `domain.mail.plain_html` made, for a widget that is no browser.

Pure and linear. What comes out is plain text with positions of links, so there is nothing left to escape: a tag this
reader does not know is passed over, and its text stays text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

LONGEST_LINE = 4_000
"""Longer lines are shown in pieces: laying one out takes time that grows faster than the line."""
FIRST_LINES = 4_000
FIRST_CHARACTERS = 200_000
"""What is shown at once; the rest of a longer text on demand."""
NO_FOLD = -1


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line; `target` is where a click leads, "" for none."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how deep it is quoted, whether it is of the signature, and the fold it lies in."""

    runs: tuple[Run, ...]
    depth: int = 0
    signature: bool = False
    fold: int = NO_FOLD


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines of a text and the words on its folded quotations."""

    lines: tuple[Line, ...]
    folds: tuple[str, ...] = ()

    def first(self) -> Layout:
        """Return the beginning that is shown at once; self where that is all."""
        seen = 0
        for number, line in enumerate(self.lines):
            seen += sum(len(run.text) for run in line.runs) + 1
            if seen > FIRST_CHARACTERS or number >= FIRST_LINES:
                return Layout(self.lines[: number + 1], self.folds)
        return self


def read(fragment: str) -> Layout:
    """Return the lines of a text fragment."""
    reader = _Reader()
    reader.feed(fragment)
    reader.close()
    reader.end_line()
    lines = reader.lines
    while lines and not any(run.text.strip() for run in lines[-1].runs):
        lines.pop()
    return Layout(tuple(lines), tuple(reader.folds))


@dataclass(slots=True)
class _Place:
    depth: int = 0
    signature: int = 0
    fold: int = NO_FOLD
    target: str = ""
    in_label: bool = False
    divisions: list[bool] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.folds: list[str] = []
        self._at = _Place()
        self._runs: list[Run] = []
        self._open = False

    def end_line(self) -> None:
        """Finish the line that is being read, if there is one."""
        if self._open:
            self.lines.append(Line(tuple(self._runs), self._at.depth, self._at.signature > 0, self._at.fold))
            self._runs, self._open = [], False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = self._at
        if tag == "a":
            at.target = dict(attrs).get("href") or ""
        elif tag == "blockquote":
            self.end_line()
            at.depth += 1
        elif tag == "details":
            self.end_line()
            at.fold = len(self.folds)
            self.folds.append("")
        elif tag == "summary":
            at.in_label = True
        elif tag == "div":
            self.end_line()
            signs = dict(attrs).get("class") == "signature"
            at.divisions.append(signs)
            at.signature += signs
        elif tag == "br":
            self._open = True
            self.end_line()

    def handle_endtag(self, tag: str) -> None:
        at = self._at
        if tag == "a":
            at.target = ""
        elif tag == "blockquote":
            self.end_line()
            at.depth = max(0, at.depth - 1)
        elif tag == "details":
            self.end_line()
            at.fold = NO_FOLD
        elif tag == "summary":
            at.in_label = False
        elif tag == "div" and at.divisions:
            self.end_line()
            at.signature -= at.divisions.pop()

    def handle_data(self, data: str) -> None:
        at = self._at
        if at.in_label and at.fold != NO_FOLD:
            self.folds[at.fold] += data
            return
        pieces = data.split("\n")
        for number, piece in enumerate(pieces):
            if number:
                self._open = True
                self.end_line()
            for start in range(0, len(piece), LONGEST_LINE):
                if start:
                    self.end_line()
                self._runs.append(Run(piece[start : start + LONGEST_LINE], at.target))
                self._open = True
        self._open = self._open or len(pieces) > 1
