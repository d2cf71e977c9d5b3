"""Catalogues are read strictly and looked up forgivingly."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.base import i18n
from desktop.base.i18n import CatalogueError, _, n_

RUSSIAN_HEADER = (
    'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : '
    'n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"\n\n'
)


@pytest.fixture
def russian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "ru.po"
    monkeypatch.setattr(i18n, "_folder", lambda: tmp_path)
    path.write_text(
        RUSSIAN_HEADER
        + '#: x.py\nmsgid "Archive"\nmsgstr "В архив"\n\n'
        + '#, fuzzy\nmsgid "Delete"\nmsgstr "Сомнительно"\n\n'
        + 'msgid "Empty"\nmsgstr ""\n\n'
        + 'msgid ""\n"A \\"long\\"\\n"\n"one"\nmsgstr "Длинное"\n\n'
        + 'msgid "{n} mail"\nmsgid_plural "{n} mails"\n'
        + 'msgstr[0] "{n} письмо"\nmsgstr[1] "{n} письма"\nmsgstr[2] "{n} писем"\n\n'
        + '#~ msgid "Old"\n#~ msgstr "Старое"\n',
        encoding="utf-8",
    )
    return path


def test_lookups_before_any_language_is_set_give_english() -> None:
    assert _("Archive") == "Archive"
    assert [n_("{n} mail", "{n} mails", n).format(n=n) for n in (0, 1, 2)] == ["0 mails", "1 mail", "2 mails"]


def test_a_language_translates_and_english_stands_in(russian: Path) -> None:
    assert i18n.set_language("ru_RU.UTF-8") == "ru"

    assert _("Archive") == "В архив"
    assert _('A "long"\none') == "Длинное"
    assert [_("Delete"), _("Empty"), _("Unknown"), _("Old")] == ["Delete", "Empty", "Unknown", "Old"]
    assert i18n.language() == "ru"


@pytest.mark.parametrize(
    ("n", "noun"),
    [
        *((n, "письмо") for n in (1, 21, 1001)),
        *((n, "письма") for n in (2, 4, 22, -2)),
        *((n, "писем") for n in (0, 5, 11, 12, 14, 111, 112)),
    ],
)
def test_russian_counts(russian: Path, n: int, noun: str) -> None:
    i18n.set_language("ru")

    assert n_("{n} mail", "{n} mails", n).format(n=n) == f"{n} {noun}"


def test_an_unknown_language_is_english(russian: Path) -> None:
    assert i18n.set_language("tlh") == "en"
    assert i18n.available_languages() == ("en", "ru")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "ru_RU"}, "ru"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "ru:en"}, "ru"),
        ({"LANG": "POSIX", "LC_ALL": ""}, "en"),
    ],
)
def test_the_system_is_asked(
    russian: Path, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert i18n.set_language(None) == expected


@pytest.mark.parametrize(
    "text",
    [
        'msgid "a"\n',
        'msgstr "a"\n',
        'msgid "a"\nmsgid "b"\nmsgstr "c"\n',
        'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n',
        'msgid "a"\nmsgstr "b\n',
        'msgid "a"\nmsgstr "b" + "c"\n',
        "rubbish\n",
        '"loose"\n',
    ],
)
def test_a_broken_catalogue_is_refused(text: str) -> None:
    with pytest.raises(CatalogueError):
        list(i18n.read_po(text))


def test_a_plural_rule_nobody_has_read_is_refused() -> None:
    with pytest.raises(CatalogueError, match="unknown plural rule"):
        i18n.plural_rule("Plural-Forms: nplurals=2; plural=__import__('os');\n")
