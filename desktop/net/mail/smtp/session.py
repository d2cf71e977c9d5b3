"""One SMTP session: mails go out one after another, each streamed. One thread at a time; blocking.

What is known of a mail is told exactly (R19, R20): a `Receipt` where the server took it, `OutcomeUnknown` where it may
have, and any other problem only where it did not. After `ConnectionLost`, `OutcomeUnknown`, `ProtocolBroken` or
`Cancelled` the session is closed and a new one is opened. `abort` is the one method for other threads.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.mail.mail_account import Endpoint
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.credentials import Credential
from desktop.net.mail.smtp import guard, replies, transparency
from desktop.net.mail.smtp.client import Client
from desktop.net.mail.smtp.replies import Refusal, Reply
from desktop.net.mail.smtp.sign_in import Dialer, open_client
from desktop.net.tls import TlsPolicy

FINAL_REPLY_S = 600.0
"""How long the answer to the final dot may take: who gives up early sends twice (RFC 5321, section 4.5.3.2.6)."""
_DATA_GOES_ON = 354
_GOODBYE_S = 3.0

__all__ = ["Receipt", "Refusal", "SmtpSession", "open_session"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Who gets a mail, and who does not and why; addresses as they were given.

    Those in `accepted` must never be sent it again. Where it is empty nothing was sent.
    """

    accepted: tuple[str, ...]
    refused: Mapping[str, Refusal]


def open_session(
    endpoint: Endpoint,
    credential: Credential | None,
    policy: TlsPolicy,
    *,
    timeout_s: float = 60.0,
    cancel: Stop | None = None,
) -> SmtpSession:
    """Connect, encrypt as asked and sign in. `timeout_s` is the longest silence borne, also later."""
    client = open_client(Dialer(endpoint, policy, timeout_s, cancel), credential)
    return SmtpSession(client, timeout_s, signed_in=credential is not None)


class SmtpSession:
    """A server that takes mail from us. Made by `open_session`; `close` says goodbye."""

    def __init__(self, client: Client, timeout_s: float, *, signed_in: bool) -> None:
        self._client = client
        self.signed_in = signed_in
        self._host = client.server
        self._timeout_s = timeout_s

    def __repr__(self) -> str:
        return f"SmtpSession({self._host})"

    @property
    def most_bytes(self) -> int | None:
        """The largest mail the server takes; None where it does not tell."""
        return self._client.most_bytes

    @property
    def encrypted(self) -> bool:
        return self._client.wire.encrypted

    @property
    def closed(self) -> bool:
        return self._client.wire.closed

    def send(self, sender: str, recipients: Sequence[str], size_bytes: int, chunks: Iterable[bytes]) -> Receipt:
        """Send one mail of about `size_bytes`, given in portions of any size with whatever line ends.

        Raises MessageRefused, MessageTooLarge, SendingPostponed, AddressNotSendable and the problems of signing in and
        of connections when nobody got it, OutcomeUnknown when nobody knows. What `chunks` raises ends the connection.
        """
        international = self._refuse_unsendable((sender, *recipients))
        if self.most_bytes is not None and size_bytes > self.most_bytes:
            raise errors.MessageTooLarge(self._host, self.most_bytes)
        try:
            self._begin(sender, size_bytes, international=international)
            accepted, refused = self._address(recipients)
            if accepted:
                self._send_data(chunks)
            else:
                self._reset()
        except (errors.MessageRefused, errors.SendingPostponed):
            raise
        except BaseException:
            # in the middle of a mail there is no other way to say that it is not to be sent
            self._client.close()
            raise
        return Receipt(tuple(accepted), refused)

    def close(self) -> None:
        """Say goodbye and close; a second time does nothing."""
        if not self.closed:
            self._client.wire.set_timeout(_GOODBYE_S)
            with contextlib.suppress(errors.NetProblem):
                self._client.ask("QUIT")
            self._client.close()

    def abort(self) -> None:
        """Make what is under way fail at once; from any thread. A mail under way may become one of unknown outcome."""
        self._client.wire.abort()

    def _refuse_unsendable(self, addresses: Sequence[str]) -> bool:
        """Refuse what may not go onto the wire; return whether addresses need SMTPUTF8."""
        for address in addresses:
            guard.refuse_unsendable(address)
        beyond = guard.beyond_ascii(addresses)
        if beyond is not None and not self._client.has_extn("smtputf8"):
            raise errors.AddressNotSendable(beyond, host=self._host)
        return beyond is not None

    def _begin(self, sender: str, size_bytes: int, *, international: bool) -> None:
        client = self._client
        parameters = [f"FROM:<{sender}>"]
        if client.has_extn("size"):
            parameters.append(f"SIZE={size_bytes}")
        if client.has_extn("8bitmime"):
            # allowed for mails of seven bits as well (RFC 6152, section 3), and nobody knows a stream before its end
            parameters.append("BODY=8BITMIME")
        if international:
            parameters.append("SMTPUTF8")
        client.command_encoding = "utf-8" if international else "ascii"
        reply = client.ask("MAIL", " ".join(parameters))
        if not reply.done:
            raise self._refused(reply)

    def _address(self, recipients: Sequence[str]) -> tuple[list[str], dict[str, Refusal]]:
        """Tell the recipients one by one; return who was taken, and who was not and why."""
        accepted: list[str] = []
        refused: dict[str, Refusal] = {}
        for recipient in dict.fromkeys(recipients):
            reply = self._client.ask("RCPT", f"TO:<{recipient}>")
            if reply.done:
                accepted.append(recipient)
            elif reply.code in {421, 530} or replies.is_daily_limit(reply):
                # about the connection or the sender, not about this recipient
                raise self._refused(reply)
            else:
                refused[recipient] = Refusal(reply.code, reply.words, reply.permanent)
        return accepted, refused

    def _send_data(self, chunks: Iterable[bytes]) -> None:
        client = self._client
        reply = client.ask("DATA", goes_on=_DATA_GOES_ON)
        if reply.done:
            client.close()
            raise errors.ProtocolBroken(self._host, details=reply.words)
        if reply.code != _DATA_GOES_ON:
            raise self._refused(reply)
        seven_bits = not client.has_extn("8bitmime")
        for piece in transparency.pieces(chunks):
            if seven_bits and not piece.isascii():
                client.close()
                raise errors.MessageRefused(self._host, details="8BITMIME is not offered")
            self._send_piece(piece)
        reply = self._final_reply()
        if not reply.done:
            raise self._refused(reply)

    def _send_piece(self, piece: bytes) -> None:
        wire = self._client.wire
        try:
            wire.send(piece)
        except errors.ConnectionLost:
            # a server that ends a mail in its middle has mostly said why
            reply = replies.parting(wire.parting)
            if reply is None:
                raise
            problem = self._refused(reply)
        else:
            return
        raise problem

    def _final_reply(self) -> Reply:
        """Send the final dot and return the answer. From its first octet on, no answer is an unknown outcome."""
        client, wire = self._client, self._client.wire
        before = wire.sent_bytes
        wire.set_timeout(max(self._timeout_s, FINAL_REPLY_S))
        try:
            return client.finish(transparency.END)
        except errors.NetProblem as problem:
            client.close()
            if wire.sent_bytes == before:
                raise
            raise errors.OutcomeUnknown(self._host, details=problem.details) from problem
        finally:
            wire.set_timeout(self._timeout_s)

    def _refused(self, reply: Reply) -> errors.NetProblem:
        """Make the session ready for the next mail and return why this one was not taken."""
        if reply.code == 421:
            self._client.close()
        else:
            self._reset()
        return replies.of_message(reply, self._host, limit_bytes=self.most_bytes)

    def _reset(self) -> None:
        """Make the server forget a mail; one that does not is left, for the next mail would get its recipients."""
        with contextlib.suppress(errors.NetProblem):
            if self.closed or self._client.ask("RSET").done:
                return
        self._client.close()
