"""What the window says of mails in the outbox: of those that wait for the person's word, and when it is left. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail.outbox import Outgoing, Stage


def sum_words(mails: Sequence[Outgoing]) -> str:
    """Return how many there are and what is wrong with them; "" for none."""
    n = len(mails)
    if not mails:
        return ""
    if all(mail.stage is Stage.FAILED for mail in mails):
        return n_("{n} mail could not be sent", "{n} mails could not be sent", n).format(n=n)
    if all(mail.stage in (Stage.HELD, Stage.QUEUED) for mail in mails):
        return n_("{n} mail was not sent in time", "{n} mails were not sent in time", n).format(n=n)
    return n_("{n} mail may not have been sent", "{n} mails may not have been sent", n).format(n=n)


def news_words(mails: Sequence[Outgoing]) -> str:
    """Return the same for those that are news; one mail is called by its subject."""
    if len(mails) != 1 or not (subject := one_line(mails[0].subject).strip()):
        return sum_words(mails)
    if mails[0].stage is Stage.FAILED:
        words = _("“{subject}” could not be sent")
    elif mails[0].stage in (Stage.HELD, Stage.QUEUED):
        words = _("“{subject}” was not sent in time")
    else:
        words = _("“{subject}” may not have been sent")
    return words.format(subject=subject)


def leaving_words(mails: Sequence[Outgoing]) -> tuple[str, str]:
    """Return what is asked of who quits while mails are to leave: how many there are, and what becomes of them."""
    n = len(mails)
    title = n_("{n} mail is still waiting to be sent", "{n} mails are still waiting to be sent", n).format(n=n)
    if all(mail.scheduled for mail in mails):
        return title, _("Mail leaves at its time only while Rapport runs. What is late then, you are asked about.")
    return title, _("Mail leaves only while Rapport runs. What waits now goes out after the next start.")
