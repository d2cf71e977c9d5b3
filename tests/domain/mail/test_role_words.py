"""Roles told from the names of folders in many languages."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.role_words import role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Sent", Role.SENT),
        ("SENT ITEMS", Role.SENT),
        ("Gesendete Elemente", Role.SENT),
        ("Éléments envoyés", Role.SENT),
        ("Отправленные", Role.SENT),
        ("送信済みメール", Role.SENT),
        ("Черновики", Role.DRAFTS),
        ("Entwürfe", Role.DRAFTS),
        ("Papelera", Role.TRASH),
        ("Корзина", Role.TRASH),
        ("已删除邮件", Role.TRASH),
        ("Спам", Role.JUNK),
        ("Courrier indésirable", Role.JUNK),
        ("Архив", Role.ARCHIVE),
        ("Archiv", Role.ARCHIVE),
        ("Work", Role.NONE),
        ("", Role.NONE),
    ],
)
def test_roles_from_names(name: str, role: Role) -> None:
    assert role_of(name) is role
