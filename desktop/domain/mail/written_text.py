"""The plain text of what a person wrote: what goes beside the HTML, and what is left when it goes alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from desktop.domain.mail.written import NO_BREAK, Block, Listing, Paragraph, Picture, Run, Span, Table

_INDENT = "  "


def text_of(blocks: Sequence[Block]) -> str:
    """Return the text: empty lines between paragraphs, marks before items, ">" at quotes, targets behind links."""
    out: list[str] = []
    numbers: list[int] = []
    before: Block | None = None
    for block in blocks:
        if isinstance(block, Table):
            numbers.clear()
            lines = [_row(row) for row in block.rows]
        else:
            lines = _lines(block, numbers)
        quoted = block.quote if isinstance(block, Paragraph) else 0
        if before is not None and not (_is_item(before) and _is_item(block)):
            between = min(quoted, before.quote if isinstance(before, Paragraph) else 0)
            out.append(_quoted("", between))
        out += [_quoted(line, quoted) for line in lines]
        before = block
    return "\n".join(line.rstrip() for line in out).strip("\n").replace(NO_BREAK, " ")


def blocks_of(text: str) -> tuple[Paragraph, ...]:
    """Return plain text as paragraphs: an empty line parts two, every other line end is a line break."""
    found: list[Paragraph] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for empty, group in groupby(lines, key=lambda line: not line.strip()):
        if empty:
            found += [Paragraph()] * (len(list(group)) - (1 if found else 0))
        else:
            found.append(Paragraph((Run("\n".join(group)),)))
    return tuple(found) or (Paragraph(),)


def _is_item(block: Block) -> bool:
    return isinstance(block, Paragraph) and bool(block.lists)


def _lines(paragraph: Paragraph, numbers: list[int]) -> list[str]:
    text = "".join(_span(span) for span in paragraph.spans)
    depth = len(paragraph.lists)
    if depth == 0:
        numbers.clear()
        return text.split("\n")
    del numbers[depth:]
    numbers += [0] * (depth - len(numbers))
    numbers[-1] += 1
    mark = f"{numbers[-1]}. " if paragraph.lists[-1] is Listing.NUMBERS else "- "
    first, *others = text.split("\n")
    margin = _INDENT * (depth - 1)
    return [margin + mark + first, *(margin + " " * len(mark) + line for line in others)]


def _span(span: Span) -> str:
    if isinstance(span, Picture):
        return f"[{span.alt}]" if span.alt else ""
    target = span.style.href.removeprefix("mailto:")
    if not target or target.rstrip("/") in (span.text.strip().rstrip("/"), f"https://{span.text.strip()}"):
        return span.text
    return f"{span.text} <{target}>"


def _row(cells: Sequence[Sequence[Paragraph]]) -> str:
    return "\t".join(" ".join(" ".join(_span(s) for s in p.spans) for p in cell).replace("\n", " ") for cell in cells)


def _quoted(line: str, level: int) -> str:
    return f"{'>' * level} {line}" if level else line
