"""Initials of any name, colours by address, and pixmaps that are drawn once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.ui.theme import Theme
from desktop.ui.widgets.chips import ENTITY_ICONS, alert_badge, avatar, count_badge, entity_chip, initials


@pytest.mark.parametrize(
    ("name", "address", "expected"),
    [
        ("Anna Keller", "", "AK"),
        ("Keller, Anna", "", "KA"),
        ("Tarnow Papier, Einkauf", "", "TP"),
        ("Дмитрий Иванович Соколов", "", "ДС"),
        ("", "maria.lopes@firm.example", "ML"),
        ("", "info@firm.example", "I"),
        ('"Bo" (Sales) Trent', "", "BT"),
        ("", "", "?"),
        ("!!!", "@", "?"),
        ("ß", "", "SS"),
    ],
)
def test_initials(name: str, address: str, expected: str) -> None:
    assert initials(name, address) == expected


@given(st.text(), st.text())
def test_any_text_has_initials(name: str, address: str) -> None:
    assert initials(name, address)


def test_pixmaps_fit_the_screen_and_are_kept(theme: Theme) -> None:
    drawn = avatar(theme, "Anna Keller", "anna@acme.example", 32, 1.5)
    again = avatar(theme, "Anna Keller", "ANNA@acme.example", 32, 1.5)
    assert (drawn.width(), drawn.devicePixelRatio()) == (48, 1.5)
    assert drawn.cacheKey() == again.cacheKey()


@pytest.mark.parametrize("entity", sorted(ENTITY_ICONS))
def test_a_long_chip_keeps_its_width(theme: Theme, entity: str) -> None:
    assert entity_chip(theme, entity, "W" * 200, width=168).width() == 168


def test_badges(theme: Theme) -> None:
    assert count_badge(theme, 3).height() == 14
    assert alert_badge(theme, 5000).width() == alert_badge(theme, 100).width()
