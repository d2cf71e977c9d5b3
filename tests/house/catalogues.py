"""Keeps the catalogues in step with the code: `./run i18n`.

The msgids are read from the syntax tree, so a sentence that is not a literal is an error here and not a gap later.

    python -m tests.house.catalogues                 add what is missing (empty), drop what nobody says any more
    python -m tests.house.catalogues --fill FILE     the same, and take translations from a JSON object
                                                     {"msgid": "text" or ["form", "form", ...]}
    python -m tests.house.catalogues --missing       print what has no translation, as such an object
"""

from __future__ import annotations

import argparse
import ast
import json
import string
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop.base.i18n import Entry, plural_rule, read_po
from tests.corpora import PROJECT

CATALOGUES = PROJECT / "resources" / "i18n"
CODE = PROJECT / "desktop"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence of the code. `plural` is set for one that counts."""

    msgid: str
    plural: str | None
    file: str


class NotLiteral(ValueError):
    """A sentence that is put together in the call cannot be translated."""


def messages_in(source: str, file: str) -> Iterator[Message]:
    """Yield the sentences of `_` and `n_` in a module; raises NotLiteral."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in ("_", "n_"):
            continue
        wanted = 1 if node.func.id == "_" else 2
        texts = [
            one.value for one in node.args[:wanted] if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if len(texts) != wanted:
            raise NotLiteral(f"{file}:{node.lineno}: {node.func.id}() needs literal sentences")
        yield Message(texts[0], texts[1] if wanted == 2 else None, file)


def messages_of(code: Path = CODE) -> dict[str, Message]:
    """Return every sentence of the program by msgid, in the order of files and lines."""
    found: dict[str, Message] = {}
    for path in sorted(code.rglob("*.py")):
        if path.name == "i18n.py" and path.parent.name == "base":
            continue
        file = path.relative_to(code.parent).as_posix()
        for message in messages_in(path.read_text(encoding="utf-8"), file):
            known = found.setdefault(message.msgid, message)
            if known.plural != message.plural:
                raise NotLiteral(f"{file}: {message.msgid!r} stands with two plurals (also in {known.file})")
    return found


def placeholders(text: str) -> set[str]:
    """Return the names in braces, with their format; raises ValueError for lone braces."""
    return {f"{name}:{spec}" for _text, name, spec, _conversion in string.Formatter().parse(text) if name is not None}


def complaints(entries: Iterable[Entry], messages: Mapping[str, Message]) -> Iterator[str]:
    """Yield what keeps a catalogue from saying every sentence of the code, no more and rightly."""
    by_id = {entry.msgid: entry for entry in entries}
    header = by_id.pop("", None)
    forms, _pick = plural_rule(header.forms[0] if header else "")
    for msgid in messages.keys() - by_id.keys():
        yield f"missing: {msgid!r} ({messages[msgid].file})"
    for msgid, entry in by_id.items():
        message = messages.get(msgid)
        if message is None:
            yield f"nobody says: {msgid!r}"
            continue
        if entry.fuzzy:
            yield f"fuzzy: {msgid!r}"
        if entry.plural != message.plural:
            yield f"other plural: {msgid!r}"
        needed = 1 if message.plural is None else forms
        texts = [entry.forms.get(index, "") for index in range(needed)]
        if len(entry.forms) != needed or not all(texts):
            yield f"not translated: {msgid!r}"
            continue
        source = message.msgid if message.plural is None else message.plural
        for text in texts:
            try:
                same = placeholders(text) == placeholders(source)
            except ValueError:
                same = False
            if not same:
                yield f"other placeholders: {msgid!r} -> {text!r}"
            if (text[:1].isspace(), text[-1:].isspace()) != (source[:1].isspace(), source[-1:].isspace()):
                yield f"other white space at its ends: {msgid!r} -> {text!r}"


def quoted(text: str) -> str:
    """Return the text as a string of a catalogue."""
    for plain, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def written(entries: Iterable[Entry], messages: Mapping[str, Message], top: str) -> str:
    """Return the catalogue with exactly the sentences of the code; known translations stay, new ones are empty."""
    by_id = {entry.msgid: entry for entry in entries}
    header = by_id.get("", Entry("")).forms.get(0, "")
    count, _pick = plural_rule(header)
    lines = [*top.splitlines(), 'msgid ""', 'msgstr ""', *(quoted(line) for line in header.splitlines(keepends=True))]
    for message in messages.values():
        entry = by_id.get(message.msgid)
        forms = entry.forms if entry is not None and not entry.fuzzy and entry.plural == message.plural else {}
        lines += ["", f"#: {message.file}", f"msgid {quoted(message.msgid)}"]
        if message.plural is None:
            lines.append(f"msgstr {quoted(forms.get(0, ''))}")
        else:
            lines.append(f"msgid_plural {quoted(message.plural)}")
            lines += [f"msgstr[{index}] {quoted(forms.get(index, ''))}" for index in range(count)]
    return "\n".join(lines) + "\n"


def comment_at_top(text: str) -> str:
    """Return the comment a catalogue begins with."""
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join(lines[:end])


def main(argv: list[str] | None = None) -> int:
    """Bring every catalogue up to date; return 1 while a sentence lacks its translation."""
    parser = argparse.ArgumentParser(prog="./run i18n", description="Keep the catalogues in step with the code.")
    parser.add_argument("--fill", type=Path, metavar="FILE", help="JSON object of translations")
    parser.add_argument("--missing", action="store_true", help="only print what is missing, as JSON")
    arguments = parser.parse_args(argv)
    given = json.loads(arguments.fill.read_text(encoding="utf-8")) if arguments.fill else {}
    messages = messages_of()
    open_questions = 0
    for path in sorted(CATALOGUES.glob("*.po")):
        text = path.read_text(encoding="utf-8")
        entries = {entry.msgid: entry for entry in read_po(text)}
        for msgid, forms in given.items():
            if msgid in messages:
                texts = [forms] if isinstance(forms, str) else forms
                entries[msgid] = Entry(msgid, messages[msgid].plural, dict(enumerate(texts)))
        text = written(entries.values(), messages, comment_at_top(text))
        missing = {
            entry.msgid: [""] * len(entry.forms) if entry.plural is not None else ""
            for entry in read_po(text)
            if entry.msgid and not all(entry.forms.values())
        }
        open_questions += len(missing)
        if arguments.missing:
            print(json.dumps(missing, ensure_ascii=False, indent=1))
            continue
        path.write_text(text, encoding="utf-8")
        print(f"{path.name}: {len(messages)} sentences, {len(missing)} without translation", file=sys.stderr)
    return 1 if open_questions else 0


if __name__ == "__main__":
    sys.exit(main())
