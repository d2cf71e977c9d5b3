"""Nothing that loads, runs or hides comes through what is read for the editor (C1, C31, C45)."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from desktop.domain.mail.written_html import write
from desktop.domain.mail.written_reading import read
from tests.corpora import corpus
from tests.ui.web import leak_vectors

_ALLOWED = {
    **{tag: set() for tag in "p br b i u s ul ol li blockquote h1 h2 h3 tr".split()},
    "table": {"border", "cellpadding", "cellspacing", "width", "style"},
    "td": {"width"},
    "a": {"href"},
    "img": {"src", "alt", "width"},
    "span": {"style"},
}
_STYLE = re.compile(r"(?:color:#[0-9a-f]{6})?;?(?:font-size:\d{1,2}px)?|border-collapse:collapse")


class _Judge(HTMLParser):
    """Fails on anything that is not the editor's own."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _ALLOWED, tag
        for name, value in attrs:
            assert name in _ALLOWED[tag], (tag, name)
            assert value is not None
            if name == "href":
                assert re.match(r"(?:https?|mailto):", value), value
            if name == "src":
                assert value.startswith("cid:"), value
            if name == "width":
                assert re.fullmatch(r"\d{1,4}" if tag == "img" else r"\d{1,3}%", value), value
            if name == "style":
                assert _STYLE.fullmatch(value), value

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)


def judge(html: str) -> None:
    """Read HTML as the editor does, and look at what it would send."""
    for foreign in (False, True):
        out = write(read(html, foreign=foreign))
        judge_of = _Judge()
        judge_of.feed(out)
        judge_of.close()
        assert write(read(out)) == out


@pytest.mark.parametrize("name", ["dompurify", "h5sc", "xss-payload-list", "html5lib-sanitizer", "bleach"])
def test_payloads_of_the_trade_become_words(name: str) -> None:
    """C31: each corpus as it lies there, file by file, and every line and every string in it."""
    seen = 0
    for path in sorted(corpus(name).rglob("*")):
        if path.suffix not in {".json", ".txt", ".html", ".js", ".test", ".py", ".dat"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        pieces = text.splitlines()
        if path.suffix == ".json":
            pieces = list(_strings(json.loads(text)))
        for piece in pieces[:700]:
            if "<" in piece and len(piece) < 5000:
                judge(piece)
                seen += 1
    assert seen > 10


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _strings(each)]


@pytest.mark.parametrize("name", sorted(leak_vectors.vectors()))
def test_every_way_to_load_something_is_closed(name: str) -> None:
    """C1: the vectors of the leak tests, in what is written on."""
    judge(leak_vectors.vectors()[name])
