"""What an import or export did, in whole sentences: for the window and the command line. Pure."""

from __future__ import annotations

from collections.abc import Callable

from desktop.base.i18n import _, n_
from desktop.base.paths import shown
from desktop.services.mail.exporting import Exported
from desktop.services.mail.import_files import Fault
from desktop.services.mail.importing import Imported


def imported(done: Imported, number: Callable[[int], str] = str) -> str:
    """Return the sentences that tell what came of an import; `number` writes a count as the person reads numbers."""
    said = [_("The import was cancelled.")] if done.cancelled else []
    counts = (
        (done.taken, n_("{n} mail imported.", "{n} mails imported.", done.taken)),
        (done.known, n_("{n} was here already.", "{n} were here already.", done.known)),
        (
            done.unreadable,
            n_(
                "{n} of them cannot be shown; its source is kept.",
                "{n} of them cannot be shown; their sources are kept.",
                done.unreadable,
            ),
        ),
        (
            done.deleted,
            n_(
                "{n} that its program had marked as deleted was left out.",
                "{n} that their program had marked as deleted were left out.",
                done.deleted,
            ),
        ),
        *((count, _fault(fault, count)) for fault, count in done.faults.items()),
    )
    said += [sentence.format(n=number(count)) for count, sentence in counts if count]
    if not said:
        said.append(_("There is no mail in what you chose."))
    if done.problem is not None:
        said.append(done.problem.text)
    return " ".join(said)


def exported(done: Exported, number: Callable[[int], str] = str) -> str:
    """Return the sentences that tell what came of an export."""
    if done.cancelled:
        return _("The export was cancelled. Nothing is left of it.")
    if not done.mails and not done.missing:
        return _("There was no mail to export: {path} is empty.").format(path=shown(done.path))
    said = [
        n_("{n} mail exported to {path}.", "{n} mails exported to {path}.", done.mails).format(
            n=number(done.mails), path=shown(done.path)
        )
    ]
    if done.partial:
        words = n_(
            "{n} of them is there in part only: its attachments are still on the server.",
            "{n} of them are there in part only: their attachments are still on the server.",
            done.partial,
        )
        said.append(words.format(n=number(done.partial)))
    if done.missing:
        words = n_(
            "{n} was left out: its source is not on this computer.",
            "{n} were left out: their sources are not on this computer.",
            done.missing,
        )
        said.append(words.format(n=number(done.missing)))
    return " ".join(said)


def _fault(fault: Fault, count: int) -> str:
    return {
        Fault.TOO_LARGE: n_(
            "{n} mail is too large and was left out.", "{n} mails are too large and were left out.", count
        ),
        Fault.UNREADABLE: n_("{n} file could not be read.", "{n} files could not be read.", count),
        Fault.TOO_DEEP: n_(
            "{n} folder lies too deep in others and was left out.",
            "{n} folders lie too deep in others and were left out.",
            count,
        ),
    }[fault]
