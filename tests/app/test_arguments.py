"""The command line as data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.app.arguments import (
    COMMANDS,
    AddMailAccount,
    Form,
    HelpWanted,
    OpenWindow,
    SearchMails,
    SendMail,
    ServerAddress,
    ShowMail,
    Sync,
    TellVersion,
    UsageError,
    parse,
)
from desktop.domain.mail.mail_account import Security
from tests.app.rapport import Rapport

ADD = ("mail-account", "add", "--address", "a@example.org")


@pytest.mark.parametrize(
    "argv",
    [
        ("--no-such-option",),
        ("no such file",),
        ("--profile",),
        ("sync", "extra"),
        ("sync", "--jso"),
        ("search",),
        ("search", "x", "--limit", "0"),
        ("search", "x", "--limit", "many"),
        ("search", "x", "--limit", "9" * 5000),
        ("search", "x", "--limit", "00000100000000"),
        ("search", "x", "--limit"),
        ("search", "x", "--jso"),
        ("show",),
        ("show", "1", "--json", "--raw"),
        ("mail-account",),
        ("mail-account", "frob"),
        ("mail-account", "test"),
        ("mail-account", "add", "--imap", "host"),
        ADD,
        (*ADD, "--imap", "host:0/tls"),
        (*ADD, "--imap", "host:99999/tls"),
        (*ADD, "--imap", "host:993/ssl"),
        (*ADD, "--imap", ":993/tls"),
        (*ADD, "--imap", "host:993/tls/x"),
        (*ADD, "--imap", "host name:993"),
        (*ADD, "--imap", "host", "--ca", "no such file"),
        (*ADD, "--imap", "host", "--since", "yesterday"),
        (*ADD, "--smtp", "host", "--folder", "INBOX"),
    ],
    ids=lambda argv: " ".join(argv)[:60],
)
def test_wrong_usage_is_said(argv: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(UsageError) as found:
        parse(argv, tmp_path)

    assert found.value.sentence


@pytest.mark.parametrize(
    ("argv", "profile"),
    [
        (("--profile", "p", "sync"), "p"),
        (("sync", "--profile", "p"), "p"),
        (("--profile=p", "sync"), "p"),
        (("--profile", "sync", "sync"), "sync"),
        (("mail-account", "--profile", "p", "list"), "p"),
        (("mail-account", "list", "--profile", "p"), "p"),
        (("sync",), None),
        (("--profile", "p"), "p"),
        (("--profile", "p", "--version"), "p"),
    ],
)
def test_the_profile_may_stand_before_and_after_the_command(argv: tuple[str, ...], profile: str | None) -> None:
    assert parse(argv, Path("/"))[0] == profile


def test_commands_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"")
    (tmp_path / "ca.pem").write_bytes(b"")

    assert parse((), tmp_path)[1] == OpenWindow(None)
    assert parse(("a.eml",), tmp_path)[1] == OpenWindow(tmp_path / "a.eml")
    assert parse(("--version",), tmp_path)[1] == TellVersion()
    assert parse(("sync", "--mail-account", "A", "--json"), tmp_path)[1] == Sync("A", True)
    assert parse(("search", "from:anna", "zoo", "--limit", "7"), tmp_path)[1] == SearchMails("from:anna zoo", 7, False)
    assert parse(("search", "--", "-is:read"), tmp_path)[1] == SearchMails("-is:read", 50, False)
    assert parse(("show", "12", "--raw"), tmp_path)[1] == ShowMail("12", Form.RAW)
    options = ("--ca", "ca.pem", "--folder", "A", "--folder", "B", "--folder", "A", "--since", "2026-01-31")
    added = parse((*ADD, "--imap", "[::1]:1993/STARTTLS", "--smtp", "mail.example.org", *options), tmp_path)[1]
    assert isinstance(added, AddMailAccount)
    assert added.imap == ServerAddress("::1", 1993, Security.STARTTLS)
    assert added.smtp == ServerAddress("mail.example.org", 465, Security.TLS)
    assert added.folders == ("A", "B")
    assert added.since == "2026-01-31"
    assert added.ca_file == str(tmp_path / "ca.pem")


def test_two_hyphens_are_a_word_where_a_word_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    options = ("--from=a@x.example", "--to=--", "--cc=--", "--subject=--", "--text=a.txt", "--attach=a.txt")

    sent = parse(("send", *options), tmp_path)[1]

    assert isinstance(sent, SendMail)
    assert (sent.to, sent.cc, sent.subject) == (("--",), ("--",), "--")
    with pytest.raises(UsageError):
        parse(("search", "--limit=--", "zoo"), tmp_path)


@pytest.mark.skipif("sys.platform == 'win32'", reason="its desktop hands over no links to files")
def test_a_mail_file_may_be_named_by_a_link(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a b\\#%41\xff.eml"))
    path.write_bytes(b"")

    assert parse((path.as_uri(),), Path("/"))[1] == OpenWindow(path)
    assert parse((path.as_uri().replace("file://", "file://localhost"),), Path("/"))[1] == OpenWindow(path)
    for link in ("file:///nowhere.eml", "file://host.example/a.eml", "file:///a%00.eml", "file://[", "file:a.eml"):
        with pytest.raises(UsageError):
            parse((link,), tmp_path)


@pytest.mark.parametrize(
    ("argv", "link"),
    [
        (("mailto:",), "mailto:"),
        (("MailTo:bo@x.example?subject=Hello%20world",), "MailTo:bo@x.example?subject=Hello%20world"),
        (("mailto:bo@x.example?subject=Hello", "world"), "mailto:bo@x.example?subject=Hello world"),
        (("mailto:bo@x.example?body=a", "", "-", "b"), "mailto:bo@x.example?body=a  - b"),
        (("mailto:bo@x.example?body=a", "--version"), "mailto:bo@x.example?body=a --version"),
        (("mailto:bo@x.example?body=a", "--profile", "/evil"), "mailto:bo@x.example?body=a --profile /evil"),
        (("mailto:bo@x.example?body=please", "send", "mail.eml"), "mailto:bo@x.example?body=please send mail.eml"),
    ],
)
def test_a_link_is_one_however_a_launcher_split_it(argv: tuple[str, ...], link: str) -> None:
    """A page writes the link: none of its words may become an option."""
    assert parse(argv, Path("/")) == (None, OpenWindow(link))
    assert parse(("--profile", "p", *argv), Path("/")) == ("p", OpenWindow(link))


@pytest.mark.parametrize(
    ("typed", "query", "limit", "as_json"),
    [
        ("a -from:me", "a -from:me", 50, False),
        ("foo -not bar", "foo -not bar", 50, False),
        ("-x", "-x", 50, False),
        ("-from:me --limit 7 -is:read --json b", "-from:me -is:read b", 7, True),
        ("a --limit=007 -b", "a -b", 7, False),
        ("--json a -- --limit -h", "a --limit -h", 50, True),
        ("- a -5", "- a -5", 50, False),
    ],
)
def test_a_minus_is_a_word_of_the_query(typed: str, query: str, limit: int, as_json: bool) -> None:
    argv = ("--profile", "p", "search", *typed.split())

    assert parse(argv, Path("/")) == ("p", SearchMails(query, limit, as_json))


def test_the_profile_may_stand_within_a_query() -> None:
    assert parse(("search", "a", "--profile", "p", "-b"), Path("/")) == ("p", SearchMails("a -b", 50, False))
    assert parse(("search", "a", "-b", "--profile=p"), Path("/")) == ("p", SearchMails("a -b", 50, False))


@pytest.mark.parametrize(
    "argv", [("--help",), ("sync", "-h"), ("search", "a", "-h"), ("mail-account", "add", "--help")]
)
def test_help_is_text(argv: tuple[str, ...]) -> None:
    with pytest.raises(HelpWanted) as found:
        parse(argv, Path("/"))

    assert "usage:" in str(found.value)


def test_help_says_of_every_command_what_it_does() -> None:
    with pytest.raises(HelpWanted) as found:
        parse(("--help",), Path("/"))

    lines = str(found.value).splitlines()
    told = {name: line.split(maxsplit=1)[1] for name in COMMANDS for line in lines if line.startswith(f"  {name} ")}
    assert set(told) == set(COMMANDS)
    assert told["show"] == "Show one mail."
    assert max(map(len, lines)) <= 100


def test_wrong_usage_of_a_command_ends_with_2_before_anything_is_made(rapport: Rapport) -> None:
    no_password = rapport(*ADD, "--imap", "localhost:1/tls")
    empty = rapport(*ADD, "--imap", "localhost:1/tls", "--password-stdin")
    wrong = rapport("search")

    assert [done.returncode for done in (no_password, empty, wrong)] == [2, 2, 2]
    assert "--password-stdin" in no_password.stderr
    assert [done.stdout for done in (no_password, empty, wrong)] == ["", "", ""]
    assert not rapport.profile.exists()


def test_reading_a_profile_nobody_used_says_so_and_makes_nothing(rapport: Rapport) -> None:
    for command in (("search", "x"), ("show", "1")):
        done = rapport(*command)

        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("There is no mail in ")
    assert not rapport.profile.exists()
