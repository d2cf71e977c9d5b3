"""What the reader says of senders, and the way out of a list: the line in the header, the banner, the question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest

from desktop.domain.mail.receiver import Receiver
from desktop.ui.mail import reader_menu
from desktop.ui.mail.reader import Reader
from desktop.ui.mail.trust_line import TrustLine
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.wrapped_text import SelectableText
from tests.ui.mail.reading_desk import mail
from tests.ui.mail.test_reader import Bench
from tests.ui.mail.waiting import until

ENTERED = "Received: from x (x [203.0.113.9]) by mx.firm.example with ESMTPS\n"
PASS = "dmarc=pass header.from=acme.example; dkim=pass header.d=acme.example"
FAIL = "dmarc=fail header.from=acme.example; spf=softfail smtp.mailfrom=evil.example"
NONE = "dmarc=none header.from=acme.example; spf=none smtp.mailfrom=acme.example"
ONE_CLICK = (
    'List-Id: "Acme <b>Weekly</b>" <w.acme.example>\nList-Unsubscribe: <https://news.acme.example/u/1>, '
    "<mailto:u@acme.example?subject=leave>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n"
    "DKIM-Signature: d=acme.example; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x\n"
)
PAGE = "List-Unsubscribe: <https://news.acme.example/page>\n"
MAIL_ONLY = "List-Unsubscribe: <mailto:u@acme.example>\n"


@pytest.fixture
def bench(theme: Theme, tasks: Tasks, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(theme, tasks, tmp_path)
    made.desk.receiver = Receiver(("firm.example",))
    yield made
    made.reader.close_browser()


async def show(bench: Bench, said: str = "", more: str = "", sender: str = "Anna <anna@acme.example>") -> TrustLine:
    trace = f"Authentication-Results: mx.firm.example; {said}\n{ENTERED}".encode() if said else b""
    await bench.show(bench.desk.add(trace + mail(sender=sender, extra=more)))
    return bench.reader.page.header.trust


def words(line: TrustLine) -> list[str]:
    return [button.text() for button in (line._mark, line._leave) if button.isVisibleTo(line)]


def question(bench: Bench) -> Dialog:
    return next(each for each in bench.reader.findChildren(Dialog) if each.isVisible())


def asked(bench: Bench) -> str:
    return " ".join(each.text() for each in question(bench).findChildren(Paragraph))


def press(bench: Bench, text: str) -> None:
    next(button for button in question(bench).buttons if button.text() == text).click()


async def test_nothing_is_said_where_nothing_is_known(bench: Bench) -> None:
    line = await show(bench)

    assert line.isHidden()
    assert bench.said() == ""


async def test_a_verified_sender_has_a_quiet_line_that_explains_itself(bench: Bench) -> None:
    line = await show(bench, PASS)

    assert words(line) == ["Verified: mail of acme.example"]
    assert bench.said() == ""
    assert "DKIM signature of acme.example: passed" in line._mark.toolTip()
    assert "Checked by mx.firm.example" in line._mark.toolTip()
    spoken = QAccessible.queryAccessibleInterface(line._mark)
    assert spoken.text(QAccessible.Text.Name) == "Verified: mail of acme.example"
    assert "really comes from acme.example" in spoken.text(QAccessible.Text.Description)


async def test_the_explanation_is_opened_with_the_keyboard(bench: Bench) -> None:
    line = await show(bench, PASS)
    header = bench.reader.page.header
    assert line._mark.focusPolicy() & Qt.FocusPolicy.TabFocus

    line._mark.setFocus()
    QTest.keyClick(line._mark, Qt.Key.Key_Space)

    shown = " ".join(each.toPlainText() for each in header.findChildren(SelectableText))
    assert "DMARC of acme.example: passed" in shown


async def test_a_sender_nobody_vouched_for_is_no_scandal(bench: Bench) -> None:
    line = await show(bench, NONE)

    assert words(line) == ["Not verified"]
    assert "DMARC of acme.example: not set up" in line._mark.toolTip()
    assert bench.said() == ""


async def test_a_failed_check_is_a_banner_and_no_mark(bench: Bench) -> None:
    line = await show(bench, FAIL, ONE_CLICK)

    assert line.isHidden()
    assert bench.said().startswith("This mail fails the checks of acme.example")
    (notice,) = bench.reader.page.notices.shown
    assert "SPF of evil.example: failed" in notice.details


async def test_c10_a_good_word_never_stands_beside_a_warning(bench: Bench) -> None:
    line = await show(bench, PASS, sender='"boss@bank.example" <anna@acme.example>')
    assert line.isHidden()
    assert bench.said().startswith("The name of the sender shows another address")

    await show(bench, FAIL, sender='"boss@bank.example" <anna@acme.example>')
    (notice,) = bench.reader.page.notices.shown
    assert "shows another address" in notice.text
    assert "fails the checks" in notice.text


async def test_a_service_the_owner_lets_send_is_not_told_of(bench: Bench) -> None:
    other = "Sender: bounce@service.test\n"
    await show(bench, NONE, other)
    assert "another organisation" in bench.said()

    line = await show(bench, PASS, other)

    assert bench.said() == ""
    assert words(line) == ["Verified: mail of acme.example"]


async def test_the_line_of_the_mail_before_is_gone(bench: Bench) -> None:
    await show(bench, PASS, ONE_CLICK)

    line = await show(bench)

    assert line.isHidden()


async def test_a_list_is_left_by_one_request_after_a_question(bench: Bench) -> None:
    line = await show(bench, PASS, ONE_CLICK)
    assert words(line) == ["Verified: mail of acme.example", "Unsubscribe"]

    line._leave.click()
    assert bench.desk.unsubscribed == []
    assert "news.acme.example" in asked(bench)
    assert "“Acme <b>Weekly</b>”" in asked(bench)
    press(bench, "Unsubscribe")

    await until(lambda: bool(bench.told))
    assert bench.desk.unsubscribed == ["https://news.acme.example/u/1"]
    assert bench.told == ["You have left the list “Acme <b>Weekly</b>”."]


async def test_in_a_narrow_reader_the_words_on_the_sender_stay(bench: Bench) -> None:
    line = await show(bench, NONE, ONE_CLICK)
    wide = line._leave.width()

    bench.reader.setFixedWidth(250)
    await until(lambda: line._leave.width() < wide and line._mark.width() == line._mark.sizeHint().width())

    assert line._leave.accessibleName() == "Unsubscribe from this mail list"
    bench.reader.setFixedWidth(600)
    await until(lambda: line._leave.width() == wide)


async def test_who_does_not_confirm_stays(bench: Bench) -> None:
    line = await show(bench, PASS, ONE_CLICK)

    line._leave.click()
    press(bench, "Cancel")

    assert (bench.desk.unsubscribed, bench.opened_urls, bench.told) == ([], [], [])


async def test_a_refusal_is_told(bench: Bench) -> None:
    bench.desk.is_offline = True
    line = await show(bench, PASS, ONE_CLICK)

    line._leave.click()
    press(bench, "Unsubscribe")

    await until(lambda: bool(bench.told))
    assert bench.told == ["The server of the list did not answer."]


async def test_a_page_is_opened_outside_after_a_question(bench: Bench) -> None:
    line = await show(bench, more=PAGE)
    assert words(line) == ["Unsubscribe"]

    line._leave.click()
    assert "news.acme.example" in asked(bench)
    press(bench, "Open page")

    assert bench.opened_urls == [QUrl("https://news.acme.example/page")]
    assert bench.desk.unsubscribed == []


async def test_a_mail_is_only_begun_where_mails_can_be_written(bench: Bench, tasks: Tasks, theme: Theme) -> None:
    assert (await show(bench, more=MAIL_ONLY)).isHidden()
    assert "Unsubscribe…" not in _menu(bench)

    begun: list[str] = []
    desk, files = bench.desk, bench.reader.attachments._files
    bench.reader.close_browser()
    bench.reader = Reader(
        theme, tasks, desk, desk, desk, bench.state, files, write_to=begun.append, parent=bench.window
    )
    bench.reader.painted.connect(bench.painted.append)
    bench.reader.show()
    line = await show(bench, more=MAIL_ONLY)
    assert words(line) == ["Unsubscribe"]
    line._leave.click()
    assert "u@acme.example" in asked(bench)
    press(bench, "Unsubscribe")

    assert begun == ["mailto:u@acme.example"]


async def test_the_menu_of_the_message_offers_it_too(bench: Bench) -> None:
    await show(bench, PASS, ONE_CLICK)

    assert "Unsubscribe…" in _menu(bench)


def _menu(bench: Bench) -> list[str]:
    menu = reader_menu.message_menu(bench.reader, bench.reader, bench.reader._theme)
    return [action.text() for action in menu.actions()]
