"""The open conversation as it stands in the reader: subject, folded messages, and one open message between them.

One message is open at a time: its body has the one view for itself, so no mail's style can touch another's, and memory
stays that of one mail however long the conversation is. Only widgets and their places; the reader decides. GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.domain.mail.reading import MessageHead
from desktop.ui.actions import Actions
from desktop.ui.mail.answer_bar import AnswerBar
from desktop.ui.mail.attachment_bar import AttachmentBar
from desktop.ui.mail.body import Body
from desktop.ui.mail.find_bar import FindBar
from desktop.ui.mail.folded_messages import FoldedMessages
from desktop.ui.mail.message_header import MessageHeader
from desktop.ui.mail.outbox_notices import foot
from desktop.ui.mail.reader_notices import NoticeColumn
from desktop.ui.mail.trust_words import Mark
from desktop.ui.theme import Theme
from desktop.ui.widgets.paint import hairline
from desktop.ui.widgets.wrapped_text import SelectableText

_LONGEST_SUBJECT = 300
_LOW_PX = 420
"""A page lower than this needs its room for the mail; answers are in its menu and on keys too."""


class MessagePage(QWidget):
    """The widgets of an open conversation."""

    def __init__(
        self, theme: Theme, notices: NoticeColumn, actions: Actions | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.subject = SelectableText(theme, "", "title")
        subject = QVBoxLayout()
        subject.setContentsMargins(20, 16, 20, 12)
        subject.addWidget(self.subject)
        self.older = FoldedMessages(theme, above=True)
        self.newer = FoldedMessages(theme, above=False)
        self.header = MessageHeader(theme)
        self.notices = notices
        self.body = Body(theme)
        self.find_bar = FindBar(theme)
        self.attachments = AttachmentBar(theme)
        head = _OpenHead(theme)
        head.column.addWidget(self.header)
        head.column.addWidget(self.notices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(subject)
        column.addWidget(self.older)
        column.addWidget(head)
        column.addWidget(self.find_bar)
        column.addWidget(self.body, 1)
        column.addWidget(self.attachments)
        column.addWidget(self.newer)
        self.answers = AnswerBar(theme, actions) if actions is not None else None
        self._has_foot = True
        if self.answers is not None:
            column.addWidget(self.answers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_foot()

    def show_heads(
        self, heads: Sequence[MessageHead], open_head: MessageHead, mark: Mark | None, list_name: str
    ) -> None:
        """Show the conversation with one message open, what is known of its sender, and the list one can leave."""
        self.subject.setText(one_line(open_head.subject)[:_LONGEST_SUBJECT] or _("(no subject)"))
        self.header.show_head(open_head, mark, list_name)
        self.show_rows(heads, open_head)

    def show_rows(self, heads: Sequence[MessageHead], open_head: MessageHead) -> None:
        """Show the folded messages around the open one anew."""
        keys = [head.key for head in heads]
        at = keys.index(open_head.key) if open_head.key in keys else len(keys)
        self.older.show_heads(heads[:at])
        self.newer.show_heads(heads[at + 1 :])
        if self.answers is not None:
            offers = foot(open_head)
            self.answers.offer(offers)
            self._has_foot = offers is None or bool(offers)
            self._show_foot()

    def _show_foot(self) -> None:
        if self.answers is not None:
            self.answers.setVisible(self._has_foot and self.height() >= _LOW_PX)


class _OpenHead(QWidget):
    """Header and banners of the open message under a hairline."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.border, Qt.Edge.TopEdge)
