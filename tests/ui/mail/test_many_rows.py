"""Long conversations and mails with very many attachments: few widgets at once, and those that stay are kept."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from desktop.domain.mail.message import Part
from desktop.domain.mail.reading import MessageHead
from desktop.ui.mail import attachment_bar, folded_messages
from desktop.ui.mail.attachment_bar import AttachmentBar
from desktop.ui.mail.folded_messages import FoldedMessage, FoldedMessages
from desktop.ui.mail.message_header import MessageHeader
from desktop.ui.theme import Theme
from tests.ui.mail.reading_desk import Desk, mail


def heads(count: int) -> list[MessageHead]:
    desk = Desk()
    return [desk.heads[desk.add(mail(message_id=str(number)))] for number in range(count)]


def rows(folded: FoldedMessages) -> list[FoldedMessage]:
    """Return the rows that are shown, from top to bottom."""
    found = [row for row in folded.findChildren(FoldedMessage) if not row.isHidden()]
    return sorted(found, key=lambda row: folded._column.indexOf(row))


def test_a_long_conversation_unfolds_by_and_by(theme: Theme, qtbot: QtBot) -> None:
    folded = FoldedMessages(theme, above=True)
    qtbot.addWidget(folded)
    many = heads(300)
    folded.show_heads(many)
    assert [row.head for row in rows(folded)] == many[-folded_messages.SHOWN :]
    assert folded._count.text() == "298 older messages"

    folded._count.click()

    assert [row.head for row in rows(folded)] == many[-folded_messages.SHOWN - folded_messages.AT_ONCE :]
    assert folded._count.text() == "278 older messages"
    while not folded._count.isHidden():
        folded._count.click()
    assert [row.head for row in rows(folded)] == many


def test_a_change_of_one_message_makes_no_rows_and_keeps_the_keyboard(theme: Theme, qtbot: QtBot) -> None:
    folded = FoldedMessages(theme, above=False)
    qtbot.addWidget(folded)
    many = heads(20)
    folded.show_heads(many)
    folded.show()
    folded._count.click()
    before = rows(folded)
    before[5].setFocus()

    many[5] = replace(many[5], unread=True)
    folded.show_heads(many)

    assert len(before) == 20
    assert rows(folded) == before
    assert folded.focusWidget() is before[5]
    assert "unread" in before[5].accessibleName()


def test_a_message_that_goes_and_one_that_comes_change_only_their_rows(theme: Theme, qtbot: QtBot) -> None:
    folded = FoldedMessages(theme, above=False)
    qtbot.addWidget(folded)
    first, second, third, fourth = heads(4)
    folded.show_heads([first, second, third])
    before = rows(folded)

    folded.show_heads([first, third, fourth])

    after = rows(folded)
    assert [row.head for row in after] == [first, third, fourth]
    assert (after[0], after[1]) == (before[0], before[2])


def test_very_many_attachments_come_by_and_by(theme: Theme, qtbot: QtBot) -> None:
    bar = AttachmentBar(theme)
    qtbot.addWidget(bar)
    bar.resize(600, 200)
    parts = [Part(str(number), f"{number}.pdf", "application/pdf", 1000) for number in range(1000)]

    bar.show_parts(parts)
    bar.show()
    assert len(bar.cards()) == attachment_bar.AT_ONCE
    assert bar.parts == tuple(parts), "all of them are saved by Save all"
    more = bar._grid.more
    assert more is not None
    assert more.text() == "Show 980 more"
    first = bar.cards()

    more.click()

    assert bar.cards()[: len(first)] == first
    assert len(bar.cards()) == 2 * attachment_bar.AT_ONCE
    assert bar.focusWidget() is bar.cards()[len(first)]


def test_the_same_attachments_shown_again_keep_their_cards(theme: Theme, qtbot: QtBot) -> None:
    bar = AttachmentBar(theme)
    qtbot.addWidget(bar)
    parts = [Part(str(number), f"{number}.pdf", "application/pdf", 1000) for number in range(3)]
    bar.show_parts(parts)
    before = bar.cards()
    before[0].set_progress(0.5)

    bar.show_parts(parts)

    assert bar.cards() == before
    assert before[0].progress is None


def test_unfolding_the_head_again_and_again_takes_no_more_room(theme: Theme, qtbot: QtBot) -> None:
    header = MessageHeader(theme)
    qtbot.addWidget(header)
    header.show_head(heads(1)[0])
    header._to.click()
    once = header._grid.rowCount()
    for _time in range(6):
        header._to.click()

    assert header._grid.rowCount() == once
