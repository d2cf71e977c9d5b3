"""A server that behaves as Gmail does: a mail lies there once, folders are labels, every label has UIDs of its own.

What it knows of IMAP it has from the sample server; here is what Gmail makes of it: X-GM-MSGID and X-GM-LABELS, which
change a mail's mod-sequence (CONDSTORE, RFC 7162), All Mail, and Trash and Spam, whose mails stand nowhere else. To
expunge takes a label off; only in Trash and Spam the mail goes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from desktop.app.demo.imap_session import Credentials, ImapSession
from desktop.app.demo.listener import Listener, Peer
from desktop.app.demo.mailbox import Folder, Mail
from desktop.net.mail.imap import guard, names
from desktop.net.mail.imap.responses import Value, number, octets, uid_ranges
from tests.servers.dovecot import PASSWORD

INBOX, ALL, DRAFTS, SENT, SPAM, STARRED, TRASH, IMPORTANT = range(1, 9)
_FOLDERS = (
    ("INBOX", ""),
    ("[Gmail]/All Mail", "\\All"),
    ("[Gmail]/Drafts", "\\Drafts"),
    ("[Gmail]/Sent Mail", "\\Sent"),
    ("[Gmail]/Spam", "\\Junk"),
    ("[Gmail]/Starred", "\\Flagged"),
    ("[Gmail]/Trash", "\\Trash"),
    ("[Gmail]/Important", "\\Important"),
)
_SYSTEM = {INBOX: b"\\\\Inbox", DRAFTS: b"\\\\Draft", SENT: b"\\\\Sent", IMPORTANT: b"\\\\Important"}


@dataclass
class Message:
    """One mail. `labels` are folder ids; `uids` what it has in each folder it shows in."""

    msgid: int
    raw: bytes
    received_ms: int
    flags: frozenset[str]
    labels: set[int] = field(default_factory=set)
    uids: dict[int, int] = field(default_factory=dict)
    modseq: int = 0
    bin: int = 0
    """TRASH or SPAM while it lies there."""

    @property
    def shows_in(self) -> set[int]:
        if self.bin:
            return {self.bin}
        return {ALL, *self.labels, *({STARRED} if "\\Flagged" in self.flags else ())}


class GmailBox:
    """A mailbox at Gmail, with the interface the sample server wants of one. Any thread."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.listeners: set[Callable[[], None]] = set()
        self.modseq = 1000
        self.hidden: set[int] = set()
        """Folders the person does not show in IMAP."""
        self._by_uid: dict[int, dict[int, Message]] = {}
        self._by_msgid: dict[int, Message] = {}
        self._folders: dict[int, list[Any]] = {key: [name, use, 1] for key, (name, use) in enumerate(_FOLDERS, 1)}
        self._next_msgid = 1_592_225_494_819_146_100

    # what a test says

    def deliver(self, raw: bytes, *labels: str, flags: Iterable[str] = (), received_ms: int = 1_780_000_000_000) -> int:
        """Let a mail come in with labels, given by the names of folders; returns its id."""
        with self.lock:
            self._next_msgid += 1
            mail = Message(self._next_msgid, raw, received_ms, frozenset(flags))
            self._by_msgid[mail.msgid] = mail
            mail.labels = {self.id_of(label) for label in labels}
            self.changed(mail)
            return mail.msgid

    def label(self, msgid: int, *on: str, off: Iterable[str] = ()) -> None:
        """Put labels on a mail and take others off, as another program would."""
        with self.lock:
            mail = self.by_msgid(msgid)
            mail.labels = mail.labels - {self.id_of(name) for name in off} | {self.id_of(name) for name in on}
            self.changed(mail)

    def where(self, msgid: int) -> set[str]:
        """Return the names of the folders a mail shows in; none when it is gone."""
        with self.lock:
            mail = self._by_msgid.get(msgid)
            shows = mail.shows_in if mail is not None else set()
            return {names.decode(self._folders[key][0].encode()) for key in shows}

    def flags_of(self, msgid: int) -> frozenset[str]:
        return self.by_msgid(msgid).flags

    def by_msgid(self, msgid: int) -> Message:
        return self._by_msgid[msgid]

    def id_of(self, name: str) -> int:
        """Return a folder by name, made where there is none."""
        wire_name = names.encode(name).decode()
        self.create(wire_name)
        found = self.folder(wire_name)
        assert found is not None
        return found.id

    # Gmail's rules

    def changed(self, mail: Message) -> None:
        """Give a mail the UIDs of where it shows now, and a new mod-sequence."""
        self.modseq += 1
        mail.modseq = self.modseq
        shows = mail.shows_in if mail.msgid in self._by_msgid else set()
        for key in mail.uids.keys() - shows:
            del self._by_uid[key][mail.uids.pop(key)]
        for key in sorted(shows - mail.uids.keys()):
            mail.uids[key] = self._folders[key][2]
            self._folders[key][2] += 1
            self._by_uid.setdefault(key, {})[mail.uids[key]] = mail
        for listener in tuple(self.listeners):
            listener()

    def put(self, mail: Message, folder: int) -> None:
        """Do what COPY to a folder does."""
        if folder in (TRASH, SPAM):
            mail.bin = folder
        else:
            mail.bin = 0
            if folder == STARRED:
                mail.flags |= {"\\Flagged"}
            elif folder != ALL:
                mail.labels.add(folder)
        self.changed(mail)

    def take(self, mail: Message, folder: int, *, moved: bool = False) -> None:
        """Do what EXPUNGE in a folder does, or MOVE to the one it leaves."""
        if folder in (TRASH, SPAM):
            if not moved:
                del self._by_msgid[mail.msgid]
        elif folder == STARRED:
            mail.flags -= {"\\Flagged"}
        else:
            mail.labels.discard(folder)
        mail.flags -= {"\\Deleted"}
        self.changed(mail)

    def in_folder(self, folder: int) -> list[Message]:
        with self.lock:
            return [mail for _uid, mail in sorted(self._by_uid.get(folder, {}).items())]

    def at(self, folder: int, uid: int) -> Message | None:
        return self._by_uid.get(folder, {}).get(uid)

    def labels_of(self, mail: Message, selected: int) -> bytes:
        """Return the value of X-GM-LABELS: quoted strings and an atom, without the label of the selected folder."""
        starred = [b"\\Starred"] if "\\Flagged" in mail.flags and selected != STARRED else []
        own = [b'"' + _SYSTEM[key] + b'"' for key in sorted(mail.labels - {selected}) if key in _SYSTEM]
        more = [
            guard.quoted(self._folders[key][0].encode())
            for key in sorted(mail.labels - {selected})
            if key not in _SYSTEM and key in self._folders
        ]
        return b"(" + b" ".join([*own, *more, *starred]) + b")"

    # what the sample server asks of a mailbox

    def folders(self) -> list[Folder]:
        with self.lock:
            listed = [Folder(key, *about) for key, about in self._folders.items()]
            return [folder for folder in listed if folder.id not in self.hidden]

    def folder(self, name: str) -> Folder | None:
        wanted = "INBOX" if name.upper() == "INBOX" else name
        return next((folder for folder in self.folders() if folder.name == wanted), None)

    def mails(self, folder: int) -> list[Mail]:
        return [Mail(m.uids[folder], m.flags, m.received_ms, len(m.raw)) for m in self.in_folder(folder)]

    def raw(self, folder: int, uid: int) -> bytes:
        mail = self.at(folder, uid)
        return mail.raw if mail is not None else b""

    def create(self, name: str, use: str = "") -> bool:
        with self.lock:
            if self.folder(name) is not None:
                return False
            self._folders[max(self._folders) + 1] = [name, use, 1]
            return True

    def rename(self, folder: Folder, name: str) -> bool:
        with self.lock:
            self._folders[folder.id][0] = name
            return True

    def delete(self, folder: Folder) -> None:
        with self.lock:
            for mail in self.in_folder(folder.id):
                self.take(mail, folder.id)
            del self._folders[folder.id]

    def add(self, folder: int, raw: bytes, received_ms: int, flags: Iterable[str] = ()) -> int:
        with self.lock:
            mail = self.by_msgid(self.deliver(raw, flags=flags, received_ms=received_ms))
            self.put(mail, folder)
            return mail.uids[folder]

    def set_flags(self, folder: int, uid: int, flags: Iterable[str]) -> None:
        with self.lock:
            mail = self.at(folder, uid)
            if mail is not None:
                mail.flags = frozenset(flags)
                self.changed(mail)

    def remove(self, folder: int, uids: Iterable[int]) -> None:
        with self.lock:
            for mail in [self.at(folder, uid) for uid in uids]:
                if mail is not None:
                    self.take(mail, folder)


class GmailSession(ImapSession):
    """One connection to Gmail, with the part of CONDSTORE and of Gmail's own commands that Rapport speaks."""

    capabilities = (
        b"IMAP4rev1 UNSELECT IDLE NAMESPACE X-GM-EXT-1 UIDPLUS MOVE CONDSTORE SPECIAL-USE LITERAL+ SASL-IR AUTH=PLAIN"
    )

    def __init__(self, peer: Peer, server: Gmail) -> None:
        super().__init__(peer, server.box, Credentials(server.user, PASSWORD))  # type: ignore[arg-type]
        self._box = server.box
        self._server = server

    def _answer(self, name: bytes, tag: bytes, values: list[Value]) -> bytes:
        self._server.commands.append(name.decode() + " " + " ".join(map(str, values)))
        if self._server.before is not None:
            self._server.before(name.decode(), values)
        if name == b"UNSELECT":
            self._folder = None
            return b"OK done"
        answer = super()._answer(name, tag, values)
        if self._server.after is not None:
            self._server.after(name.decode(), values)
        return answer

    def _select(self, values: list[Value]) -> bytes:
        answer = super()._select(values)
        self._say(b"* OK [HIGHESTMODSEQ %d]" % self._box.modseq)
        return answer

    def _search(self, values: list[Value]) -> bytes:
        if octets(values[0]).upper() == b"X-GM-MSGID":
            found = [m for m in self._box.in_folder(self._opened) if m.msgid == int(octets(values[1]))]
            self._say(b"* SEARCH" + b"".join(b" %d" % mail.uids[self._opened] for mail in found))
            return b"OK done"
        return super()._search(values)

    def _fetch(self, values: list[Value]) -> bytes:
        modifier = values[2] if len(values) > 2 and isinstance(values[2], list) else []
        since = number(modifier[1]) if len(modifier) > 1 else 0
        if since:
            ranges = uid_ranges(octets(values[0]))
            uids = [m.uids[self._opened] for m in self._box.in_folder(self._opened) if m.modseq > since]
            changed = [uid for uid in uids if any(low <= uid <= high for low, high in ranges)]
            if not changed:
                return b"OK done"
            values = [b",".join(b"%d" % uid for uid in changed), values[1]]
        return super()._fetch(values[:2])

    def _item(self, mail: Mail, item: str) -> bytes:
        message = self._box.at(self._opened, mail.uid)
        if message is not None:
            match item.upper():
                case "X-GM-MSGID":
                    return b"X-GM-MSGID %d" % self._server.lies.get(message.msgid, message.msgid)
                case "X-GM-LABELS":
                    return b"X-GM-LABELS " + self._box.labels_of(message, self._opened)
                case "MODSEQ":
                    return b"MODSEQ (%d)" % message.modseq
                case "BODY.PEEK[]":
                    self._server.downloads.append(message.msgid)
        return super()._item(mail, item)

    def _copied(self, mails: list[Mail], values: list[Value]) -> bytes:
        target = self._named(values, 1)
        messages = [self._box.at(self._opened, mail.uid) for mail in mails]
        there = [message for message in messages if message is not None]
        old = [message.uids[self._opened] for message in there]
        for message in there:
            self._box.put(message, target.id)
        new = b",".join(b"%d" % message.uids[target.id] for message in there)
        return b"COPYUID %d %s %s" % (target.id, b",".join(b"%d" % uid for uid in old), new)

    def _move(self, values: list[Value]) -> bytes:
        mails = self._chosen(values)
        messages = [self._box.at(self._opened, mail.uid) for mail in mails]
        if mails:
            self._say(b"* OK [" + self._copied(mails, values) + b"] moved")
        for message in messages:
            if message is not None and self._named(values, 1).id != self._opened:
                self._box.take(message, self._opened, moved=True)
        return b"OK done"


class Gmail:
    """The server. `commands` are those it was given, `downloads` the ids of mails that were fetched whole.

    `before` and `after` are called with each command before it is carried out and before it is answered; they may end
    the connection by raising `Gone`.
    """

    def __init__(self) -> None:
        self.user = "me@gmail.example"
        self.box = GmailBox()
        self.commands: list[str] = []
        self.downloads: list[int] = []
        self.lies: dict[int, int] = {}
        """Ids told instead of the true ones."""
        self.before: Callable[[str, list[Value]], None] | None = None
        self.after: Callable[[str, list[Value]], None] | None = None
        self._listener = Listener("gmail", lambda peer: GmailSession(peer, self).run())
        self.imap_port = self._listener.port

    def close(self) -> None:
        self._listener.close()
