"""Commands and their answers over one wire: tags, literals, unasked data (RFC 3501, section 2.2). One thread at a time.

Streams of data are read here; what IMAPClient does well it does over the same connection (`client`, which says why).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

from desktop.base.errors import Bug
from desktop.net import errors
from desktop.net.mail.imap import guard, refusals, responses
from desktop.net.mail.imap.guard import Argument, Literal
from desktop.net.mail.imap.news import NewsDesk
from desktop.net.mail.imap.responses import Response
from desktop.net.mail.imap.wire import LiteralLimit, Wire, small

NOISE_MAX = 1_000_000
"""How many responses nobody asked for may stand between two that somebody did."""

_ANSWER_MAX_BYTES = 64 << 20
_LITERAL_MINUS_MAX = 4096


@dataclass(slots=True)
class Reply:
    """The end of a command (`status`) and the data that came for it."""

    status: Response
    data: list[Response] = field(default_factory=list)

    def code(self, name: str) -> Response | None:
        """Return the response that carries a response code: the last one said, tagged or not."""
        for response in (self.status, *reversed(self.data)):
            if response.code == name:
                return response
        return None


class Connection:
    """Sends commands one after another. `refused` carries what a NO said; a broken wire stays broken.

    Capabilities in `without` are never there, whatever the server offers.
    """

    def __init__(self, wire: Wire, host: str, without: frozenset[str] = frozenset()) -> None:
        self.wire = wire
        self.host = host
        self._without = without
        self.news = NewsDesk()
        self.capabilities: frozenset[str] = frozenset()
        self.enabled: frozenset[str] = frozenset()
        """What ENABLE switched on (RFC 5161)."""
        self._tag = 0
        self._streaming = False

    def has(self, capability: str) -> bool:
        """Return whether the server offered a capability; upper case."""
        return capability in self.capabilities

    def receive(self, limit: LiteralLimit = small) -> Response:
        """Return the next response whatever it is; BYE raises."""
        response = responses.parse(self.wire.read(limit))
        if not response.kind and response.tag != b"+":
            return response
        if response.kind == b"BYE" and response.tag == b"*":
            if response.code == "ALERT":
                self.news.note_alert(response.text)
            self.wire.close()
            raise refusals.at_greeting(response, self.host)
        return response

    def run(self, *arguments: Argument, wanted: frozenset[bytes] = frozenset(), folder: str = "") -> Reply:
        """Run a command and return its answer with the data of the wanted kinds; NO and BAD raise."""
        data: list[Response] = []
        size = 0
        stream = self.stream(*arguments, wanted=wanted)
        while True:
            try:
                response = next(stream)
            except StopIteration as end:
                status: Response = end.value
                break
            size += sum(map(len, response.fragments))
            if size > _ANSWER_MAX_BYTES:
                self.wire.close()
                raise errors.TooLarge(self.host, _ANSWER_MAX_BYTES)
            data.append(response)
        if status.kind != b"OK":
            raise refusals.of_command(status, self.host, folder)
        return Reply(status, data)

    def stream(
        self, *arguments: Argument, wanted: frozenset[bytes], limit: LiteralLimit = small
    ) -> Generator[Response, None, Response]:
        """Yield data of the wanted kinds as it arrives; the generator's return value is the tagged response.

        One that is not read to its end is drained when it is closed, so that the next command finds a clean wire.
        """
        tag = self.next_tag()
        self._streaming = True
        try:
            refused = self.send(tag, arguments)
            if refused is not None:
                return refused
            noise = 0
            while True:
                response = self.receive(limit)
                if response.tag == tag:
                    return self.finished(response)
                if response.is_status:
                    self.note(response)
                if response.kind in wanted and response.tag == b"*":
                    try:
                        yield response
                    except GeneratorExit:
                        self._drain(tag, limit)
                        raise
                    continue
                noise += 1
                if noise > NOISE_MAX:
                    raise self.endless()
                if not response.is_status:
                    self.note(response)
        finally:
            self._streaming = False

    def note(self, response: Response) -> None:
        """Take in data nobody waits for."""
        if response.kind == b"CAPABILITY":
            self.capabilities = capability_set(b" ".join(map(responses.octets, response.values()))) - self._without
        elif response.code == "CAPABILITY":
            self.capabilities = capability_set(response.code_text) - self._without
        else:
            self.news.note(response)

    def finished(self, status: Response) -> Response:
        """Take in a tagged response and return it; one that is neither OK, NO nor BAD raises."""
        if status.kind not in {b"OK", b"NO", b"BAD"}:
            self.wire.close()
            raise errors.ProtocolBroken(self.host, details=status.fragments[0][:200])
        self.note(status)
        return status

    def _drain(self, tag: bytes, limit: LiteralLimit) -> None:
        while not self.wire.closed:
            try:
                if self.receive(limit).tag == tag:
                    return
            except errors.NetProblem:
                # the wire is closed now, and the next command says so to somebody who can hear it
                self.wire.close()

    def begin(self, *arguments: bytes) -> bytes:
        """Send a command whose answer the caller reads by `receive` (STARTTLS, IDLE); return its tag."""
        tag = self.next_tag()
        self.send(tag, arguments)
        return tag

    def next_tag(self) -> bytes:
        """Return the tag of a command that is about to be sent."""
        if self._streaming:
            raise Bug("a command was given while another one's answer is still being read")
        self._tag += 1
        return b"R%d" % self._tag

    def send(self, tag: bytes, arguments: tuple[Argument, ...]) -> Response | None:
        """Send a command; return the answer where the server refused to take a literal."""
        waiting = bytearray(tag)
        # all arguments are looked at before the first octet goes out
        for argument in arguments:
            if isinstance(argument, bytes):
                guard.refuse_unsafe(argument, "command")
        for argument in arguments:
            waiting += b" "
            if isinstance(argument, Literal):
                refused = self._send_literal(argument, waiting, tag)
                if refused is not None:
                    return refused
            else:
                waiting += argument
        waiting += b"\r\n"
        self.wire.send(bytes(waiting))
        return None

    def _send_literal(self, literal: Literal, waiting: bytearray, tag: bytes) -> Response | None:
        """Send what waits and the literal, after the server's go-ahead where it wants to give one (RFC 7888)."""
        size = literal.size_bytes
        at_once = not literal.patient and (
            self.has("LITERAL+") or (self.has("LITERAL-") and size <= _LITERAL_MINUS_MAX)
        )
        waiting += b"{%d+}\r\n" % size if at_once else b"{%d}\r\n" % size
        if not at_once:
            self.wire.send(bytes(waiting))
            waiting.clear()
            answer = self.await_go_ahead(tag)
            if answer.tag == tag:
                return answer
        if size > _LITERAL_MINUS_MAX:
            self.wire.send(bytes(waiting))
            waiting.clear()
            self.wire.send(literal.octets)
        else:
            waiting += literal.octets
        if literal.rest_bytes:
            self.wire.send(bytes(waiting))
            waiting.clear()
            self._send_rest(literal)
        return None

    def _send_rest(self, literal: Literal) -> None:
        """Send what comes piece by piece; where it is not what was announced the command cannot be ended any more."""
        left = literal.rest_bytes
        try:
            for piece in literal.rest:
                left -= len(piece)
                if left < 0:
                    break
                self.wire.send(piece)
            if left:
                raise Bug("a literal is not as long as it was said to be")
        except BaseException:
            self.wire.close()
            raise

    def await_go_ahead(self, tag: bytes) -> Response:
        """Return "+", or the tagged answer that came in its place."""
        for _ in range(NOISE_MAX):
            response = self.receive()
            if response.tag == b"+":
                return response
            if response.tag == tag:
                return self.finished(response)
            self.note(response)
        raise self.endless()

    def endless(self) -> errors.ProtocolBroken:
        """Close the connection and return what is wrong with a server that talks and talks."""
        self.wire.close()
        return errors.ProtocolBroken(self.host, details="endless unasked data")


def capability_set(text: bytes) -> frozenset[str]:
    """Return capabilities in upper case."""
    return frozenset(text.decode("ascii", "replace").upper().split())
