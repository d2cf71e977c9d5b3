"""The web view with a real Chromium: what it serves, what it refuses, and how it ends what will not be painted."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWebEngineCore import QWebEngineProfile, QWebEngineSettings
from pytestqt.qtbot import QtBot

from desktop.ui.web import mail_view, profile, shell
from desktop.ui.web.browser import MailBrowserView
from desktop.ui.web.exhibit import Deliver, Exhibit
from desktop.ui.web.mail_view import Failure, MailView
from tests.ui.web.conftest import Show

Ask = Callable[[Any, str], object]

PAPER = QColor("#FFFFFF")


def picture(colour: str, side: int = 40) -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice

    image = QImage(QSize(side, side), QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


class Album:
    """Pictures of one mail that remembers what it was asked for."""

    def __init__(self, inline: dict[str, bytes] | None = None, remote: dict[int, bytes] | None = None) -> None:
        self._inline = inline or {}
        self._remote = remote or {}
        self.asked: list[str | int] = []
        self.waiting: list[Deliver] = []

    def inline(self, content_id: str, deliver: Deliver) -> None:
        self.asked.append(content_id)
        deliver(self._inline.get(content_id, b""), "image/png")

    def remote(self, number: int, deliver: Deliver) -> None:
        self.asked.append(number)
        if number in self._remote:
            deliver(self._remote[number], "image/png")
        else:
            self.waiting.append(deliver)


def colour_at(view: MailView, x: int, y: int) -> str:
    return view.grab().toImage().pixelColor(QPoint(x, y)).name()


def test_a_mail_is_painted(view: MailView, show: Show) -> None:
    show('<div style="background:#ff0000;height:200px">x</div>')

    assert colour_at(view, 300, 100) == "#ff0000"


def test_a_document_over_two_megabytes_is_shown(view: MailView, show: Show, ask: Ask) -> None:
    show("<p>" + "x" * 3_000_000 + "</p><p id='end'>end</p>")

    assert ask(view.page, "document.getElementById('end').textContent") == "end"


def test_pictures_come_from_the_mail_that_is_shown(view: MailView, show: Show, qtbot: QtBot) -> None:
    show('<img src="cid:logo%40x" style="display:block">', Album({"logo@x": picture("#00ff00")}))

    qtbot.waitUntil(lambda: colour_at(view, 30, 20) == "#00ff00", timeout=5000)


def test_c05_a_content_id_of_another_mail_gives_nothing(view: MailView, show: Show, ask: Ask) -> None:
    show('<img src="cid:logo">', Album({"logo": picture("#00ff00")}))
    second = Album()

    show('<img src="cid:logo">', second)

    assert second.asked == ["logo"], "the picture of the mail before must not come from Chromium's memory"
    assert ask(view.page, "document.images[0].naturalWidth") == 1


def test_c05_cid_is_for_pictures_only(view: MailView, show: Show) -> None:
    album = Album({"part": b"<p>framed</p>"})

    show(
        '<iframe src="cid:part"></iframe><object data="cid:part"></object><embed src="cid:part">'
        '<link rel="stylesheet" href="cid:part"><video src="cid:part"></video>',
        album,
    )

    assert album.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "qrc:/qt-project.org/qmessagebox/images/qtlogo-64.png",
        "mail://msg/1/",
        "mail://msg/999/remote/1",
        "mail://other/1/remote/1",
        "chrome://version",
        "view-source:mail://msg/1/",
        "blob:mail://msg/1",
        "filesystem:mail://msg/temporary/x",
    ],
)
def test_c05_no_other_address_is_served(view: MailView, show: Show, ask: Ask, address: str) -> None:
    album = Album(remote={1: picture("#00ff00")})

    show(f'<img src="{address}"><iframe src="{address}" width="50"></iframe>', album, allow_remote=True)

    assert album.asked == []
    assert ask(view.page, "document.images[0].naturalWidth") == 0
    assert ask(view.page, "(() => { try { return frames[0].document.body.innerText } catch { return '' } })()") in (
        "",
        None,
    )


def test_remote_pictures_are_empty_until_they_are_allowed(view: MailView, show: Show, ask: Ask) -> None:
    album = Album(remote={7: picture("#0000ff")})

    show('<img src="mail:remote/7">', album)
    blocked = ask(view.page, "document.images[0].naturalWidth")
    show('<img src="mail:remote/7">', album, allow_remote=True)

    assert blocked == 1
    assert ask(view.page, "document.images[0].naturalWidth") == 40
    assert album.asked == [7]


def test_a_policy_without_remote_pictures_keeps_their_room(view: MailView, qtbot: QtBot, ask: Ask) -> None:
    album = Album(remote={7: picture("#0000ff")})
    made = shell.build('<img src="mail:remote/7" width="80" height="30">', shell.PAPER, images=False)

    with qtbot.waitSignal(view.painted, timeout=20_000):
        view.show_mail(Exhibit(made.document, made.policy, album, allow_remote=True), PAPER)

    assert album.asked == []
    assert ask(view.page, "document.images[0].clientWidth + 'x' + document.images[0].clientHeight") == "80x30"


def test_a_picture_that_comes_after_its_mail_has_gone_is_dropped(view: MailView, show: Show, qtbot: QtBot) -> None:
    album = Album()
    document = shell.build('<img src="mail:remote/1">', shell.PAPER)
    view.show_mail(Exhibit(document.document, document.policy, album, allow_remote=True), PAPER)
    qtbot.waitUntil(lambda: bool(album.waiting), timeout=10_000)

    show("<p>another</p>")
    album.waiting[0](picture("#00ff00"), "image/png")

    assert view.page is not None


def test_only_pictures_are_served_as_pictures(view: MailView, show: Show, ask: Ask) -> None:
    class Svg(Album):
        def inline(self, content_id: str, deliver: Deliver) -> None:
            deliver(b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>', "image/svg+xml")

    show('<img src="cid:x">', Svg())

    assert ask(view.page, "document.images[0].naturalWidth") == 1


def test_c03_no_script_of_a_mail_runs(view: MailView, show: Show, ask: Ask) -> None:
    show(
        "<p id='mark'>clean</p><script>document.getElementById('mark').textContent='ran'</script>"
        "<img src='x' onerror=\"document.getElementById('mark').textContent='ran'\">"
        "<svg onload=\"document.getElementById('mark').textContent='ran'\"></svg>"
    )

    assert ask(view.page, "document.getElementById('mark').textContent") == "clean"


def test_c07_a_style_sheet_of_a_mail_is_not_applied(view: MailView, show: Show, ask: Ask) -> None:
    show("<style>p { color: rgb(1, 2, 3) } :root { background: red }</style><p>x</p>")

    assert ask(view.page, "getComputedStyle(document.querySelector('p')).color") != "rgb(1, 2, 3)"


def test_c06_a_mail_cannot_leave_its_box(view: MailView, show: Show) -> None:
    show(
        "<p>text</p>"
        "<div style='position:fixed;left:0;top:0;width:8px;height:5000px;background:#ff0000;z-index:9'></div>"
        "<div style='position:absolute;top:-12px;left:-20px;width:600px;height:10px;background:#ff0000'></div>"
    )

    # the margin around the mail stays ours
    assert colour_at(view, 3, 3) == "#ffffff"
    assert colour_at(view, 3, 200) == "#ffffff"


def test_c08_forms_send_nothing(view: MailView, show: Show, qtbot: QtBot) -> None:
    clicked: list[QUrl] = []
    view.link_clicked.connect(clicked.append)
    show(
        "<form action='http://evil.test/' method='post'><input name='a' autofocus>"
        "<input type='submit' style='position:absolute;left:0;top:0;width:500px;height:300px'></form>"
    )
    page = view.page
    assert page is not None
    before = page.url()

    surface = view.findChild(MailBrowserView)
    QTest.mouseClick(surface.focusProxy(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.qWait(200)

    assert page.url() == before
    assert clicked == []


def test_a_click_on_a_link_is_reported_and_goes_nowhere(view: MailView, show: Show, qtbot: QtBot) -> None:
    show("<a href='https://example.org/a?b' style='display:block;height:300px'>x</a>")
    page = view.page
    assert page is not None
    before = page.url()
    surface = view.findChild(MailBrowserView)

    with qtbot.waitSignal(view.link_clicked, timeout=5000) as caught:
        QTest.mouseClick(surface.focusProxy(), Qt.MouseButton.LeftButton, pos=QPoint(60, 60))

    assert caught.args == [QUrl("https://example.org/a?b")]
    assert page.url() == before


def test_a_link_for_a_new_window_is_reported_and_opens_none(view: MailView, show: Show, qtbot: QtBot) -> None:
    show("<a href='https://example.org/' target='_blank' style='display:block;height:300px'>x</a>")
    surface = view.findChild(MailBrowserView)

    with qtbot.waitSignal(view.link_clicked, timeout=5000) as caught:
        QTest.mouseClick(surface.focusProxy(), Qt.MouseButton.LeftButton, pos=QPoint(60, 60))

    assert caught.args == [QUrl("https://example.org/")]


def test_meta_refresh_goes_nowhere_and_the_mail_is_shown(view: MailView, show: Show, ask: Ask) -> None:
    show("<meta http-equiv='refresh' content='0;url=http://evil.test/'><p>still here</p>")

    assert "still here" in str(ask(view.page, "document.body.innerText"))


def test_c13_a_mail_that_is_not_painted_in_time_is_ended(qtbot: QtBot) -> None:
    view = MailView(deadline_ms=1)
    view.resize(400, 300)
    view.show()
    document = shell.build("<table>" + "<tr><td>x</td></tr>" * 20_000 + "</table>", shell.PAPER)

    with qtbot.waitSignal(view.failed, timeout=20_000) as caught:
        view.show_mail(Exhibit(document.document, document.policy), PAPER)

    assert caught.args == [Failure.TOO_SLOW]
    view.close_browser()
    view.deleteLater()


def test_c13_the_renderer_may_die_and_the_next_mail_is_shown(view: MailView, show: Show, qtbot: QtBot) -> None:
    show("<p>first</p>")
    page = view.page
    assert page is not None

    with qtbot.waitSignal(view.failed, timeout=10_000) as caught:
        os.kill(page.renderProcessPid(), 9)

    assert caught.args == [Failure.CRASHED]
    show("<div style='background:#00ff00;height:200px'>second</div>")
    qtbot.waitUntil(lambda: colour_at(view, 300, 100) == "#00ff00", timeout=5000)


def test_the_page_is_renewed_before_it_grows_fat(view: MailView, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_view, "RENEW_AFTER", 2)
    pages = []

    for number in range(3):
        show(f"<p>{number}</p>")
        pages.append(view.page)

    assert pages[0] is pages[1]
    assert pages[1] is not pages[2]


def test_c14_everything_is_off_that_a_mail_does_not_need(view: MailView, show: Show) -> None:
    show("<p>x</p>")
    page = view.page
    assert page is not None
    made = page.profile()

    on = {each for each in QWebEngineSettings.WebAttribute if page.settings().testAttribute(each)}

    assert on <= profile.ALLOWED
    assert made.isOffTheRecord()
    assert made.httpCacheType() is QWebEngineProfile.HttpCacheType.NoCache
    assert made.persistentCookiesPolicy() is QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies
    assert not made.isSpellCheckEnabled()
    assert made.httpUserAgent() == profile.USER_AGENT
    unknown = QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes
    assert page.settings().unknownUrlSchemePolicy() is unknown


def test_nothing_can_be_dropped_on_a_mail(view: MailView, show: Show) -> None:
    show("<p>x</p>")

    assert not view.findChild(MailBrowserView).acceptDrops()


def test_found_text_is_counted(view: MailView, show: Show, qtbot: QtBot) -> None:
    show("<p>one two one</p><p>one</p>")

    with qtbot.waitSignal(view.found, timeout=5000, check_params_cb=lambda _at, count: count == 3):
        view.find_text("one")


def test_c13_a_late_answer_of_the_mail_before_ends_no_watch(view: MailView, show: Show, qtbot: QtBot) -> None:
    show("<p>before</p>")
    page = view.page
    assert page is not None
    before = page.address
    painted: list[bool] = []
    view.painted.connect(lambda: painted.append(True))

    made = shell.build("<p>after</p>", shell.PAPER)
    view.show_mail(Exhibit(made.document, made.policy), PAPER)
    view._laid_out(before)
    waits = not view._no_frame.isActive()
    qtbot.waitUntil(lambda: bool(painted), timeout=20_000)

    assert waits
    assert page.address != before


def test_a_mail_is_painted_though_the_end_of_its_load_was_taken_for_that_of_another(
    view: MailView, show: Show, qtbot: QtBot
) -> None:
    show("<p>before</p>")
    page = view.page
    assert page is not None
    page.loadFinished.disconnect(view._loaded)
    made = shell.build("<p>after</p>", shell.PAPER)

    with qtbot.waitSignal(view.painted, timeout=5_000):
        view.show_mail(Exhibit(made.document, made.policy), PAPER)
        view._loaded()  # of what was there before
