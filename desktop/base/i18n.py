"""Words of the person's language: `_` for a sentence, `n_` for one that counts, read from `resources/i18n/<lang>.po`.

The msgid is the English text, so English needs no file and a lookup before `set_language` is safe. The catalogue is
read as text, so there is nothing to compile and nothing that can be older than its source. Whole sentences only, with
named placeholders that the caller fills with `str.format`. The language is set once at the start; any thread may ask.
"""

from __future__ import annotations

import ast
import locale
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from desktop.base.resources import resource_dir

SOURCE_LANGUAGE = "en"

# gettext's plural expressions that have been read and understood; nothing from a file is ever evaluated
_PLURAL_RULES: Mapping[str, Callable[[int], int]] = {
    "nplurals=1; plural=0;": lambda _n: 0,
    "nplurals=2; plural=(n != 1);": lambda n: int(n != 1),
    "nplurals=2; plural=(n > 1);": lambda n: int(n > 1),
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);": lambda n: (
        0 if n % 10 == 1 and n % 100 != 11 else 1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2
    ),
}


class CatalogueError(ValueError):
    """A catalogue breaks the format; the text names the line."""


@dataclass(slots=True)
class Entry:
    """One message of a catalogue as it stands in the file; `forms` has one text, or one per plural form."""

    msgid: str
    plural: str | None = None
    forms: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a language says. Fuzzy and empty entries are left out, so English stands in for them."""

    texts: Mapping[str, str]
    plurals: Mapping[str, tuple[str, ...]]
    plural_form: Callable[[int], int]


_ENGLISH = Catalogue({}, {}, lambda n: int(n != 1))
_current = _ENGLISH
_language = SOURCE_LANGUAGE


def _(msgid: str) -> str:
    """Return the sentence in the person's language, or `msgid` itself."""
    return _current.texts.get(msgid, msgid)


def n_(singular: str, plural: str, n: int) -> str:
    """Return the form that goes with the number `n`; it still holds its placeholders."""
    forms = _current.plurals.get(singular)
    if forms is None:
        return singular if abs(n) == 1 else plural
    return forms[_current.plural_form(abs(n))]


def language() -> str:
    """Return the code of the language now spoken."""
    return _language


def available_languages() -> tuple[str, ...]:
    """Return the codes Rapport speaks, English first."""
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in _folder().glob("*.po")))


def set_language(code: str | None) -> str:
    """Speak `code` ("ru", "ru_RU.UTF-8"), or the system's language for None; unknown ones give English. Returns it."""
    global _current, _language
    wanted = system_language() if code is None else code
    short = re.split(r"[_.@-]", wanted)[0].lower()
    _language = short if short in available_languages() else SOURCE_LANGUAGE
    _current = _ENGLISH if _language == SOURCE_LANGUAGE else load(_folder() / f"{_language}.po")
    return _language


def system_language() -> str:
    """Return the language the system asks for ("ru_RU"), by gettext's variables first; "en" when it names none."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "").split(":")[0]
        if value:
            return SOURCE_LANGUAGE if value in ("C", "POSIX") or value.startswith("C.") else value
    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), SOURCE_LANGUAGE)
    try:
        return locale.getlocale()[0] or SOURCE_LANGUAGE
    except ValueError:  # a locale name the C library made up, seen on macOS ("UTF-8")
        return SOURCE_LANGUAGE


@cache
def load(path: Path) -> Catalogue:
    """Return the catalogue of a file; raises CatalogueError where it breaks the format."""
    entries = list(read_po(path.read_text(encoding="utf-8")))
    header = next((entry.forms.get(0, "") for entry in entries if entry.msgid == ""), "")
    count, plural_form = plural_rule(header)
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if entry.msgid == "" or entry.fuzzy:
            continue
        if entry.plural is None:
            if entry.forms.get(0):
                texts[entry.msgid] = entry.forms[0]
        elif all(entry.forms.get(index) for index in range(count)):
            plurals[entry.msgid] = tuple(entry.forms[index] for index in range(count))
    return Catalogue(texts, plurals, plural_form)


def plural_rule(header: str) -> tuple[int, Callable[[int], int]]:
    """Return the number of plural forms a header declares and what picks one; English's when it is silent."""
    found = re.search(r"^Plural-Forms:\s*(nplurals=(\d+);.*)$", header, re.MULTILINE)
    if found is None:
        return 2, _PLURAL_RULES["nplurals=2; plural=(n != 1);"]
    written = re.sub(r"\s+", "", found[1])
    for rule, pick in _PLURAL_RULES.items():
        if re.sub(r"\s+", "", rule) == written:
            return int(found[2]), pick
    raise CatalogueError(f"unknown plural rule: {found[1]}")


def read_po(text: str) -> Iterator[Entry]:
    """Yield the entries of a catalogue in file order, the header (msgid "") included; obsolete ones (#~) are skipped.

    Raises CatalogueError for a broken line or a msgid that stands twice.
    """
    seen: set[str] = set()
    for block in _blocks(text.splitlines()):
        entry = _entry(block)
        if entry is None:
            continue
        if entry.msgid in seen:
            raise CatalogueError(f"line {entry.line}: msgid stands twice: {entry.msgid!r}")
        seen.add(entry.msgid)
        yield entry


def _folder() -> Path:
    return resource_dir() / "i18n"


def _blocks(lines: Iterable[str]) -> Iterator[list[tuple[int, str]]]:
    """Split at blank lines into numbered lines."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            block.append((number, line.strip()))
        elif block:
            yield block
            block = []
    if block:
        yield block


_KEYWORD = re.compile(r'(msgid|msgid_plural|msgstr|msgstr\[(\d)\])\s+(".*")')


def _entry(block: list[tuple[int, str]]) -> Entry | None:
    """Return the entry a block of lines states, or None for a block of comments."""
    parts: dict[str, str] = {}
    keyword, fuzzy, first_line = "", False, 0
    for number, line in block:
        if line.startswith("#"):
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        found = _KEYWORD.fullmatch(line)
        if found is not None:
            keyword = found[1]
            if keyword in parts:
                raise CatalogueError(f"line {number}: {keyword} stands twice in one entry")
            parts[keyword] = _unquote(found[3], number)
            first_line = first_line or number
        elif keyword and line.startswith('"'):
            parts[keyword] += _unquote(line, number)
        else:
            raise CatalogueError(f"line {number}: not understood: {line[:60]}")
    if not parts:
        return None
    if "msgid" not in parts:
        raise CatalogueError(f"line {first_line}: an entry without msgid")
    forms = {int(name[7:-1] or 0) if "[" in name else 0: text for name, text in parts.items() if name[:6] == "msgstr"}
    if not forms:
        raise CatalogueError(f"line {first_line}: an entry without msgstr")
    return Entry(parts["msgid"], parts.get("msgid_plural"), forms, fuzzy, first_line)


def _unquote(quoted: str, number: int) -> str:
    """Return the text of a quoted C string; Python's literals have the same escapes."""
    try:
        text = ast.literal_eval(quoted)
    except (SyntaxError, ValueError):
        text = None
    if not isinstance(text, str):
        raise CatalogueError(f"line {number}: a broken string: {quoted[:60]}")
    return text
