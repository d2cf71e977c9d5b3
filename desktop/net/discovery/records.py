"""What name servers say about the mail of a domain: MX and SRV records. Blocking, with a limit; any thread.

The answers are not signed, so whoever sits between can make them up: `domain.mail.discovery` says what may be believed.
"""

from __future__ import annotations

import queue
import threading

import dns.exception
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.IN.SRV import SRV

from desktop.domain.mail.discovery import ServiceRecord
from desktop.net import errors
from desktop.net.connect import Stop

_SLICE_S = 0.1
_Records = list[object] | None


class Records:
    """Asks the name servers of the system; tests name their own."""

    def __init__(self, servers: tuple[str, ...] = (), *, port: int = 53, timeout_s: float = 4.0) -> None:
        self._servers = servers
        self._port = port
        self._timeout_s = timeout_s

    def mail_hosts(self, domain: str, cancel: Stop) -> list[str] | None:
        """Return the hosts that take the mail of a domain, the preferred first; None when there is no such domain.

        Raises NameNotFound when no name server answers.
        """
        found = self._ask(domain, dns.rdatatype.MX, cancel)
        if found is None:
            return None
        records = sorted((one for one in found if isinstance(one, MX)), key=lambda one: int(one.preference))
        return [one.exchange.to_text(omit_final_dot=True) for one in records]

    def services(self, name: str, domain: str, cancel: Stop) -> list[ServiceRecord]:
        """Return the SRV records of a service ("_imaps._tcp"). Raises NameNotFound when no name server answers."""
        found = self._ask(f"{name}.{domain}", dns.rdatatype.SRV, cancel) or []
        return [
            ServiceRecord(one.priority, one.weight, one.port, one.target.to_text(omit_final_dot=True))
            for one in found
            if isinstance(one, SRV)
        ]

    def _ask(self, name: str, kind: dns.rdatatype.RdataType, cancel: Stop) -> _Records:
        """Return the records of a name, None when there is no such name.

        A query under way cannot be interrupted, so it runs on a thread that is left behind when nobody waits any more.
        """
        answer: queue.SimpleQueue[_Records | errors.NetProblem] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._answer(name, kind))
            except errors.NetProblem as problem:
                answer.put(problem)

        threading.Thread(target=ask, name=f"records {name}", daemon=True).start()
        while not cancel.is_set():
            try:
                found = answer.get(timeout=_SLICE_S)
            except queue.Empty:
                continue
            if isinstance(found, errors.NetProblem):
                raise found
            return found
        raise errors.Cancelled(name)

    def _answer(self, name: str, kind: dns.rdatatype.RdataType) -> _Records:
        try:
            resolver = dns.resolver.Resolver(configure=not self._servers)
            if self._servers:
                resolver.nameservers = list(self._servers)
                resolver.port = self._port
            resolver.timeout = self._timeout_s / 2  # a name server that is silent leaves time for the next
            found = resolver.resolve(f"{name}.", kind, lifetime=self._timeout_s, search=False, raise_on_no_answer=False)
            return list(found.rrset or ())
        except dns.resolver.NXDOMAIN:
            return None
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise errors.NameNotFound(name, details=str(error)) from error
