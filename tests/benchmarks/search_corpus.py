"""A mailbox for the search benchmark: any number of mails, always the same ones, written straight into the tables.

Words follow Zipf's law over a vocabulary of 40,000; people do too. The mails arrive as a first sync brings them, the
newest batch first, so that the search index has the shape it has in life. The same mails can be written as Maildir.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from itertools import accumulate
from pathlib import Path

from desktop.base.bus import Bus
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.message import KEY_STEP
from desktop.store import migrate
from desktop.store.database import Database, UnitOfWork

BATCH = 500
NEWEST_MS = 1_788_000_000_000
STEP_MS = 900_000
"""A mail every quarter of an hour: 200,000 of them are five and a half years."""

_COMMON = (
    "the to and of a in is for you that we on it this with be are as have your i will not from at can please if by or "
    "our me all an has was my but so do they there would which been also one what about when any more some out just "
    "know time get up new no their could should need like make see work now how only first other use thanks he them "
    "who then these than may good over its after back were well here think last did because take very hello regards "
    "best kind dear team week next day today tomorrow monday tuesday wednesday thursday friday meeting send sent let "
    "call phone mail"
).split()
_BUSINESS = (
    "invoice contract renewal offer budget project report customer price order delivery payment account support "
    "release server update review schedule deadline question answer document attached presentation proposal agenda "
    "minutes travel hotel flight booking holiday insurance tax bank transfer receipt warranty repair factory machine "
    "sensor battery engine design drawing sample quality audit certificate license software hardware network security "
    "password backup migration database interface prototype marketing campaign newsletter conference workshop training "
    "interview candidate salary office building parking kitchen garden school university research paper journal "
    "experiment result analysis statistics model forecast quarter revenue margin discount partner supplier warehouse "
    "shipment customs container harbour railway station bicycle concert theatre museum restaurant recipe birthday "
    "wedding photo camera holiday mountain weather"
).split()
_ACCENTED = "müller straße größe façade señor übergabe prüfung genève køb łódź".split()
_CJK = ("会议记录明天下午", "项目报告已经完成", "請確認訂單", "こんにちは世界", "회의자료첨부", "ประชุมพรุ่งนี้")
_FIRST = (
    "anna rolf mira jan maria jonas lena paul olga ivan sofia peter nina karl julia marco elena tom ruth hugo clara "
    "felix irene oscar vera bruno alma emil greta leo"
).split()
_LAST = (
    "keller stein jansen lopes brandt weber novak petrov rossi silva meyer larsen dubois costa kovacs horvat nilsson "
    "moreau vogel lang fischer becker schmitt huber wagner kaiser lehmann krause winter sommer"
).split()
_DOMAINS = ("acme.example", "firm.example", "kranich-logistik.example", "helix.example", "uni.example", "post.example")

_FOLDERS = (
    ("INBOX", "inbox", 0.55),
    ("Archive", "archive", 0.2),
    ("Sent", "sent", 0.1),
    ("Projects/Helix", "", 0.05),
    ("Projects/Kranich", "", 0.05),
    ("Trash", "trash", 0.03),
    ("Junk", "junk", 0.02),
    ("Everything", "", 0.0),
)
_EVERYTHING = len(_FOLDERS)
"""The list of a folder that holds all mails, as servers with labels have one: the largest a person can open."""
_SHAPE = 2
"""Goes up when the mails or their rows change, so that a mailbox made before is not used again."""


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str

    @property
    def text(self) -> str:
        return f"{self.name} {self.address}"


@dataclass(frozen=True, slots=True)
class Mail:
    """One made-up mail; `folder` is an index into the folders of the mailbox."""

    key: int
    number: int
    date_ms: int
    subject: str
    sender: Person
    to: tuple[Person, ...]
    cc: tuple[Person, ...]
    body: str
    files: tuple[str, ...]
    folder: int
    unread: bool
    starred: bool
    list_id: str


@cache
def vocabulary() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return the words, most frequent first, and their running sums of weight 1/rank."""
    chance = random.Random(7)
    syllables = [c + v for c in "b d f g k l m n p r s t v w z br st tr kl sch".split() for v in "a e i o u ei".split()]
    words = dict.fromkeys(_COMMON)
    for place, word in enumerate(_BUSINESS + _ACCENTED):
        words[word] = None
        for _filler in range(1 + place // 8):
            words["".join(chance.choices(syllables, k=chance.randint(2, 4)))] = None
    while len(words) < 40_000:
        words["".join(chance.choices(syllables, k=chance.randint(2, 5)))] = None
    return tuple(words), tuple(accumulate(1 / (rank + 2) for rank in range(len(words))))


@cache
def people() -> tuple[tuple[Person, ...], tuple[float, ...]]:
    """Return 6,000 people, most busy first, and their running sums of weight."""
    chance = random.Random(11)
    known: dict[str, Person] = {}
    while len(known) < 6_000:
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        number = "" if len(known) < 300 else str(chance.randint(1, 999))
        address = f"{first}.{last}{number}@{chance.choice(_DOMAINS)}"
        known[address] = Person(f"{first.title()} {last.title()}", address)
    return tuple(known.values()), tuple(accumulate(1 / (rank + 5) for rank in range(len(known))))


def mails(count: int) -> Iterator[Mail]:
    """Yield the mails of a mailbox of this size, newest batch first, oldest first within a batch."""
    for high in range(count, 0, -BATCH):
        yield from (_mail(number, count) for number in range(max(0, high - BATCH), high))


def _mail(number: int, count: int) -> Mail:
    chance = random.Random(number)
    words, word_sums = vocabulary()
    somebody, busy = people()
    date_ms = NEWEST_MS - (count - number) * STEP_MS
    body = chance.choices(words, cum_weights=word_sums, k=min(1200, 20 + int(chance.lognormvariate(4.3, 0.8))))
    if number % 50 == 7:
        body.insert(5, chance.choice(_CJK))
    lines = (" ".join(body[at : at + 12]) for at in range(0, len(body), 12))
    who = chance.choices(somebody, cum_weights=busy, k=2 + chance.choice((1, 1, 1, 2, 3)))
    folder = chance.choices(range(len(_FOLDERS)), weights=[share for _, _, share in _FOLDERS])[0]
    me = somebody[0]
    sent = _FOLDERS[folder][1] == "sent"
    file = f"{chance.choice(_BUSINESS)}-{number % 1000}.{chance.choice(('pdf', 'xlsx', 'jpg'))}"
    return Mail(
        key=date_ms * KEY_STEP,
        number=number,
        date_ms=date_ms,
        subject=" ".join(chance.choices(words, cum_weights=word_sums, k=chance.randint(3, 7))).capitalize(),
        sender=me if sent else who[0],
        to=(who[1] if sent else me,),
        cc=tuple(who[2:]) if chance.random() < 0.3 else (),
        body=".\n".join(lines),
        files=(file,) if chance.random() < 0.2 else (),
        folder=folder,
        unread=not sent and chance.random() < 0.04,
        starred=chance.random() < 0.01,
        list_id=f"list{number % 40}.uni.example" if chance.random() < 0.1 else "",
    )


def profile(keep: Path, count: int) -> Path:
    """Return the folder of a profile with `count` mails, made where it is not there yet."""
    root = keep / f"mailbox-{count}-{_SHAPE}"
    if not (root / "rapport.db").exists():
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        building = root / "rapport.new"
        building.unlink(missing_ok=True)
        fill(building, count)
        building.chmod(0o600)
        building.replace(root / "rapport.db")
    return root


def list_of_everything() -> int:
    """Return the id of the list that holds every mail."""
    return _EVERYTHING


def fill(path: Path, count: int) -> None:
    """Make the database of a mailbox with `count` mails."""
    database = Database(path, Bus())
    migrate.migrate(database, lambda: None)
    with database.read() as view:
        view.connection.execute("ROLLBACK")
        view.connection.execute("PRAGMA synchronous = OFF")
    with database.write() as work:
        keys = _base(work)
    batch: list[Mail] = []
    for mail in mails(count):
        batch.append(mail)
        if len(batch) == BATCH:
            with database.write() as work:
                _insert(work, batch, keys)
            batch = []
    with database.write() as work:
        _insert(work, batch, keys)
        _count_lists(work)
        work.run("ANALYZE")
    database.close()


def _base(work: UnitOfWork) -> dict[str, int]:
    work.run("INSERT INTO user (key, id, name, is_me) VALUES (1, ?, 'Me', 1)", (_id(1),))
    work.run("INSERT INTO mail_account (key, id, owner_key, address) VALUES (1, ?, 1, 'me@firm.example')", (_id(1),))
    work.many(
        "INSERT INTO folder (key, account_key, wire_name, path, role, shows_in_inbox) VALUES (?, 1, ?, ?, ?, ?)",
        [(at, path.encode(), path, role, role == "inbox") for at, (path, role, _) in enumerate(_FOLDERS, 1)],
    )
    everybody, _sums = people()
    work.many(
        "INSERT INTO email_address (key, id, address, spelling, name) VALUES (?, ?, ?, ?, ?)",
        [(at, _id(at), p.address, p.address, p.name) for at, p in enumerate(everybody, 1)],
    )
    return {p.address: at for at, p in enumerate(everybody, 1)}


def _id(number: int) -> bytes:
    return number.to_bytes(16, "big")


def _insert(work: UnitOfWork, batch: list[Mail], keys: dict[str, int]) -> None:
    conversations = {m.key: (m.number // 3) * 7 + 1 for m in batch}
    work.many(
        "INSERT INTO email (key, id, conversation_key, message_id, date_ms, received_ms, subject, from_name, "
        "from_address, recipients, snippet, size_bytes, has_attachment, list_id, outgoing) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                m.key, _id(m.number), conversations[m.key], f"{m.number}@made.example", m.date_ms,
                m.date_ms, m.subject, m.sender.name, m.sender.address, m.to[0].name, m.body[:200].replace("\n", " "),
                _size(m), bool(m.files), m.list_id, _FOLDERS[m.folder][1] == "sent",
            )
            for m in batch
        ],
    )  # fmt: skip
    work.many(
        "INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (?, ?, ?, ?, ?)",
        [
            (m.key, kind, position, keys[person.address], person.name)
            for m in batch
            for kind, some in (("from", (m.sender,)), ("to", m.to), ("cc", m.cc))
            for position, person in enumerate(some)
        ],
    )
    texts = [_text(m) for m in batch]
    work.many(
        "INSERT INTO email_text (key, subject, people, body, files, sender, recipients, copies, addresses, cjk) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        texts,
    )
    work.many(
        "INSERT INTO email_search (rowid, subject, people, body, files, sender, recipients, copies) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [row[:8] for row in texts],
    )
    work.many(
        "INSERT INTO email_trigram (rowid, addresses, cjk) VALUES (?, ?, ?)",
        [(row[0], row[8], row[9]) for row in texts],
    )
    work.many(
        "INSERT INTO email_user (email_key, user_key, read, important, answered) VALUES (?, 1, ?, ?, ?)",
        [(m.key, not m.unread, m.starred, m.number % 20 == 3) for m in batch],
    )
    work.many(
        "INSERT INTO place (account_key, folder_key, uidvalidity, uid, email_key) VALUES (1, ?, 1, ?, ?)",
        [(m.folder + 1, m.number + 1, m.key) for m in batch],
    )
    work.many(
        "INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (?, ?, ?, ?)",
        [
            (list_id, m.key, conversations[m.key], m.unread | m.starred << 1 | bool(m.files) << 2)
            for m in batch
            for list_id in _lists(m)
        ],
    )


def _lists(mail: Mail) -> list[int]:
    role = _FOLDERS[mail.folder][1]
    lists = [mail.folder + 1, _EVERYTHING]
    if role in ("trash", "junk"):
        return [*lists, Unified.TRASH if role == "trash" else Unified.JUNK]
    homes = {"inbox": Unified.INBOX, "archive": Unified.ARCHIVE, "sent": Unified.SENT}
    lists += [Unified.ALL] + ([Unified.IMPORTANT] if mail.starred else [])
    return lists + ([homes[role]] if role else [])


def _count_lists(work: UnitOfWork) -> None:
    work.run(
        "INSERT INTO listing_count (list_id, total, unread) "
        "SELECT list_id, count(*), sum(flags & 1) FROM listing_entry GROUP BY list_id"
    )
    work.run(
        "INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) "
        "SELECT list_id, max(email_key), conversation_key, count(*), "
        "max(flags & 1) | max(flags & 2) | max(flags & 4), sum(flags & 1) "
        "FROM listing_entry GROUP BY list_id, conversation_key"
    )


def _size(mail: Mail) -> int:
    return len(mail.body) + 2000 + len(mail.files) * 1000 * (mail.number % 7001)


def _text(m: Mail) -> tuple[int, str, str, str, str, str, str, str, str, str]:
    everyone = (m.sender, *m.to, *m.cc)
    cjk = next((word for word in _CJK if word in m.body), "") if m.number % 50 == 7 else ""
    return (
        m.key,
        m.subject,
        " ".join(p.text for p in everyone),
        m.body,
        " ".join(m.files),
        m.sender.text,
        " ".join(p.text for p in m.to),
        " ".join(p.text for p in m.cc),
        " ".join(p.address for p in everyone),
        f"{cjk}  " if cjk else "",
    )


def write_maildir(path: Path, count: int) -> None:
    """Write the same mails as a Maildir, 5,000 to a folder's subfolder so that no directory grows too large."""
    for mail in mails(count):
        folder = path / f"part{mail.number // 5000:03}" / "cur"
        if not folder.is_dir():
            for name in ("cur", "new", "tmp"):
                (folder.parent / name).mkdir(parents=True, exist_ok=True)
        (folder / f"{mail.number}.made:2,{'' if mail.unread else 'S'}").write_bytes(_source(mail))


def _source(mail: Mail) -> bytes:
    head = [
        f"From: {mail.sender.name} <{mail.sender.address}>",
        "To: " + ", ".join(f"{p.name} <{p.address}>" for p in mail.to),
        *(["Cc: " + ", ".join(f"{p.name} <{p.address}>" for p in mail.cc)] if mail.cc else []),
        f"Subject: {mail.subject}",
        f"Date: {format_datetime(datetime.fromtimestamp(mail.date_ms / 1000, UTC))}",
        f"Message-ID: <{mail.number}@made.example>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    ]
    return ("\n".join(head) + "\n\n" + mail.body + "\n").encode()
