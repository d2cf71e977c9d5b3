"""Every visible sentence is marked, and every language says every sentence."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from desktop.base.i18n import Entry, read_po
from tests.corpora import PROJECT
from tests.house import catalogues
from tests.house.catalogues import Message, NotLiteral, complaints, messages_in, messages_of, written
from tests.house.visible_text import unmarked

DESKTOP = PROJECT / "desktop"
SEEN = sorted(path for layer in ("ui", "app") for path in (DESKTOP / layer).rglob("*.py"))
RUSSIAN = PROJECT / "resources" / "i18n" / "ru.po"


@pytest.mark.parametrize("path", SEEN, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_no_visible_text_is_unmarked(path: Path) -> None:
    found = [f"{path.relative_to(PROJECT)}:{line}: {text!r}" for line, text in unmarked(path.read_text("utf-8"))]

    assert found == []


@pytest.mark.parametrize("path", sorted(RUSSIAN.parent.glob("*.po")), ids=lambda path: path.stem)
def test_every_language_says_every_sentence(path: Path) -> None:
    found = sorted(complaints(read_po(path.read_text("utf-8")), messages_of()))

    assert not found, f"{len(found)} (./run i18n adds what is missing):\n" + "\n".join(found)


def test_every_sentence_has_named_placeholders_and_no_broken_brace() -> None:
    for message in messages_of().values():
        for text in filter(None, (message.msgid, message.plural)):
            names = [name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None]
            assert all(name.isidentifier() for name in names), (message.file, text)


@pytest.mark.parametrize(
    "line",
    [
        'label.setText("Archive")',
        'QPushButton("Archive", parent)',
        'QtWidgets.QLabel(f"{n} mails")',
        'menu.addAction(icon, "Archive")',
        'label.setText("Archive" if archived else _("Inbox"))',
        'label.setToolTip("Sent by {name}".format(name=name))',
        'label.setToolTip(" of ".join(parts))',
        'QLabel(text="Archive")',
        'box.addItem("Archive", "data")',
        'EmptyState("Nothing to read here.")',
        'WORDS = {"a": "Mark as read"}',
    ],
)
def test_unmarked_text_is_found(line: str) -> None:
    assert len(list(unmarked(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        'label.setText(_("Archive"))',
        'label.setText(n_("{n} mail", "{n} mails", n).format(n=n))',
        'label.setText("")',
        'label.setText("•")',
        'label.setText(f"{count}")',
        'label.setText("Rapport")',
        'label.setText(words["archive"])',
        'label.setText(name_of("archive"))',
        'box.addItem(_("Archive"), "archive")',
        'label.setObjectName("archive")',
        'font.setFamily("Segoe UI Variable")  # not words',
        'log.warning("Cannot open the file")',
        'raise Bug("A row without a key")',
        '"""A docstring of a module."""',
    ],
)
def test_marked_text_and_what_is_no_text_is_let_through(line: str) -> None:
    assert list(unmarked(line)) == []


def test_sentences_are_collected_with_their_plural() -> None:
    source = '_("One"\n  " sentence")\nn_("{n} mail", "{n} mails", n)\nother("x")'

    assert list(messages_in(source, "a.py")) == [
        Message("One sentence", None, "a.py"),
        Message("{n} mail", "{n} mails", "a.py"),
    ]


@pytest.mark.parametrize("line", ["_(name)", '_(f"Hello {name}")', '_("a" + b)', 'n_("{n} mail", other, n)'])
def test_a_sentence_made_in_the_call_is_refused(line: str) -> None:
    with pytest.raises(NotLiteral):
        list(messages_in(line, "a.py"))


MESSAGES = {
    "Plain": Message("Plain", None, "a.py"),
    "Hello {name}": Message("Hello {name}", None, "a.py"),
    "{n} mail": Message("{n} mail", "{n} mails", "b.py"),
}
HEADER = next(iter(read_po(RUSSIAN.read_text("utf-8"))))


def test_a_complete_catalogue_has_no_complaints() -> None:
    entries = [
        HEADER,
        Entry("Plain", None, {0: "Просто"}),
        Entry("Hello {name}", None, {0: "Привет, {name}"}),
        Entry("{n} mail", "{n} mails", {0: "{n} письмо", 1: "{n} письма", 2: "{n} писем"}),
    ]

    assert list(complaints(entries, MESSAGES)) == []


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (Entry("Plain", None, {0: ""}), "not translated"),
        (Entry("Plain", None, {0: "Просто"}, fuzzy=True), "fuzzy"),
        (Entry("Plain", None, {0: "Просто "}), "other white space"),
        (Entry("Gone", None, {0: "Нет"}), "nobody says"),
        (Entry("Hello {name}", None, {0: "Привет, {nam}"}), "other placeholders"),
        (Entry("Hello {name}", None, {0: "Привет, {"}), "other placeholders"),
        (Entry("{n} mail", "{n} mails", {0: "{n} письмо", 1: "{n} письма"}), "not translated"),
        (Entry("{n} mail", "{n} mails", {0: "письмо", 1: "{n} письма", 2: "{n} писем"}), "other placeholders"),
        (Entry("{n} mail", None, {0: "{n} письмо"}), "other plural"),
    ],
)
def test_a_faulty_entry_is_named(entry: Entry, complaint: str) -> None:
    found = [text for text in complaints([HEADER, entry], MESSAGES) if not text.startswith("missing")]

    assert found[0].startswith(complaint)


def test_an_update_keeps_translations_adds_what_is_new_and_drops_what_is_gone() -> None:
    old = [HEADER, Entry("Plain", None, {0: 'С "кавычками"\n'}), Entry("Gone", None, {0: "Нет"})]

    text = written(old, MESSAGES, "# Top.")

    assert text.startswith("# Top.\n")
    new = {entry.msgid: entry for entry in read_po(text)}
    assert new[""].forms == HEADER.forms
    assert new["Plain"].forms == {0: 'С "кавычками"\n'}
    assert new["{n} mail"].forms == {0: "", 1: "", 2: ""}
    assert "Gone" not in new


def test_the_command_fills_in_and_says_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    monkeypatch.setattr(catalogues, "messages_of", lambda: MESSAGES)
    (tmp_path / "ru.po").write_text(written([HEADER], {}, "# Top."), encoding="utf-8")
    (tmp_path / "new.json").write_text('{"Plain": "Просто", "{n} mail": ["{n} а", "{n} б", "{n} в"]}', "utf-8")

    code = catalogues.main(["--fill", str(tmp_path / "new.json")])

    assert code == 1
    assert capsys.readouterr().err == "ru.po: 3 sentences, 1 without translation\n"
    assert catalogues.main(["--missing"]) == 1
    assert capsys.readouterr().out.strip() == '{\n "Hello {name}": ""\n}'
