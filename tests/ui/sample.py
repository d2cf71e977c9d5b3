"""A small, lively mailbox: mails as bytes, for pictures of the window and for tests that want more than one mail.

They go through the parser and the one door through which mail arrives, like everybody's.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime

from desktop.base import clock
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.mail_account import AccountStatus, Activity, Endpoint, MailAccount, Security
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.services.mail.ingest import Fetched, Home, Ingest
from desktop.store.database import Database
from desktop.store.mail.accounts import AccountWriter
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.folders import Folders, FolderWriter

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ADDRESSES = ("jan@firm.example", "support@firm.example", "billing@firm.example")
FOLDERS = (
    ServerFolder(b"INBOX", "INBOX", "/", Role.INBOX),
    ServerFolder(b"Sent", "Sent", "/", Role.SENT),
    ServerFolder(b"Drafts", "Drafts", "/", Role.DRAFTS),
    ServerFolder(b"Archive", "Archive", "/", Role.ARCHIVE),
    ServerFolder(b"Junk", "Junk", "/", Role.JUNK),
    ServerFolder(b"Trash", "Trash", "/", Role.TRASH),
    ServerFolder(b"Projects", "Projects", "/"),
    ServerFolder(b"Projects/Kranich Logistik", "Projects/Kranich Logistik", "/"),
    ServerFolder(b"Projects/Helix pilot", "Projects/Helix pilot", "/"),
)

OFFER = """\
<p>Hi Jan,</p>
<p>thank you for the offer. Before I take it to our board on Tuesday I need two things from you:</p>
<ol><li>Could you show the licence and the support as separate lines? Our controlling books them on different cost
centres.</li><li>We would add the Linz site from March, about 25 seats. Does the price per seat stay the same?</li></ol>
<p>If both fit, I can sign by the end of November.</p>
<p>Best regards<br>Anna</p>
<blockquote type="cite"><p>Dear Anna,</p><p>attached is our offer for the next two years. The price per seat is
unchanged, and the support now covers weekends.</p><p>Jan</p></blockquote>
<img src="https://acme.example/logo.png" width="120" height="40" alt="">
"""


@dataclass(frozen=True)
class Mail:
    """One mail of the sample."""

    name: str
    address: str
    subject: str
    text: str
    age_ms: int
    flags: Flag = Flag.SEEN
    html: str = ""
    files: tuple[tuple[str, str, int], ...] = ()
    thread: str = ""
    folder: str = "INBOX"


MAILS: tuple[Mail, ...] = (
    Mail(
        "Jan Berger",
        "jan@firm.example",
        "Renewal 2027 – offer",
        "Dear Anna,\n\nattached is our offer for the next two years.\n\nJan",
        3 * DAY,
        thread="renewal",
        folder="Sent",
        files=(("Renewal-2027.pdf", "application/pdf", 208_000),),
    ),
    Mail(
        "Anna Keller",
        "anna.keller@acme.example",
        "Re: Renewal 2027 – offer",
        "Received, thank you. I will read it on the train.",
        2 * DAY,
        thread="renewal",
    ),
    Mail(
        "Anna Keller",
        "anna.keller@acme.example",
        "Re: Renewal 2027 – offer",
        "Thank you for the offer. Before I take it to our board on Tuesday I need two things from you.",
        18 * MINUTE,
        html=OFFER,
        thread="renewal",
        files=(
            ("Renewal-2027-v2.pdf", "application/pdf", 210_000),
            ("board-template.xlsx", "application/vnd.ms-excel", 112_000),
        ),
    ),
    Mail(
        "Дмитрий Соколов",
        "d.sokolov@vektor.example",
        "Re: Акт сверки за III квартал",
        "Ян, добрый день! Подписанный акт во вложении, оригинал отправили сегодня.",
        45 * MINUTE,
        Flag.NONE,
        files=(("akt.pdf", "application/pdf", 80_000),),
        thread="akt",
    ),
    Mail(
        "Bo Trent",
        "bo@trent.example",
        "Invoice 1042 – one line is wrong",
        "Line 3 bills 14 licences, we ordered 12. Can you correct it before Friday?",
        62 * MINUTE,
        Flag.NONE,
    ),
    Mail(
        "Maria Lopes",
        "maria@firm.example",
        "Notes from the Kranich call",
        "They want a pilot in two depots first. I promised an outline by Thursday.",
        90 * MINUTE,
        Flag.SEEN | Flag.ANSWERED,
    ),
    Mail(
        "Sophie Marchand",
        "sophie@ateliernord.example",
        "Introduction: Atelier Nord and your reporting",
        "We met at the Lyon fair last week and you showed me the reporting.",
        130 * MINUTE,
        Flag.NONE,
    ),
    Mail(
        "Tarnow Papier, Einkauf",
        "einkauf@tarnow.example",
        "Bestellung 4500018231",
        "Sehr geehrter Herr Berger, anbei unsere Bestellung.",
        170 * MINUTE,
        Flag.SEEN | Flag.FLAGGED,
        files=(("Bestellung.pdf", "application/pdf", 52_000),),
    ),
    Mail(
        "Priya Raman",
        "priya@helix.example",
        "Security questionnaire, second round",
        "Only four answers are open now. The rest went through.",
        DAY,
        Flag.SEEN | Flag.FLAGGED,
        files=(("questionnaire.docx", "application/msword", 90_000),),
    ),
    Mail(
        "Jürgen Talhoff",
        "j.talhoff@talhoff.example",
        "Terminvorschlag für die Schulung",
        "Passt Ihnen der 4. November? Wir wären acht Personen.",
        DAY + 2 * HOUR,
        Flag.SEEN | Flag.ANSWERED,
    ),
    Mail(
        "Elif Demir",
        "elif@partner.example",
        "Re: Partner contract, clause 7",
        "Our lawyers are fine with the shorter notice.",
        DAY + 4 * HOUR,
        files=(("clause-7.pdf", "application/pdf", 9_000),),
    ),
    Mail(
        "Olga Smirnova",
        "olga@firm.example",
        "Q4 forecast: please update your deals",
        "The board meets on the 2nd. Please go through your list until Friday.",
        DAY + 6 * HOUR,
        Flag.NONE,
    ),
    Mail(
        "Kestrel Row",
        "office@kestrelrow.example",
        "Twelve shops, one contract?",
        "Could one contract cover all twelve shops, billed each on its own?",
        4 * DAY,
    ),
    Mail(
        "Luca Villa",
        "luca@villa.example",
        "Re: Export runs into a time-out",
        "The export works again since last night. Thank you!",
        5 * DAY,
        folder="Projects/Helix pilot",
    ),
    Mail(
        "Kranich Logistik",
        "dispo@kranich.example",
        "Pilot: depots Halle and Erfurt",
        "The two depots are agreed. We start on the 7th.",
        6 * DAY,
        Flag.NONE,
        folder="Projects/Kranich Logistik",
    ),
    Mail(
        "Claudia Weiß",
        "weiss@stadtwerke.example",
        "Rechnung 2026-118",
        "Die Rechnung ist freigegeben.",
        9 * DAY,
        folder="Archive",
    ),
    Mail("Prize Office", "win@prize.example", "You have won", "Claim now.", 3 * DAY, Flag.NONE, folder="Junk"),
)


def statuses(keys: Sequence[int]) -> tuple[AccountStatus, ...]:
    """Return one account that is well, one that is syncing and one that needs its person."""
    well, syncing, trouble = keys
    return (
        AccountStatus(well, Activity.UP_TO_DATE, synced_at_ms=clock.now() - MINUTE),
        AccountStatus(syncing, Activity.SYNCING, done=1204, total=6046),
        AccountStatus(
            trouble,
            Activity.TROUBLE,
            problem="The server does not accept the password of billing@firm.example.",
            details="NO [AUTHENTICATIONFAILED] Authentication failed.",
            remedy="sign-in",
        ),
    )


def fill(database: Database, blobs: Blobs, mails: Sequence[Mail] = MAILS) -> tuple[int, ...]:
    """Put three accounts and the mails into an empty profile; returns the accounts' keys."""
    account_keys: list[int] = []
    with database.write() as work:
        AccountWriter(work).ensure_user("Jan Berger")
        for address in ADDRESSES:
            imap = Endpoint("imap.firm.example", 993, Security.TLS, address)
            account = MailAccount(id=uuid.uuid4(), address=address, display_name="Jan Berger", imap=imap)
            account_keys.append(AccountWriter(work).add(account))
            FolderWriter(work).mirror(account_keys[-1], FOLDERS, {})
    with database.read() as view:
        nodes = {(node.account_key, node.path): node for node in Folders(view).nodes()}
    ingest = Ingest(database, blobs)
    now = clock.now()
    for uid, mail in enumerate(sorted(mails, key=lambda mail: -mail.age_ms), 1):
        raw = source(mail, now, uid)
        node = nodes[account_keys[0], mail.folder]
        home = Home(account_keys[0], node.key, 1)
        ingest.take(home, [Fetched(uid, mail.flags, now - mail.age_ms, len(raw), raw, parse(raw))])
    return tuple(account_keys)


def source(mail: Mail, now_ms: int, uid: int) -> bytes:
    """Return the mail as it came over the wire."""
    message = EmailMessage()
    message["From"] = f'"{mail.name}" <{mail.address}>'
    message["To"] = (
        "Anna Keller <anna.keller@acme.example>" if mail.folder == "Sent" else "Jan Berger <jan@firm.example>"
    )
    if mail.thread == "renewal" and mail.folder != "Sent":
        message["Cc"] = "Maria Lopes <maria@firm.example>"
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(clock.to_datetime(now_ms - mail.age_ms))
    message["Message-ID"] = f"<{uid}.{mail.thread or uid}@sample.example>"
    if mail.thread:
        message["References"] = f"<{mail.thread}@sample.example>"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    for name, media_type, size in mail.files:
        main, sub = media_type.split("/")
        message.add_attachment(b"%PDF-1.7\n" + bytes(size), maintype=main, subtype=sub, filename=name)
    return message.as_bytes()
