"""One signed-in IMAP session: what the sync engine can ask of a mail server. One thread at a time; blocking.

Everything takes and gives UIDs, never message numbers (R4), and nothing is unbounded: searches run over UID windows
(M5), mails are limited against their announced size (M6). After `ConnectionLost`, `TooLarge`, `ProtocolBroken` or
`Cancelled` the session is closed and a new one is opened. `abort` is the one method for other threads.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.credentials import Credential
from desktop.net.mail.imap import folders, gmail, guard, names, selecting, sign_in, waiting
from desktop.net.mail.imap.client import Client
from desktop.net.mail.imap.connection import Reply
from desktop.net.mail.imap.fetching import FetchedMail, Limits, Overview, Probe
from desktop.net.mail.imap.folders import FolderStatus, Namespace
from desktop.net.mail.imap.guard import Argument, Literal
from desktop.net.mail.imap.news import News
from desktop.net.mail.imap.reading import CHUNK_BYTES, FlagSweep, Reader
from desktop.net.mail.imap.responses import number
from desktop.net.mail.imap.selecting import Selected
from desktop.net.mail.imap.sign_in import ImapEndpoint
from desktop.net.mail.imap.structure import Leaf
from desktop.net.tls import TlsPolicy
from desktop.net.wake import Wake

log = logging.getLogger(__name__)

__all__ = ["ImapEndpoint", "Moved", "Session"]


@dataclass(frozen=True, slots=True)
class Moved:
    """Where mails went."""

    new_uids: dict[int, int]
    """Old UID -> UID in the target; empty when the server does not tell (no UIDPLUS)."""
    uidvalidity: int
    """Of the target folder; 0 when not told."""


class Session:
    """A mailbox that is open for us. Made by `open`; `close` says goodbye."""

    def __init__(self, client: Client, endpoint: ImapEndpoint) -> None:
        self._client = client
        self._connection = connection = client.connection
        self._endpoint = endpoint
        self._selected: Selected | None = None
        self._prefix: bytes | None = None
        self._reader = Reader(connection, "", modseq=False)

    @classmethod
    def open(
        cls,
        endpoint: ImapEndpoint,
        credential: Credential,
        tls_policy: TlsPolicy,
        *,
        timeout_s: float = 60.0,
        cancel: Stop | None = None,
    ) -> Session:
        """Connect, encrypt and sign in. `timeout_s` is the longest silence borne, also later."""
        dialer = sign_in.Dialer(endpoint, tls_policy, timeout_s, cancel)
        return cls(sign_in.open_client(dialer, credential), endpoint)

    def __repr__(self) -> str:
        return f"Session({self._endpoint.host})"

    # what the server can do

    @property
    def capabilities(self) -> frozenset[str]:
        return self._connection.capabilities

    @property
    def has_condstore(self) -> bool:
        return "CONDSTORE" in self.capabilities or self.has_qresync

    @property
    def has_qresync(self) -> bool:
        return "QRESYNC" in self._connection.enabled

    @property
    def has_move(self) -> bool:
        return "MOVE" in self.capabilities

    @property
    def has_uidplus(self) -> bool:
        return "UIDPLUS" in self.capabilities

    @property
    def has_special_use(self) -> bool:
        return "SPECIAL-USE" in self.capabilities

    @property
    def has_labels(self) -> bool:
        """Whether this is Gmail, where a folder is a label and a mail lies once."""
        return gmail.CAPABILITY in self.capabilities

    @property
    def encrypted(self) -> bool:
        return self._connection.wire.encrypted

    @property
    def closed(self) -> bool:
        return self._connection.wire.closed

    @property
    def received_bytes(self) -> int:
        """Octets received so far, for byte budgets."""
        return self._connection.wire.received_bytes

    # folders

    def list_folders(self) -> list[ServerFolder]:
        """Return every mailbox with role and subscription, paths without the prefix of the person's own."""
        xlist = "XLIST" in self.capabilities and not self.has_special_use
        # the roles, which names in other languages do not tell, are worth more than one round trip less
        extended = "LIST-EXTENDED" in self.capabilities and not xlist
        if extended:
            options = b"(SUBSCRIBED CHILDREN SPECIAL-USE)" if self.has_special_use else b"(SUBSCRIBED CHILDREN)"
            try:
                reply = self._run(b"LIST", b'""', b'"*"', b"RETURN", options, wanted=frozenset((b"LIST",)))
            except errors.ServerRefused:
                extended = False
            else:
                return folders.folder_list(reply.data, None, self.personal_prefix())
        command = b"XLIST" if xlist else b"LIST"
        listed = self._run(command, b'""', b'"*"', wanted=frozenset((command,)))
        return folders.folder_list(listed.data, self.subscriptions(), self.personal_prefix())

    def subscriptions(self) -> set[bytes] | None:
        """Return the names LSUB gives, folders that are gone included; None where the server knows no LSUB."""
        try:
            reply = self._run(b"LSUB", b'""', b'"*"', wanted=frozenset((b"LSUB",)))
        except errors.ServerRefused:
            return None
        parsed = (folders.folder_of(response) for response in reply.data)
        return {folders.key(found[0].wire_name) for found in parsed if found is not None}

    def personal_namespace(self) -> Namespace | None:
        """Return where the person's own folders lie (RFC 2342); None when the server does not say."""
        if "NAMESPACE" not in self.capabilities:
            return None
        try:
            told = self._client.ask(self._client.namespace)
        except errors.ServerRefused:
            return None
        return folders.personal_namespace(told.personal) if told is not None else None

    def personal_prefix(self) -> bytes:
        """Return what the server's names of the person's own folders begin with; asked once a session."""
        if self._prefix is None:
            namespace = self.personal_namespace()
            self._prefix = namespace.prefix if namespace is not None else b""
        return self._prefix

    def status(self, wire_name: bytes) -> FolderStatus:
        """Return the counts of a folder that is not selected."""
        said = self._client.ask(
            self._client.folder_status,
            guard.mailbox(wire_name),
            self._status_items(),
            folder=names.decode(wire_name),
        )
        return folders.counts(said or {})

    def status_of_all(self) -> dict[bytes, FolderStatus]:
        """Return the counts of every folder in one round trip (RFC 5819); empty when the server cannot."""
        if "LIST-STATUS" not in self.capabilities:
            return {}
        options = b"(STATUS (" + " ".join(self._status_items()).encode() + b"))"
        try:
            reply = self._run(b"LIST", b'""', b'"*"', b"RETURN", options, wanted=frozenset((b"STATUS",)))
        except errors.ServerRefused:
            return {}
        return dict(found for found in map(folders.status_of, reply.data) if found is not None)

    def create(self, wire_name: bytes, role: Role = Role.NONE) -> None:
        """Make a folder; `names.encode` makes a wire name of what a person typed.

        Its role is told to servers that keep it for other programs too (CREATE-SPECIAL-USE, RFC 6154, section 3).
        """
        use = folders.use_of(role)
        if use and "CREATE-SPECIAL-USE" in self.capabilities:
            try:
                self._run(b"CREATE", guard.mailbox(wire_name), b"(USE (" + use + b"))", folder=names.decode(wire_name))
            except errors.ServerRefused:
                log.info("the server makes no folder for the use %s", role.value)
            else:
                return
        self._on_folder(self._client.create_folder, wire_name)

    def rename(self, wire_name: bytes, new_wire_name: bytes) -> None:
        """Rename a folder, its children with it."""
        self._on_folder(self._client.rename_folder, wire_name, guard.mailbox(new_wire_name))

    def delete(self, wire_name: bytes) -> None:
        """Delete a folder and its mails."""
        self._on_folder(self._client.delete_folder, wire_name)

    def subscribe(self, wire_name: bytes) -> None:
        """Mark a folder as one the person wants to see."""
        self._on_folder(self._client.subscribe_folder, wire_name)

    def unsubscribe(self, wire_name: bytes) -> None:
        """Take that mark away."""
        self._on_folder(self._client.unsubscribe_folder, wire_name)

    def select(self, wire_name: bytes, *, read_only: bool = False, qresync: tuple[int, int] | None = None) -> Selected:
        """Open a folder. `qresync`, the UIDVALIDITY and modseq last seen, brings the changes since along (RFC 7162)."""
        command: list[Argument] = [b"EXAMINE" if read_only else b"SELECT", guard.mailbox(wire_name)]
        if qresync is not None and self.has_qresync and min(qresync) > 0:
            command.append(b"(QRESYNC (%d %d))" % qresync)
        elif self.has_condstore:
            command.append(b"(CONDSTORE)")
        self._selected = None
        self._connection.news.forget_folder()
        wanted = frozenset((b"EXISTS", b"FLAGS", b"OK", b"VANISHED", b"FETCH"))
        path = names.decode(wire_name)
        reply = self._run(*command, wanted=wanted, folder=path)
        opened = selecting.selected(reply.status, reply.data)
        if not self.has_condstore:
            opened = replace(opened, highestmodseq=None)
        if opened.uidnext is None or not opened.uidvalidity:
            opened = self._completed(opened, wire_name)
        self._connection.news.forget_folder()
        self._connection.news.exists = opened.exists
        self._selected = opened
        self._reader = Reader(self._connection, path, modseq=opened.highestmodseq is not None)
        return opened

    def _completed(self, opened: Selected, wire_name: bytes) -> Selected:
        """Ask STATUS for what SELECT kept to itself (R2); some servers refuse that for the open folder."""
        try:
            status = self.status(wire_name)
        except (errors.ServerRefused, errors.FolderGone):
            return opened
        return replace(
            opened,
            uidvalidity=opened.uidvalidity or status.uidvalidity or 0,
            uidnext=opened.uidnext or status.uidnext,
        )

    # what is in the selected folder

    def uid_window(self, low: int, high: int, since: date | None = None) -> list[int]:
        """Return the UIDs between two bounds, rising; `since` leaves out mails received on earlier days."""
        return self._reader.window(low, high, since)

    def find_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs of mails with this Message-ID, given without brackets."""
        return self._reader.find_message_id(message_id)

    def find_msgid(self, msgid: int) -> int | None:
        """Return the UID of the mail Gmail knows by this id, None when it is not in the folder."""
        return self._reader.find_msgid(msgid)

    def fetch_overview(self, uids: Iterable[int], *, labels: bool = False) -> dict[int, Overview]:
        """Return flags, date and size of mails, at Gmail their id and, if asked for, `labels`; the gone are missing."""
        return self._reader.overview(uids, labels=labels)

    def fetch_flags(self, low: int, high: int, changed_since: int | None = None, *, labels: bool = False) -> FlagSweep:
        """Return the flags of a UID window; `changed_since` a modseq asks only for what changed (CONDSTORE).

        With `labels` also those, at Gmail.
        """
        return self._reader.flags(low, high, changed_since, labels=labels)

    def fetch_headers(self, uids: Iterable[int]) -> dict[int, bytes]:
        """Return the whole header of mails."""
        return self._reader.headers(uids)

    def fetch_probe(self, uids: Iterable[int]) -> dict[int, Probe]:
        """Return what tells a mail from others, to find it again after UIDVALIDITY changed (R1)."""
        return self._reader.probe(uids)

    def fetch_full(self, uids: Iterable[int], limits: Limits | None = None) -> Iterator[FetchedMail]:
        """Yield whole mails as they arrive; see `Reader.full`."""
        return self._reader.full(uids, limits)

    def fetch_structure(self, uids: Iterable[int]) -> dict[int, list[Leaf]]:
        """Return the parts of mails as the server sees them."""
        return self._reader.structure(uids)

    def fetch_section(self, uid: int, section: str, offset: int = 0, length: int = CHUNK_BYTES) -> bytes:
        """Return octets of a part as it is encoded in the mail; see `Reader.section`."""
        return self._reader.section(uid, section, offset, length)

    # changes

    def store_flags(
        self, uids: Iterable[int], add: Flag = Flag.NONE, remove: Flag = Flag.NONE, *, keywords: Iterable[str] = ()
    ) -> None:
        """Set and clear flags of mails; `keywords` are set as well."""
        if self._selected is not None and not self._selected.keeps_keywords:
            # some servers refuse the whole command for a flag they do not keep
            add &= self._selected.permanent_flags
            keywords = ()
        added = guard.flag_list(add, keywords)
        for uid_set in guard.uid_sets(uids):
            if added != b"()":
                self._change(b"UID STORE", uid_set, b"+FLAGS.SILENT", added)
            if remove:
                self._change(b"UID STORE", uid_set, b"-FLAGS.SILENT", guard.flag_list(remove))

    def copy(self, uids: Iterable[int], target: bytes) -> Moved:
        """Copy mails to another folder."""
        return self._file(b"UID COPY", uids, target)

    def move(self, uids: Iterable[int], target: bytes) -> Moved:
        """Move mails to another folder: MOVE (RFC 6851), else COPY and removal of exactly these originals.

        Without UIDPLUS either nothing removes just these: then they stay, marked \\Deleted.
        """
        wanted = list(uids)
        if self.has_move:
            return self._file(b"UID MOVE", wanted, target)
        moved = self._file(b"UID COPY", wanted, target)
        self.store_flags(wanted, add=Flag.DELETED)
        self.expunge(wanted)
        return moved

    def expunge(self, uids: Iterable[int]) -> bool:
        """Remove mails that are marked \\Deleted; False, and nothing done, where the server lacks UIDPLUS.

        A plain EXPUNGE would also remove what another program marked.
        """
        if not self.has_uidplus:
            return False
        for uid_set in guard.uid_sets(uids):
            self._change(b"UID EXPUNGE", uid_set)
        return True

    def append(
        self,
        wire_name: bytes,
        raw: bytes,
        flags: Flag = Flag.NONE,
        date_ms: int | None = None,
        *,
        rest: Iterable[bytes] = (),
        rest_bytes: int = 0,
    ) -> tuple[int, int] | None:
        """Put a mail into a folder; return UIDVALIDITY and UID where the server tells (UIDPLUS).

        `rest` are further octets of it, `rest_bytes` in all, sent as they come. NUL cannot be sent in an ordinary
        literal and is refused; in `rest` there is none.
        """
        if b"\0" in raw:
            raise errors.UnsafeArgument("mail")
        command: list[Argument] = [b"APPEND", guard.mailbox(wire_name), guard.flag_list(flags)]
        if date_ms is not None:
            command.append(guard.internal_date(date_ms))
        reply = self._run(*command, Literal(raw, True, rest, rest_bytes), folder=names.decode(wire_name))
        told = reply.code("APPENDUID")
        parts = told.code_text.split() if told is not None else []
        return (number(parts[0]), number(parts[1])) if len(parts) == 2 else None

    # news

    def wait_for_news(
        self, timeout_s: float, wake: Wake | None = None, *, renew_s: float = 9 * 60.0, ask: bool = False
    ) -> News:
        """Wait until the selected folder changes, the time is up or another thread sets `wake`; return what came.

        IDLE is begun anew every `renew_s`; with `ask` the server is asked between two, for IDLE does not tell of all.
        """
        waiting.for_news(self._connection, timeout_s, wake, renew_s, ask=ask)
        return self._connection.news.take()

    def noop(self) -> None:
        """Keep the session alive and let the server tell its news."""
        self._run(b"NOOP")

    def take_unsolicited(self) -> News:
        """Return what the server said unasked since the last time."""
        return self._connection.news.take()

    def close(self) -> None:
        """Log out if that takes less than two seconds, and close."""
        wire = self._connection.wire
        if wire.closed:
            return
        try:
            wire.set_timeout(2.0)
            self._client.ask(self._client.logout)
        except errors.NetProblem:
            # BYE is the expected answer; a server that gives none is left alone
            return
        finally:
            wire.close()

    def abort(self) -> None:
        """End the session from another thread: its own thread gets `ConnectionLost` at once."""
        self._connection.wire.abort()

    # plumbing

    def _run(self, *arguments: Argument, wanted: frozenset[bytes] = frozenset(), folder: str = "") -> Reply:
        return self._connection.run(*arguments, wanted=wanted, folder=folder)

    def _change(self, *arguments: Argument) -> None:
        self._run(*arguments, folder=self._reader.path)

    def _on_folder(self, verb: Callable[..., object], wire_name: bytes, *more: Argument) -> None:
        self._client.ask(verb, guard.mailbox(wire_name), *more, folder=names.decode(wire_name))

    def _file(self, command: bytes, uids: Iterable[int], target: bytes) -> Moved:
        new_uids: dict[int, int] = {}
        uidvalidity = 0
        for uid_set in guard.uid_sets(uids):
            # MOVE tells COPYUID in an untagged OK (RFC 6851, section 4.3)
            reply = self._run(
                command, uid_set, guard.mailbox(target), wanted=frozenset((b"OK",)), folder=names.decode(target)
            )
            told = reply.code("COPYUID")
            if told is not None:
                uidvalidity, pairs_told = selecting.copied(told.code_text)
                new_uids.update(pairs_told)
        return Moved(new_uids, uidvalidity)

    def _status_items(self) -> tuple[str, ...]:
        return folders.STATUS_ITEMS_MODSEQ if self.has_condstore else folders.STATUS_ITEMS
