"""Roles told from names, and parts told from BODYSTRUCTURE: pure functions over odd input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.message import Flag
from desktop.net.mail.imap import fetching, folders, responses, structure
from desktop.net.mail.imap.news import NewsDesk
from desktop.net.mail.imap.structure import Leaf


def test_what_the_server_says_goes_before_names() -> None:
    listed = [
        ServerFolder(b"Trash", "Trash", "/"),
        ServerFolder(b"Deleted", "Deleted Items", "/", role=Role.TRASH, special_use=True),
        ServerFolder(b"Work/Sent", "Work/Sent", "/"),
        ServerFolder(b"INBOX/Sent", "INBOX/Sent", "/"),
        ServerFolder(b"Spam", "Spam", "/", selectable=False),
        ServerFolder(b"Junk", "Junk", "/"),
        ServerFolder(b"Bulk", "Bulk", "/"),
    ]

    found = {folder.path: folder.role for folder in folders.with_roles(listed)}

    assert found == {
        "Trash": Role.NONE,
        "Deleted Items": Role.TRASH,
        "Work/Sent": Role.NONE,
        "INBOX/Sent": Role.SENT,
        "Spam": Role.NONE,
        "Junk": Role.JUNK,
        "Bulk": Role.NONE,
    }


@pytest.mark.parametrize(
    ("prefix", "delimiter", "listed", "expected"),
    [
        (
            b"INBOX.",
            ".",
            [b"INBOX", b"INBOX.Sent", b"INBOX.Work.&AMQ-", b"inbox.Old", b"shared.Sent", b"INBOX.INBOX", b"INBOX."],
            ["INBOX", "Sent", "Work.Ä", "Old", "shared.Sent", "INBOX.INBOX", "INBOX."],
        ),
        (b"Mail/", "/", [b"INBOX", b"Mail/Sent", b"Mail/Sent/2025", b"News"], ["INBOX", "Sent", "Sent/2025", "News"]),
        (b"Mail/", "/", [b"INBOX", b"Mail/News", b"News", b"mail/x"], ["INBOX", "Mail/News", "News", "mail/x"]),
        (b"", "/", [b"INBOX", b"Sent"], ["INBOX", "Sent"]),
    ],
)
def test_r13_a_prefix_that_stands_before_every_folder_is_not_shown(
    prefix: bytes, delimiter: str, listed: list[bytes], expected: list[str]
) -> None:
    lines = [responses.parse([b'* LIST () "%s" "%s"' % (delimiter.encode(), name)]) for name in [*listed, b"Junk"]]
    lines.append(responses.parse([b'* LIST (\\Noselect) "/" Mail']))

    found = folders.folder_list(lines, None, prefix)

    expected = [*expected, "Junk"] if prefix == b"Mail/" else [*expected, "Junk", "Mail"]
    assert [folder.path for folder in found] == expected
    assert [folder.wire_name for folder in found][: len(listed)] == listed
    assert next(folder for folder in found if folder.path == "Junk").role is Role.JUNK
    sent = [folder for folder in found if folder.path == "Sent"]
    assert all(folder.role is Role.SENT for folder in sent)


def parts(text: bytes) -> list[Leaf]:
    return structure.leaves(responses.parse_values([text])[0])


def test_sections_of_nested_mails() -> None:
    text = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 10 1)'
    html = b'("TEXT" "HTML" NIL NIL NIL "QUOTED-PRINTABLE" 20 2)'
    named = b'("INLINE" ("FILENAME*0*" "utf-8\'\'%C3" "FILENAME*1*" "%A4.png"))'
    image = b'("IMAGE" "PNG" ("NAME" "a.png") "<id@x>" NIL "BASE64" 30 NIL ' + named + b")"
    inner = (
        b'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 400 (NIL) ' + text + b' 10 NIL ("ATTACHMENT" ("FILENAME" "m.eml")))'
    )
    whole = b"((" + text + html + b'"ALTERNATIVE")' + image + inner + b'"MIXED")'

    found = parts(whole)

    assert [(leaf.section, leaf.media_type, leaf.name) for leaf in found] == [
        ("1.1", "text/plain", ""),
        ("1.2", "text/html", ""),
        ("2", "image/png", "ä.png"),
        ("3", "message/rfc822", "m.eml"),
    ]
    assert (found[2].content_id, found[2].disposition, found[2].size_bytes) == ("id@x", "inline", 30)
    assert [leaf.section for leaf in parts(text)] == ["1"]


@given(st.binary(max_size=500))
def test_r13_any_octets_are_some_structure(octets: bytes) -> None:
    parts(b"(" + octets.replace(b"\n", b" ") + b")")


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=5))
def test_r13_any_response_can_be_read(fragments: list[bytes]) -> None:
    response = responses.parse(fragments)
    desk = NewsDesk()

    desk.note(response)
    fetching.items(response)
    folders.folder_of(response)
    folders.status_of(response)
    desk.take()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b" 1-Jan-1970 00:00:01 +0000", 1000),
        (b"17-Jul-1996 02:44:25 -0700", 837596665000),
        (b"01-Jan-2024 00:00:00 +0530", 1704047400000),
        (b"31-Dec-9999 23:59:59 +0000", 0),
        (b"01-Foo-2024 00:00:00 +0000", 0),
        (b"99-Jan-2024 00:00:00 +0000", 0),
        (b"", 0),
        (None, 0),
    ],
)
def test_internal_dates(text: bytes | None, expected: int) -> None:
    assert fetching.date_ms(text) == expected


def test_flags_of_every_case() -> None:
    flags, keywords = fetching.flags_of([b"\\seen", b"$Forwarded", b"\\Recent", b"NonJunk", b"\\*", [b"x"], None])

    assert flags == Flag.SEEN | Flag.FORWARDED
    assert keywords == {"nonjunk"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"1706092971947030001", 1706092971947030001),
        (b"9223372036854775807", (1 << 63) - 1),
        (b"9223372036854775808", 0),
        (b"99999999999999999999", 0),
        (b"-1", 0),
        (b"", 0),
        (None, 0),
    ],
)
def test_numbers_fit_sixty_three_bits(value: bytes | None, expected: int) -> None:
    """A mod-sequence has so many (RFC 7162, section 7), and Zoho uses all nineteen digits."""
    assert responses.number(value) == expected
