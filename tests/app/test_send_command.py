"""`rapport send`, alone and through the program that runs, and what it says where a mail does not leave."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop.domain.mail.mime_parse import parse
from tests.app.rapport import Rapport
from tests.servers.smtp_receiver import PASSWORD, USER, SmtpReceiver

WAITS = "The mail waits in the outbox.\n"


@pytest.fixture
def receiver() -> Iterator[SmtpReceiver]:
    with SmtpReceiver() as made:
        yield made


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "text.txt"
    path.write_text("Grüße, дорогая Анна.\n", encoding="utf-8")
    return path


def _set_up(rapport: Rapport, port: int, password: str = PASSWORD) -> None:
    server = f"localhost:{port}/plain"
    done = rapport(
        *("mail-account", "add", "--address", USER, "--smtp", server, "--password-stdin"), stdin=f"{password}\n"
    )
    assert done.returncode == 0, done


def _send(rapport: Rapport, *options: str | Path) -> tuple[int, str]:
    done = rapport("send", "--from", USER, "--subject", "Offer", *options)
    assert done.stdout == ""
    return done.returncode, done.stderr


def _outbox(rapport: Rapport) -> list[str]:
    with closing(sqlite3.connect(rapport.profile / "rapport.db")) as connection:
        return [row[0] for row in connection.execute("SELECT stage FROM outbox")]


def _drafts(rapport: Rapport) -> int:
    with closing(sqlite3.connect(rapport.profile / "rapport.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM draft").fetchone()[0])


def test_a_mail_is_sent_and_is_found_afterwards(rapport: Rapport, receiver: SmtpReceiver, text: Path) -> None:
    _set_up(rapport, receiver.port)
    page = text.with_name("page.html")
    page.write_text("<p>Guten <b>Tag</b></p>", encoding="utf-8")

    plain = _send(rapport, "--to", "anna@firm.example", "--bcc", "boris@firm.example", "--text", text)
    rich = _send(rapport, "--to", "Anna <anna@firm.example>", "--html", page, "--attach", text)

    assert plain == (0, "Sent to 2 people.\n")
    assert rich == (0, "Sent to 1 person.\n")
    first, second = (parse(mail.raw) for mail in receiver.received)
    assert first.text.strip() == "Grüße, дорогая Анна."
    assert sorted(receiver.received[0].recipients) == ["anna@firm.example", "boris@firm.example"]
    assert b"boris" not in receiver.received[0].raw
    assert b"<b>Tag</b>" in receiver.received[1].raw
    assert "Guten Tag" in second.text
    assert [part.name for part in second.parts] == ["text.txt"]
    assert _outbox(rapport) == []
    assert len(json.loads(rapport("search", "Offer", "--json").stdout)["hits"]) == 2


def test_the_program_that_runs_sends_it(rapport: Rapport, receiver: SmtpReceiver, text: Path) -> None:
    _set_up(rapport, receiver.port)
    with rapport.worker():
        assert _send(rapport, "--to", "anna@firm.example", "--text", "text.txt") == (0, "Sent to 1 person.\n")
        receiver.answer("RCPT", "550 5.1.1 nobody of this name", times=1)
        code, words = _send(rapport, "--to", "nobody@firm.example", "--text", "text.txt")

    assert len(receiver.received) == 1
    assert (code, WAITS in words) == (1, False)
    assert "nobody of this name" in words
    assert _outbox(rapport) == ["failed"]


@pytest.mark.parametrize("wrong", ["server", "password", "busy"])
def test_what_cannot_leave_now_is_said_at_once_and_that_it_waits(
    rapport: Rapport, receiver: SmtpReceiver, text: Path, wrong: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        silent = taken.getsockname()[1]
    _set_up(rapport, silent if wrong == "server" else receiver.port, "another" if wrong == "password" else PASSWORD)
    if wrong == "busy":
        receiver.answer("MAIL", "451 4.3.0 come back later")

    # the next try is a minute or an hour away, which is longer than a command of a test may take
    code, words = _send(rapport, "--to", "anna@firm.example", "--text", text)

    assert code == 1
    assert words.endswith(WAITS)
    assert len(words) > len(WAITS)
    assert _outbox(rapport) == ["queued"]


def test_nobody_is_left_out_without_a_word(rapport: Rapport, receiver: SmtpReceiver, text: Path) -> None:
    _set_up(rapport, receiver.port)

    code, words = _send(rapport, "--to", "boris@firm.example", "--cc", "b@firm.example, carla", "--text", text)

    assert (code, receiver.received) == (1, [])
    assert words == "“carla” is not an email address.\n"
    assert (_outbox(rapport), _drafts(rapport)) == ([], 0)


def test_only_from_an_address_of_ones_own(rapport: Rapport, receiver: SmtpReceiver, text: Path) -> None:
    _set_up(rapport, receiver.port)

    done = rapport(
        *("send", "--from", "boss@firm.example", "--to", "anna@firm.example", "--subject", "Pay", "--text", text)
    )

    assert done.returncode == 1
    assert "boss@firm.example" in done.stderr
    assert (receiver.received, _outbox(rapport), _drafts(rapport)) == ([], [], 0)
