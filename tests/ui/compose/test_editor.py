"""The editor: what keys and tools do to the text, told by the HTML that comes out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QRect, Qt, QUrl
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from desktop.domain.mail.written import Listing, Shape, canonical
from desktop.domain.mail.written_html import write
from desktop.domain.mail.written_reading import read
from desktop.ui.compose import formatting
from desktop.ui.compose.editor import Editor
from desktop.ui.compose.marks import Spelling
from desktop.ui.compose.popups import full_link
from desktop.ui.compose.speller import Speller
from desktop.ui.theme import Theme

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def editor(theme: Theme, speller: Speller, qtbot: QtBot) -> Editor:
    made = Editor(theme, speller, lambda: QRect(0, 0, 600, 400))
    qtbot.addWidget(made)
    made.resize(600, 400)
    made.show()
    made.activateWindow()
    made.setFocus()
    return made


def html(editor: Editor) -> str:
    return write(canonical(editor.blocks()))


def load(editor: Editor, source: str, find: str = "") -> None:
    """Show HTML and put the cursor behind some words."""
    editor.load(read(source))
    if find:
        found = editor.document().find(find)
        found.setPosition(found.selectionEnd())
        editor.setTextCursor(found)


def select(editor: Editor, words: str) -> None:
    editor.setTextCursor(editor.document().find(words))


def keys(editor: Editor, text: str) -> None:
    QTest.keyClicks(editor, text)


def press(editor: Editor, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(editor, key, modifiers)


def test_enter_begins_a_paragraph_and_shift_enter_a_line(editor: Editor) -> None:
    keys(editor, "a")
    press(editor, Qt.Key.Key_Return)
    keys(editor, "b")
    press(editor, Qt.Key.Key_Return, SHIFT)
    keys(editor, "c")
    assert html(editor) == "<p>a</p><p>b<br>c</p>"


@pytest.mark.parametrize(("mark", "tag"), [("bold", "b"), ("italic", "i"), ("underline", "u"), ("strike", "s")])
def test_marks_go_on_and_off(editor: Editor, mark: str, tag: str) -> None:
    load(editor, "<p>one two</p>")
    select(editor, "two")
    formatting.toggle(editor, mark)
    assert html(editor) == f"<p>one <{tag}>two</{tag}></p>"
    assert formatting.has(editor, mark)
    formatting.toggle(editor, mark)
    assert html(editor) == "<p>one two</p>"


def test_a_mark_without_a_selection_is_for_what_comes(editor: Editor) -> None:
    keys(editor, "a")
    formatting.toggle(editor, "bold")
    keys(editor, "b")
    formatting.toggle(editor, "bold")
    keys(editor, "c")
    assert html(editor) == "<p>a<b>b</b>c</p>"


def test_lists_nest_with_tab_and_end_with_an_empty_item(editor: Editor) -> None:
    formatting.toggle_list(editor, Listing.NUMBERS)
    keys(editor, "one")
    press(editor, Qt.Key.Key_Return)
    press(editor, Qt.Key.Key_Tab)
    keys(editor, "two")
    press(editor, Qt.Key.Key_Return)
    press(editor, Qt.Key.Key_Tab, SHIFT)
    keys(editor, "three")
    assert html(editor) == "<ol><li>one<ol><li>two</li></ol></li><li>three</li></ol>"
    press(editor, Qt.Key.Key_Return)
    press(editor, Qt.Key.Key_Return)
    keys(editor, "four")
    assert html(editor) == "<ol><li>one<ol><li>two</li></ol></li><li>three</li></ol><p>four</p>"


def test_a_list_changes_its_kind_and_goes_away(editor: Editor) -> None:
    load(editor, "<p>a</p><p>b</p>")
    editor.selectAll()
    formatting.toggle_list(editor, Listing.BULLETS)
    assert html(editor) == "<ul><li>a</li><li>b</li></ul>"
    formatting.toggle_list(editor, Listing.NUMBERS)
    assert html(editor) == "<ol><li>a</li><li>b</li></ol>"
    formatting.toggle_list(editor, Listing.NUMBERS)
    assert html(editor) == "<p>a</p><p>b</p>"


def test_backspace_at_the_start_takes_one_thing_off(editor: Editor) -> None:
    load(editor, "<blockquote><ul><li>a</li></ul></blockquote>")
    editor.moveCursor(QTextCursor.MoveOperation.Start)
    press(editor, Qt.Key.Key_Backspace)
    assert html(editor) == "<blockquote><p>a</p></blockquote>"
    press(editor, Qt.Key.Key_Backspace)
    assert html(editor) == "<p>a</p>"


def test_headings_end_with_the_paragraph(editor: Editor) -> None:
    keys(editor, "Prices")
    formatting.set_shape(editor, Shape.HEADING)
    press(editor, Qt.Key.Key_Return)
    keys(editor, "a")
    assert html(editor) == "<h2>Prices</h2><p>a</p>"


def test_a_quote_goes_on_and_is_left_by_an_empty_paragraph(editor: Editor) -> None:
    keys(editor, "said")
    formatting.toggle_quote(editor)
    press(editor, Qt.Key.Key_Return)
    keys(editor, "more")
    press(editor, Qt.Key.Key_Return)
    press(editor, Qt.Key.Key_Return)
    keys(editor, "I")
    assert html(editor) == "<blockquote><p>said</p><p>more</p></blockquote><p>I</p>"


def test_links_are_made_changed_and_unmade(editor: Editor) -> None:
    load(editor, "<p>see the offer now</p>")
    select(editor, "the offer")
    formatting.set_link(editor, "the offer", "https://firm.example/")
    assert html(editor) == '<p>see <a href="https://firm.example/">the offer</a> now</p>'
    load(editor, html(editor), "the off")
    assert formatting.link_at(editor.textCursor()) is not None
    formatting.set_link(editor, "it", "mailto:jan@firm.example")
    assert html(editor) == '<p>see <a href="mailto:jan@firm.example">it</a> now</p>'
    keys(editor, "x")
    assert html(editor) == '<p>see <a href="mailto:jan@firm.example">it</a>x now</p>'
    load(editor, html(editor), "see i")
    formatting.set_link(editor, "it", "")
    assert html(editor) == "<p>see itx now</p>"


@pytest.mark.parametrize(
    ("written", "href"),
    [
        ("acme.example", "https://acme.example"),
        ("http://acme.example/a b", "http://acme.example/a%20b"),
        ("jan@firm.example", "mailto:jan@firm.example"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("words only", None),
        ("https://", None),
    ],
)
def test_a_link_leads_to_the_web_or_to_a_mailbox(written: str, href: str | None) -> None:
    assert full_link(written) == href


@pytest.mark.parametrize("way", ["End", "Right", "typed at once"])
def test_what_follows_a_link_is_no_part_of_it(editor: Editor, way: str) -> None:
    keys(editor, "see ")
    formatting.set_link(editor, "the offer", "https://firm.example/")
    if way != "typed at once":
        press(editor, Qt.Key.Key_Left)
        press(editor, Qt.Key.Key_End if way == "End" else Qt.Key.Key_Right)
    keys(editor, " and more")

    assert html(editor) == '<p>see <a href="https://firm.example/">the offer</a> and more</p>'


def test_what_is_typed_before_a_link_is_no_part_of_it_and_within_it_is(editor: Editor) -> None:
    load(editor, '<p><a href="https://firm.example/">offer</a></p>', "of")
    keys(editor, "f")
    press(editor, Qt.Key.Key_Home)
    keys(editor, "the ")

    assert html(editor) == '<p>the <a href="https://firm.example/">offfer</a></p>'


def test_tab_indents_and_shift_tab_takes_it_back(editor: Editor) -> None:
    keys(editor, "a")
    press(editor, Qt.Key.Key_Tab)
    press(editor, Qt.Key.Key_Tab)
    keys(editor, "b")
    assert html(editor) == f"<p>a{'&nbsp;' * 8}b</p>"
    assert editor.hasFocus()
    press(editor, Qt.Key.Key_Left)
    press(editor, Qt.Key.Key_Backtab, SHIFT)
    assert html(editor) == f"<p>a{'&nbsp;' * 4}b</p>"
    press(editor, Qt.Key.Key_Backtab, SHIFT)
    press(editor, Qt.Key.Key_Backtab, SHIFT)
    assert (html(editor), editor.hasFocus()) == ("<p>ab</p>", True)


def test_tables_are_walked_with_tab_and_grow(editor: Editor) -> None:
    formatting.insert_table(editor, 1, 2)
    keys(editor, "a")
    press(editor, Qt.Key.Key_Tab)
    keys(editor, "b")
    press(editor, Qt.Key.Key_Tab)
    keys(editor, "c")
    press(editor, Qt.Key.Key_Tab, SHIFT)
    keys(editor, "B")
    wide = '<td width="50%">'
    assert f"<tr>{wide}a</td>{wide}bB</td></tr><tr><td>c</td><td><br></td></tr>" in html(editor)
    formatting.remove_from_table(editor, row=True)
    formatting.add_to_table(editor, row=False)
    assert '<tr><td width="33%">c</td><td width="33%"><br></td><td width="33%"><br></td></tr>' in html(editor)
    assert f' width="{round(editor.textCursor().currentTable().format().width().rawValue())}%"' in html(editor)


def test_a_table_looks_as_it_is_sent(editor: Editor) -> None:
    """Rows are as high as their words, in a new table, after Enter, and after a change of what a paragraph is."""
    formatting.insert_table(editor, 2, 2)
    formatting.add_to_table(editor, row=False)
    keys(editor, "a")
    formatting.toggle_list(editor, Listing.BULLETS)
    formatting.toggle_list(editor, Listing.BULLETS)
    table = editor.textCursor().currentTable()
    gaps = {
        cell.firstCursorPosition().blockFormat().topMargin()
        for cell in (table.cellAt(row, column) for row in range(2) for column in range(3))
    }

    assert gaps == {0}
    assert table.format().width().rawValue() == 75
    assert [round(each.rawValue()) for each in table.format().columnWidthConstraints()] == [33, 33, 33]


def test_clearing_leaves_words_pictures_and_tables(editor: Editor) -> None:
    load(editor, "<h1>T</h1><ul><li><b>a</b> <i>b</i><img src='cid:p@x'></li></ul>")
    editor.selectAll()
    formatting.clear(editor)
    assert html(editor) == '<p>T</p><p>a b<img src="cid:p@x"></p>'


def test_every_change_is_one_step_to_undo(editor: Editor) -> None:
    load(editor, "<p>a</p><p>b</p>")
    before = html(editor)
    changes = (
        lambda: formatting.toggle_list(editor, Listing.BULLETS),
        lambda: formatting.toggle_quote(editor),
        lambda: formatting.set_shape(editor, Shape.TITLE),
        lambda: formatting.clear(editor),
        lambda: formatting.toggle(editor, "bold"),
        lambda: editor.insert(read("<ul><li>x</li></ul><p>y</p>")),
    )
    for change in changes:
        editor.selectAll()
        change()
        editor.undo()
        assert html(editor) == before


def test_plain_text_is_pasted_as_it_is(editor: Editor) -> None:
    """C45: what looks like HTML in a text stays text."""
    source = QMimeData()
    source.setText("<b>a</b>\n\nb\x00")
    editor.insertFromMimeData(source)
    assert html(editor) == "<p>&lt;b&gt;a&lt;/b&gt;</p><p>b</p>"


def test_what_is_copied_is_our_own_html(editor: Editor) -> None:
    load(editor, "<p>a <b>b</b></p><ul><li>c</li></ul>")
    editor.selectAll()
    copied = editor.createMimeDataFromSelection()
    assert copied.html() == "<p>a <b>b</b></p><ul><li>c</li></ul>"
    assert copied.text() == "a b\n\n- c"


def test_nothing_is_loaded_from_files_or_the_network(editor: Editor) -> None:
    """C1, C31"""
    kind = QTextDocument.ResourceType.ImageResource.value
    for address in ("file:///etc/hostname", "https://t.example/x.png", "qrc:/x", "cid:unknown"):
        assert editor.loadResource(kind, QUrl(address)).width() == 16


def test_words_nobody_knows_are_marked_and_names_are_not(editor: Editor) -> None:
    load(editor, "<p>Hello zzword щщслово zzrolf</p>")
    editor.marks.set_names(frozenset({"zzrolf"}))
    editor.marks._look()
    editor.marks._look()
    found = [
        editor.document().firstBlock().text()[each.start : each.start + each.length]
        for each in editor.document().firstBlock().layout().formats()
        if each.format.underlineStyle() == each.format.UnderlineStyle.SpellCheckUnderline
    ]
    assert found == ["zzword", "щщслово"]
    word = editor.marks.wrong_word_at(8)
    assert word is not None
    assert (word.text, word.start) == ("zzword", 6)

    editor.marks.set_spelling(Spelling(on=False))
    assert not editor.document().firstBlock().layout().formats()
    assert html(editor) == "<p>Hello zzword щщслово zzrolf</p>"


def test_marks_are_in_their_place_behind_an_emoji(editor: Editor) -> None:
    load(editor, "<p>😀 zzword</p>")
    editor.marks._look()
    editor.marks._look()
    (mark,) = editor.document().firstBlock().layout().formats()
    assert (mark.start, mark.length) == (3, 6)


def test_marking_is_no_change(editor: Editor) -> None:
    load(editor, "<p>zzword</p>")
    told: list[bool] = []
    editor.edited.connect(lambda: told.append(True))
    editor.marks._look()
    editor.marks.rehighlight()
    assert told == []
    assert not editor.document().isUndoAvailable()
    keys(editor, "x")
    assert told


def test_a_closed_editor_hears_nothing_of_another_theme(theme: Theme, speller: Speller, qtbot: QtBot) -> None:
    editor = Editor(theme, speller, lambda: QRect(0, 0, 600, 400))
    with qtbot.waitSignal(editor.destroyed):
        editor.deleteLater()
    del editor

    with capture_exceptions() as failures:
        theme.changed.emit()

    assert failures == []
