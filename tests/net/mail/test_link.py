"""The octets both protocols stand on: all of them go out, in pieces a peer takes, and nobody waits for ever."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator

import pytest

from desktop.base import clock
from desktop.net import errors
from desktop.net.mail.link import Link
from tests.proof import seed

HOST, PORT = "mail.example", 25


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    near, far = socket.socketpair()
    yield near, far
    near.close()
    far.close()


def fill(link: Link) -> None:
    while True:
        link.send(b"x" * 100_000)


def test_everything_arrives_at_a_slow_reader(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    link = Link(near, HOST, PORT, timeout_s=10, cancel=threading.Event())
    octets = random.Random(seed()).randbytes(3_000_000)
    got = bytearray()

    def read() -> None:
        while len(got) < len(octets):
            got.extend(far.recv(50_000))

    reader = threading.Thread(target=read)
    reader.start()
    link.send(octets)
    reader.join()

    assert bytes(got) == octets
    assert link.sent_bytes == len(octets)


def test_who_reads_nothing_is_lost_after_the_time_out(pair: tuple[socket.socket, socket.socket]) -> None:
    link = Link(pair[0], HOST, PORT, timeout_s=0.3)

    with pytest.raises(errors.ConnectionLost) as caught:
        fill(link)

    assert caught.value.details == "silence"
    assert link.closed
    # what the system took is counted, and no octet more
    pair[1].setblocking(False)
    held = 0
    while chunk := pair[1].recv(1 << 20):
        held += len(chunk)
    assert link.sent_bytes == held


@pytest.mark.parametrize("how", ["cancel", "abort"])
def test_sending_can_be_stopped(pair: tuple[socket.socket, socket.socket], how: str) -> None:
    cancel = threading.Event()
    link = Link(pair[0], HOST, PORT, timeout_s=60, cancel=cancel)
    stopper = threading.Timer(0.3, cancel.set if how == "cancel" else link.abort)
    stopper.start()
    began = clock.monotonic()

    with pytest.raises(errors.Cancelled if how == "cancel" else errors.ConnectionLost):
        fill(link)

    stopper.join()
    assert clock.monotonic() - began < 10
    assert link.closed


def test_nothing_goes_out_of_a_link_that_was_given_away(pair: tuple[socket.socket, socket.socket]) -> None:
    near, far = pair
    link = Link(near, HOST, PORT, timeout_s=1)
    far.sendall(b"220 begin\r\ninjected")

    assert link.release() is near
    for use in (lambda: link.send(b"x"), link.release):
        with pytest.raises(errors.ConnectionLost):
            use()
    # closing it leaves the socket to its new owner
    link.close()
    assert near.fileno() >= 0
    assert link.sent_bytes == 0
