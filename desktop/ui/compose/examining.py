"""What the composer says of slips found in a draft, and what it offers to do about them. Pure but for the clock."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.text import elide, one_line
from desktop.domain.mail import sending_checks
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.meanwhile import ThreadMail
from desktop.domain.mail.sending_checks import Kind, Known, SendingWarning
from desktop.ui import dates
from desktop.ui.compose.ports import Notice, Offer, Remedy

_MOST_NAMED = 3
_LONGEST_NAME = 60


def notices(draft: Draft, known: Known, elsewhere: Iterable[Address] = ()) -> tuple[Notice, ...]:
    """Return the warnings about a draft, the gravest first.

    `elsewhere` is where the answered mail wants answers, at another organisation than its sender's (C28).
    """
    there = {each.key for each in draft.recipients}
    asked = [each for each in elsewhere if each.key in there]
    return (*map(_elsewhere, asked), *map(_notice, sending_checks.warnings(draft, known)))


def _elsewhere(person: Address) -> Notice:
    words = _("The sender wants answers at another organisation: {address}.").format(address=one_line(person.address))
    offers = (Offer(_("Remove"), Remedy.REMOVE, person.address), Offer(_("Fine"), Remedy.FINE))
    return Notice(f"elsewhere {person.key}", words, offers)


def _notice(warning: SendingWarning) -> Notice:
    fine = Offer(_("Fine"), Remedy.FINE)
    people = warning.people
    match warning.kind:
        case Kind.MISSING_ATTACHMENT:
            words = _("You write of an attachment, and there is none.")
            return Notice(warning.kind, words, (Offer(_("Attach a file"), Remedy.ATTACH), fine))
        case Kind.EMPTY_SUBJECT:
            words, offers = _("The message has no subject."), (Offer(_("Write one"), Remedy.SUBJECT), fine)
            return Notice(warning.kind, words, offers, on_sending=True)
        case Kind.EMPTY_TEXT:
            return Notice(warning.kind, _("There is nothing in the message yet."), (fine,), on_sending=True)
        case Kind.MANY_RECIPIENTS:
            words = n_(
                "{n} person sees the addresses of the others.",
                "{n} people see the addresses of one another.",
                len(people),
            )
            return Notice(
                warning.kind, words.format(n=len(people)), (Offer(_("Hide them in Bcc"), Remedy.TO_BCC), fine)
            )
        case Kind.LOOKALIKE if warning.like:
            words = _("{address} is nearly {like}. Is it meant?").format(address=_named(people), like=warning.like)
        case Kind.LOOKALIKE:
            words = _("The address {address} imitates another one.").format(address=_named(people))
        case Kind.OTHER_ADDRESS:
            words = _("{person} is known with another address: {like}.").format(
                person=_named(people), like=warning.like
            )
        case Kind.NEW_ON_THREAD:
            words = n_("{people} is new on this thread.", "{people} are new on this thread.", len(people)).format(
                people=_named(people)
            )
        case Kind.ANSWERED_MEANWHILE:
            assert warning.mail is not None
            # of each mail by itself: who wants to send all the same has not read what comes after
            return Notice(f"{warning.kind} {warning.mail.key}", _meanwhile(warning.mail), (fine,))
    kind = f"{warning.kind} {people[0].key}"  # said of each person by himself
    return Notice(kind, words, (Offer(_("Remove"), Remedy.REMOVE, people[0].address), fine))


def _meanwhile(mail: ThreadMail) -> str:
    time = dates.near_date(mail.date_ms, clock.now(), dates.zone())
    if mail.own:
        words = (
            _("You have answered this mail yourself meanwhile ({time}).")
            if mail.is_answer
            else _("You have written in this conversation yourself meanwhile ({time}).")
        )
        return words.format(time=time)
    words = (
        _("{person} has answered this mail meanwhile ({time}).")
        if mail.is_answer
        else _("{person} has written in this conversation meanwhile ({time}).")
    )
    return words.format(person=elide(one_line(mail.sender.display), _LONGEST_NAME) or _("Somebody"), time=time)


def _named(people: Iterable[Address]) -> str:
    named = [one_line(each.address) for each in people]
    more = len(named) - _MOST_NAMED
    return ", ".join(named[:_MOST_NAMED]) + (f" +{more}" if more > 0 else "")
