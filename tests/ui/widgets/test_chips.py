"""Initials of any name, colours by address, and pixmaps that are drawn once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.ui.theme import Theme
from desktop.ui.widgets.chips import alert_badge, avatar, initials


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


def test_badges(theme: Theme) -> None:
    assert alert_badge(theme, 5000).width() == alert_badge(theme, 100).width()
