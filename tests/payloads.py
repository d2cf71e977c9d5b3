"""HTML that attacked sanitisers of others: one stream of (name, html) for the pure tests and for the real page."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.corpora import corpus


def payloads() -> Iterator[tuple[str, str]]:
    """Yield every payload of the corpora that are there, and our own; at least one corpus must be there."""
    yield from own()
    yield from dompurify()
    yield from html5_security()
    yield from xss_list()
    yield from bleach()
    yield from html5lib()


def dompurify() -> Iterator[tuple[str, str]]:
    cases = json.loads((corpus("dompurify") / "expect.json").read_text("utf-8"))
    for number, case in enumerate(cases):
        yield f"dompurify-{number}", case["payload"]


def html5_security() -> Iterator[tuple[str, str]]:
    folder = corpus("h5sc")
    pieces = (folder / "vectors.txt").read_text("utf-8", "replace").split('<div id="')
    for number, piece in enumerate(pieces[1:]):
        yield f"h5sc-{number}", '<div id="' + piece
    for path in sorted((folder / "attachments").iterdir()):
        yield f"h5sc-{path.name}", path.read_text("utf-8", "replace")


def xss_list() -> Iterator[tuple[str, str]]:
    path = corpus("xss-payload-list") / "Intruder" / "xss-payload-list.txt"
    for number, line in enumerate(path.read_text("utf-8", "replace").split("\n")):
        if line.strip():
            yield f"xss-list-{number}", line


def bleach() -> Iterator[tuple[str, str]]:
    for path in sorted(corpus("bleach").rglob("*.test")):
        yield f"bleach-{path.stem}", path.read_text("utf-8").partition("\n--\n")[0]


def html5lib() -> Iterator[tuple[str, str]]:
    for path in sorted(corpus("html5lib-sanitizer").rglob("*.dat")):
        for case in json.loads(path.read_text("utf-8")):
            yield f"html5lib-{case['name']}", case["input"]


def own() -> Iterator[tuple[str, str]]:
    """Yield payloads aimed at the seams of this program: marks of folding, body to div, our own schemes and classes."""
    for number, html in enumerate(_OWN):
        yield f"own-{number}", html


_OWN = (
    "<body onload=alert(1) style='background:url(javascript:alert(1))' bgcolor='\"><script>alert(1)</script>'>x",
    "<style></style><body onload=alert(1)><img src=x onerror=alert(1)></body>",
    "<style>p{color:red}</style><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<style>a::before{content:'</style><img src=x onerror=alert(1)>'}</style>",
    "<div class=gmail_quote>[fold-0000]</div><blockquote>[/fold-0000]<script>alert(1)</script></blockquote>",
    "a<blockquote><details open ontoggle=alert(1)><summary>x</summary></details></blockquote>",
    "a<table><blockquote type=cite><tr><td><script>alert(1)</script></td></tr></blockquote></table>",
    "<img src='mail:remote/0'><img src='cid:x' onerror=alert(1)><img src=\"cid:'onerror='alert(1)\">",
    "<a href='mail:remote/0'>x</a><a href='cid:x'>x</a><a href='java\tscript:alert(1)'>x</a>",
    "<a href='https://x.example/\"onclick=alert(1)//'>x</a><a href=\"https://x.example/'onmouseover='alert(1)\">x</a>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4='><img src='data:text/html,<script>alert(1)</script>'>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) /><a id=x><text x=20 y=20>X</text></a>",
    "<template><script>alert(1)</script></template><xmp><img src=x onerror=alert(1)></xmp>",
    "<base href='javascript:alert(1)//'><a href='.'>x</a><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<div style='width:expression(alert(1));-moz-binding:url(x);behavior:url(x)'>x</div>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe><object data='javascript:alert(1)'></object><embed src=x>",
    "<input autofocus onfocus=alert(1)><video><source onerror=alert(1)></video><button popovertarget=x>x</button>",
    "<o:p><xml:namespace prefix=o /><v:rect onmouseover=alert(1)>x</v:rect></o:p>",
    "<p/onclick=alert(1)>x<p\x0conclick=alert(1)>x<p\x00onclick=alert(1)>x",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "<link rel=stylesheet href='data:text/css,*{background:url(x)}'><link rel=preconnect href=https://x.example>",
)
