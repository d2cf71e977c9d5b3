"""Whom an answer goes to, who writes it, what stands in it (rows A13 and 72; C28)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.base import i18n
from desktop.domain.mail import answering, fold, mime_parse, quotes
from desktop.domain.mail.address import Address
from desktop.domain.mail.answering import Original, Person
from desktop.domain.mail.draft import Draft, Enclosure, Identity, Origin, Relation
from tests.domain.mail import drafts
from tests.domain.mail.drafts import enclosure

KEY = uuid.UUID(int=7)
ME = Identity("me@own.example", "Me", signature="<p>Me, <b>new</b></p>", reply_signature="<p>Me</p>")
WORK = Identity("me@work.example", "Me at work", reply_to="team@work.example", signature="<p>Work</p>")
PERSON = Person((ME, WORK), ME, frozenset({"old@own.example"}))
MINE, ALSO_MINE, OLD = Address("Me", "ME@own.example"), Address("", "me@work.example"), Address("", "old@own.example")
ANN, BOB, CID, DAN = (Address(name, f"{name.lower()}@x.example") for name in ("Ann", "Bob", "Cid", "Dan"))
LIST = Address("", "list@lists.example")
POST = "<mailto:list@lists.example>"


def original(**fields: Any) -> Original:
    begun = Original(
        KEY,
        subject="Offer",
        sender=ANN,
        to=(MINE,),
        message_id="two@x.example",
        references=("one@x.example",),
        when="3 November 2026, 10:00",
        html="<p>Hello <b>you</b></p>",
        text="Hello you",
    )
    return replace(begun, **fields)


def people(draft: Draft) -> tuple[list[str], list[str], list[str]]:
    to, cc, bcc = ([each.address for each in some] for some in (draft.to, draft.cc, draft.bcc))
    return to, cc, bcc


@pytest.mark.parametrize(
    ("fields", "to"),
    [
        ({}, [ANN]),
        ({"reply_to": (BOB,)}, [BOB]),
        ({"reply_to": (BOB, CID, replace(BOB, address="BOB@x.example"))}, [BOB, CID]),
        ({"reply_to": (MINE,)}, [ANN]),
        ({"reply_to": (Address("", ""),)}, [ANN]),
        ({"reply_to": (LIST,), "list_post": POST}, [ANN]),
        ({"reply_to": (LIST, BOB), "list_post": POST}, [LIST, BOB]),
        ({"reply_to": (LIST,)}, [LIST]),
        # following up a mail of one's own
        ({"sender": MINE, "to": (BOB, CID)}, [BOB, CID]),
        ({"sender": MINE, "to": (BOB, ALSO_MINE)}, [BOB]),
        ({"sender": OLD, "to": (BOB,), "reply_to": (DAN,)}, [BOB]),
        ({"sender": Address("", "me+tag@own.example"), "to": (BOB,)}, [BOB]),
        ({"sender": MINE, "to": (MINE,)}, [MINE]),
        ({"sender": MINE, "to": ()}, [MINE]),
        ({"sender": Address("", ""), "reply_to": ()}, []),
        ({"sender": Address("Nobody", ""), "reply_to": (BOB,)}, [BOB]),
    ],
)
def test_a_reply_goes_to_who_is_to_be_answered(fields: dict[str, Any], to: list[Address]) -> None:
    draft = answering.reply(original(cc=(DAN,), **fields), PERSON)

    assert (list(draft.to), draft.cc, draft.bcc) == (to, (), ())


@pytest.mark.parametrize(
    ("fields", "to", "cc"),
    [
        ({"to": (MINE, BOB), "cc": (CID,)}, [ANN, BOB], [CID]),
        ({"to": (BOB, ALSO_MINE), "cc": (MINE, CID, OLD)}, [ANN, BOB], [CID]),
        ({"to": (BOB, BOB), "cc": (BOB, ANN, CID, CID)}, [ANN, BOB], [CID]),
        ({"to": (Address("", "me+shop@own.example"),), "cc": ()}, [ANN], []),
        ({"reply_to": (DAN,), "to": (BOB, MINE)}, [DAN, BOB], []),
        ({"sender": MINE, "to": (BOB, CID), "cc": (DAN, MINE)}, [BOB, CID], [DAN]),
        ({"sender": MINE, "to": (MINE,), "cc": (BOB,)}, [MINE], [BOB]),
        ({"sender": Address("", ""), "to": (MINE,), "cc": (BOB,)}, [BOB], []),
        ({"reply_to": (LIST,), "list_post": POST, "to": (LIST,)}, [ANN, LIST], []),
        ({"reply_to": (LIST,), "list_post": POST, "to": (BOB,)}, [ANN, BOB], [LIST]),
        ({"list_post": POST, "to": (LIST,), "cc": (BOB,)}, [ANN, LIST], [BOB]),
    ],
)
def test_c28_a_reply_to_all_leaves_out_the_person(fields: dict[str, Any], to: list[Address], cc: list[Address]) -> None:
    """C28: everybody once, in order, without any address of the person; who stood in To stays there."""
    draft = answering.reply_all(original(**fields), PERSON)

    assert (list(draft.to), list(draft.cc), draft.bcc) == (to, cc, ())


@pytest.mark.parametrize(
    ("field", "address"),
    [
        (POST, "list@lists.example"),
        ("<mailto:List@Lists.example?subject=x>, <https://x.example>", "list@lists.example"),
        ("<https://x.example>, <mailto:list@lists.example> (see)", "list@lists.example"),
        ("NO", ""),
        ("", ""),
        ("mailto:list@lists.example", ""),
        ("<mailto:%0d%0aBcc:eve@x.example>", ""),
        ("<" * 100_000, ""),
    ],
)
def test_c28_a_reply_to_the_list_goes_to_the_list_alone(field: str, address: str) -> None:
    assert answering.list_address(field) == address
    if not address:
        return

    draft = answering.reply_to_list(
        original(list_post=field, to=(replace(LIST, name="The list"), BOB), cc=(CID,)), PERSON
    )

    assert people(draft) == ([address], [], [])
    assert draft.to[0].name == "The list"


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({"to": (MINE,)}, ME),
        ({"to": (BOB, ALSO_MINE)}, WORK),
        ({"to": (ALSO_MINE, MINE)}, WORK),
        ({"to": (BOB,), "cc": (ALSO_MINE,)}, WORK),
        ({"to": (BOB,), "delivered_to": ("<me@WORK.example>",)}, WORK),
        ({"to": (Address("", "me+news@work.example"),)}, WORK),
        ({"to": (Address("", "me+news@work.example"),), "cc": (MINE,)}, ME),
        ({"to": (Address("", "me+news@work.example"),), "delivered_to": ("me@own.example",)}, ME),
        ({"sender": ALSO_MINE, "to": (MINE,)}, WORK),
        ({"to": (OLD,)}, ME),
        ({"to": ()}, ME),
        ({"to": (Address("", "me@work.example.evil"),)}, ME),
    ],
)
def test_the_identity_a_mail_was_meant_for(fields: dict[str, Any], identity: Identity) -> None:
    assert answering.identity_for(original(**fields), PERSON) == identity

    draft = answering.reply(original(**fields), PERSON)
    assert draft.sender == identity.mailbox
    assert [each.address for each in draft.reply_to] == ([identity.reply_to] if identity.reply_to else [])


def test_an_identity_is_known_by_its_domain_in_ascii_too() -> None:
    ivan = Identity("ivan@пример.рф")
    person = Person((ME, ivan), ME)
    asked = original(to=(MINE, Address("", "ivan+x@xn--e1afmkfd.xn--p1ai"), BOB))

    assert answering.identity_for(replace(asked, to=asked.to[1:]), person) == ivan
    assert list(answering.reply_all(asked, person).to) == [ANN, BOB]


def test_what_stands_in_a_reply() -> None:
    draft = answering.reply(original(), PERSON)

    assert draft.subject == "Re: Offer"
    assert draft.in_reply_to == "two@x.example"
    assert draft.references == ("one@x.example", "two@x.example")
    assert draft.origin == Origin(Relation.REPLY, KEY)
    assert draft.text == "\n\n-- \nMe"
    assert draft.html == '<p><br></p><div class="signature"><p>Me</p></div>'
    assert draft.quote_text == "On 3 November 2026, 10:00, Ann wrote:\n> Hello you"
    assert draft.quote_html.startswith('<p>On 3 November 2026, 10:00, Ann wrote:</p><blockquote type="cite"')
    assert draft.quote_html.endswith("><p>Hello <b>you</b></p></blockquote>")
    assert draft.is_html
    assert not answering.reply(original(), PERSON, html=False).is_html


def test_the_signature_of_answers_is_that_of_new_mails_where_there_is_no_other() -> None:
    for reply_signature, text in ((None, "\n\n-- \nMe, new"), ("", ""), ("<p>-- <br>short</p>", "\n\n-- \nshort")):
        identity = replace(ME, reply_signature=reply_signature)
        person = Person((identity,), identity)
        assert answering.reply(original(), person).text == text
        assert answering.forward(original(), person).text == text
        assert answering.new(identity).text == "\n\n-- \nMe, new"


def test_our_own_reader_knows_what_is_quoted() -> None:
    draft = replace(answering.reply(original(), PERSON), text="Yes.\n\n-- \nMe", html="<p>Yes.</p>")
    raw = drafts.sent(draft)
    found = quotes.split(drafts.text_of(raw))

    assert (found.reply, found.signature) == ("Yes.", "-- \nMe")
    assert fold.mark(drafts.html_of(raw)).opening


@pytest.mark.parametrize(
    ("fields", "references"),
    [
        ({"references": ("a@x", "b@x")}, ("a@x", "b@x", "two@x.example")),
        ({"references": (), "in_reply_to": "a@x"}, ("a@x", "two@x.example")),
        ({"references": (), "in_reply_to": ""}, ("two@x.example",)),
        ({"references": ("a@x",), "in_reply_to": "b@x"}, ("a@x", "two@x.example")),
        ({"references": ("a@x", "two@x.example"), "in_reply_to": ""}, ("a@x", "two@x.example")),
        ({"references": ("a@x",), "message_id": ""}, ("a@x",)),
    ],
)
def test_the_chain_of_references(fields: dict[str, Any], references: tuple[str, ...]) -> None:
    """RFC 5322, section 3.6.4."""
    assert answering.reply(original(**fields), PERSON).references == references


FILES = (
    enclosure("p.png", content_id="p@x.example"),
    enclosure("report.pdf"),
    enclosure("unseen.png", content_id="unseen@x.example"),
)
WITH_FILES = original(html='<p>see <img src="cid:p@x.example"></p>', enclosures=FILES, cc=(BOB,))


def test_what_stands_in_a_forwarded_mail() -> None:
    draft = answering.forward(replace(WITH_FILES, subject="Re: <Offer>"), PERSON)

    assert people(draft) == ([], [], [])
    assert draft.subject == "Fwd: Re: <Offer>"
    assert draft.origin == Origin(Relation.FORWARD, KEY)
    assert draft.in_reply_to == ""
    assert draft.quote_text.split("\n") == [
        "-------- Forwarded message --------",
        "From: Ann <ann@x.example>",
        "Date: 3 November 2026, 10:00",
        "Subject: Re: <Offer>",
        "To: Me <ME@own.example>",
        "Cc: Bob <bob@x.example>",
        "",
        "Hello you",
    ]
    assert "Subject: Re: &lt;Offer&gt;<br>" in draft.quote_html
    assert draft.quote_html.endswith('<p>see <img src="cid:p@x.example"></p>')
    assert [(each.name, each.content_id) for each in draft.enclosures] == [
        ("p.png", "p@x.example"),
        ("report.pdf", ""),
        ("unseen.png", ""),
    ]
    assert quotes.split("Look.\n\n" + draft.quote_text).reply == "Look."
    assert len(mime_parse.parse(drafts.sent(draft)).parts) == 3


def test_a_reply_takes_along_the_pictures_it_shows_and_no_file() -> None:
    assert answering.reply(WITH_FILES, PERSON).enclosures == FILES[:1]
    assert answering.reply(WITH_FILES, PERSON, html=False).enclosures == ()
    assert [each.content_id for each in answering.forward(WITH_FILES, PERSON, html=False).enclosures] == ["", "", ""]


def test_a_mail_forwarded_as_a_file_has_nothing_else() -> None:
    mail = enclosure("Offer.eml", media_type="message/rfc822")
    draft = answering.forward_attached(WITH_FILES, PERSON, mail)

    assert draft.enclosures == (mail,)
    assert (draft.quote_html, draft.quote_text, draft.subject) == ("", "", "Fwd: Offer")
    assert draft.origin == Origin(Relation.FORWARD, KEY)


def test_a_mail_edited_as_new_answers_nothing() -> None:
    draft = answering.edit_as_new(replace(WITH_FILES, sender=ALSO_MINE, to=(BOB,), cc=(CID,), is_html=False), PERSON)

    assert draft.sender == WORK.mailbox
    assert people(draft) == ([BOB.address], [CID.address], [])
    assert (draft.subject, draft.html, draft.text) == ("Offer", WITH_FILES.html, "Hello you")
    assert (draft.quote_html, draft.origin, draft.references, draft.in_reply_to) == ("", None, (), "")
    assert not draft.is_html
    assert len(draft.enclosures) == 3


def test_c28_answers_that_are_asked_for_elsewhere_are_told() -> None:
    """C28: Reply-To of another organisation than the sender's; its own subdomains and the mailing list are none."""
    evil = Address("", "ann@evil.example")

    assert answering.answers_elsewhere(original()) == ()
    assert answering.answers_elsewhere(original(reply_to=(BOB, Address("", "x@mail.x.example")))) == ()
    assert answering.answers_elsewhere(original(reply_to=(BOB, evil))) == (evil,)
    assert answering.answers_elsewhere(original(reply_to=(LIST,), list_post=POST)) == ()
    assert answering.answers_elsewhere(original(reply_to=(LIST,))) == (LIST,)


def test_c25_a_hostile_original_adds_no_field() -> None:
    evil = "x\r\nBcc: eve@evil.example"
    hostile = original(
        subject=evil,
        sender=Address(evil, "ann@x.example"),
        cc=(Address(evil, "bob@x.example"),),
        message_id=evil,
        references=(evil, "ok@x.example"),
        text=evil,
        html=f"<p>{evil}</p>",
    )
    for draft in (
        answering.reply_all(hostile, PERSON),
        replace(answering.forward(hostile, PERSON), to=(BOB,)),
        answering.edit_as_new(hostile, PERSON),
    ):
        raw = drafts.sent(draft)
        assert "Bcc" not in drafts.names(raw)
        assert len(set(drafts.names(raw))) == len(drafts.names(raw))


SOME = st.lists(st.sampled_from([ANN, BOB, CID, DAN, MINE, ALSO_MINE, OLD, LIST, Address("", "")]), max_size=5).map(
    tuple
)


@given(
    sender=st.sampled_from([ANN, MINE, OLD, LIST]), reply_to=SOME, to=SOME, cc=SOME, post=st.sampled_from(["", POST])
)
def test_c28_nobody_twice_never_oneself_without_need_and_never_nobody(
    sender: Address, reply_to: tuple[Address, ...], to: tuple[Address, ...], cc: tuple[Address, ...], post: str
) -> None:
    asked = original(sender=sender, reply_to=reply_to, to=to, cc=cc, list_post=post)
    for draft in (
        answering.reply(asked, PERSON),
        answering.reply_all(asked, PERSON),
        *([answering.reply_to_list(asked, PERSON)] if answering.list_address(post) else []),
    ):
        keys = [each.key for each in (*draft.to, *draft.cc)]
        assert len(keys) == len(set(keys))
        assert draft.to
        assert "" not in keys
        assert not draft.bcc
        if any(PERSON.owns(key) for key in keys):
            assert PERSON.owns(sender.address)


@given(st.text(max_size=100), st.text(max_size=100), st.text(max_size=100))
def test_any_words_can_be_answered(subject: str, name: str, text: str) -> None:
    asked = original(subject=subject, sender=Address(name, "ann@x.example"), text=text, list_post=text, message_id=text)
    for draft in (
        answering.reply_all(asked, PERSON),
        answering.forward(asked, PERSON),
        answering.edit_as_new(asked, PERSON),
    ):
        assert mime_parse.parse(drafts.sent(draft)).sender.address == "me@own.example"
        assert all(isinstance(each, Enclosure) for each in draft.enclosures)


def test_an_answer_in_russian_is_known_as_one_too() -> None:
    i18n.set_language("ru")
    try:
        answer, passed_on = answering.reply(original(), PERSON), answering.forward(original(), PERSON)
    finally:
        i18n.set_language("en")

    assert answer.subject == "Re: Offer"
    assert answer.quote_text.startswith("3 November 2026, 10:00, Ann пишет:\n> ")
    for draft in (answer, passed_on):
        assert quotes.split("Да.\n\n" + draft.quote_text).reply == "Да."
