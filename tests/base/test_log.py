"""The log keeps no secret, no full address, no forged line, and stays small."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base import log as applog

LOG = logging.getLogger("desktop.test")


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[applog.Ring]:
    monkeypatch.setattr(applog, "_secrets", ())
    yield applog.start(tmp_path, level=logging.DEBUG)
    applog.stop()


def written(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("rapport.log*")))


def test_a_line_says_time_level_logger_thread_and_message(ring: applog.Ring) -> None:
    LOG.info("sync of %s folders", 3)

    (line,) = ring.lines()
    assert line.endswith(" INFO desktop.test [MainThread] sync of 3 folders")
    assert line[10] == "T"
    assert line.split()[0].endswith("Z")


@pytest.mark.parametrize(
    "message",
    [
        'sent A1 LOGIN anna "canary-7 f\\"x"',
        "sent A1 LOGIN anna canary-7",
        "C: AUTHENTICATE PLAIN canary-7AGFubmE=",
        "C: AUTH XOAUTH2 canary-7AGFubmE=",
        "Authorization: Bearer canary-7.abc-def",
        "failed with password='canary-7'",
        '{"refresh_token": "canary-7"}',
        "POST grant_type=x&client_secret=canary-7&y=1",
        "dialling postgresql://anna:canary-7@db.example.org/team",
        "the server said: no such token for hunter-canary-7!",
    ],
)
def test_c33_no_secret_reaches_file_or_ring(ring: applog.Ring, tmp_path: Path, message: str) -> None:
    for chosen in ("hunter-canary-7!", "secret", "password", "token"):
        applog.protect(chosen)

    LOG.debug(message)
    LOG.error("%s", message)
    try:
        raise ValueError(message)
    except ValueError:
        LOG.exception("it failed")

    assert "canary-7" not in written(tmp_path)
    assert "canary-7" not in "".join(ring.lines())
    assert "***" in written(tmp_path)


def test_c33_a_secret_across_the_cut_of_a_long_line_is_gone_whole(ring: applog.Ring) -> None:
    applog.protect("half-of-a-secret")

    LOG.error("x" * (applog.LINE_CHARACTERS - 8) + "half-of-a-secret")

    assert "half-of" not in ring.lines()[0]


def test_c33_a_secret_inside_a_longer_one_leaves_no_rest(ring: applog.Ring) -> None:
    applog.protect("inner-secret")
    applog.protect("outer-inner-secret-tail")

    LOG.error("got outer-inner-secret-tail")

    assert ring.lines()[0].endswith("got ***")


def test_c35_addresses_are_shortened_from_info_upwards(ring: applog.Ring) -> None:
    LOG.debug("debug Anna.Example@mail.example.org")
    LOG.info("info <Anna.Example@mail.example.org>, b@x.de")

    debug, info = ring.lines()
    assert "Anna.Example@mail.example.org" in debug
    assert info.endswith("info <A…@m…>, b…@x…")


def test_c35_addresses_in_tracebacks_are_shortened(ring: applog.Ring) -> None:
    try:
        raise ValueError("no mailbox anna@example.org")
    except ValueError:
        LOG.exception("cannot open")

    assert "anna@example.org" not in ring.lines()[0]


@pytest.mark.parametrize(
    "text", ["a\r\nb", "a\nb", "\x1b[31mred\x1b[0m", "a\x9bb", "a\u2028b", "\u202eevil", "\x00", "\ud800"]
)
def test_c35_what_comes_from_outside_cannot_write_a_line_of_its_own(
    ring: applog.Ring, tmp_path: Path, text: str
) -> None:
    LOG.warning("server said %s", text)

    assert len(written(tmp_path).splitlines()) == 1
    assert text not in ring.lines()[0]


def test_c35_lines_of_a_traceback_are_indented(ring: applog.Ring, tmp_path: Path) -> None:
    try:
        raise ValueError("first\n2026-01-01T00:00:00.000Z ERROR forged")
    except ValueError:
        LOG.exception("failed")

    assert all(line.startswith("    ") for line in written(tmp_path).splitlines()[1:])


def test_c35_the_files_stay_small(ring: applog.Ring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applog, "FILE_BYTES", 5_000)
    applog.start(tmp_path)

    for number in range(2_000):
        LOG.warning("line %d %s", number, "x" * 50)

    files = list(tmp_path.glob("rapport.log*"))
    assert len(files) == applog.FILES_KEPT
    assert sum(path.stat().st_size for path in files) <= applog.FILES_KEPT * 5_000


def test_a_huge_message_is_cut(ring: applog.Ring) -> None:
    LOG.error("y" * 1_000_000)

    assert len(ring.lines()[0]) < applog.LINE_CHARACTERS + 200


def test_the_ring_forgets_the_oldest() -> None:
    ring = applog.Ring(capacity=2)
    ring.setFormatter(applog.LineFormatter())

    for number in range(5):
        ring.emit(logging.LogRecord("x", logging.INFO, "", 0, str(number), None, None))

    assert [line[-1] for line in ring.lines()] == ["3", "4"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
def test_c32_the_file_is_private_under_a_wide_umask(ring: applog.Ring, tmp_path: Path, wide_umask: None) -> None:
    LOG.error("x")

    assert (tmp_path / applog.FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_does_not_disturb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    ring = applog.start(tmp_path / "file")

    LOG.error("nowhere to go")
    applog.stop()

    assert "nowhere to go" in ring.lines()[0]
    assert capsys.readouterr().err == ""


def test_wrong_arguments_of_a_record_keep_its_template(ring: applog.Ring) -> None:
    ring.handle(logging.LogRecord("desktop.test", logging.ERROR, "", 0, "%d folders", ("many",), None))

    assert "%d folders" in ring.lines()[0]
    assert "TypeError" in ring.lines()[0]


def test_libraries_are_heard_from_warnings_upwards(ring: applog.Ring) -> None:
    logging.getLogger("imapclient").debug("A1 LOGIN x y")
    logging.getLogger("imapclient").warning("odd answer")

    assert [line[-10:] for line in ring.lines()] == ["odd answer"]


@pytest.mark.parametrize("unit", ["a", "a.", "a+", "x:", "LOGIN ", "a@", "://", '"', "\\", "pass=", "Bearer "])
def test_c35_a_wild_line_is_redacted_in_linear_time(unit: str) -> None:
    def cost(characters: int) -> float:
        text = unit * (characters // len(unit))
        began = time.perf_counter()
        applog.redact(text, shorten_addresses=True)
        return time.perf_counter() - began

    short = min(cost(8_000) for _ in range(3))
    long = min(cost(64_000) for _ in range(3))

    # 8 times the text costs about 8 times as much; a square would cost 64 times
    assert long < 30 * short + 0.01
