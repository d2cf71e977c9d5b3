"""A folder made for a use tells it to servers that keep it (CREATE-SPECIAL-USE, RFC 6154, section 3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Security
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from tests.servers.scripted_imap import Answers, Command, Peer, ScriptedImap

Start = Callable[..., ScriptedImap]


def _created(server: ScriptedImap, role: Role) -> list[bytes]:
    session = Session.open(
        ImapEndpoint("localhost", server.port, Security.PLAIN, "ann"), Password("secret"), TlsPolicy(), timeout_s=10
    )
    try:
        session.create(b"Archive", role)
    finally:
        session.close()
    return [command.arguments for command in server.commands if command.name == "CREATE"]


@pytest.mark.parametrize(
    ("capabilities", "role", "expected"),
    [
        (b"IMAP4rev1 CREATE-SPECIAL-USE", Role.ARCHIVE, b"Archive (USE (\\Archive))"),
        (b"IMAP4rev1 CREATE-SPECIAL-USE", Role.NONE, b"Archive"),
        (b"IMAP4rev1 SPECIAL-USE", Role.ARCHIVE, b"Archive"),
    ],
)
def test_the_use_is_told_where_it_is_kept(scripted: Start, capabilities: bytes, role: Role, expected: bytes) -> None:
    server = scripted(Answers(capabilities=capabilities))

    assert [each.replace(b'"', b"") for each in _created(server, role)] == [expected]


def test_a_server_that_keeps_other_uses_only_makes_a_plain_folder(scripted: Start) -> None:
    def answer(peer: Peer, command: Command) -> None:
        refused = b"USE" in command.arguments
        peer.send(command.tag, b" NO [USEATTR] not that one\r\n" if refused else b" OK done\r\n")

    server = scripted(Answers({"CREATE": answer}, capabilities=b"IMAP4rev1 CREATE-SPECIAL-USE"))

    assert len(_created(server, Role.ARCHIVE)) == 2


def test_a_folder_that_is_there_is_said_to_be_there(scripted: Start) -> None:
    answers = {"CREATE": b"TAG NO [ALREADYEXISTS] it is there\r\n"}
    server = scripted(Answers(answers, capabilities=b"IMAP4rev1 CREATE-SPECIAL-USE"))

    with pytest.raises(errors.FolderExists):
        _created(server, Role.ARCHIVE)
