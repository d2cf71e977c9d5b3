"""Finds the mail servers of a domain: every source is asked at once, the best answer ends the others.

Each has a time-out of its own, and all together have ten seconds; who has not answered by then is not waited for. What
the answers are worth is decided by `domain.mail.discovery`. Blocking, with threads of its own; `cancel` ends it within
a quarter of a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TypeVar

from desktop.base import clock
from desktop.domain.mail import autoconfig, discovery
from desktop.domain.mail.discovery import Answer, Discovery, Guess, Source
from desktop.net import connect, errors
from desktop.net.connect import Resolve, Stop
from desktop.net.discovery.probing import Prober
from desktop.net.discovery.published import Place, Publications
from desktop.net.discovery.records import Records
from desktop.net.tls import TlsPolicy

log = logging.getLogger(__name__)

WHOLE_S = 10.0
_DIRECTORY = "autoconfig.thunderbird.net"
_FILE = "/mail/config-v1.1.xml"
_SLICE_S = 0.1

_MOST_TOGETHER = 8

Asked = TypeVar("Asked")
Said = TypeVar("Said")
Progress = Callable[[int, int], None]
"""Called with the number of sources that answered and of all."""


class Discoverer:
    """Looks for the servers of one domain after another, or of several at once."""

    def __init__(
        self,
        policy: TlsPolicy | None = None,
        *,
        resolve: Resolve = connect.resolve,
        records: Records | None = None,
        step_s: float = 6.0,
        whole_s: float = WHOLE_S,
    ) -> None:
        """`step_s` is the longest wait for one server; resolver, records and policy are other ones in tests."""
        policy = TlsPolicy(ca_file=policy.ca_file if policy else None, portal_port=0)
        self._records = records or Records()
        self._publications = Publications(policy, resolve, timeout_s=step_s)
        self._prober = Prober(policy, resolve, timeout_s=step_s)
        self._whole_s = whole_s

    def discover(self, domain: str, progress: Progress, cancel: Stop) -> Discovery:
        """Return what was found for a domain (`found_server.domain_of`). Raises Cancelled."""
        asked: Mapping[Source, Callable[[str, Stop], Answer]] = {
            Source.AUTOCONFIG: self._autoconfig,
            Source.WELL_KNOWN: self._well_known,
            Source.DIRECTORY: self._directory,
            Source.MX: self._provider_of_the_mail,
            Source.SRV: self._service_records,
            Source.GUESS: self._guesses,
        }
        enough = threading.Event()
        answers: dict[Source, Answer] = {}
        deadline = clock.monotonic() + self._whole_s
        pool = ThreadPoolExecutor(len(asked), "discovery")
        try:
            futures = {pool.submit(_asked, ask, domain, enough): source for source, ask in asked.items()}
            while not discovery.is_settled(answers, asked) and clock.monotonic() < deadline:
                if cancel.is_set():
                    raise errors.Cancelled(domain)
                done, _ = wait(futures, _SLICE_S, FIRST_COMPLETED)
                for future in done:
                    answers[futures.pop(future)] = future.result()
                if done:
                    progress(len(answers), len(asked))
        finally:
            enough.set()
            pool.shutdown(wait=False, cancel_futures=True)
        found = discovery.concluded(domain, answers)
        log.info("discovery: %s, %d of %d sources answered", found.verdict.value, len(answers), len(asked))
        return found

    # the sources; each raises NetProblem when nobody answered

    def _autoconfig(self, domain: str, cancel: Stop) -> Answer:
        place = Place(f"autoconfig.{domain}", _FILE, domain)
        return self._published(Source.AUTOCONFIG, place, domain, cancel)

    def _well_known(self, domain: str, cancel: Stop) -> Answer:
        place = Place(domain, f"/.well-known/autoconfig{_FILE}", domain)
        return self._published(Source.WELL_KNOWN, place, domain, cancel)

    def _directory(self, domain: str, cancel: Stop) -> Answer:
        return self._published(Source.DIRECTORY, _in_directory(domain), domain, cancel)

    def _provider_of_the_mail(self, domain: str, cancel: Stop) -> Answer:
        hosts = self._records.mail_hosts(domain, cancel)
        if hosts is None:
            return Answer(no_such_domain=True)
        if not hosts:
            return Answer()
        known = discovery.of_mail_host(hosts[0], domain)
        if known.candidate is not None:
            return known
        providers = discovery.provider_domains(hosts[0], domain)
        places = [place for each in providers for place in (_of_provider(each), _in_directory(each))]
        # whether the provider answered or not: the name server did
        with _Together(cancel) as together:
            said = together.ask(lambda place, stop: self._published(Source.MX, place, domain, stop), places)
            return next((answer for answer in said if answer is not None and answer.candidate is not None), Answer())

    def _service_records(self, domain: str, cancel: Stop) -> Answer:
        names = [name for name, _ in (*discovery.SRV_INCOMING, *discovery.SRV_OUTGOING)]
        with _Together(cancel) as together:
            said = together.ask(lambda name, stop: self._records.services(name, domain, stop), names)
            known = {name: found for name, found in zip(names, said, strict=True) if found is not None}
        return replace(discovery.of_service_records(known, domain), reached=bool(known))

    def _guesses(self, domain: str, cancel: Stop) -> Answer:
        guesses = discovery.guesses(domain)
        right: list[Guess] = []
        reached = False
        with _Together(cancel) as together:
            halves = [[guess for guess in guesses if guess.incoming is incoming] for incoming in (True, False)]
            said = [together.ask(self._is_there, half) for half in halves]
            for half, answers in zip(halves, said, strict=True):
                for guess, there in zip(half, answers, strict=True):
                    reached = reached or there is not None
                    if there:
                        right.append(guess)
                        break
        return replace(discovery.of_guesses(right), reached=reached)

    def _is_there(self, guess: Guess, cancel: Stop) -> bool:
        try:
            return self._prober.is_there(guess, cancel)
        except errors.HostUnreachable as error:
            if error.refused:  # somebody is there and says no
                return False
            raise

    def _published(self, source: Source, place: Place, domain: str, cancel: Stop) -> Answer:
        xml = self._publications.fetch(place, cancel)
        if xml is None:
            return Answer()
        config = autoconfig.read(xml, domain)
        if config.fault:
            log.info("discovery: what %s published cannot be read: %s", source.value, config.fault.value)
        return discovery.of_config(source, config, domain)


def _asked(ask: Callable[[str, Stop], Answer], domain: str, cancel: Stop) -> Answer:
    try:
        return ask(domain, cancel)
    except errors.NetProblem:
        return Answer(reached=False)


class _Together:
    """Asks several at once; who was not waited for is stopped in the end."""

    def __init__(self, cancel: Stop) -> None:
        self._cancel = cancel
        self._enough = threading.Event()
        self._pool = ThreadPoolExecutor(thread_name_prefix="discovery-part", max_workers=_MOST_TOGETHER)

    def __enter__(self) -> _Together:
        return self

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def is_set(self) -> bool:
        return self._enough.is_set() or self._cancel.is_set()

    def ask(self, ask: Callable[[Asked, Stop], Said], whom: Iterable[Asked]) -> Iterator[Said | None]:
        """Begin with all, and give the answers in their order as they are wanted; None for those nobody gave."""
        return map(_said, [self._pool.submit(ask, one, self) for one in whom])


def _said(future: Future[Said]) -> Said | None:
    try:
        return future.result()
    except errors.NetProblem:
        return None


def _of_provider(domain: str) -> Place:
    return Place(f"autoconfig.{domain}", _FILE, domain)


def _in_directory(domain: str) -> Place:
    return Place(_DIRECTORY, f"/v1.1/{domain}", _DIRECTORY)
