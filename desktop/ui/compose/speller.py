"""Spelling for the editors of all composers: what is asked is answered later, from a process of its own.

The process begins with the first word and ends with the program; one that died begins anew, a few times. Words a
person added lie in a file of the profile, one a line. GUI thread; answers arrive there too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from PySide6.QtCore import QLocale, QObject, QTimer, Signal

from desktop.base.paths import open_private
from desktop.domain.mail.spelling_words import Alphabet, looked_up
from desktop.ui.compose import dictionaries
from desktop.ui.compose.dictionaries import Found
from desktop.ui.tasks import Tasks

log = logging.getLogger(__name__)

_MOST_DEATHS = 3
IDLE_MS = 300_000
"""The process goes when nothing was asked for so long: with two dictionaries it holds 240 MB."""
_PREFERRED = {Alphabet.LATIN: ("en", "en_US", "en_GB"), Alphabet.CYRILLIC: ("ru", "ru_RU")}


def _one_process() -> Executor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=dictionaries.leave_with_parent)


class Speller(QObject):
    """`knows` answers at once from memory; what it does not know yet is asked for, and `learned` tells when it does."""

    learned = Signal()
    _answered = Signal(object, object, object)
    """The file of the dictionary, the words asked for, those unknown or the error."""
    _suggested = Signal(object, object)

    def __init__(
        self,
        own_words: Path,
        tasks: Tasks,
        parent: QObject | None = None,
        *,
        found: Sequence[Found] | None = None,
        process: Callable[[], Executor] = _one_process,
    ) -> None:
        super().__init__(parent)
        self._own_path = own_words
        self._tasks = tasks
        self._process = process
        self._found = tuple(dictionaries.available() if found is None else found)
        self._home = QLocale.system().name()  # British English is one's own where the system says so
        self._own = _read(own_words)
        self._known: dict[tuple[Path, str], bool] = {}
        self.has_wrong = False
        """Whether any word was found to be wrong yet."""
        self._asked: set[tuple[Path, str]] = set()
        self._executor: Executor | None = None
        self._deaths = 0
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._end)
        self._answered.connect(self._take_answer)
        self._suggested.connect(lambda give, words: give(words))

    @property
    def codes(self) -> tuple[str, ...]:
        """The dictionaries one can choose from."""
        return tuple(each.code for each in self._found)

    def dictionary(self, alphabet: Alphabet, chosen: str = "") -> Found | None:
        """Return the dictionary for words of an alphabet: the chosen one where it is of it, else the usual one."""
        fitting = {each.code: each for each in self._found if each.alphabet is alphabet}
        for code in (chosen, self._home, *_PREFERRED[alphabet]):
            if code in fitting:
                return fitting[code]
        return next(iter(fitting.values()), None)

    def knows(self, word: str, alphabet: Alphabet, chosen: str = "") -> bool | None:
        """Return whether a word is right; None while that is not known. A word of no dictionary is right."""
        if word.casefold() in self._own:
            return True
        found = self.dictionary(alphabet, chosen)
        return True if found is None else self._known.get((found.path, looked_up(word)))

    def ask(self, words: Iterable[tuple[str, Alphabet]], chosen: str = "") -> None:
        """Find out about words; `learned` follows."""
        wanted: dict[Path, list[str]] = {}
        for word, alphabet in words:
            found = self.dictionary(alphabet, chosen)
            if found is None:
                continue
            key = (found.path, looked_up(word))
            if key not in self._known and key not in self._asked:
                self._asked.add(key)
                wanted.setdefault(found.path, []).append(key[1])
        for path, each in wanted.items():
            self._submit(path, tuple(each))

    def suggest(self, word: str, alphabet: Alphabet, chosen: str, give: Callable[[tuple[str, ...]], None]) -> None:
        """Call `give` with what may have been meant."""
        found = self.dictionary(alphabet, chosen)
        executor = self._running()
        if found is None or executor is None:
            give(())
            return
        future = executor.submit(dictionaries.suggestions, found.path, word)
        future.add_done_callback(lambda done: self._suggested.emit(give, () if _failed(done) else done.result()))

    def add(self, word: str) -> None:
        """Take a word into the person's own dictionary."""
        if word.casefold() not in self._own:
            self._own.add(word.casefold())
            self._tasks.run(self._write(tuple(sorted(self._own))))
            self.learned.emit()

    def close(self) -> None:
        """End the process; nothing is asked any more."""
        self._deaths = _MOST_DEATHS
        self._end()

    def _end(self) -> None:
        self._idle.stop()
        self._asked.clear()
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _submit(self, path: Path, words: tuple[str, ...]) -> None:
        executor = self._running()
        if executor is None:
            return
        try:
            future = executor.submit(dictionaries.unknown, path, words)
        except BrokenProcessPool as error:
            self._take_answer(path, words, error)
            return
        future.add_done_callback(lambda done: self._tell(path, words, done))

    def _tell(self, path: Path, words: tuple[str, ...], done: Future[tuple[str, ...]]) -> None:
        """Hand an answer to the GUI thread; after `close` there may be nobody there (thread of the executor)."""
        if not done.cancelled() and self._deaths < _MOST_DEATHS:
            self._answered.emit(path, words, done.exception() or done.result())

    def _running(self) -> Executor | None:
        if self._executor is None and self._deaths < _MOST_DEATHS:
            self._executor = self._process()
        if self._executor is not None:
            self._idle.start()
        return self._executor

    def _take_answer(self, path: Path, words: tuple[str, ...], answer: object) -> None:
        self._asked.difference_update((path, word) for word in words)
        if isinstance(answer, BaseException):
            # no reason to hold anybody up: without it, words are simply not marked
            log.warning("spelling is not checked: %s", type(answer).__name__)
            if isinstance(answer, BrokenProcessPool):
                self._deaths += 1
                self._executor = None
            else:
                self._known.update(((path, word), True) for word in words)
            return
        assert isinstance(answer, tuple)
        unknown = frozenset(answer)
        self.has_wrong = self.has_wrong or bool(unknown)
        self._known.update(((path, word), word not in unknown) for word in words)
        self.learned.emit()

    async def _write(self, words: tuple[str, ...]) -> None:
        await self._tasks.write(_save, self._own_path, words)


def _failed(done: Future[tuple[str, ...]]) -> bool:
    return done.cancelled() or done.exception() is not None


def _read(path: Path) -> set[str]:
    try:
        return {line.strip().casefold() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()}
    except FileNotFoundError:
        return set()
    except (OSError, ValueError):
        log.warning("the person's own dictionary could not be read", exc_info=True)
        return set()


def _save(path: Path, words: tuple[str, ...]) -> None:
    draft = path.with_suffix(".new")
    with open_private(draft, "w", encoding="utf-8") as file:
        file.writelines(f"{word}\n" for word in words)
    draft.replace(path)
