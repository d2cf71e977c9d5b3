"""A real SMTP server (aiosmtpd) in a thread, that keeps every octet it was sent and refuses what it is told to.

`answer` scripts refusals at each step, `hold` makes a step wait until a test lets it go on. With an LMTP port the mails
it takes are delivered into Dovecot, so that what was sent can be found by IMAP.
"""

from __future__ import annotations

import asyncio
import json
import re
import smtplib
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

from desktop.domain.mail.mail_account import Endpoint, Security

USER = "ann@example.org"
PASSWORD = "canary-password-7391"
TOKEN = "ya29.canary-token-5527"


@dataclass
class Received:
    """A mail the server took. `raw` is what stood between DATA and the final dot, doubled dots made single."""

    sender: str
    recipients: list[str]
    raw: bytes
    options: list[str]
    """Of MAIL, upper case: "SIZE=…", "BODY=8BITMIME", "SMTPUTF8"."""
    user: str


@dataclass
class _Script:
    reply: str
    times: int


@dataclass
class SmtpReceiver:
    """A running server. Use as a context manager, or `start` and `close`; `received` grows with each mail it took.

    Places for `answer` and `hold`: "EHLO", "AUTH", "MAIL", "RCPT" for all recipients or "RCPT ann@example.org" for one,
    "DATA" (before the mail), "DOT" (after it). A reply that begins with 421 also ends the connection.
    """

    security: Security = Security.PLAIN
    tls: ssl.SSLContext | None = None
    size_limit: int | None = 40_000_000
    utf8: bool = False
    sign_in: bool = True
    """Whether mail is taken only from those who signed in."""
    mechanisms: tuple[str, ...] = ("LOGIN", "PLAIN", "XOAUTH2")
    passwords: dict[str, str] = field(default_factory=lambda: {USER: PASSWORD})
    tokens: dict[str, str] = field(default_factory=lambda: {USER: TOKEN})
    opens: Callable[[str], str] = lambda _token: ""
    """Whose mailbox a token opens, as an identity provider says; "" for none."""
    lmtp_port: int = 0
    received: list[Received] = field(default_factory=list)
    refused_dots: int = 0
    """Mails that came whole and were refused after the dot."""
    clear: bytearray = field(default_factory=bytearray)
    """Every octet that came in clear, and those that came encrypted."""
    encrypted: bytearray = field(default_factory=bytearray)
    connections: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._scripts: dict[str, list[_Script]] = {}
        self._gates: dict[str, threading.Event] = {}
        self._reached: dict[str, threading.Event] = {}
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="smtp-receiver", daemon=True)
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.BaseTransport] = set()

    def start(self) -> SmtpReceiver:
        """Begin to listen on a free port of the loopback."""
        self._thread.start()
        self._server = self._call(self._listen())
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def close(self) -> None:
        """End everything."""
        for gate in self._gates.values():
            gate.set()
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def __enter__(self) -> SmtpReceiver:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def endpoint(self) -> Endpoint:
        """Where it is, for the user `USER`."""
        return Endpoint("localhost", self.port, self.security, USER)

    def answer(self, place: str, reply: str, *, times: int = 1_000_000) -> None:
        """Answer a step with this reply, so many times; then as usual, or as said later for the same place."""
        self._scripts.setdefault(place, []).append(_Script(reply, times))

    def as_usual(self) -> None:
        """Forget all answers."""
        self._scripts.clear()

    def hold(self, place: str) -> threading.Event:
        """Make a step wait until the event returned is set."""
        self._gates[place] = threading.Event()
        self._reached[place] = threading.Event()
        return self._gates[place]

    def wait_until_held(self, place: str, timeout_s: float = 10) -> None:
        """Wait until a client is at a step that is held."""
        assert self._reached[place].wait(timeout_s), place

    def wait_for(self, count: int, timeout_s: float = 10) -> list[Received]:
        """Wait until so many mails were taken in all; return them."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, timeout_s), len(self.received)
        return list(self.received)

    def drop(self) -> None:
        """End all connections of this moment."""
        for transport in list(self._transports):
            self._loop.call_soon_threadsafe(transport.abort)  # type: ignore[attr-defined]

    # of the protocol

    def scripted(self, *places: str) -> str | None:
        """Return the reply a test wants at a step, the first place that has one."""
        for place in places:
            for script in self._scripts.get(place, []):
                if script.times > 0:
                    script.times -= 1
                    return script.reply
        return None

    async def held(self, *places: str) -> None:
        """Wait where a test wants it."""
        for place in places:
            if place in self._gates:
                self._reached[place].set()
                await self._loop.run_in_executor(None, self._gates[place].wait)

    def take(self, mail: Received) -> None:
        """Deliver a mail, and note it."""
        if self.lmtp_port:
            with smtplib.LMTP("127.0.0.1", self.lmtp_port, local_hostname="localhost") as lmtp:
                lmtp.sendmail(mail.sender, mail.recipients, mail.raw)
                # a reply for each recipient (RFC 2033, section 4.2), of which the library reads the first
                for _ in mail.recipients[1:]:
                    code, words = lmtp.getreply()
                    assert code == 250, words
        with self._arrived:
            self.received.append(mail)
            self._arrived.notify_all()

    async def _listen(self) -> asyncio.Server:
        handshake = self.tls if self.security is Security.TLS else None
        return await self._loop.create_server(lambda: _Protocol(self), "127.0.0.1", 0, ssl=handshake)

    async def _end(self) -> None:
        assert self._server is not None
        self._server.close()
        for transport in list(self._transports):
            transport.abort()  # type: ignore[attr-defined]
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    def _call(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


class _Hooks:
    """What aiosmtpd asks at each step."""

    def __init__(self, receiver: SmtpReceiver) -> None:
        self.receiver = receiver

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        await self.receiver.held("EHLO")
        said = self.receiver.scripted("EHLO")
        return responses if said is None else [said]

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self.receiver.held("MAIL")
        said = self.receiver.scripted("MAIL")
        if said is not None and not said.startswith("2"):
            return said
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return said or "250 2.1.0 Sender ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self.receiver.held(f"RCPT {address}", "RCPT")
        said = self.receiver.scripted(f"RCPT {address}", "RCPT")
        if said is not None and not said.startswith("2"):
            return said
        envelope.rcpt_tos.append(address)
        return said or "250 2.1.5 Recipient ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.original_content, bytes)
        said = self.receiver.scripted("DOT")
        if said is not None and not said.startswith("2"):
            self.receiver.refused_dots += 1
            await self.receiver.held("DOT")
            return said
        user = session.auth_data.login.decode() if isinstance(session.auth_data, LoginPassword) else ""
        mail = Received(
            envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content, envelope.mail_options, user
        )
        await asyncio.get_running_loop().run_in_executor(None, self.receiver.take, mail)
        await self.receiver.held("DOT")
        return said or "250 2.0.0 Queued"

    async def auth_XOAUTH2(self, server: SMTP, arguments: list[str]) -> AuthResult:
        if len(arguments) == 1:
            shown = await server.challenge_auth("")
            if shown is MISSING:
                return AuthResult(success=False)
        else:
            shown = b64decode(arguments[1])
        match = re.fullmatch(rb"user=([^\x01]*)\x01auth=Bearer ([^\x01]*)\x01\x01", shown)
        user, token = (match[1].decode(), match[2].decode()) if match else ("", "")
        if token and (self.receiver.tokens.get(user) == token or self.receiver.opens(token) == user):
            return AuthResult(success=True, auth_data=LoginPassword(user.encode(), b""))
        reason = json.dumps({"status": "401", "schemes": "bearer", "scope": "https://mail.example/"})
        # an empty answer is asked for, as Google and Microsoft do
        answer = await server.challenge_auth(reason)
        assert answer in {b"", MISSING}, answer
        await server.push("535 5.7.8 Username and token not accepted")
        return AuthResult(success=False, handled=True)


class _Protocol(SMTP):
    """aiosmtpd with its octets kept, scripted steps, and sign-in as real servers have it."""

    line_length_limit = 1 << 14
    """Access tokens are longer than lines of a mail."""

    def __init__(self, receiver: SmtpReceiver) -> None:
        self.receiver = receiver
        super().__init__(
            _Hooks(receiver),
            data_size_limit=receiver.size_limit,
            enable_SMTPUTF8=receiver.utf8,
            hostname="localhost",
            ident="test",
            tls_context=receiver.tls if receiver.security is Security.STARTTLS else None,
            require_starttls=receiver.security is Security.STARTTLS,
            auth_require_tls=receiver.security is Security.STARTTLS,
            auth_exclude_mechanism={"LOGIN", "PLAIN", "XOAUTH2"} - set(receiver.mechanisms),
            authenticator=self._let_in,
            loop=receiver._loop,
        )
        # set here, for the constructor warns of what a test of connections in clear wants
        self._auth_required = receiver.sign_in

    def _let_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, shown: Any) -> AuthResult:
        user, password = shown.login.decode(), shown.password.decode()
        good = user in self.receiver.passwords and self.receiver.passwords[user] == password
        return AuthResult(success=good, handled=False, auth_data=shown)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.receiver.connections += 1
        self.receiver._transports.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.receiver._transports -= {self.transport, self._original_transport}
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        encrypted = self.transport is not None and self.transport.get_extra_info("sslcontext") is not None
        (self.receiver.encrypted if encrypted else self.receiver.clear).extend(data)
        super().data_received(data)

    async def push(self, status: Any) -> None:
        await super().push(status)
        text = status if isinstance(status, str) else status.decode("ascii", "replace")
        if text.startswith("421") and self.transport is not None:
            self.transport.close()

    async def smtp_AUTH(self, arg: str) -> None:
        await self.receiver.held("AUTH")
        said = self.receiver.scripted("AUTH")
        if said is not None:
            await self.push(said)
            return
        await super().smtp_AUTH(arg)

    async def smtp_DATA(self, arg: str) -> None:
        await self.receiver.held("DATA")
        said = self.receiver.scripted("DATA")
        if said is not None:
            await self.push(said)
            return
        await super().smtp_DATA(arg)
