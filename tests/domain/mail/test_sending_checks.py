"""What is asked about before sending, and above all what is not."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Origin, Relation
from desktop.domain.mail.sending_checks import Kind, Known, SendingWarning, promises_attachment, warnings
from tests.domain.mail.drafts import BOB, draft, enclosure

REPLY = Origin(Relation.REPLY, uuid.UUID(int=1))
FORWARD = Origin(Relation.FORWARD, uuid.UUID(int=1))

PROMISES = [
    "I have attached the report.",
    "I've attached it to this email.",
    "Please find attached our offer.",
    "Please find the signed contract attached.",
    "Hi,\n\nthe invoice is attached.\n\nBest",
    "Here's the file. Screenshot is attached to this mail.",
    "See attached.",
    "Attached is the draft.",
    "Enclosed please find the form.",
    "We are attaching two photos",
    "Attached files are final.",
    "As attached, the numbers for May.",
    "Sorry, forgot the file. I attach it now.",
    "Anbei die Rechnung.",
    "Das Protokoll findest du im Anhang.",
    "Die Datei ist diesmal wirklich angehängt.",
    "In der Anlage finden Sie unser Angebot.",
    "Vous trouverez ci-joint le devis.",
    "Le devis est en pièce jointe.",
    "Je vous joins la facture",
    "Договор во вложении.",
    "Прилагаю счёт за октябрь.",
    "Прикрепляю скан.",
    "Скан прикреплён к письму.",
    "См. вложение",
    "Adjunto la factura.",
    "Segue em anexo o contrato.",
    "In allegato trovi il file.",
    "In de bijlage vind je het verslag.",
    "W załączniku przesyłam umowę.",
]
HONEST = [
    "",
    "Hello, how are you?",
    "I am very attached to this idea.",
    "I'm attached to my old bike.",
    "Nothing was attached to your mail.",
    "Your attachment is empty, please send it again.",
    "I can't open the attachment.",
    "The file was not attached.",
    "Is the contract attached?",
    "Please send it as an attachment next time.",
    "The garden is enclosed by a wall and the shed is attached to the house.",
    "You attached the wrong file.",
    "There is no attachment.",
    "We had great attachment styles training.",
    "Kein Anhang dabei!",
    "Der Anhang deiner letzten Mail war leer.",
    "Im Anhang deiner Mail war nichts.",
    "Die Anlage steht im Hof, in der Anlage wird gebaut.",
    "Votre pièce jointe est vide.",
    "Il n'y a pas de pièce jointe.",
    "Не вижу вложения, пришлите ещё раз.",
    "Вы прикрепили не тот файл.",
    "В приложении появилась новая кнопка.",
    "Мы прилагаем все усилия.",
    "Он прикреплён к поликлинике № 3.",
    "> I have attached the report.\nThanks, got it.",
    "Thanks\n\n-- \nPlease find attached our disclaimer",
    "Thanks!\n\nOn 3 Nov 2026, Bob wrote:\n> see attached",
]


@pytest.mark.parametrize("text", PROMISES)
def test_words_that_promise_a_file(text: str) -> None:
    assert promises_attachment(text)
    assert SendingWarning(Kind.MISSING_ATTACHMENT) in warnings(draft(text=text), Known())
    assert warnings(draft(text=text, enclosures=(enclosure("a.pdf"),)), Known()) == ()


@pytest.mark.parametrize("text", HONEST)
def test_words_that_promise_none(text: str) -> None:
    assert not promises_attachment(text)


@pytest.mark.parametrize("where", ["html", "quote_html"])
def test_a_picture_in_the_text_is_no_attachment(where: str) -> None:
    logo = enclosure("logo.png", content_id="logo@x.example")
    shown = replace(draft(text="See attached.", enclosures=(logo,)), **{where: '<p><img src="cid:logo@x.example"></p>'})

    assert [each.kind for each in warnings(shown, Known())] == [Kind.MISSING_ATTACHMENT]
    assert warnings(replace(shown, enclosures=(logo, enclosure("a.pdf"))), Known()) == ()


def test_a_subject_that_promises_counts_only_where_it_is_ones_own() -> None:
    own = draft(subject="Report, see attached")

    assert [each.kind for each in warnings(own, Known())] == [Kind.MISSING_ATTACHMENT]
    assert warnings(replace(own, subject="Re: Report, see attached", origin=REPLY), Known()) == ()


@pytest.mark.parametrize("subject", ["", "   ", "\r\n\u200b"[:2], "Re:", "Re: Fwd: ", "AW: RE: "])
def test_a_subject_that_says_nothing(subject: str) -> None:
    assert [each.kind for each in warnings(draft(subject=subject), Known())] == [Kind.EMPTY_SUBJECT]


def test_an_empty_text_is_asked_about_where_nothing_else_says_something() -> None:
    empty = draft(text="\n\n-- \nMe", html="<p></p>")

    assert [each.kind for each in warnings(empty, Known())] == [Kind.EMPTY_TEXT]
    assert [each.kind for each in warnings(replace(empty, origin=REPLY), Known())] == [Kind.EMPTY_TEXT]
    assert warnings(replace(empty, origin=FORWARD), Known()) == ()
    assert warnings(replace(empty, enclosures=(enclosure("a"),)), Known()) == ()


def test_c28_many_recipients_who_see_each_other() -> None:
    """C28: from fifteen on Bcc is offered; those in Bcc do not count, nor does anybody twice."""
    people = tuple(Address("", f"p{n}@x.example") for n in range(15))

    assert warnings(draft(to=people[:8], cc=people[7:]), Known()) == (SendingWarning(Kind.MANY_RECIPIENTS, people),)
    assert warnings(draft(to=people[:14], cc=people[:14], bcc=people), Known()) == ()


KNOWN = Known(
    people=(
        Address("Anna Schmidt", "anna@firma-west.example"),
        Address("Bob", "bob@x.example"),
        Address("Eva Maria Klein", "eva@firma-west.example"),
        Address("Klein, Eva Maria", "eva.klein@home.example"),
        Address("Carl", "carl@company.com"),
    ),
    own=("me@own-house.example",),
)


@pytest.mark.parametrize(
    ("address", "like"),
    [
        ("anna@firma-vvest.example", "firma-west.example"),
        ("anna@firmawest.example", "firma-west.example"),
        ("anna@firma-wset.example", "firma-west.example"),
        ("anna@firma-wes.example", "firma-west.example"),
        ("anna@firma-westt.example", "firma-west.example"),
        ("anna@fіrma-west.example", "firma-west.example"),
        ("anna@mail.firma-weat.example", "firma-west.example"),
        ("me@own-hause.example", "own-house.example"),
        ("carl@company.co", "company.com"),
        ("carl@cornpany.com", "company.com"),
        ("x@gmial.com", "gmail.com"),
        ("x@gmail.con", "gmail.com"),
        ("x@hotmial.com", "hotmail.com"),
        ("x@yaho.com", "yahoo.com"),
        ("x@аррӏе.com", ""),
    ],
)
def test_domains_that_are_nearly_known_ones(address: str, like: str) -> None:
    person = Address("", address)

    assert warnings(draft(to=(BOB,), cc=(person,)), KNOWN) == (SendingWarning(Kind.LOOKALIKE, (person,), like),)


@pytest.mark.parametrize(
    "address",
    [
        "anna@firma-west.example",
        "new@firma-west.example",
        "new@sub.firma-west.example",
        "x@gmail.com",
        "x@ymail.com",
        "x@mail.com",
        "x@gmx.at",
        "carl@company.de",
        "carl@company.org",
        "x@other.example",
        "x@y.example",
        "x@münchen.example",
        "x@пример.рф",
        "broken",
        "",
    ],
)
def test_domains_that_are_none_of_them(address: str) -> None:
    assert warnings(draft(to=(BOB, Address("", address))), KNOWN) == ()


def test_a_domain_in_ascii_is_the_same_as_in_its_own_letters() -> None:
    known = Known(people=(Address("Ivan Ivanov", "ivan@xn--e1afmkfd.xn--p1ai"),), own=("me@xn--bcher-kva.example",))
    people = (Address("Ivan Ivanov", "ivan@ПРИМЕР.рф"), Address("", "other@bücher.example"))

    assert warnings(draft(to=people), known) == ()
    assert warnings(draft(to=people, origin=REPLY), replace(known, thread=known.people)) == ()


def test_digits_count_things_and_short_names_differ_by_chance() -> None:
    known = Known(people=(Address("", "a@team-one1.example"), Address("", "a@abc.example")))

    assert warnings(draft(to=(Address("", "a@team-one2.example"), Address("", "a@abd.example"))), known) == ()


@pytest.mark.parametrize(
    ("person", "like"),
    [
        (Address("Anna Schmidt", "anna@elsewhere.example"), "anna@firma-west.example"),
        (Address("Schmidt, ANNA", "anna@elsewhere.example"), "anna@firma-west.example"),
        (Address("anna@firma-west.example", "eve@elsewhere.example"), "anna@firma-west.example"),
        (Address("Anna <anna@firma-west.example>", "eve@elsewhere.example"), "anna@firma-west.example"),
    ],
)
def test_another_address_than_the_one_known_for_the_name(person: Address, like: str) -> None:
    assert warnings(draft(to=(person,)), KNOWN) == (SendingWarning(Kind.OTHER_ADDRESS, (person,), like),)


@pytest.mark.parametrize(
    "person",
    [
        Address("Bob", "bob@elsewhere.example"),
        Address("Eva Maria Klein", "eva@third.example"),
        Address("Anna Schmidt", "bob@x.example"),
        Address("new@elsewhere.example", "new@elsewhere.example"),
    ],
)
def test_names_that_prove_nothing(person: Address) -> None:
    assert warnings(draft(to=(person,)), KNOWN) == ()


def test_strangers_to_the_mail_that_is_answered() -> None:
    stranger, colleague = Address("", "new@outside.example"), Address("", "col@own-house.example")
    known = replace(KNOWN, thread=(BOB,))
    answer = draft(to=(BOB, stranger, colleague), origin=REPLY)

    assert warnings(answer, known) == (SendingWarning(Kind.NEW_ON_THREAD, (stranger,)),)
    assert warnings(replace(answer, origin=FORWARD), known) == ()
    assert warnings(replace(answer, origin=None), known) == ()
    assert warnings(answer, replace(known, thread=())) == ()
    # whoever has a mailbox at the same large provider is no colleague
    at_gmail = replace(known, own=("me@gmail.com",))
    both = replace(answer, to=(BOB, Address("", "other@gmail.com")))
    assert [each.kind for each in warnings(both, at_gmail)] == [Kind.NEW_ON_THREAD]
