"""`rapport mail-account add | list | test | remove`."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence

from desktop.app.arguments import (
    AddMailAccount,
    ListMailAccounts,
    MailAccountCommand,
    RemoveMailAccount,
    ServerAddress,
    TestMailAccount,
)
from desktop.app.commands.accounts import named
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.app.reading_only import open_to_read
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _, n_
from desktop.base.paths import Profile
from desktop.domain.certificate import Certificate
from desktop.domain.mail.folder import ServerFolder
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Mode, Security
from desktop.domain.mail.removal import KEPT_GONE_DAYS

log = logging.getLogger(__name__)


class NoSuchFolder(Problem):
    """The server does not have a folder that is to be watched."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, path: str, folders: Sequence[ServerFolder]) -> None:
        there = ", ".join(folder.path for folder in folders if folder.selectable)
        text = _("The server has no folder “{path}”. It has: {folders}.")
        super().__init__(text.format(path=path, folders=there))


def run(
    command: MailAccountCommand, core: Core, console: Console, password: str | None, *, may_ask: bool = True
) -> int:
    """Carry out a verb; returns the exit code. `may_ask` says whether a person may be waited for. Raises Problem."""
    match command:
        case AddMailAccount():
            return _add(command, core, console, password)
        case ListMailAccounts(as_json=True):
            console.json([_facts(core, account) for account in core.services.accounts.all()])
            return 0
        case ListMailAccounts():
            return _list(core, console)
        case TestMailAccount():
            return _test(command, core, console)
        case RemoveMailAccount():
            return _remove(command, core, console, may_ask=may_ask)


def check(command: AddMailAccount, profile: Profile) -> None:
    """Refuse what `add` would refuse, before anybody types a password. Raises AccountInvalid."""
    try:
        core = open_to_read(profile)
    except Problem:
        return  # new, or brought up to date or mended by whoever opens it to write
    try:
        core.services.accounts.check_new(_account(command))
    finally:
        core.close()


def _account(command: AddMailAccount) -> MailAccount:
    user = command.user or command.address
    return MailAccount(
        id=uuid.uuid4(),
        address=command.address,
        display_name=command.name,
        imap=_endpoint(command.imap, user),
        smtp=_endpoint(command.smtp, user),
        mode=Mode.ARCHIVE_ONLY if command.archive_only else Mode.TWO_WAY,
        fetch_since=command.since,
        ca_file=command.ca_file,
    )


def _add(command: AddMailAccount, core: Core, console: Console, password: str | None) -> int:
    account = _account(command)
    listed: tuple[ServerFolder, ...] = ()
    watched: tuple[str, ...] | None = None
    if command.folders:
        # which folders there are is known to the server alone, and the choice must stand before the first sync
        tried = core.services.accounts.test(account, password or "").result()
        if not tried.ok and not tried.folders:
            console.complain(Problem(tried.problem, details=tried.details))
            if tried.certificate is not None:
                _tell_certificate(tried.certificate, console)
            return 1
        listed = tried.folders
        watched = tuple(_path(wanted, listed) for wanted in command.folders)
    core.services.accounts.add(
        account,
        password if account.imap else None,
        password if account.smtp else None,
        folders=listed,
        watched=watched,
    )
    if any(half is not None and half.security is Security.PLAIN for half in (account.imap, account.smtp)):
        console.say(_("Warning: this connection is not encrypted. Others on the network can read password and mails."))
    console.say(_("{address} is set up.").format(address=account.address))
    return 0


def _remove(command: RemoveMailAccount, core: Core, console: Console, *, may_ask: bool) -> int:
    account = named(core.services.accounts, command.account)
    if may_ask and core.secrets.waits_for_person:
        try:
            core.secrets.unlock()
        except Problem as problem:  # an account goes all the same; what becomes of its passwords is said below
            log.info("the passwords of an account that is removed stay locked: %s", problem.text)
    went = core.services.accounts.remove(account.key, purge_mails=command.purge)
    console.say(_("{address} is removed from this profile.").format(address=account.address))
    if went.mails and command.purge:
        words = n_("{n} mail that only it had is deleted.", "{n} mails that only it had are deleted.", went.mails)
        console.say(words.format(n=went.mails))
    elif went.mails:
        words = n_(
            "{n} mail that only it had stays on this computer for {days} days.",
            "{n} mails that only it had stay on this computer for {days} days.",
            went.mails,
        )
        console.say(words.format(n=went.mails, days=KEPT_GONE_DAYS))
    if went.secrets_left:
        console.say(went.secrets_left)
    return 0


def _endpoint(server: ServerAddress | None, user: str) -> Endpoint | None:
    return Endpoint(server.host, server.port, server.security, user) if server else None


def _path(wanted: str, folders: Sequence[ServerFolder]) -> str:
    """Return the path of a folder as the server spells it; INBOX is the same in any case (RFC 9051, section 5.1)."""
    for folder in folders:
        same = folder.path == wanted or (folder.path.upper() == "INBOX" and wanted.upper() == "INBOX")
        if same and folder.selectable:
            return folder.path
    raise NoSuchFolder(wanted, folders)


def _list(core: Core, console: Console) -> int:
    accounts = core.services.accounts.all()
    if not accounts:
        console.say(_("There is no mail account in this profile yet."))
    for account in accounts:
        half = account.imap or account.smtp
        server = f"{half.host}:{half.port}/{half.security}" if half else ""
        console.line(account.address, server, account.mode)
    return 0


def _facts(core: Core, account: MailAccount) -> dict[str, object]:
    folders = next(node.folders for node in core.services.views.folder_tree().accounts if node.key == account.key)
    status = core.services.accounts.status(account.key)
    return {
        "id": str(account.id),
        "address": account.address,
        "name": account.display_name,
        "mode": account.mode.value,
        "imap": _half(account.imap),
        "smtp": _half(account.smtp),
        "since": account.fetch_since or None,
        "active": account.active,
        "folders": [{"path": folder.path, "role": folder.role.value, "watched": folder.watched} for folder in folders],
        "activity": status.activity.value,
        "problem": status.problem or None,
    }


def _half(endpoint: Endpoint | None) -> dict[str, object] | None:
    if endpoint is None:
        return None
    return {
        "host": endpoint.host,
        "port": endpoint.port,
        "security": endpoint.security.value,
        "user": endpoint.user,
    }


def _tell_certificate(certificate: Certificate, console: Console) -> None:
    """Describe what was refused, and what a person can do who trusts it all the same."""
    for label, words in certificate.facts():
        console.say(_("{label}: {words}").format(label=label, words=words))
    console.say(
        _(
            "If its authority is one you trust, set the account up with --ca and the file (PEM) of that authority; "
            "remove the account first where it is set up already. The window can also trust this certificate alone."
        )
    )


def _test(command: TestMailAccount, core: Core, console: Console) -> int:
    account = named(core.services.accounts, command.account)
    tried = core.services.accounts.test(account).result()
    if not tried.ok:
        console.complain(Problem(tried.problem, details=tried.details))
        if tried.certificate is not None:
            _tell_certificate(tried.certificate, console)
        return 1
    if account.smtp is not None:
        console.say(_("{host} takes mails of {address}.").format(host=account.smtp.host, address=account.address))
    if account.imap is None:
        return 0
    n = len(tried.folders)
    words = n_("{host} let {user} in; it has {n} folder.", "{host} let {user} in; it has {n} folders.", n)
    console.say(words.format(host=account.imap.host, user=account.imap_user, n=n))
    return 0
