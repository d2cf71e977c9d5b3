"""The view and its delegate: geometry, keys, drags, and hostile text as mere text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QMimeData, QPoint, Qt, QTimeZone
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from desktop.base import clock
from desktop.domain import settings
from desktop.domain.mail.folder import Role
from desktop.domain.mail.listing import AccountNode, FolderNode, FolderTree, ListCounts
from desktop.domain.settings import Density
from desktop.ui.mail import row_texts
from desktop.ui.mail.folder_model import FolderModel
from desktop.ui.mail.list_line import HitMarks
from desktop.ui.mail.mail_drag import FILES, MAILS, MailDragData, MailLoad, drag_picture, unpack_mails
from desktop.ui.mail.message_list import MessageList
from desktop.ui.mail.message_list_model import MessageListModel
from desktop.ui.mail.row_geometry import row_height, row_places
from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import Choice, ChoiceList
from tests.corpora import corpus
from tests.proof import rounds, seed
from tests.ui.mail.rows import DAY, MINUTE, NOW_MS, key, row, snapshot

UTC = QTimeZone(b"UTC")
KEYS = [key(n * MINUTE) for n in range(30)] + [key(DAY + n * MINUTE) for n in range(30)]


@pytest.fixture
def view(theme: Theme, qtbot) -> Iterator[MessageList]:
    with clock.frozen(NOW_MS):
        model = MessageListModel(where=UTC)
        model.open(snapshot(KEYS), [row(of) for of in KEYS])
        made = MessageList(model, theme)
        qtbot.addWidget(made)
        made.resize(376, 600)
        made.show()
        yield made


def test_lines_stand_without_gaps_below_one_another(view):
    model, bottom = view.model(), 0
    for number in range(model.rowCount()):
        place = view.visualRect(model.index(number))
        assert place.top() == bottom
        assert view.indexAt(place.center() - QPoint(0, view.verticalOffset())).row() == number
        bottom = place.bottom() + 1
    assert view.verticalScrollBar().maximum() == bottom - view.viewport().height()
    assert bottom == 2 * 28 + 60 * 76


@pytest.mark.parametrize("density", list(Density))
def test_every_density_paints_rows_of_its_height(view, density):
    view.set_density(density)

    place = view.visualRect(view.model().index(1))

    assert place.height() == row_height(density, view.width())
    assert not view.grab().isNull()


def test_a_change_of_density_keeps_the_place(view):
    view.verticalScrollBar().setValue(1_500)
    first = view.indexAt(QPoint(5, 40)).row()

    view.set_density(Density.COMPACT)

    assert abs(view.indexAt(QPoint(5, 40)).row() - first) <= 1


def test_the_places_of_a_card_are_those_of_the_design():
    places = row_places(Density.CARDS, 376)

    assert (places.card.left(), places.card.height()) == (4, 76)
    assert (places.avatar.left(), places.avatar.top(), places.avatar.width()) == (18, 11, 32)
    assert (places.dot.left(), places.dot.top(), places.dot.width()) == (7, 23, 8)
    assert (places.first.left(), places.first.top(), places.first.height()) == (58, 9, 18)
    assert (places.second.top(), places.second.height()) == (28, 18)
    assert places.first.right() + 1 == 376 - 4 - 12


def test_arrows_pass_over_heads_and_shift_selects(view):
    view.show_key(KEYS[29])

    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)

    assert view.selected_keys() == (KEYS[29], KEYS[30])
    assert view.selected_count() == 2


def test_enter_chooses_the_mail_it_opens(view):
    opened = []
    view.opened.connect(opened.append)
    view.setCurrentIndex(view.model().index(1))
    view.clearSelection()  # as after the focus came by key

    QTest.keyClick(view, Qt.Key.Key_Return)

    assert opened == [KEYS[0]]
    assert view.selected_keys() == (KEYS[0],)


def test_the_mail_under_the_cursor_is_added_and_taken_out(view):
    view.show_key(KEYS[0])
    view.selectionModel().setCurrentIndex(view.model().index(3), view.selectionModel().SelectionFlag.NoUpdate)

    view.toggle_current()
    assert view.selected_keys() == (KEYS[0], KEYS[2])
    view.toggle_current()
    assert view.selected_keys() == (KEYS[0],)


def test_control_a_takes_all_mails_and_no_heads(view):
    view.selectAll()

    assert view.selected_count() == 60
    assert view.selected_keys() == tuple(KEYS)


def test_left_collapses_the_day_and_right_opens_it_again(view):
    view.show_key(KEYS[3])

    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.model().rowCount() == 32
    QTest.keyClick(view, Qt.Key.Key_Right)

    assert view.model().rowCount() == 62


def test_a_click_on_a_head_collapses_its_day(view):
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 14))

    assert view.model().rowCount() == 32


def test_next_unread_passes_over_read_mails(view):
    view.model().put_rows([row(KEYS[7], unread=True)])
    view.show_key(KEYS[0])

    assert view.next_unread()
    assert view.current_key == KEYS[7]
    assert not view.next_unread()
    assert view.previous()
    assert view.current_key == KEYS[6]


def test_scrolling_stays_where_one_reads_when_days_come_above(view):
    view.show_key(KEYS[40])
    before = view.visualRect(view.currentIndex()).top()

    view.model().update(snapshot([key(-2 * DAY), *KEYS]))

    assert view.current_key == KEYS[40]
    assert view.visualRect(view.currentIndex()).top() == before


def test_a_right_to_left_window_mirrors_rows(view):
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)

    assert view.property("mirrored") is True
    assert not view.grab().isNull()


def test_of_a_large_selection_all_that_is_left_stays_selected(theme, qtbot):
    keys = [key(n * MINUTE) for n in range(6_000)]
    model = MessageListModel(where=UTC)
    model.open(snapshot(keys))
    view = MessageList(model, theme)
    qtbot.addWidget(view)
    first, last = model.line_of(keys[500]), model.line_of(keys[5_499])
    view.selectionModel().select(
        QItemSelection(model.index(first), model.index(last)), QItemSelectionModel.SelectionFlag.Select
    )
    scattered = set(keys[600:5_600:100])

    model.update(snapshot([of for of in keys if of not in scattered]))

    assert view.selected_count() == 5_000 - 49
    assert list(view.selected_keys()) == [of for of in keys[500:5_500] if of not in scattered]


def test_what_is_selected_below_a_conversation_stays_selected_when_the_list_is_set_anew(view):
    model = view.model()
    children = (key(3 * MINUTE, 5), key(3 * MINUTE, 6))
    model.unfold(KEYS[3], children)
    view.show_key(children[1])

    model.new_day()

    assert view.selected_keys() == (children[1],)
    assert view.selected_load().mails == (children[1],)


def test_a_mail_that_is_shown_is_chosen_alone_whatever_key_is_held(view):
    view.show_key(KEYS[0])
    QTest.keyPress(view, Qt.Key.Key_Control, Qt.KeyboardModifier.ControlModifier)

    view.show_key(KEYS[3])
    shown = view.selected_keys()
    view.next()
    QTest.keyRelease(view, Qt.Key.Key_Control)

    assert shown == (KEYS[3],)
    assert view.selected_keys() == (KEYS[4],)


def test_a_load_names_conversations_single_mails_and_their_list(view):
    children = (key(3 * MINUTE, 5), key(3 * MINUTE, 6))
    view.model().unfold(KEYS[3], children)
    view.selectAll()

    load = view.selected_load()

    assert load == MailLoad(tuple(of for of in KEYS if of != KEYS[3]), (KEYS[3], *children), -1)
    assert view.selected_load() is load
    view.model().fold(KEYS[3])
    assert view.selected_load() == MailLoad(tuple(KEYS), (), -1)


def test_selecting_all_asks_nothing_about_each_line(theme, qtbot, monkeypatch):
    asked = []
    plain = MessageListModel.flags
    monkeypatch.setattr(MessageListModel, "flags", lambda self, index: asked.append(1) or plain(self, index))
    model = MessageListModel(where=UTC)
    model.open(snapshot([key(n * MINUTE) for n in range(5_000)]))
    view = MessageList(model, theme)
    qtbot.addWidget(view)

    view.selectAll()

    assert view.selected_count() == 5_000
    assert len(asked) < 50


def test_a_drag_carries_keys_and_back():
    load = MailLoad(conversations=(KEYS[0],), mails=(KEYS[1], KEYS[2]), list_id=-7)

    data = MailDragData(load)

    assert data.formats() == [MAILS]
    assert unpack_mails(data) == load


@pytest.mark.parametrize("packed", [b"", b"abc", b"\xff" * 16, b"\x05" + b"\0" * 15])
def test_a_broken_drag_carries_nothing(packed):
    data = QMimeData()
    data.setData(MAILS, packed)

    assert unpack_mails(data) is None


def test_files_are_written_only_when_another_program_takes_them(tmp_path: Path):
    written: list[tuple[int, ...]] = []

    def write(keys):
        written.append(tuple(keys))
        return [tmp_path / f"{of}.eml" for of in keys]

    data = MailDragData(MailLoad(mails=(1, 2)), write)

    assert data.hasFormat(FILES)
    assert written == []
    assert [url.fileName() for url in data.urls()] == ["1.eml", "2.eml"]
    assert written == [(1, 2)]


def test_the_drag_picture_says_how_many(theme):
    assert not drag_picture(theme, "<b>x</b>", 1, 1.0).isNull()
    assert drag_picture(theme, "", 12, 1.5).devicePixelRatio() == 1.5


def _hostile() -> list[str]:
    """Return texts of our own and, of the corpora, some by default and all in a proof."""
    own = ["<b>x</b>", "<img src=x onerror=alert(1)>", "a\nb\tc\x00", "\u202egpj.exe", "&lt;i&gt;", "x" * 100_000]
    files = [*corpus("naughty-strings").rglob("blns.txt"), *corpus("xss-payload-list").rglob("*.txt")]
    lines = [line for path in files for line in path.read_text("utf-8", "surrogateescape").split("\n")]
    found = sorted({line for line in lines if line and not line.startswith("#")})
    return [*own, "\ud800", *random.Random(seed()).sample(found, rounds(240, len(found)))]


def test_c12_hostile_texts_are_drawn_as_text_in_every_density(view):
    texts = _hostile()
    image = QImage(376, 600, QImage.Format.Format_RGB32)
    for start in range(0, len(texts), 60):
        some = texts[start : start + 60]
        rows = [
            row(of, subject=text, sender_name=text, sender_address=text, snippet=text, recipients=text)
            for of, text in zip(KEYS, some, strict=False)
        ]
        view.model().put_rows(rows)
        for density in (Density.CARDS, Density.ROOMY):
            view.set_density(density)
            for value in range(0, view.verticalScrollBar().maximum() + 1, 500):
                view.verticalScrollBar().setValue(value)
                view.viewport().render(image)
        for number in range(view.model().rowCount()):
            said = view.model().data(view.model().index(number), Qt.ItemDataRole.AccessibleTextRole)
            assert "\n" not in said
            assert "\u202e" not in said
            assert view.model().data(view.model().index(number), Qt.ItemDataRole.ToolTipRole) is None


def test_c12_markup_is_measured_letter_by_letter(view, theme):
    """What would be interpreted would take no room: the tags themselves must be on the screen."""
    shown = row_texts.subject(row(1, subject="<b>bold</b>"))

    assert shown == "<b>bold</b>"
    plain = QTextDocument()
    plain.setPlainText(shown)
    assert plain.toPlainText() == shown


def test_c12_hit_marks_outside_the_text_are_cut(view):
    wild = HitMarks(((-5, 3), (2, 10_000), (50, 40)), "snippet\u2028x", ((0, 7), (90, 99)))

    view.model().open(snapshot(KEYS[:1]), [row(KEYS[0])], {KEYS[0]: wild})

    assert not view.grab().isNull()
    assert row_texts.clean_marks("abc", [(-5, 2), (2, 99), (3, 1)]) == ("abc", ((0, 2), (2, 3)))


def test_c12_folder_names_are_text_also_in_tooltips(qapp):
    name = "<img src='http://x.example/p.png'>\n<b>x</b>"
    folder = FolderNode(5, 1, name, name, None, Role.NONE, True, True, False, False, ListCounts(1, 1))
    model = FolderModel()
    model.show_tree(FolderTree({}, (AccountNode(1, "<i>a</i>@x.example", "", (folder,)),)))
    index = model.index_of_list(5)

    tip = model.data(index, Qt.ItemDataRole.ToolTipRole)

    document = QTextDocument()
    document.setHtml(tip)
    assert document.toPlainText() == "<img src='http://x.example/p.png'> <b>x</b>"
    assert "\n" not in model.data(index, Qt.ItemDataRole.DisplayRole)


def test_c12_suggestions_are_text(theme, qtbot):
    lines = ChoiceList(theme, "Suggestions")
    qtbot.addWidget(lines)
    lines.show_choices([Choice("<b>x</b>", note="<i>y</i>", value=1)], choose_first=True)
    lines.resize(300, 60)

    assert not lines.grab().isNull()
    assert lines.model().data(lines.model().index(0, 0)) == "<b>x</b>, <i>y</i>"
    assert not lines.findChildren(QLabel)


def test_5000_folders_open_at_once(qapp):
    folders = tuple(
        FolderNode(
            n + 1,
            1,
            f"F{n}",
            f"F{n}",
            n // 10 if n >= 10 else None,
            Role.NONE,
            True,
            True,
            False,
            False,
            ListCounts(n, n % 3),
        )
        for n in range(5_000)
    )
    model = FolderModel()

    model.show_tree(FolderTree({}, (AccountNode(1, "a@x.example", "", folders),)))

    assert sum(1 for _node in model.folders()) == 5_000
    assert not model.show_tree(FolderTree({}, (AccountNode(1, "a@x.example", "", folders),)))


def test_parents_in_a_circle_are_shown_at_the_top(qapp):
    pair = tuple(
        FolderNode(n, 1, f"F{n}", f"F{n}", 3 - n, Role.NONE, True, True, False, False, ListCounts(0, 0)) for n in (1, 2)
    )
    model = FolderModel()

    model.show_tree(FolderTree({}, (AccountNode(1, "a@x.example", "", pair),)))

    assert {folder.key for _node, folder in model.folders()} == {1, 2}


def test_both_themes_paint(qapp: QApplication, qtbot):
    for choice in (settings.Theme.LIGHT, settings.Theme.DARK):
        theme = Theme(choice)
        with clock.frozen(NOW_MS):
            model = MessageListModel(where=UTC)
            model.open(snapshot(KEYS[:3]), [row(of, unread=True, count=3) for of in KEYS[:2]])
            view = MessageList(model, theme)
            qtbot.addWidget(view)
            view.resize(376, 300)
            picture = view.grab().toImage()
        assert picture.pixelColor(2, 290) == theme.tokens.bg
