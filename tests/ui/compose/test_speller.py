"""Spelling: in a process of its own, with the dictionaries that come along."""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.mail.spelling_words import Alphabet
from desktop.ui.compose import dictionaries
from desktop.ui.compose import speller as speller_module
from desktop.ui.compose.speller import Speller
from desktop.ui.tasks import Tasks
from tests.ui.compose.conftest import DICTIONARIES, AtOnce, until

LATIN, CYRILLIC = Alphabet.LATIN, Alphabet.CYRILLIC


def test_dictionaries_of_the_system_come_before_ours(tmp_path: Path) -> None:
    for name in ("de_DE", "en", "el_GR", "ru_RU"):
        (tmp_path / f"{name}.aff").touch()
        (tmp_path / f"{name}.dic").touch()
    (tmp_path / "lonely.aff").touch()
    found = {each.code: each for each in dictionaries.available([tmp_path, tmp_path / "gone"])}
    assert list(found) == ["de_DE", "en", "en_GB", "ru", "ru_RU"]
    assert found["en"].path == tmp_path / "en"
    assert found["ru"].path.suffix == ".zip"
    assert found["ru_RU"].alphabet is CYRILLIC


def test_english_that_comes_along_knows_words() -> None:
    english, british = (each for each in dictionaries.available([]) if each.alphabet is LATIN)
    assert dictionaries.unknown(english.path, ("hello", "don’t", "wrold", "renewal")) == ("wrold",)
    assert "world" in dictionaries.suggestions(english.path, "wrold")
    assert dictionaries.unknown(british.path, ("Licence", "colour")) == ()


async def test_words_are_looked_up_in_another_process(tmp_path: Path, tasks: Tasks) -> None:
    """English and Russian, each by its alphabet; the window waits for neither."""
    speller = Speller(tmp_path / "words", tasks, found=dictionaries.available([]))
    assert speller.knows("wrold", LATIN) is None
    speller.ask([("wrold", LATIN), ("hello", LATIN), ("привет", CYRILLIC), ("превет", CYRILLIC)])
    await until(lambda: speller.knows("превет", CYRILLIC) is False and speller.knows("wrold", LATIN) is False)
    assert speller.knows("hello", LATIN) is True
    assert speller.knows("привет", CYRILLIC) is True
    given: list[tuple[str, ...]] = []
    speller.suggest("wrold", LATIN, "", given.append)
    await until(lambda: bool(given))
    assert "world" in given[0]
    speller.close()


_PROGRAM = """
import os, time
from desktop.ui.compose.speller import _one_process
if __name__ == "__main__":
    print(_one_process().submit(os.getpid).result(), flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")
def test_the_process_goes_with_a_program_that_was_killed(tmp_path: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(_PROGRAM)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        child = Path("/proc") / program.stdout.readline().strip()
        there = child.is_dir()
        program.kill()
    deadline = time.monotonic() + 60
    while child.is_dir() and time.monotonic() < deadline:
        time.sleep(0.05)

    assert there
    assert not child.is_dir()


async def test_a_word_is_asked_once(tmp_path: Path, tasks: Tasks) -> None:
    words = AtOnce()
    speller = Speller(tmp_path / "words", tasks, found=DICTIONARIES, process=lambda: words)
    for _ in range(3):
        speller.ask([("hello", LATIN)])
    await until(lambda: speller.knows("hello", LATIN) is True)
    speller.ask([("hello", LATIN)])
    assert words.asked == ["hello"]


async def test_own_words_are_right_and_kept(tmp_path: Path, tasks: Tasks) -> None:
    path = tmp_path / "words"
    speller = Speller(path, tasks, found=DICTIONARIES, process=AtOnce)
    speller.ask([("zzword", LATIN)])
    await until(lambda: speller.knows("zzword", LATIN) is False)
    speller.add("Zzword")
    assert speller.knows("zzword", LATIN) is True
    await until(path.exists)
    again = Speller(path, tasks, found=DICTIONARIES, process=AtOnce)
    assert again.knows("zzword", LATIN) is True


async def test_a_chosen_language_takes_the_place_of_that_of_its_alphabet(tmp_path: Path, tasks: Tasks) -> None:
    speller = Speller(tmp_path / "words", tasks, found=DICTIONARIES, process=AtOnce)
    assert speller.dictionary(LATIN) == DICTIONARIES[0]
    assert speller.dictionary(LATIN, "de_AT") == DICTIONARIES[1]
    assert speller.dictionary(CYRILLIC, "de_AT") == DICTIONARIES[2]
    assert speller.knows("word", Alphabet.LATIN, "de_AT") is None


async def test_without_a_dictionary_nothing_is_wrong(tmp_path: Path, tasks: Tasks) -> None:
    speller = Speller(tmp_path / "words", tasks, found=(), process=AtOnce)
    speller.ask([("zz", LATIN)])
    assert speller.knows("zz", LATIN) is True


class _Dying(AtOnce):
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_exception(BrokenProcessPool("killed"))
        return done


async def test_a_process_that_dies_is_begun_anew_a_few_times(tmp_path: Path, tasks: Tasks) -> None:
    begun: list[_Dying] = []

    def begin() -> _Dying:
        begun.append(_Dying())
        return begun[-1]

    speller = Speller(tmp_path / "words", tasks, found=DICTIONARIES, process=begin)
    for number in range(6):
        speller.ask([(f"w{number}", LATIN)])
        await until(lambda: not speller._asked or len(begun) == 3)
    assert len(begun) == 3
    assert speller.knows("w0", LATIN) is None


class _Failing(AtOnce):
    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_exception(ValueError("a broken file"))
        return done


async def test_a_dictionary_that_cannot_be_read_marks_nothing(tmp_path: Path, tasks: Tasks) -> None:
    speller = Speller(tmp_path / "words", tasks, found=DICTIONARIES, process=_Failing)
    speller.ask([("zz", LATIN)])
    await until(lambda: speller.knows("zz", LATIN) is True)
    given: list[tuple[str, ...]] = []
    speller.suggest("zz", LATIN, "", given.append)
    await until(lambda: bool(given))
    assert given == [()]


async def test_the_process_goes_when_nothing_is_asked_and_comes_back(
    tmp_path: Path, tasks: Tasks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speller_module, "IDLE_MS", 20)
    begun: list[AtOnce] = []

    def begin() -> AtOnce:
        begun.append(AtOnce())
        return begun[-1]

    speller = Speller(tmp_path / "words", tasks, found=DICTIONARIES, process=begin)
    speller.ask([("one", LATIN)])
    await until(lambda: speller._executor is None)
    assert speller.knows("one", LATIN) is True
    speller.ask([("two", LATIN)])
    assert len(begun) == 2
