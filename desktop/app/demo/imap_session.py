"""One connection to the sample mailbox, seen from the server: the part of IMAP that Rapport speaks (RFC 3501).

With IDLE (RFC 2177), UIDPLUS (RFC 4315), MOVE (RFC 6851) and SPECIAL-USE (RFC 6154); mails are named by UID alone.
Commands are told apart by `net.mail.imap.responses`, which reads the same syntax. On the thread of its connection;
while it idles news are told by the thread that makes them.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desktop.app.demo.listener import Gone, Peer
from desktop.app.demo.mailbox import Folder, Mail, Mailbox
from desktop.base import clock
from desktop.net.mail.imap import fetching, guard
from desktop.net.mail.imap.responses import Value, octets, parse_values, uid_ranges

CAPABILITIES = b"IMAP4rev1 LITERAL+ SASL-IR AUTH=PLAIN IDLE NAMESPACE UIDPLUS MOVE SPECIAL-USE"
_LITERAL = re.compile(rb"\{(\d{1,9})(\+?)\}$")
_LITERAL_MAX_BYTES = 64 << 20
_FLAGS = r"\Seen \Answered \Flagged \Deleted \Draft $Forwarded"
_SECTION = re.compile(
    r"BODY(?:\.PEEK)?\[(?P<what>HEADER\.FIELDS \((?P<names>[^)]*)\)|HEADER|TEXT|)\]"
    r"(?:<(?P<from>\d{1,10})\.(?P<count>\d{1,10})>)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who may sign in."""

    user: str
    password: str

    def match(self, user: bytes, password: bytes) -> bool:
        """Return whether these are they."""
        return user == self.user.encode() and hmac.compare_digest(password, self.password.encode())

    def match_plain(self, answer: bytes) -> bool:
        """Return whether an answer to SASL PLAIN, in Base64, holds them (RFC 4616)."""
        try:
            parts = base64.b64decode(answer, validate=True).split(b"\0")
        except binascii.Error:
            return False
        return len(parts) == 3 and self.match(parts[1], parts[2])


class _Refused(Exception):
    """The answer to a command is this NO or BAD."""


class ImapSession:
    """Answers one client until it leaves."""

    capabilities = CAPABILITIES

    def __init__(self, peer: Peer, mailbox: Mailbox, credentials: Credentials) -> None:
        self._peer, self._mailbox, self._credentials = peer, mailbox, credentials
        self._turn = threading.Lock()
        self._signed_in = False
        self._idles = False
        self._folder: Folder | None = None
        self._told: dict[int, frozenset[str]] = {}
        """UID -> flags of the open folder as the client knows it, in the order of its message numbers."""
        self._verbs: dict[bytes, Callable[[list[Value]], bytes]] = {
            b"CREATE": self._create,
            b"DELETE": self._delete,
            b"RENAME": self._rename,
            b"SUBSCRIBE": lambda _values: b"OK done",
            b"UNSUBSCRIBE": lambda _values: b"OK done",
            b"NAMESPACE": self._namespace,
            b"LIST": self._list,
            b"LSUB": self._list,
            b"STATUS": self._status,
            b"SELECT": self._select,
            b"EXAMINE": self._select,
            b"APPEND": self._append,
            b"UID SEARCH": self._search,
            b"UID FETCH": self._fetch,
            b"UID STORE": self._store,
            b"UID COPY": self._copy,
            b"UID MOVE": self._move,
            b"UID EXPUNGE": self._expunge,
        }

    def run(self) -> None:
        """Greet, and answer command after command."""
        self._say(b"* OK The sample is ready")
        while True:
            tag, name, values = self._command()
            if name == b"LOGOUT":
                self._say(b"* BYE Goodbye", tag + b" OK done")
                return
            try:
                answer = self._answer(name, tag, values)
            except _Refused as refused:
                answer = str(refused).encode()
            with self._turn:
                self._tell_news()
                self._say(tag + b" " + answer)

    def _command(self) -> tuple[bytes, bytes, list[Value]]:
        line = self._peer.line()
        fragments = [line]
        while (match := _LITERAL.search(line)) is not None:
            count = int(match[1])
            if count > _LITERAL_MAX_BYTES:
                raise Gone
            if not match[2]:
                self._say(b"+ go ahead")
            fragments.append(self._peer.octets(count))
            line = self._peer.line()
            fragments.append(line)
        words = parse_values(fragments)
        tag, name, values = octets(words[0] if words else None), octets(words[1] if words[1:] else None), words[2:]
        if name.upper() == b"UID" and values:
            name += b" " + octets(values.pop(0))
        return tag or b"*", name.upper(), values

    def _answer(self, name: bytes, tag: bytes, values: list[Value]) -> bytes:
        if name == b"CAPABILITY":
            self._say(b"* CAPABILITY " + self.capabilities)
            return b"OK done"
        if name == b"NOOP":
            return b"OK done"
        if name in (b"AUTHENTICATE", b"LOGIN"):
            return self._sign_in(name, values)
        if not self._signed_in:
            raise _Refused("BAD Sign in first")
        if name == b"IDLE":
            return self._idle()
        verb = self._verbs.get(name)
        if verb is None or (name.startswith(b"UID ") and self._folder is None):
            raise _Refused("BAD The sample does not know this")
        return verb(values)

    def _sign_in(self, name: bytes, values: list[Value]) -> bytes:
        if name == b"LOGIN":
            good = len(values) == 2 and self._credentials.match(octets(values[0]), octets(values[1]))
        else:
            if _text(values, 0).upper() != "PLAIN":
                raise _Refused("NO The sample knows PLAIN alone")
            if len(values) < 2:
                self._say(b"+ ")
            good = self._credentials.match_plain(octets(values[1]) if len(values) > 1 else self._peer.line())
        if not good:
            raise _Refused("NO [AUTHENTICATIONFAILED] This is not the password of the sample")
        self._signed_in = True
        return b"OK [CAPABILITY " + self.capabilities + b"] done"

    def _idle(self) -> bytes:
        self._say(b"+ idling")
        self._idles = True
        self._mailbox.listeners.add(self._hear)
        try:
            self._hear()
            if self._peer.line().upper() != b"DONE":
                raise _Refused("BAD DONE was expected")
        finally:
            self._mailbox.listeners.discard(self._hear)
            with self._turn:
                self._idles = False  # who was about to tell something leaves it to the next command
        return b"OK done"

    def _hear(self) -> None:
        """Tell news while the client idles. One that is gone is noticed by its own thread."""
        try:
            with self._turn:
                if self._idles:
                    self._tell_news()
        except Gone:
            return

    # folders

    def _namespace(self, _values: list[Value]) -> bytes:
        self._say(b'* NAMESPACE (("" "/")) NIL NIL')
        return b"OK done"

    def _list(self, _values: list[Value]) -> bytes:
        for folder in self._mailbox.folders():
            name = guard.quoted(folder.name.encode())
            self._say(b"* LIST (" + folder.use.encode() + b') "/" ' + name)
        return b"OK done"

    def _status(self, values: list[Value]) -> bytes:
        folder = self._named(values)
        mails = self._mailbox.mails(folder.id)
        counts = {
            b"MESSAGES": len(mails),
            b"UIDNEXT": folder.uidnext,
            b"UIDVALIDITY": folder.id,
            b"UNSEEN": sum("\\Seen" not in mail.flags for mail in mails),
        }
        wanted = values[1] if len(values) > 1 and isinstance(values[1], list) else []
        said = b" ".join(b"%s %d" % (item, counts[item]) for item in map(octets, wanted) if item in counts)
        self._say(b"* STATUS " + guard.quoted(folder.name.encode()) + b" (" + said + b")")
        return b"OK done"

    def _create(self, values: list[Value]) -> bytes:
        name = _text(values, 0).removesuffix("/")
        if not name.isprintable() or not name or not self._mailbox.create(name):
            raise _Refused("NO [ALREADYEXISTS] There is a folder of this name")
        return b"OK done"

    def _delete(self, values: list[Value]) -> bytes:
        folder = self._named(values)
        if folder.name == "INBOX":
            raise _Refused("NO The Inbox stays")
        self._mailbox.delete(folder)
        return b"OK done"

    def _rename(self, values: list[Value]) -> bytes:
        folder, name = self._named(values), _text(values, 1)
        if folder.name == "INBOX" or not name.isprintable() or not name or not self._mailbox.rename(folder, name):
            raise _Refused("NO [ALREADYEXISTS] There is a folder of this name")
        return b"OK done"

    def _select(self, values: list[Value]) -> bytes:
        with self._turn:
            self._folder = folder = self._named(values)
            self._told = {mail.uid: mail.flags for mail in self._mailbox.mails(folder.id)}
        self._say(
            f"* FLAGS ({_FLAGS})".encode(),
            f"* OK [PERMANENTFLAGS ({_FLAGS} \\*)] kept".encode(),
            b"* %d EXISTS" % len(self._told),
            b"* OK [UIDVALIDITY %d] so far" % folder.id,
            b"* OK [UIDNEXT %d] next" % folder.uidnext,
        )
        return b"OK [READ-WRITE] done"

    def _named(self, values: list[Value], at: int = 0) -> Folder:
        folder = self._mailbox.folder(_text(values, at))
        if folder is None:
            raise _Refused("NO [NONEXISTENT] There is no such folder")
        return folder

    # mails

    @property
    def _opened(self) -> int:
        assert self._folder is not None
        return self._folder.id

    def _chosen(self, values: list[Value]) -> list[Mail]:
        """Return the mails a sequence set names."""
        ranges = uid_ranges(octets(values[0])) if values else []
        return [mail for mail in self._mailbox.mails(self._opened) if any(a <= mail.uid <= b for a, b in ranges)]

    def _search(self, values: list[Value]) -> bytes:
        found = self._mailbox.mails(self._opened)
        words = iter(values)
        for word in words:
            match octets(word).upper():
                case b"UID":
                    ranges = uid_ranges(octets(next(words, b"")))
                    found = [mail for mail in found if any(a <= mail.uid <= b for a, b in ranges)]
                case b"SINCE":
                    day_ms = fetching.date_ms(octets(next(words, b"")) + b" 00:00:00")
                    found = [mail for mail in found if mail.received_ms >= day_ms]
                case b"HEADER":
                    name, wanted = octets(next(words, b"")), octets(next(words, b""))
                    found = [mail for mail in found if wanted in _fields(self._raw(mail), {name.lower()})]
                case b"ALL":
                    continue
                case _:
                    raise _Refused("BAD The sample does not search for this")
        self._say(b"* SEARCH" + b"".join(b" %d" % mail.uid for mail in found))
        return b"OK done"

    def _raw(self, mail: Mail) -> bytes:
        return self._mailbox.raw(self._opened, mail.uid)

    def _fetch(self, values: list[Value]) -> bytes:
        items = _items(values[1] if len(values) > 1 and isinstance(values[1], list) else values[1:])
        for mail in self._chosen(values):
            number = self._number(mail.uid)
            if number:
                said = b" ".join(self._item(mail, item) for item in items)
                self._say(b"* %d FETCH (%s)" % (number, said))
        return b"OK done"

    def _number(self, uid: int) -> int:
        """Return the message number the client knows a mail by; 0 for one it has not heard of."""
        return next((number for number, each in enumerate(self._told, 1) if each == uid), 0)

    def _item(self, mail: Mail, item: str) -> bytes:
        match item.upper():
            case "UID":
                return b"UID %d" % mail.uid
            case "FLAGS":
                return b"FLAGS " + _flag_list(mail.flags)
            case "INTERNALDATE":
                return b"INTERNALDATE " + guard.internal_date(mail.received_ms)
            case "RFC822.SIZE":
                return b"RFC822.SIZE %d" % mail.size_bytes
        section = _SECTION.fullmatch(item)
        if section is None:
            raise _Refused("BAD The sample does not fetch this")
        raw = self._raw(mail)
        header, gap, text = raw.partition(b"\r\n\r\n")
        what = section["what"].upper()
        if section["names"] is not None:
            names = {name.strip('"').lower().encode() for name in section["names"].split()}
            raw = _fields(raw, names) + b"\r\n"
        elif what == "HEADER":
            raw = header + gap
        elif what == "TEXT":
            raw = text
        label = f"BODY[{section['what']}]"
        if section["from"] is not None:
            begin = int(section["from"])
            raw = raw[begin : begin + int(section["count"])]
            label += f"<{begin}>"
        return label.encode() + b" {%d}\r\n" % len(raw) + raw

    def _store(self, values: list[Value]) -> bytes:
        how = _text(values, 1).upper()
        flags = frozenset(octets(flag).decode("ascii", "replace") for flag in _as_list(values, 2))
        for mail in self._chosen(values):
            new = mail.flags | flags if how[:1] == "+" else mail.flags - flags if how[:1] == "-" else flags
            self._mailbox.set_flags(self._opened, mail.uid, new)
            if how.endswith(".SILENT") and mail.uid in self._told:
                self._told[mail.uid] = new
        return b"OK done"

    def _copy(self, values: list[Value]) -> bytes:
        return b"OK [" + self._copied(self._chosen(values), values) + b"] done"

    def _move(self, values: list[Value]) -> bytes:
        mails = self._chosen(values)
        self._say(b"* OK [" + self._copied(mails, values) + b"] moved")
        self._mailbox.remove(self._opened, [mail.uid for mail in mails])
        return b"OK done"

    def _copied(self, mails: list[Mail], values: list[Value]) -> bytes:
        """Copy mails and return where they are now (RFC 4315, section 3)."""
        target = self._named(values, 1)
        new = [self._mailbox.add(target.id, self._raw(mail), mail.received_ms, mail.flags) for mail in mails]
        return b"COPYUID %d %s %s" % (target.id, _uid_set(mail.uid for mail in mails), _uid_set(new))

    def _expunge(self, values: list[Value]) -> bytes:
        gone = [mail.uid for mail in self._chosen(values) if "\\Deleted" in mail.flags]
        self._mailbox.remove(self._opened, gone)
        return b"OK done"

    def _append(self, values: list[Value]) -> bytes:
        folder = self._named(values)
        flags: list[str] = []
        received_ms = clock.now()
        for value in values[1:-1]:
            if isinstance(value, list):
                flags = [octets(flag).decode("ascii", "replace") for flag in value]
            else:
                received_ms = fetching.date_ms(value) or received_ms
        uid = self._mailbox.add(folder.id, octets(values[-1]), received_ms, flags)
        return b"OK [APPENDUID %d %d] done" % (folder.id, uid)

    # what is said

    def _tell_news(self) -> None:
        """Tell what changed in the open folder since it was told last."""
        if self._folder is None:
            return
        now = {mail.uid: mail.flags for mail in self._mailbox.mails(self._folder.id)}
        known = list(self._told)
        lines = [b"* %d EXPUNGE" % number for number in range(len(known), 0, -1) if known[number - 1] not in now]
        if now.keys() - self._told.keys():
            lines.append(b"* %d EXISTS" % len(now))
        lines += [
            b"* %d FETCH (UID %d FLAGS %s)" % (number, uid, _flag_list(flags))
            for number, (uid, flags) in enumerate(now.items(), 1)
            if self._told.get(uid, flags) != flags
        ]
        self._told = now
        if lines:
            self._say(*lines)

    def _say(self, *lines: bytes) -> None:
        self._peer.send(b"".join(line + b"\r\n" for line in lines))


def _text(values: list[Value], at: int) -> str:
    return octets(values[at]).decode("utf-8", "replace") if at < len(values) else ""


def _items(values: list[Value]) -> list[str]:
    """Return the names of what is to be fetched; the range of a section, "<0.100>", is read as a word of its own."""
    found: list[str] = []
    for value in values:
        name = octets(value).decode("ascii", "replace")
        if name.startswith("<") and found:
            found[-1] += name
        else:
            found.append(name)
    return found


def _as_list(values: list[Value], at: int) -> list[Value]:
    value = values[at] if at < len(values) else []
    return value if isinstance(value, list) else [value]


def _flag_list(flags: Iterable[str]) -> bytes:
    return b"(" + " ".join(sorted(flags)).encode() + b")"


def _uid_set(uids: Iterable[int]) -> bytes:
    return b",".join(b"%d" % uid for uid in uids)


def _fields(raw: bytes, names: set[bytes]) -> bytes:
    """Return the header fields of these names (lower case) as they stand in a mail."""
    header = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    fields = re.findall(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*", header)
    return b"".join(field for field in fields if field.partition(b":")[0].strip().lower() in names)
