"""Where the cursor of a message list goes: it rests on mails and collapsed days, never on an open head. GUI thread."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView

from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.message_list_model import MessageListModel

_Moves = QAbstractItemView.CursorAction


def moved(model: MessageListModel, at: int, action: _Moves, page: int) -> int | None:
    """Return the line a cursor key leads to from line `at` (-1: none); None to stay. `page` is in lines."""
    count = len(model.lines)
    if not count:
        return None
    if action in (_Moves.MoveHome, _Moves.MoveEnd):
        target, way = (0, 1) if action is _Moves.MoveHome else (count - 1, -1)
    elif action in (_Moves.MovePageUp, _Moves.MovePageDown):
        way = -1 if action is _Moves.MovePageUp else 1
        target = min(count - 1, max(0, at + way * page))
    else:
        way = -1 if action in (_Moves.MoveUp, _Moves.MovePrevious, _Moves.MoveLeft) else 1
        target = at + way
    found = _stop_from(model, target, way)
    if found is None and (at < 0 or abs(target - at) > 1):
        found = _stop_from(model, target, -way)
    return found


def next_mail(model: MessageListModel, start: int, way: int, *, unread: bool = False) -> int | None:
    """Return the first line of a mail from `start` on; of unread ones only as far as rows were read."""
    number = start
    while 0 <= number < len(model.lines):
        key = model.key_at(number)
        row = model.row(key) if key else None
        if key and unread and row is None:
            return None
        if key and (not unread or (row is not None and row.unread)):
            return number
        number += way
    return None


def head_above(model: MessageListModel, number: int) -> int | None:
    """Return the line of the day a line belongs to; None in a list without days."""
    for above in range(number, -1, -1):
        if model.lines.place(above).kind is LineKind.HEAD:
            return above
    return None


def _stop_from(model: MessageListModel, target: int, way: int) -> int | None:
    """Return the first line from `target` on where the cursor may rest."""
    number = target
    while 0 <= number < len(model.lines):
        if model.lines.place(number).kind is not LineKind.HEAD or model.line(number).collapsed:
            return number
        number += way
    return None
