"""What a row of the mail room says: names, initials, one clean line, and the sentence for those who listen. Pure.

Every text here came from outside: control characters and marks that turn the reading direction of what follows are
taken out, so that a sender's name cannot rewrite the line it stands in.
"""

from __future__ import annotations

from collections.abc import Iterable

from desktop.base import text
from desktop.base.i18n import _, n_
from desktop.domain.mail.listing import Row
from desktop.ui.line_texts import LONGEST_LINE, one_line


def clean_marks(value: str, marks: Iterable[tuple[int, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return a text fit for one line, each character in its place, and its marked stretches (start, end)."""
    kept = "".join(c if c.isprintable() and text.without_direction_marks(c) else " " for c in value[:LONGEST_LINE])
    fitting = sorted((max(0, start), min(end, len(kept))) for start, end in marks)
    return kept, tuple((start, end) for start, end in fitting if start < end)


def correspondent(row: Row) -> str:
    """Return who stands in the first line: the sender, or for one's own mail those it went to."""
    if row.outgoing:
        people = one_line(row.recipients)
        return _("To: {people}").format(people=people) if people else _("(no recipients)")
    return one_line(row.sender_name) or one_line(row.sender_address) or _("(no sender)")


def subject(row: Row, notice: str = "") -> str:
    """Return the subject, or words that stand for a missing one; before a notice that has no line of its own."""
    words = one_line(row.subject) or _("(no subject)")
    return _("{subject} · {notice}").format(notice=notice, subject=words) if notice else words


def spoken(row: Row, date: str, way: str = "") -> str:
    """Return the sentence a screen reader says for a row; `way` is where it is on its way out."""
    words = [_("Unread mail")] if row.unread else []
    words += [correspondent(row), subject(row), date]
    if row.count > 1:
        words.append(n_("{n} mail", "{n} mails", row.count).format(n=row.count))
    if way:
        words.append(way)
    if row.important:
        words.append(_("Starred"))
    if row.has_attachment:
        words.append(_("Has attachments"))
    if row.answered:
        words.append(_("Answered"))
    elif row.forwarded:
        words.append(_("Forwarded"))
    return ", ".join(words)
