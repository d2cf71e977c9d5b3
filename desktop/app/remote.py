"""Calls to the program that holds a profile: it carries them out, the caller prints and exits as if it had done so.

A socket of the profile's owner (AF_UNIX, mode 0600; on Windows a pipe) carries JSON in frames of bounded size, nothing
else: no pickles. `remote` in the profile, mode 0600, names the socket and holds the key both sides must prove to have.
What may be asked is decided by whoever serves (C44). One thread accepts; each call runs on a thread of its own.
"""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import Any, cast

from desktop.app.console import Console
from desktop.base.clock import monotonic
from desktop.base.i18n import _
from desktop.base.log import protect
from desktop.base.paths import Profile, open_private

log = logging.getLogger(__name__)

FILE_NAME = "remote"
SOCKET_NAME = "socket"
LATER = 75
"""Exit code of a call that cannot be carried out by this program, and need not fail: it ends soon (EX_TEMPFAIL)."""
REQUEST_MAX_BYTES = 256 * 1024
ANSWER_MAX_BYTES = 64 * 1024 * 1024
ARGUMENTS_MAX = 1000
CALLS_MAX = 16
_ANSWERS_WITHIN_S = 10.0
_CALLS_END_WITHIN_S = 5.0
_ASKS_WITHIN_S = 10.0
"""For each thing a caller has to say before he is served: one who is stopped in between leaves his place to others."""
_AGAIN_AFTER_S = 0.5
_PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.ECONNABORTED, errno.ENOMEM, errno.ENOBUFS})
"""What ails the machine or one caller for a moment, not the socket."""
_ADDRESS_MAX_BYTES = 100
"""Of sun_path's 108 octets (104 on macOS), with room for the final zero."""
_BROKEN = (OSError, EOFError, AuthenticationError)


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of a call, without the profile; `folder` is where the caller stands."""

    argv: tuple[str, ...] = ()
    folder: str = ""
    password: str | None = None

    def __repr__(self) -> str:
        return "Request()"


class Refused(Exception):
    """The frame is no request."""


CarryOut = Callable[[Request, Console], int]


class Server:
    """Listens until it is closed. Where no socket can be made it is deaf: others then say the profile is in use."""

    def __init__(self, profile: Profile, carry_out: CarryOut) -> None:
        self._carry_out = carry_out
        self._file = profile.root / FILE_NAME
        self._key = secrets.token_bytes(32)
        self._closing = threading.Event()
        self._calls: set[threading.Thread] = set()
        self._calls_lock = threading.Lock()
        self._own_folder: Path | None = None
        self._listener: Listener | None = None
        try:
            self._listener = self._listen(profile)
        except OSError:
            log.warning("no calls can be taken", exc_info=True)
            return
        self._thread = threading.Thread(target=self._accept, args=(self._listener,), name="remote", daemon=True)
        self._thread.start()

    def _listen(self, profile: Profile) -> Listener:
        _clear_away(_read_file(profile))
        self._file.unlink(missing_ok=True)
        self._address, self._own_folder = _free_address(profile)
        listener = Listener(self._address, backlog=CALLS_MAX)
        if sys.platform != "win32":
            Path(self._address).chmod(0o600)
        fresh = self._file.with_name(f".{FILE_NAME}.new")
        fresh.unlink(missing_ok=True)
        with open_private(fresh, "w", encoding="utf-8") as file:
            json.dump({"address": self._address, "key": self._key.hex()}, file)
        fresh.replace(self._file)
        return listener

    def refuse(self) -> None:
        """Take no more calls; those under way go on."""
        if self._listener is None or self._closing.is_set():
            return
        self._closing.set()
        self._file.unlink(missing_ok=True)
        with contextlib.suppress(*_BROKEN):
            Client(self._address).close()  # `accept` has no other way to be woken
        self._thread.join(_CALLS_END_WITHIN_S)
        self._listener.close()

    def await_calls(self) -> None:
        """Give the calls under way a moment to end: one for all of them."""
        with self._calls_lock:
            calls = list(self._calls)
        deadline = monotonic() + _CALLS_END_WITHIN_S
        for call in calls:
            if call is not threading.current_thread():
                call.join(max(deadline - monotonic(), 0.0))

    def close(self) -> None:
        """Take no more calls, give those under way a moment to end, and take the socket away."""
        self.refuse()
        self.await_calls()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    def _accept(self, listener: Listener) -> None:
        while not self._closing.is_set():
            try:
                connection = listener.accept()
            except OSError as error:
                if self._closing.is_set():
                    return
                if error.errno in _PASSING:
                    log.warning("a call could not be taken: %s", error.strerror)
                    self._closing.wait(_AGAIN_AFTER_S)
                    continue
                log.exception("no more calls are taken")
                # nobody is to wait for an answer that cannot come
                self._file.unlink(missing_ok=True)
                listener.close()
                return
            if not self._begin(connection):
                connection.close()

    def _begin(self, connection: Connection) -> bool:
        """Begin to serve a caller; False where there is no room for him."""
        with self._calls_lock:
            if self._closing.is_set() or len(self._calls) >= CALLS_MAX:
                return False
            call = threading.Thread(target=self._serve, args=(connection,), name="call", daemon=True)
            try:
                call.start()
            except RuntimeError:
                log.warning("no thread for a call")
                return False
            self._calls.add(call)
            return True

    def _serve(self, connection: Connection) -> None:
        try:
            with connection:
                self._answer(connection)
        except _BROKEN as error:
            log.info("a call ended early: %s", type(error).__name__)
        finally:
            with self._calls_lock:
                self._calls.discard(threading.current_thread())

    def _answer(self, connection: Connection) -> None:
        patient = cast("Connection", _Patient(connection))
        deliver_challenge(patient, self._key)
        answer_challenge(patient, self._key)
        try:
            request = read_request(patient.recv_bytes(REQUEST_MAX_BYTES))
        except Refused:
            _send(connection, exit=2)
            return
        caller = _Caller(connection)
        console = Console(
            lambda octets: caller.tell(out=octets.decode("latin-1")), lambda words: caller.tell(words=words)
        )
        try:
            code = self._carry_out(request, console)
        except Exception:
            log.exception("a call failed")
            console.say(_("Something went wrong inside the running Rapport; its log says more."))
            code = 1
        caller.tell(exit=code)


def serve(profile: Profile, carry_out: CarryOut) -> Server:
    """Take calls for a profile whose lock this process holds. `carry_out` runs on threads of the server."""
    return Server(profile, carry_out)


def call(profile: Profile, request: Request, console: Console) -> int | None:
    """Let the program that holds the profile carry out a request; None when nobody takes calls (yet, or any more)."""
    told = _read_file(profile)
    if told is None:
        return None
    address, key = told
    try:
        connection = Client(address)
    except _BROKEN:
        return None
    with connection:
        try:
            if not connection.poll(_ANSWERS_WITHIN_S):
                return None
            answer_challenge(connection, key)
            deliver_challenge(connection, key)
            connection.send_bytes(write_request(request))
        except _BROKEN:
            return None
        return _listen(connection, console)


def _listen(connection: Connection, console: Console) -> int:
    while True:
        match _next_answer(connection):
            # a stdout or stderr of ours that nobody reads is no fault of the other side, and passes through here
            case {"out": str() as octets}:
                console.write(octets.encode("latin-1"))
            case {"words": str() as words}:
                console.write_words(words)
            case {"exit": int() as code}:
                return code
            case _:
                # it may have done what was asked, so nobody asks again
                console.say(_("The running Rapport ended before it had answered."))
                return 1


def _next_answer(connection: Connection) -> object:
    """Return what the running program says next, None when it is gone or makes no sense."""
    try:
        return json.loads(connection.recv_bytes(ANSWER_MAX_BYTES))
    except (EOFError, OSError, ValueError):
        return None


def write_request(request: Request) -> bytes:
    """Return a request as it travels."""
    return json.dumps({"argv": request.argv, "folder": request.folder, "password": request.password}).encode()


def read_request(frame: bytes) -> Request:
    """Return the request in a frame; raises Refused for anything else."""
    try:
        told = json.loads(frame)
    except (ValueError, RecursionError) as error:
        raise Refused from error
    if not isinstance(told, dict):
        raise Refused
    argv, folder, password = told.get("argv"), told.get("folder"), told.get("password")
    if not isinstance(argv, list) or len(argv) > ARGUMENTS_MAX or not isinstance(folder, str):
        raise Refused
    if not all(isinstance(text, str) and "\0" not in text for text in (*argv, folder)):
        raise Refused
    if password is not None and not isinstance(password, str):
        raise Refused
    if password is not None:
        protect(password)
    return Request(tuple(argv), folder, password)


class _Patient:
    """A connection whose other side is waited for only so long, before each frame of his."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.send_bytes = connection.send_bytes

    def recv_bytes(self, maxlength: int | None = None) -> bytes:
        if not self._connection.poll(_ASKS_WITHIN_S):
            raise TimeoutError
        return self._connection.recv_bytes(maxlength)


class _Caller:
    """Who called, perhaps gone by now: what was begun for him is ended all the same."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._gone = False

    def tell(self, **answer: object) -> None:
        if self._gone:
            return
        try:
            _send(self._connection, **answer)
        except _BROKEN:
            self._gone = True
            log.info("a caller left before his answer")


def _send(connection: Connection, **answer: object) -> None:
    connection.send_bytes(json.dumps(answer).encode())


def _free_address(profile: Profile) -> tuple[str, Path | None]:
    """Return an address nobody listens on, and the folder made for it where the profile's path is too long."""
    if sys.platform == "win32":
        return rf"\\.\pipe\rapport-{secrets.token_hex(16)}", None
    path = profile.root / SOCKET_NAME
    if len(os.fsencode(path)) <= _ADDRESS_MAX_BYTES:
        path.unlink(missing_ok=True)
        return str(path), None
    folder = Path(tempfile.mkdtemp(prefix="rapport-"))
    return str(folder / SOCKET_NAME), folder


def _clear_away(told: tuple[str, bytes] | None) -> None:
    """Remove the folder a killed program made for its socket; only the owner of the profile could name it here."""
    if told is None or sys.platform == "win32":
        return
    folder = Path(told[0]).parent
    if folder.name.startswith("rapport-") and folder.parent == Path(tempfile.gettempdir()):
        with contextlib.suppress(OSError):
            Path(told[0]).unlink(missing_ok=True)
            folder.rmdir()


def _read_file(profile: Profile) -> tuple[str, bytes] | None:
    try:
        with (profile.root / FILE_NAME).open("rb") as file:
            told: Mapping[str, Any] = json.loads(file.read(4096))
        return str(told["address"]), bytes.fromhex(told["key"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
