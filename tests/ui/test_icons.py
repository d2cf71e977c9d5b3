"""Every icon draws, in the colour and at the resolution asked for; the licence lies beside the set."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

import desktop
from desktop.base.resources import resource_dir
from desktop.domain import settings
from desktop.ui.icons import app_icon, icon, pixmap
from desktop.ui.theme import DARK, LIGHT, Theme

ICONS = sorted(path.stem for path in (resource_dir() / "icons").glob("*.svg"))


@pytest.mark.parametrize("name", ICONS)
def test_draws(qapp: QApplication, name: str) -> None:
    image = pixmap(name, 16, QColor("#4F46E5"), 2.0).toImage()
    inked = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 250
    ]
    assert inked
    assert all(abs(colour.red() - 0x4F) <= 2 and abs(colour.blue() - 0xE5) <= 2 for colour in inked)


def test_is_drawn_for_the_scale_of_the_screen(qapp: QApplication) -> None:
    drawn = pixmap("mail", 16, QColor("black"), 1.5)
    assert (drawn.width(), drawn.devicePixelRatio()) == (24, 1.5)


@pytest.mark.parametrize("side", [16, 32, 48, 256])
def test_the_icon_of_the_program_is_an_envelope_on_the_accent(qapp: QApplication, side: int) -> None:
    image = app_icon().pixmap(side).toImage()

    assert (image.width(), image.height()) == (side, side)
    assert image.pixelColor(side // 2, side // 8) == QColor("#4f46e5")
    assert image.pixelColor(side // 4, side * 5 // 8) == QColor("white")
    assert image.pixelColor(0, 0).alpha() < 128


def test_unknown_name_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(FileNotFoundError):
        pixmap("no-such-icon", 16, QColor("black"))


def test_icon_of_a_menu_has_its_modes(theme: Theme) -> None:
    made = icon(theme, "archive")
    hot = made.pixmap(16, QIcon.Mode.Selected).toImage()
    rest = made.pixmap(16, QIcon.Mode.Normal).toImage()
    assert hot != rest


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_icon_of_a_menu_is_drawn_for_the_screen_in_the_colours_of_the_moment(theme: Theme, scale: float) -> None:
    made = icon(theme, "archive")
    light = made.pixmap(QSize(16, 16), scale)
    theme.choose(settings.Theme.DARK)
    dark = made.pixmap(QSize(16, 16), scale)

    assert (light.width(), light.devicePixelRatio()) == (round(16 * scale), scale)
    assert colours(light) == {LIGHT.secondary.name()}
    assert colours(dark) == {DARK.secondary.name()}


def test_an_icon_outlives_what_it_was_copied_from(theme: Theme) -> None:
    made = QIcon(icon(theme, "archive"))
    gc.collect()
    assert colours(made.pixmap(16)) == {LIGHT.secondary.name()}
    assert made.actualSize(QSize(64, 64)) == QSize(16, 16)


def colours(drawn: QPixmap) -> set[str]:
    """Return the colours of the points that are all ink."""
    image = drawn.toImage()
    points = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return {colour.name() for colour in points if colour.alpha() == 255}


def test_licence_lies_beside_the_set() -> None:
    text = Path(resource_dir() / "icons" / "LICENSE").read_text(encoding="utf-8")
    assert "ISC License" in text


def test_every_icon_is_used() -> None:
    """An icon nobody names only makes the package larger."""
    code = "".join(path.read_text(encoding="utf-8") for path in Path(desktop.__path__[0]).rglob("*.py"))
    assert [name for name in ICONS if f'"{name}"' not in code] == []
