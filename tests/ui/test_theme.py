"""Colours can be read, fonts have whole sizes, the style sheet knows every token it names."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QStyle, QWidget

from desktop.domain import settings
from desktop.ui import theme as theme_module
from desktop.ui.theme import DARK, LIGHT, Theme, Tokens, font, style_sheet

# text on ground, as the controls and rows use them
PAIRS = [
    *[("text", ground) for ground in ("bg", "surface", "sunken", "raised", "hover", "hover2", "soft", "soft2", "note")],
    *[("secondary", ground) for ground in ("bg", "surface", "sunken", "raised", "hover", "hover2", "soft")],
    *[("accent", ground) for ground in ("bg", "surface", "raised", "soft", "soft2", "selected_folder")],
    *[(kind, ground) for kind in ("success", "warning", "danger") for ground in ("bg", "surface", f"{kind}_soft")],
    *[("on_fill", ground) for ground in ("fill", "fill_hover", "danger_fill")],
    ("secondary", "count_badge"),
    ("accent", "soft2"),
    ("note_text", "note"),
    ("toast_text", "toast"),
    ("toast_action", "toast"),
    ("text", "search_hit"),
]


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_can_be_read_on_its_ground(tokens: Tokens) -> None:
    too_pale = [
        (text, ground, round(contrast(tokens.named(text), tokens.named(ground)), 2))
        for text, ground in PAIRS
        if contrast(tokens.named(text), tokens.named(ground)) < 4.5
    ]
    assert too_pale == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_entities_and_avatars_can_be_read(tokens: Tokens) -> None:
    for name, (text, ground) in tokens.entities.items():
        assert contrast(text, ground) >= 4.5, name
        assert contrast(text, tokens.bg) >= 4.5, f"{name} on a selected row"
    for ground, text in tokens.avatars:
        assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_tones_can_be_told_apart(tokens: Tokens) -> None:
    grounds = {tokens.success_soft.name(), tokens.warning_soft.name(), tokens.danger_soft.name(), tokens.note.name()}
    texts = {tokens.success.name(), tokens.warning.name(), tokens.danger.name(), tokens.note_text.name()}
    assert (len(grounds), len(texts)) == (4, 4)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_style_sheet_names_only_tokens(tokens: Tokens) -> None:
    assert re.findall(r"@\w+", style_sheet(tokens)) == []


def test_fonts_have_the_sizes_of_the_design(qapp: QApplication) -> None:
    sizes = {kind: font(kind).pixelSize() for kind in ("title", "section", "body", "small", "micro")}
    assert sizes == {"title": 19, "section": 15, "body": 13, "small": 12, "micro": 11}
    assert font("body-strong").weight() == 600


def test_weight_500_becomes_400_in_a_family_without_it(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme_module.QFontDatabase, "styles", lambda family: ["Regular", "Bold"])
    assert font.__wrapped__("body-medium").weight() == 400


def test_setting_overrides_the_system_and_tells_so(qapp: QApplication, theme: Theme) -> None:
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.tokens.dark))

    theme.choose(settings.Theme.DARK)
    theme.choose(settings.Theme.DARK)
    theme.choose(settings.Theme.LIGHT)

    assert told == [True, False]
    assert qapp.palette().window().color() == LIGHT.bg


def test_a_change_dresses_no_widget_again_and_again(qapp: QApplication, theme: Theme) -> None:
    window = nested = QWidget()
    for _level in range(8):
        nested = QWidget(nested)
    window.show()
    counted = _StyleChanges(nested)
    qapp.installEventFilter(counted)

    theme.choose(settings.Theme.DARK)

    qapp.removeEventFilter(counted)
    assert 1 <= counted.count <= 2
    assert qapp.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) == 3, "our style is still there"
    window.close()


class _StyleChanges(QObject):
    """Counts how often a widget is told of another style."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += watched is self._widget and event.type() is QEvent.Type.StyleChange
        return False


def contrast(one: QColor, other: QColor) -> float:
    """Return the contrast ratio of WCAG 2.2, 1.4.3."""
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())
