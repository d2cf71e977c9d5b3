"""A name server on the loopback, over UDP, that says what it is told to: MX, SRV, lies, nonsense, nothing."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer:
    """Answers on `port`. `zone` holds the texts of records by name and type; a name without any does not exist."""

    zone: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    silent: bool = False
    nonsense: bytes | None = None
    """Sent in place of every answer."""
    refuses: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        closing = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        closing.sendto(b"", ("127.0.0.1", self.port))
        closing.close()
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            octets, peer = self._socket.recvfrom(4096)
            if not octets:
                return
            question = dns.message.from_wire(octets)
            name = question.question[0].name.to_text(omit_final_dot=True)
            kind = dns.rdatatype.to_text(question.question[0].rdtype)
            self.asked.append((name, kind))
            if not self.silent:
                self._socket.sendto(self.nonsense if self.nonsense is not None else self._answer(question), peer)

    def _answer(self, question: dns.message.QueryMessage) -> bytes:
        asked = question.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype)
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        texts = self.zone.get((name, kind))
        if self.refuses:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif texts:
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *texts))
        elif not any(known == name for known, _ in self.zone):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
