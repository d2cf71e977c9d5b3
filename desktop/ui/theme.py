"""Colours, type and the look of standard controls: the one place where the ui learns what things look like.

`Tokens` are the measures of colour, once for light and once for dark. A `Theme` holds those in force, follows the
system's colour scheme unless a setting overrides it, and dresses the application: palette, font and the one style
sheet. Controls of `ui.widgets` paint themselves from the tokens. GUI thread only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget

from desktop.base.resources import resource_dir
from desktop.domain import settings

FontKind = Literal[
    "title", "section", "body", "body-medium", "body-strong", "small", "small-medium", "small-strong", "micro", "badge"
]

_FONTS: Mapping[FontKind, tuple[int, int]] = {
    "title": (19, 600),
    "section": (15, 600),
    "body": (13, 400),
    "body-medium": (13, 500),
    "body-strong": (13, 600),
    "small": (12, 400),
    "small-medium": (12, 500),
    "small-strong": (12, 600),
    "micro": (11, 600),
    "badge": (10, 600),
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme by what they are for."""

    dark: bool
    bg: QColor
    surface: QColor
    sunken: QColor
    raised: QColor
    hover: QColor
    hover2: QColor
    border: QColor
    subtle: QColor
    field: QColor
    track: QColor
    text: QColor
    secondary: QColor
    disabled: QColor
    accent: QColor
    fill: QColor
    fill_hover: QColor
    on_fill: QColor
    soft: QColor
    soft2: QColor
    selected_folder: QColor
    accent_border: QColor
    ring: QColor
    success: QColor
    success_soft: QColor
    warning: QColor
    warning_soft: QColor
    danger: QColor
    danger_soft: QColor
    danger_fill: QColor
    note: QColor
    note_text: QColor
    toast: QColor
    toast_text: QColor
    toast_action: QColor
    star: QColor
    star_fill: QColor
    search_hit: QColor
    count_badge: QColor
    entities: Mapping[str, tuple[QColor, QColor]]
    """Text and ground by entity: account, contact, lead, opportunity, case, task, meeting, call, campaign."""
    avatars: tuple[tuple[QColor, QColor], ...]
    """Ground and text of the eight avatar fills."""

    def named(self, name: str) -> QColor:
        """Return the colour of a token, or of an entity's text ("case")."""
        if name in self.entities:
            return self.entities[name][0]
        colour = getattr(self, name)
        assert isinstance(colour, QColor), name
        return colour


def _pairs(text: str) -> list[tuple[QColor, QColor]]:
    return [(QColor(first), QColor(second)) for first, second in (pair.split("/") for pair in text.split())]


_ENTITIES = ("account", "contact", "lead", "opportunity", "case", "task", "meeting", "call", "campaign")

LIGHT = Tokens(
    dark=False,
    bg=QColor("#FFFFFF"),
    surface=QColor("#F6F7F9"),
    sunken=QColor("#ECEEF2"),
    raised=QColor("#FFFFFF"),
    hover=QColor("#F1F3F5"),
    hover2=QColor("#E9ECF0"),
    border=QColor("#E3E6EA"),
    subtle=QColor("#EEF0F3"),
    field=QColor("#CBD1D8"),
    track=QColor("#E3E6EA"),
    text=QColor("#1B1F24"),
    secondary=QColor("#5B6570"),
    disabled=QColor("#A0A8B1"),
    accent=QColor("#4F46E5"),
    fill=QColor("#4F46E5"),
    fill_hover=QColor("#4338CA"),
    on_fill=QColor("#FFFFFF"),
    soft=QColor("#EEEDFD"),
    soft2=QColor("#E0DEFB"),
    selected_folder=QColor("#E4E2FB"),
    accent_border=QColor("#C9C6F8"),
    ring=QColor("#A5A0F2"),
    success=QColor("#17774A"),
    success_soft=QColor("#E5F5EC"),
    warning=QColor("#A35406"),
    warning_soft=QColor("#FDF2E3"),
    danger=QColor("#C8322B"),
    danger_soft=QColor("#FDECEB"),
    danger_fill=QColor("#C8322B"),
    note=QColor("#FFF9E8"),
    note_text=QColor("#7A5A00"),
    toast=QColor("#23272E"),
    toast_text=QColor("#F3F4F6"),
    toast_action=QColor("#B7B3FF"),
    star=QColor("#D9920A"),
    star_fill=QColor("#F4B63F"),
    search_hit=QColor("#FBE7A1"),
    count_badge=QColor("#ECEEF2"),
    entities=dict(
        zip(
            _ENTITIES,
            _pairs(
                "#1D5FD1/#E8F0FD #0B6E6B/#E0F4F2 #AD4A08/#FDEEE0 #8A2FCB/#F5EAFC #BE2B3C/#FDEBED #4A5769/#EBEEF2 "
                "#1A7846/#E4F5EB #1A7846/#E4F5EB #BD2369/#FDE8F1"
            ),
            strict=True,
        )
    ),
    avatars=tuple(
        _pairs(
            "#DCE7FD/#1B4FA8 #D7F0EC/#0A5E5B #FCE5D1/#8F3E07 #F0E1FA/#7328A8 #FBDFE3/#A12032 #DFF1E5/#17663C "
            "#FBE0EC/#9C1B56 #E4E7EC/#414D5C"
        )
    ),
)

DARK = Tokens(
    dark=True,
    bg=QColor("#16181D"),
    surface=QColor("#1D2026"),
    sunken=QColor("#111317"),
    raised=QColor("#23272F"),
    hover=QColor("#1F2329"),
    hover2=QColor("#282D36"),
    border=QColor("#2E333C"),
    subtle=QColor("#24282F"),
    field=QColor("#434A55"),
    track=QColor("#343A44"),
    text=QColor("#E8EAED"),
    secondary=QColor("#9AA3AE"),
    disabled=QColor("#626A75"),
    accent=QColor("#9D98FF"),
    fill=QColor("#5B53E8"),
    fill_hover=QColor("#6A63F0"),
    on_fill=QColor("#FFFFFF"),
    soft=QColor("#272945"),
    soft2=QColor("#31345A"),
    selected_folder=QColor("#31345A"),
    accent_border=QColor("#464A7E"),
    ring=QColor("#6F69D9"),
    success=QColor("#4CC38A"),
    success_soft=QColor("#18312A"),
    warning=QColor("#F0A04B"),
    warning_soft=QColor("#35291A"),
    danger=QColor("#FF7A70"),
    danger_soft=QColor("#3B2224"),
    danger_fill=QColor("#C8322B"),
    note=QColor("#2C2718"),
    note_text=QColor("#E3C56B"),
    toast=QColor("#343A45"),
    toast_text=QColor("#F3F4F6"),
    toast_action=QColor("#C3C0FF"),
    star=QColor("#F4B63F"),
    star_fill=QColor("#F4B63F"),
    search_hit=QColor("#5A4A17"),
    count_badge=QColor("#282D36"),
    entities=dict(
        zip(
            _ENTITIES,
            _pairs(
                "#7FB0FF/#1C2C48 #52CBC3/#17332F #F5A15C/#3A2817 #D09BF7/#36244A #FF8A94/#40222A #AEB8C6/#2D333D "
                "#5CCB91/#18332A #5CCB91/#18332A #FF8CBB/#412237"
            ),
            strict=True,
        )
    ),
    avatars=tuple(
        _pairs(
            "#233A63/#BCD5FF #1B443F/#9BE5DE #50361F/#FFCFA1 #46305E/#E5C7FC #552A33/#FFC0C6 #1F4433/#A3E6C2 "
            "#562B45/#FFC1DB #383F4A/#CFD6DF"
        )
    ),
)


class Theme(QObject):
    """The tokens in force. `changed` is emitted after the application has been dressed anew."""

    changed = Signal()

    def __init__(self, choice: str = settings.Theme.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice = choice
        hints = QApplication.styleHints()
        hints.colorSchemeChanged.connect(self._scheme_changed)
        self.tokens = self._wanted()
        dress(self.tokens)

    @property
    def choice(self) -> str:
        """What the person set: a value of `domain.settings.Theme`."""
        return self._choice

    def choose(self, choice: str) -> None:
        """Follow the system or override it."""
        self._choice = choice
        self._scheme_changed()

    def font(self, kind: FontKind) -> QFont:
        """Return the font of a kind of text; the same object as long as the program runs."""
        return font(kind)

    def _scheme_changed(self) -> None:
        wanted = self._wanted()
        if wanted is not self.tokens:
            self.tokens = wanted
            dress(wanted)
            self.changed.emit()

    def _wanted(self) -> Tokens:
        if self._choice == settings.Theme.SYSTEM:
            return DARK if QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._choice == settings.Theme.DARK else LIGHT


class _Style(QProxyStyle):
    """Fusion with our distances: room for the focus ring, and a click on a scroll bar jumps to the place."""

    def __init__(self) -> None:
        super().__init__("Fusion")

    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric in (QStyle.PixelMetric.PM_FocusFrameHMargin, QStyle.PixelMetric.PM_FocusFrameVMargin):
            return 3
        if metric is QStyle.PixelMetric.PM_MenuPanelWidth:
            return 0
        return super().pixelMetric(metric, option, widget)

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        returnData: QStyleHintReturn | None = None,
    ) -> int:
        if hint is QStyle.StyleHint.SH_ScrollBar_LeftClickAbsolutePosition:
            return 1
        if hint is QStyle.StyleHint.SH_FocusFrame_AboveWidget:
            return 1  # else the ring belongs to the parent of its control, which cuts it off where it has no margin
        return super().styleHint(hint, option, widget, returnData)


def dress(tokens: Tokens) -> None:
    """Give the application its style, palette, font and style sheet."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    if app.property("dressed") is None:
        app.setStyle(_Style())
        app.setProperty("dressed", True)
    if app.styleSheet():
        # Qt dresses a widget once for each of its ancestors where one sheet takes the place of another, and but once
        # where there was none: with nine levels this is a third of the time
        app.setStyleSheet("")
    app.setFont(font("body"))
    app.setPalette(palette(tokens))
    app.setStyleSheet(style_sheet(tokens))


def palette(tokens: Tokens) -> QPalette:
    """Return the palette that makes Fusion's own drawing agree with the tokens."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, tokens.bg),
        (roles.WindowText, tokens.text),
        (roles.Base, tokens.bg),
        (roles.AlternateBase, tokens.surface),
        (roles.Text, tokens.text),
        (roles.PlaceholderText, tokens.secondary),
        (roles.Button, tokens.raised),
        (roles.ButtonText, tokens.text),
        (roles.BrightText, tokens.danger),
        (roles.ToolTipBase, tokens.toast),
        (roles.ToolTipText, tokens.toast_text),
        (roles.Highlight, tokens.fill),
        (roles.HighlightedText, tokens.on_fill),
        (roles.Link, tokens.accent),
        (roles.LinkVisited, tokens.accent),
        (roles.Light, tokens.raised),
        (roles.Midlight, tokens.hover2),
        (roles.Mid, tokens.border),
        (roles.Dark, tokens.field),
        (roles.Shadow, tokens.sunken),
        (roles.Accent, tokens.fill),
    ):
        made.setColor(role, colour)
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, tokens.disabled)
    return made


def style_sheet(tokens: Tokens) -> str:
    """Return the one style sheet, with every token put in for its `@name`."""
    text = _style_source()
    names = [field.name for field in fields(tokens) if isinstance(getattr(tokens, field.name), QColor)]
    for name in sorted(names, key=len, reverse=True):  # @soft2 before @soft
        text = text.replace(f"@{name}", tokens.named(name).name())
    return text


@cache
def _style_source() -> str:
    return (resource_dir() / "style.qss").read_text(encoding="utf-8")


@cache
def _family() -> str:
    return "Inter" if "Inter" in QFontDatabase.families() else QFontDatabase.systemFont(_GENERAL).family()


_GENERAL = QFontDatabase.SystemFont.GeneralFont


@cache
def font(kind: FontKind) -> QFont:
    """Return a font in whole pixels with tabular figures; 500 becomes 400 where the family has no such weight."""
    size_px, weight = _FONTS[kind]
    made = QFont(_family())
    made.setPixelSize(size_px)
    if weight == 500 and "Medium" not in QFontDatabase.styles(_family()):
        weight = 400
    made.setWeight(QFont.Weight(weight))
    made.setFeature(QFont.Tag("tnum"), 1)
    return made
