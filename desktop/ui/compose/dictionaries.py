"""Dictionaries of hunspell: those of the system, and English and Russian which come with Rapport.

`unknown` and `suggestions` run in a process of their own (`speller`): the Russian dictionary takes two seconds and
100 MB of small Python objects to load, which no thread beside the window could do unnoticed. Knows nothing of Qt.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.base.resources import resource_dir
from desktop.domain.mail.spelling_words import Alphabet, looked_up

if TYPE_CHECKING:
    from spylls.hunspell import Dictionary

SUGGESTED_MOST = 6
_CYRILLIC = {"ru", "uk", "be", "bg", "mk", "sr", "kk", "mn"}
_OTHER_ALPHABETS = {
    "el",
    "he",
    "ar",
    "fa",
    "hi",
    "th",
    "ko",
    "hy",
    "ka",
    "bn",
    "ta",
    "te",
    "gu",
    "si",
    "ne",
    "lo",
    "km",
}


def leave_with_parent() -> None:
    """Let this process end when the program does, however it does: its queue would never tell (both ends are here)."""
    parent = parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(0)

    threading.Thread(target=wait, name="parent", daemon=True).start()


@dataclass(frozen=True, slots=True)
class Found:
    """A dictionary: "en" or "de_AT", and its files: an archive, or the name of both without its ending."""

    code: str
    path: Path
    alphabet: Alphabet


def available(folders: Sequence[Path] | None = None) -> tuple[Found, ...]:
    """Return one dictionary for each code, a system's before ours, sorted by code. Reads folders, not files."""
    found: dict[str, Found] = {}
    for folder in system_folders() if folders is None else folders:
        try:
            paths = sorted(folder.glob("*.aff"))
        except OSError:
            continue
        for path in paths:
            code = path.stem
            alphabet = _alphabet(code)
            if alphabet is not None and path.with_suffix(".dic").exists():
                found.setdefault(code, Found(code, path.with_suffix(""), alphabet))
    for path in sorted((resource_dir() / "dictionaries").glob("*.zip")):
        alphabet = _alphabet(path.stem)
        if alphabet is not None:
            found.setdefault(path.stem, Found(path.stem, path, alphabet))
    return tuple(sorted(found.values(), key=lambda each: each.code))


def system_folders() -> tuple[Path, ...]:
    """Return where this system keeps dictionaries."""
    if sys.platform == "darwin":
        return (Path.home() / "Library" / "Spelling", Path("/Library/Spelling"))
    if sys.platform == "win32":
        return ()
    shared = os.environ.get("XDG_DATA_DIRS", "") or "/usr/local/share:/usr/share"
    return tuple(Path(folder) / "hunspell" for folder in shared.split(":") if folder.startswith("/"))


def unknown(path: Path, words: Sequence[str]) -> tuple[str, ...]:
    """Return those of the words a dictionary does not know. Loads it when it is asked first."""
    dictionary = _loaded(path)
    return tuple(word for word in words if not dictionary.lookup(looked_up(word)))


def suggestions(path: Path, word: str) -> tuple[str, ...]:
    """Return what may have been meant, best first. Takes up to a second."""
    found: list[str] = []
    for each in _loaded(path).suggest(looked_up(word)):
        if each not in found:
            found.append(each)
        if len(found) == SUGGESTED_MOST:
            break
    return tuple(found)


def _alphabet(code: str) -> Alphabet | None:
    language = code.replace("-", "_").partition("_")[0].lower()
    if language in _OTHER_ALPHABETS or not 2 <= len(language) <= 3:
        return None
    return Alphabet.CYRILLIC if language in _CYRILLIC else Alphabet.LATIN


@cache
def _loaded(path: Path) -> Dictionary:
    from spylls.hunspell import Dictionary

    return Dictionary.from_zip(str(path)) if path.suffix == ".zip" else Dictionary.from_files(str(path))
