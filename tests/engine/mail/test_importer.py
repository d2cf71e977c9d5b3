"""The import process: answers like the parser itself, and survives mails that hang, kill or take over its child."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.mail import mime_parse, preparing
from desktop.domain.mail.document import Options
from desktop.domain.mail.message import Message
from desktop.domain.mail.receiver import PROVIDERS, Receiver
from desktop.domain.mail.trust import Verdict
from desktop.engine.mail import importer, wire
from desktop.engine.mail.importer import CannotShow, Failure, ParserProcess, ParserUnavailable
from tests.engine.mail import misbehaving_child
from tests.pictures import letter, png

GOOD = b"From: Bob <bob@x.example>\r\nSubject: hello %d\r\n\r\nsome words %d\r\n"


@pytest.fixture(scope="module")
def parser() -> Iterator[ParserProcess]:
    process = ParserProcess()
    yield process
    process.close()


@pytest.fixture
def fragile() -> Iterator[ParserProcess]:
    """A parser whose child obeys orders in mails; its deadline is short."""
    process = ParserProcess(deadline_s=1.0, child_main=misbehaving_child.main)
    yield process
    process.close()


def mails(count: int) -> list[bytes]:
    return [GOOD % (n, n) for n in range(count)]


def subjects(results: list[Message | Failure]) -> list[str]:
    return [each.subject if isinstance(each, Message) else each.reason for each in results]


def wait_until(done: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def test_answers_are_those_of_the_parser(parser: ParserProcess) -> None:
    raw = mails(200)

    assert parser.parse(raw) == [mime_parse.parse(each) for each in raw]
    assert parser.parse([]) == []


def test_batches_are_pipelined_in_order(parser: ParserProcess) -> None:
    tickets = [parser.submit(mails(5)) for _ in range(10)]

    assert [subjects(parser.result(each)) for each in tickets] == [[f"hello {n}" for n in range(5)]] * 10


def test_document_and_part_come_through(parser: ParserProcess) -> None:
    raw = (
        b"From: a@x.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n"
        b"<p>hi</p><script>x</script>\r\n--b\r\nContent-Type: image/png; name=x.png\r\n"
        b"Content-Transfer-Encoding: base64"
        b"\r\n\r\niVBORw0=\r\n--b--\r\n"
    )

    assert parser.prepare(raw) == preparing.prepare(raw)
    assert parser.prepare(raw, Options(text_only=True)).is_html is False
    assert parser.part_bytes(raw, "2") == b"\x89PNG\r"
    with pytest.raises(mime_parse.PartMissing):
        parser.part_bytes(raw, "3")


def test_what_is_known_of_the_sender_comes_through(parser: ParserProcess) -> None:
    raw = (
        b"Authentication-Results: mx.google.com; dkim=pass header.d=x.example\r\n"
        b"Received: from x (x [203.0.113.5]) by mx.google.com with ESMTPS\r\nFrom: a@x.example\r\n"
        b"List-Unsubscribe: <https://x.example/u>\r\n\r\nhi"
    )
    options = Options(known_domains=("x-example.test",), receiver=Receiver(("own.example",), PROVIDERS))

    document = parser.prepare(raw, options)

    assert document == preparing.prepare(raw, options)
    assert document.trust.verdict is Verdict.VERIFIED
    assert document.unsubscribing is not None


def test_c15_the_pictures_of_a_letter_are_one_request(parser: ParserProcess) -> None:
    raw = letter({f"{n}@x": png(1, 1, padding=7_000 + n) for n in range(300)})
    sections = list(parser.prepare(raw).content_ids.values())
    began = time.monotonic()
    parser.part_bytes(raw, "2")
    one_s = time.monotonic() - began

    began = time.monotonic()
    found = parser.parts_bytes(raw, [*sections, "absent"])
    all_s = time.monotonic() - began

    assert found == {str(2 + n): png(1, 1, padding=7_000 + n) for n in range(300)}
    assert all_s < 20 * one_s + 0.2


def test_c15_pictures_beyond_what_is_kept_are_left_out(parser: ParserProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "INLINE_BYTES_MAX", 100_000)
    large = png(1, 1, padding=49_000)

    found = parser.parts_bytes(letter({"1@x": large, "2@x": large, "3@x": large, "4@x": png(1, 1)}), "2345")

    assert {section: len(data) for section, data in found.items()} == {
        "2": len(large),
        "3": len(large),
        "5": len(png(1, 1)),
    }


@pytest.mark.parametrize("order", [b"LIE", b"TEXT", b"MUCH"])
def test_a_taken_over_child_gives_no_other_parts(
    fragile: ParserProcess, order: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "INLINE_BYTES_MAX", 1000)

    with pytest.raises(CannotShow, match="nonsense"):
        fragile.parts_bytes(order, ["1"])


def test_many_threads_may_call(parser: ParserProcess) -> None:
    found: list[list[str]] = []
    threads = [threading.Thread(target=lambda: found.append(subjects(parser.parse(mails(20))))) for _ in range(8)]

    for each in threads:
        each.start()
    for each in threads:
        each.join(30)

    assert found == [[f"hello {n}" for n in range(20)]] * 8


@pytest.mark.parametrize("order", [b"HANG", b"DIE", b"LIE", b"MANY"])
def test_c15_only_the_culprit_fails(fragile: ParserProcess, order: bytes) -> None:
    batch = mails(30)
    batch[17] = order

    results = fragile.parse(batch)

    assert [n for n, each in enumerate(results) if isinstance(each, Failure)] == [17]
    assert [s for n, s in enumerate(subjects(results)) if n != 17] == [f"hello {n}" for n in range(30) if n != 17]
    assert subjects(fragile.parse(mails(2))) == ["hello 0", "hello 1"]


def test_c15_several_culprits_in_one_batch(fragile: ParserProcess) -> None:
    results = fragile.parse([b"DIE", *mails(1), b"HANG", b"DIE"])

    assert subjects(results) == ["died", "hello 0", "deadline", "died"]


def test_c15_memory_is_limited() -> None:
    process = ParserProcess(memory_bytes=300 << 20, child_main=misbehaving_child.main)
    try:
        results = process.parse([b"EAT", *mails(2)])
    finally:
        process.close()

    if sys.platform != "win32":
        assert isinstance(results[0], Failure)
    assert subjects(results[1:]) == ["hello 0", "hello 1"]


def test_a_taken_over_child_cannot_run_code_here(fragile: ParserProcess, tmp_path: Path) -> None:
    target = tmp_path / "made by the child"

    results = fragile.parse([b"EXPLOIT " + os.fsencode(target)])

    assert isinstance(results[0], Failure)
    assert "name in an answer" in results[0].reason
    assert not target.exists()


def test_wire_refuses_other_shapes() -> None:
    good = wire.pack(mime_parse.parse(GOOD % (1, 1)))

    assert wire.unpack(Message, wire.loads(wire.dumps(good))) == mime_parse.parse(GOOD % (1, 1))
    for wrong in (good[:-1], (1, *good[1:]), (*good[:3], "no address", *good[4:]), None, [good], (*good[:-1], [1])):
        with pytest.raises(wire.WireError):
            wire.unpack(Message, wrong)


def test_killed_child_is_replaced(parser: ParserProcess) -> None:
    parser.parse(mails(1))
    pid = parser.child_pid
    assert pid is not None

    os.kill(pid, 9)

    wait_until(lambda: subjects(parser.parse(mails(1))) == ["hello 0"])
    assert parser.child_pid not in {None, pid}


def test_idle_child_is_let_go_and_comes_back() -> None:
    process = ParserProcess()
    try:
        process.stop_when_idle(0.1)
        process.parse(mails(1))
        wait_until(lambda: process.child_pid is None)

        assert subjects(process.parse(mails(1))) == ["hello 0"]
    finally:
        process.close()


def test_closed_parser_says_so() -> None:
    process = ParserProcess()
    process.parse(mails(1))
    process.close()

    assert process.child_pid is None
    with pytest.raises(ParserUnavailable):
        process.parse(mails(1))


def test_prepare_that_hangs_cannot_show(fragile: ParserProcess) -> None:
    with pytest.raises(CannotShow):
        fragile.prepare(b"HANG")
    assert fragile.prepare(GOOD % (1, 1)).html


def test_c13_html_that_kills_is_shown_as_text(fragile: ParserProcess) -> None:
    shown = fragile.prepare(b"Content-Type: text/html\r\n\r\n<p>HEAVY HTML</p>")

    assert not shown.is_html
    assert "HEAVY HTML" in shown.html
    assert "cannot-show-html" in shown.warnings


def test_child_imports_domain_only(fragile: ParserProcess) -> None:
    (result,) = fragile.parse([b"MODULES"])

    assert isinstance(result, Message)
    loaded = set(result.text.split())
    assert "desktop.domain.mail.mime_parse" in loaded
    foreign = (
        "PySide6",
        "sqlite3",
        "peewee",
        "imapclient",
        "keyring",
        "desktop.store",
        "desktop.services",
        "desktop.net",
    )
    assert [name for name in loaded if name.startswith((*foreign, "desktop.ui", "desktop.app"))] == []


def test_child_ends_with_its_parent() -> None:
    program = (
        "import os\n"
        "from desktop.engine.mail.importer import ParserProcess\n"
        "if __name__ == '__main__':\n"
        "    parser = ParserProcess(); parser.parse([b'From: a@x.example']); print(parser.child_pid, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).resolve().parents[3]

    # a spawned child runs the main module again: it must be a file
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    pid = int(done.stdout)

    wait_until(lambda: not _is_running(pid))


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
