"""The command line as data: `parse` turns arguments into one of a few frozen commands, or says what is wrong with them.

The same parser reads the arguments a person typed and those that come over the socket of a running program, so both
are checked alike. Nothing here prints, exits or looks at more than whether a named file exists.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

from desktop.base.i18n import _
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.mailto import is_mailto
from desktop.domain.mail.removal import KEPT_GONE_DAYS


class UsageError(Exception):
    """The arguments make no sense; `usage` shows how it goes, `sentence` what is wrong."""

    def __init__(self, usage: str, sentence: str) -> None:
        super().__init__(sentence)
        self.usage = usage
        self.sentence = sentence


class HelpWanted(Exception):
    """The person asked for help, which is the text."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """One half of an account as typed."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True, slots=True)
class OpenWindow:
    wanted: Path | str | None = None
    """A mail file to show, or a mailto: link to write a mail from (RFC 6068)."""


@dataclass(frozen=True, slots=True)
class AddMailAccount:
    address: str
    name: str
    imap: ServerAddress | None
    smtp: ServerAddress | None
    user: str
    password_stdin: bool
    ca_file: str
    folders: tuple[str, ...]
    since: str
    archive_only: bool


@dataclass(frozen=True, slots=True)
class ListMailAccounts:
    as_json: bool


@dataclass(frozen=True, slots=True)
class TestMailAccount:
    __test__ = False

    account: str


@dataclass(frozen=True, slots=True)
class RemoveMailAccount:
    account: str
    purge: bool


@dataclass(frozen=True, slots=True)
class Sync:
    account: str | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class SearchMails:
    query: str
    limit: int
    as_json: bool


class Form(StrEnum):
    """How `show` shows a mail."""

    SUMMARY = ""
    JSON = "json"
    RAW = "raw"
    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ShowMail:
    id: str
    form: Form


@dataclass(frozen=True, slots=True)
class SendMail:
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    text: Path | None
    html: Path | None
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Work:
    pass


@dataclass(frozen=True, slots=True)
class ImportMails:
    paths: tuple[Path, ...]
    into: str
    """The path of a folder, "" to keep the mails here only."""
    account: str | None
    """The account of that folder; None where there is one alone."""


@dataclass(frozen=True, slots=True)
class ExportMails:
    to: Path
    form: ExportForm
    query: str
    """"" for all mails."""


@dataclass(frozen=True, slots=True)
class BackUp:
    to: Path | None
    """The folder to make; None for one in the working folder, named by the moment."""
    folder: Path
    """The working folder."""


@dataclass(frozen=True, slots=True)
class Restore:
    given: Path
    replace: bool


@dataclass(frozen=True, slots=True)
class Examine:
    as_json: bool


@dataclass(frozen=True, slots=True)
class ShowSample:
    tour: Path | None
    """A folder for pictures of the main screens; None opens the window."""


@dataclass(frozen=True, slots=True)
class TellVersion:
    pass


MailAccountCommand: TypeAlias = AddMailAccount | ListMailAccounts | TestMailAccount | RemoveMailAccount
Command: TypeAlias = (
    OpenWindow
    | MailAccountCommand
    | Sync
    | SearchMails
    | ShowMail
    | SendMail
    | ImportMails
    | ExportMails
    | BackUp
    | Restore
    | Work
    | Examine
    | ShowSample
    | TellVersion
)

COMMANDS = (
    "mail-account",
    "sync",
    "search",
    "show",
    "send",
    "import",
    "export",
    "backup",
    "restore",
    "worker",
    "doctor",
    "demo",
)

_IMAP_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.PLAIN: 143}
_SMTP_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.PLAIN: 25}
_SERVER = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]]+))(?::(\d{1,5}))?(?:/(\w+))?")
_OPTIONS_WITH_VALUE = ("--profile", "--limit", "--to", "--format")
_MOST_HITS = 10_000
_COMMAND_WIDTH = 15
"""Below the words about the options, which argparse puts there."""
_MOST_DIGITS = 1000


class _Parser(argparse.ArgumentParser):
    """Raises where argparse would print and exit. No abbreviations: a later option must not change what one means."""

    def __init__(self, **options: object) -> None:
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        raise UsageError(self.format_usage().strip(), message)

    def print_help(self, file: object = None) -> NoReturn:
        raise HelpWanted(self.format_help())

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Return what was given. In `--to=--` that is two hyphens, of which Python before 3.13 makes an empty list."""
        if action.option_strings and arg_strings == ["--"]:
            return self._get_value(action, "--")
        return super()._get_values(action, arg_strings)


def parse(argv: Sequence[str], folder: Path) -> tuple[str | None, Command]:
    """Return the profile asked for and the command; files are taken relative to `folder`.

    Raises UsageError, HelpWanted.
    """
    at = _first_word(argv)
    if at is not None and argv[at] in COMMANDS:
        after = argv[at + 1 :]
        found = _commands().parse_args(
            [*argv[: at + 1], *(_query_last(after) if argv[at] in ("search", "export") else after)]
        )
        return found.profile, _command(found, folder)
    if at is not None and is_mailto(argv[at]):
        # launchers split a link at the blanks a page left in it; whoever wrote the page gives no options
        argv = (*argv[:at], " ".join(argv[at:]))
    parser = _window()
    found = parser.parse_args(list(argv))
    if found.version:
        return found.profile, TellVersion()
    if found.file and is_mailto(found.file):
        return found.profile, OpenWindow(found.file)
    return found.profile, OpenWindow(_mail_file(parser, found.file, folder) if found.file else None)


def _first_word(argv: Sequence[str]) -> int | None:
    """Return where the first argument stands that is neither an option nor the value of one."""
    words = iter(enumerate(argv))
    for at, word in words:
        if word in _OPTIONS_WITH_VALUE:
            next(words, None)
        elif not word.startswith("-"):
            return at
    return None


def _query_last(argv: Sequence[str]) -> list[str]:
    """Return the arguments of a search with its options first: `-from:anna` and `-not` are words of the query.

    What begins with two dashes stays an option, so that a misspelled one is told; after `--` everything is query.
    """
    options: list[str] = []
    query: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            query.extend(words)
        elif word in _OPTIONS_WITH_VALUE:
            options += [word, *islice(words, 1)]
        elif word == "-h" or word.startswith("--"):
            options.append(word)
        else:
            query.append(word)
    return [*options, "--", *query]


def _window() -> _Parser:
    window = "rapport [--profile DIR] [FILE.eml|mailto:ADDRESS]"  # not words
    usage = f"{window}\n       rapport [--profile DIR] COMMAND ...\n       rapport --version"
    parser = _Parser(
        prog="rapport",
        usage=usage,
        description=_("A mail client with a CRM inside. Without a command it opens its window."),
        epilog=_help_of_commands(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help=_("print the version and end"))
    parser.add_argument("--profile", metavar="DIR", help=_("folder that holds mail and settings"))
    parser.add_argument(
        "file", nargs="?", metavar="FILE.eml", help=_("a mail to open, or a mailto: link to write a mail from")
    )
    return parser


def _about() -> dict[str, str]:
    """Return what each command does, in a line."""
    return {
        "mail-account": _("Set up, list, try and remove mail accounts."),
        "sync": _("Fetch all mail of the watched folders once."),
        "search": _("Search the mails in this profile, newest first."),
        "show": _("Show one mail."),
        "send": _("Send a mail."),
        "import": _("Import mails of mbox and EML files, Maildir folders and folders of these."),
        "export": _("Export mails, as they came, into files."),
        "backup": _("Write a backup of all mail and settings, without passwords, into a new folder."),
        "restore": _("Put a backup in the place of a profile."),
        "worker": _("Do everything but show a window, until a signal ends it."),
        "doctor": _("Examine the profile and this installation."),
        "demo": _("Try Rapport with a sample mailbox that needs no server."),
    }


def _help_of_commands() -> str:
    about = _about()
    lines = [f"  {name.ljust(_COMMAND_WIDTH)}{about[name]}" for name in COMMANDS]
    return "\n".join([_("commands:"), *lines, "", _("`rapport COMMAND --help` says more about a command.")])


def _commands() -> _Parser:
    # a default here would overwrite what stood before the command
    profile = _Parser(add_help=False)
    profile.add_argument(
        "--profile", metavar="DIR", default=argparse.SUPPRESS, help=_("folder that holds mail and settings")
    )
    parser = _Parser(prog="rapport")
    parser.add_argument("--profile", metavar="DIR", help=_("folder that holds mail and settings"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, about: str = "") -> _Parser:
        short = _about()[name]
        return commands.add_parser(name, description=about or short, help=short, parents=[profile])

    account = command("mail-account")
    _mail_account(account, profile)
    sync = command(
        "sync",
        _(
            "Fetch all mail of the watched folders once, bodies included: of the Inbox if no others were chosen, of "
            "the special folders of a two-way account, and of those opened before in the window."
        ),
    )
    sync.add_argument("--mail-account", metavar="A", help=_("only this one: its address"))
    sync.add_argument("--json", action="store_true", help=_("print JSON"))
    search = command("search")
    search.add_argument("query", nargs="+", metavar="QUERY", help=_("words and operators, as in the window"))
    search.add_argument("--limit", type=_limit, default=50, metavar="N", help=_("at most so many mails (50)"))
    search.add_argument("--json", action="store_true", help=_("print JSON"))
    show = command("show")
    show.add_argument("id", metavar="ID", help=_("the number or UUID that search prints"))
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", dest="form", action="store_const", const=Form.JSON, help=_("print JSON"))
    form.add_argument("--raw", dest="form", action="store_const", const=Form.RAW, help=_("print the source as it came"))
    form.add_argument(
        "--html", dest="form", action="store_const", const=Form.HTML, help=_("print the body as safe HTML")
    )
    form.add_argument("--text", dest="form", action="store_const", const=Form.TEXT, help=_("print the body as text"))
    send = command(
        "send",
        _("Send a mail, and wait until a server has taken it. What is repeatable takes several people or files."),
    )
    _send(send)
    importing = command(
        "import",
        _(
            "Import mails of mbox and EML files, Maildir folders and folders of these. What is here already is left. "
            "Without --into they are kept on this computer only."
        ),
    )
    importing.add_argument("paths", nargs="+", metavar="PATH", help=_("a file or folder"))
    importing.add_argument("--into", default="", metavar="FOLDER", help=_("folder of a mail account they go to"))
    importing.add_argument("--mail-account", metavar="A", help=_("the account of that folder: its address"))
    exporting = command("export")
    exporting.add_argument("query", nargs="*", metavar="QUERY", help=_("words and operators; all mails if none"))
    exporting.add_argument("--to", required=True, metavar="PATH", help=_("the file or folder to make"))
    exporting.add_argument(
        "--format",
        type=ExportForm,
        choices=list(ExportForm),
        default=ExportForm.MBOX,
        metavar="mbox|eml|maildir",
        help=_("one file, a file for each mail, or a Maildir (mbox)"),
    )
    back_up = command("backup")
    back_up.add_argument("to", nargs="?", metavar="TO", help=_("the folder to make; one in the present folder if none"))
    restore = command(
        "restore",
        _(
            "Put a backup in the place of a profile: a folder that `rapport backup` wrote, or a copy of the database "
            "from the folder `backup` of a profile. Nothing else may use the profile meanwhile."
        ),
    )
    restore.add_argument("given", metavar="FROM", help=_("the backup"))
    restore.add_argument(
        "--replace", action="store_true", help=_("set aside what the profile holds, into a folder of the profile")
    )
    command("worker")
    doctor = command("doctor")
    doctor.add_argument("--json", action="store_true", help=_("print JSON"))
    demo = command(
        "demo",
        _(
            "Try Rapport with a sample mailbox: mail comes in, people answer, and nothing leaves this computer. Your "
            "own profile is not touched; the sample is gone afterwards unless --profile names a folder for it."
        ),
    )
    demo.add_argument("--tour", metavar="DIR", help=_("write pictures of the main screens into this folder and end"))
    return parser


def _send(parser: _Parser) -> None:
    parser.add_argument("--from", dest="sender", required=True, metavar="A", help=_("one of your own addresses"))
    parser.add_argument("--to", action="append", required=True, metavar="A", help=_("who gets it; repeatable"))
    parser.add_argument("--cc", action="append", default=[], metavar="A", help=_("who gets a copy; repeatable"))
    parser.add_argument("--bcc", action="append", default=[], metavar="A", help=_("who gets a copy unseen; repeatable"))
    parser.add_argument("--subject", required=True, metavar="S", help=_("what it is about"))
    body = parser.add_mutually_exclusive_group(required=True)
    body.add_argument("--text", metavar="FILE", help=_("the mail as plain text (UTF-8)"))
    body.add_argument("--html", metavar="FILE", help=_("the mail as HTML (UTF-8); a plain text is made of it"))
    parser.add_argument(
        "--attach", action="append", default=[], metavar="FILE", help=_("a file that goes along; repeatable")
    )


def _send_command(found: argparse.Namespace, folder: Path) -> SendMail:
    def file(name: str) -> Path:
        path = folder / name
        if "\0" in name or not path.is_file():
            usage = "rapport send --from A --to A --subject S --text FILE [...]"
            raise UsageError(usage, _("There is no file “{file}”.").format(file=name))
        return path

    return SendMail(
        found.sender,
        tuple(found.to),
        tuple(found.cc),
        tuple(found.bcc),
        found.subject,
        file(found.text) if found.text is not None else None,
        file(found.html) if found.html is not None else None,
        tuple(map(file, found.attach)),
    )


def _mail_account(parser: _Parser, profile: _Parser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, about: str) -> _Parser:
        return verbs.add_parser(name, description=about, help=about, parents=[profile])

    add = verb("add", _("Set up a mail account. It does not sign in: `rapport mail-account test` does."))
    add.add_argument("--address", required=True, metavar="A", help=_("its email address"))
    add.add_argument("--name", default="", metavar="N", help=_("the name people see"))
    server = "HOST:PORT/tls|starttls|plain"
    add.add_argument("--imap", type=lambda text: _server(text, _IMAP_PORTS), metavar=server, help=_("where mail lies"))
    add.add_argument(
        "--smtp", type=lambda text: _server(text, _SMTP_PORTS), metavar=server, help=_("where mail leaves")
    )
    add.add_argument("--user", default="", metavar="U", help=_("the name to sign in with; the address if not given"))
    add.add_argument("--password-stdin", action="store_true", help=_("read the password from the first line of stdin"))
    add.add_argument("--ca", metavar="FILE", help=_("certificate authority to trust (PEM)"))
    add.add_argument(
        "--folder", action="append", default=[], metavar="F", help=_("folder to watch instead of the Inbox; repeatable")
    )
    add.add_argument("--since", type=_day, metavar="DATE", help=_("no mail before this day (YYYY-MM-DD)"))
    add.add_argument("--archive-only", action="store_true", help=_("fetch only; change nothing on the server"))
    listing = verb("list", _("List the mail accounts."))
    listing.add_argument("--json", action="store_true", help=_("print JSON"))
    test = verb("test", _("Sign in to the server of a mail account and say how that went."))
    test.add_argument("account", metavar="A", help=_("its address"))
    remove = verb(
        "remove",
        _(
            "Forget a mail account. Mails that only it had are out of sight at once and deleted after {days} days; "
            "the server is not touched."
        ).format(days=KEPT_GONE_DAYS),
    )
    remove.add_argument("account", metavar="A", help=_("its address"))
    remove.add_argument("--purge", action="store_true", help=_("delete its mails from this computer now"))


def _command(found: argparse.Namespace, folder: Path) -> Command:
    match found.command:
        case "mail-account":
            return _mail_account_command(found, folder)
        case "sync":
            return Sync(found.mail_account, found.json)
        case "search":
            return SearchMails(" ".join(found.query), found.limit, found.json)
        case "show":
            return ShowMail(found.id, found.form or Form.SUMMARY)
        case "send":
            return _send_command(found, folder)
        case "import":
            if found.mail_account is not None and not found.into:
                raise UsageError("rapport import PATH... [--into FOLDER [--mail-account A]]", _("Into which folder?"))
            paths = tuple(_path(name, folder) for name in found.paths)
            return ImportMails(paths, found.into, found.mail_account)
        case "export":
            return ExportMails(_path(found.to, folder), found.format, " ".join(found.query))
        case "backup":
            return BackUp(_path(found.to, folder) if found.to else None, folder)
        case "restore":
            return Restore(_path(found.given, folder), found.replace)
        case "worker":
            return Work()
        case "demo":
            return ShowSample(folder / found.tour if found.tour is not None else None)
        case _:
            return Examine(found.json)


def _path(name: str, folder: Path) -> Path:
    if "\0" in name:
        raise UsageError("rapport [--profile DIR] COMMAND ...", _("This is no name of a file."))
    return folder / name


def _mail_account_command(found: argparse.Namespace, folder: Path) -> MailAccountCommand:
    match found.verb:
        case "list":
            return ListMailAccounts(found.json)
        case "test":
            return TestMailAccount(found.account)
        case "remove":
            return RemoveMailAccount(found.account, found.purge)
    usage = "rapport mail-account add --address A --imap HOST:PORT/tls [...]"
    if found.imap is None and found.smtp is None:
        raise UsageError(usage, _("A mail account needs --imap, --smtp or both."))
    if found.folder and found.imap is None:
        raise UsageError(usage, _("Folders can be watched only with --imap."))
    ca_file = ""
    if found.ca is not None:
        ca_file = str(folder / found.ca)
        if "\0" in ca_file or not Path(ca_file).is_file():
            raise UsageError(usage, _("There is no file “{file}”.").format(file=found.ca))
    return AddMailAccount(
        address=found.address,
        name=found.name,
        imap=found.imap,
        smtp=found.smtp,
        user=found.user,
        password_stdin=found.password_stdin,
        ca_file=ca_file,
        folders=tuple(dict.fromkeys(found.folder)),
        since=found.since or "",
        archive_only=found.archive_only,
    )


def _mail_file(parser: _Parser, name: str, folder: Path) -> Path:
    named = _path_of_link(name)
    path = folder / named
    if "\0" in named or not path.is_file():
        raise UsageError(
            parser.format_usage().strip(), _("“{word}” is neither a command nor a file.").format(word=name)
        )
    return path


def _path_of_link(name: str) -> str:
    """Return the path in a file: link (RFC 8089): desktops hand files over so to who takes links too."""
    try:
        parts = urlsplit(name)
    except ValueError:
        return name
    local = parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path.startswith("/")
    return os.fsdecode(unquote_to_bytes(parts.path)) if local else name


def _server(text: str, ports: dict[Security, int]) -> ServerAddress:
    """Read HOST[:PORT][/SECURITY]; an IPv6 address stands in brackets. TLS and its port where nothing is said."""
    found = _SERVER.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(_("“{text}” is not HOST:PORT/tls, /starttls or /plain.").format(text=text))
    try:
        security = Security((found[4] or Security.TLS).lower())
    except ValueError:
        sentence = _("“{word}” is not a way to connect: tls, starttls or plain.")
        raise argparse.ArgumentTypeError(sentence.format(word=found[4])) from None
    port = int(found[3]) if found[3] else ports[security]
    if not 0 < port < 65536:
        sentence = _("{port} is not a port; it is a number from 1 to 65535.")
        raise argparse.ArgumentTypeError(sentence.format(port=port))
    return ServerAddress(found[1] or found[2], port, security)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a date like 2026-01-31.").format(text=text)) from None


def _limit(text: str) -> int:
    # Python would refuse to read very long numbers
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and 0 < int(text) <= _MOST_HITS:
        return int(text)
    sentence = _("“{text}” is not a number from 1 to {most}.")
    raise argparse.ArgumentTypeError(sentence.format(text=text, most=_MOST_HITS))
