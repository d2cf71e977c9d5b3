"""How a person in the head of a mail is told of in menus and tooltips: by the address alone, whatever the name claims.

A name is what somebody wrote of himself. Pure.
"""

from __future__ import annotations

from desktop.base.i18n import _
from desktop.base.text import one_line, without_direction_marks
from desktop.domain.mail import address_write
from desktop.domain.mail.address import Address

LONGEST = 64
_LAST_SHOWN = 40
"""The end stays: it says whose mailbox it is."""


def can_be_written_to(person: Address) -> bool:
    """Say whether a mail to this person has an address to go to."""
    return address_write.is_fit(person.address)


def shown_address(person: Address) -> str:
    """Return the true address as it stands in a menu; a long one is cut in its middle."""
    address = without_direction_marks(one_line(person.address))
    if len(address) <= LONGEST:
        return address
    return f"{address[: LONGEST - _LAST_SHOWN - 1]}…{address[-_LAST_SHOWN:]}"


def invitation(person: Address) -> str:
    """Return what a click on a person does; it names the address. Not made safe for a tooltip."""
    return _("Write to {address}").format(address=shown_address(person))
