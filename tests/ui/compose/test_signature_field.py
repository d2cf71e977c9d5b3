"""The field of a signature: rich, with small pictures, and safe."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.mail import signature
from desktop.ui.compose import signature_picture
from desktop.ui.compose.catalogue import Write
from desktop.ui.compose.popups import EmojiPopup, LinkPopup, TablePopup
from desktop.ui.compose.signature_field import SignatureField
from desktop.ui.compose.speller import Speller
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.popup import Popup
from tests.ui.compose.conftest import host_of, until


@pytest.fixture
def field(theme: Theme, tasks: Tasks, speller: Speller, qtbot: QtBot) -> Iterator[SignatureField]:
    made = SignatureField(theme, None, tasks, lambda: speller, "Signature")
    before, after = LineEdit(theme, "before"), LineEdit(theme, "after")
    host = host_of(qtbot, [before, made, after])
    made.editor.setFocus()
    yield made
    host.close()


def picture(width: int, height: int, *, noise: bool = False, alpha: bool = False) -> QImage:
    form = QImage.Format.Format_ARGB32 if alpha else QImage.Format.Format_RGB32
    made = QImage(width, height, form)
    made.fill(QColor("teal"))
    for x in range(width if noise else 0):
        for y in range(height):
            made.setPixel(x, y, hash((x, y)) & 0xFFFFFFFF)
    return made


def test_marks_and_links_are_kept(field: SignatureField) -> None:
    QTest.keyClick(field.editor, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field.editor, "Jan")
    field.tools.buttons[Write.BOLD].click()
    QTest.keyClicks(field.editor, " at ")
    field.tools.buttons[Write.LINK].click()
    popup = field.window().findChild(LinkPopup)
    assert popup is not None
    assert popup.isVisible()
    popup.target.setText("https://firm.example")
    popup.words.setText("the firm")
    QTest.keyClick(popup.words, Qt.Key.Key_Return)

    assert field.html() == '<p><b>Jan</b> at <a href="https://firm.example">the firm</a></p>'


def test_what_nobody_touches_stays_as_it_is(field: SignatureField) -> None:
    for html in ("", "<div>Jan<br/>Firm</div>", "<p>  </p>"):
        field.show_html(html)
        assert field.html() == html
    field.show_html("<p>Jan</p>")
    field.editor.selectAll()
    QTest.keyClick(field.editor, Qt.Key.Key_Delete)
    assert field.html() == ""


def test_tab_leaves_it_both_ways(field: SignatureField) -> None:
    QTest.keyClick(field.editor, Qt.Key.Key_Tab)
    focused = field.window().focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "after"
    field.editor.setFocus()
    QTest.keyClick(field.editor, Qt.Key.Key_Backtab)
    focused = field.window().focusWidget()
    assert isinstance(focused, QWidget)
    assert focused in field.tools.buttons.values()


async def test_a_large_picture_becomes_a_small_one(field: SignatureField, tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    picture(1600, 400).save(str(path))
    field.take_files([path])
    await until(lambda: "<img" in field.html())

    [octets] = signature.read(field.html()).pictures.values()
    assert len(octets) < 5000
    assert QImage.fromData(octets).width() == signature_picture.WIDEST_PX
    assert f'width="{signature_picture.WIDEST_PX}"' in field.html()
    field.show_html(field.html())
    assert field.editor.picture(signature.content_id_of(octets)) is not None


async def test_a_pasted_photograph_is_written_as_one(field: SignatureField) -> None:
    data = QMimeData()
    data.setImageData(picture(500, 200, noise=True))
    field.editor.insertFromMimeData(data)
    await until(lambda: "<img" in field.html() or not field.wrong.isHidden())

    assert "data:image/jpeg;base64," in field.html()


async def test_what_is_too_large_or_no_picture_is_refused_in_a_sentence(field: SignatureField, tmp_path: Path) -> None:
    data = QMimeData()
    data.setImageData(picture(400, 400, noise=True, alpha=True))
    field.editor.insertFromMimeData(data)
    await until(lambda: field.wrong.isVisible())
    assert field.wrong.text() == "This picture is too large for a signature, which goes along with every mail."

    path = tmp_path / "logo.png"
    path.write_text("<svg/>")
    for each in (path, tmp_path, tmp_path / "gone.png"):
        field.take_files([each])
        words = f"“{each.name}” is no picture that a signature can show."
        await until(lambda words=words: field.wrong.text() == words)  # type: ignore[misc]
    assert field.html() == ""


async def test_pasted_html_is_made_safe(field: SignatureField) -> None:
    data = QMimeData()
    data.setHtml('<p onclick="x()"><b>Jan</b><img src="https://evil.example/p.png"><script>x()</script></p>')
    field.editor.insertFromMimeData(data)
    await until(lambda: "Jan" in field.html())

    assert field.html() == "<p><b>Jan</b></p>"


def test_a_hostile_signature_is_shown_as_its_words(field: SignatureField) -> None:
    field.show_html('<p>Jan<img src="file:///etc/passwd"><iframe src="//evil.example"></iframe></p>')
    QTest.keyClicks(field.editor, "!")

    assert field.html() == "<p>!Jan</p>"


async def test_what_still_comes_goes_into_no_other_signature(field: SignatureField, tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    picture(40, 20).save(str(path))
    field.show_html("<p>Jan</p>")
    field.take_files([path])
    field.show_html("<p>Sales</p>")
    await field._tasks.read(int)
    for _ in range(20):
        await asyncio.sleep(0.01)

    assert field.html() == "<p>Sales</p>"


@pytest.mark.parametrize(("name", "popup"), [(Write.EMOJI, EmojiPopup), (Write.TABLE, TablePopup)])
def test_what_has_no_button_here_can_be_asked_for_by_its_key(
    field: SignatureField, name: Write, popup: type[Popup]
) -> None:
    field.actions_[name].trigger()
    [card] = field.window().findChildren(popup)
    assert card.isVisible()


def test_of_two_fields_each_has_its_own_keys(theme: Theme, tasks: Tasks, speller: Speller, qtbot: QtBot) -> None:
    one, other = (SignatureField(theme, None, tasks, lambda: speller, name) for name in ("one", "other"))
    host = host_of(qtbot, [one, other])
    qtbot.waitUntil(host.isActiveWindow)
    one.editor.setFocus()
    QTest.keyClick(one.editor, Qt.Key.Key_F7)

    assert not one.actions_[Write.SPELLING].isChecked()
    assert other.actions_[Write.SPELLING].isChecked()
    host.close()
