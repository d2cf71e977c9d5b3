"""The document around a mail."""

from __future__ import annotations

from desktop.ui.web import shell


def test_every_document_has_a_nonce_of_its_own() -> None:
    first, second = (shell.build("<p>x</p>", shell.PAPER) for _ in range(2))

    nonce = first.policy.partition("nonce-")[2].partition("'")[0]
    assert f'<style nonce="{nonce}">'.encode() in first.document
    assert nonce.encode() not in second.document


def test_the_policy_allows_pictures_of_our_schemes_and_nothing_else() -> None:
    policy = dict(part.strip().split(" ", 1) for part in shell.build("", shell.PAPER).policy.split(";"))

    assert policy["default-src"] == "'none'"
    assert policy["img-src"] == "cid: data: mail:"
    assert {policy[name] for name in ("base-uri", "form-action", "frame-ancestors")} == {"'none'"}
    assert not {"script-src", "connect-src", "frame-src"} & policy.keys()


def test_remote_pictures_are_not_in_the_policy_until_they_are_allowed() -> None:
    blocked = shell.build("", shell.PAPER, images=False)

    assert "img-src cid: data:;" in blocked.policy
    assert b'img[src^="mail:"]' in blocked.document


def test_the_policy_survives_qt_writing_it_in_lower_case() -> None:
    policy = shell.build("", shell.PAPER).policy

    assert policy == policy.lower()


def test_c12_header_fields_of_a_printed_mail_are_escaped() -> None:
    head = shell.PrintHead("<img src=x onerror=alert(1)>", (("From", '"><script>'), ("To", "a&b")))

    document = shell.build("", shell.PAPER, head=head).document

    assert b"<img" not in document
    assert b"<script" not in document
    assert b"a&amp;b" in document


def test_a_font_name_cannot_end_the_style() -> None:
    document = shell.build("", shell.PAPER, family='x"; } </style><script>').document

    assert document.count(b"</style>") == 1
    assert b"<script" not in document


def test_lone_surrogates_do_not_stop_a_mail() -> None:
    assert b"a?b" in shell.build("a\ud800b", shell.PAPER).document


def test_a_blocked_picture_has_a_frame_that_takes_no_room() -> None:
    blocked, loaded = (shell.build("", shell.PAPER, images=images).document.decode() for images in (False, True))

    assert "outline: 1px dashed" in blocked
    assert "outline-offset: -1px" in blocked
    assert "1px dashed" not in loaded
