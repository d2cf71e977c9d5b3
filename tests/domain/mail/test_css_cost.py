"""Style sheets that would hold up whoever looks at a mail are left out; those of honest mail are not."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from desktop.domain.mail import css_cost, inline_css
from desktop.domain.mail.inline_css import MAX_SECONDS

TWO_THOUSAND = "<p>x</p>" * 2000
BROTHERS = f"<div>{TWO_THOUSAND}<b>x</b></div>"
DEEP = ("<div>" * 200 + "<p>x" * 100 + "</div>" * 200) * 10


def styled(css: str, body: str) -> str:
    return f"<style>{css}</style>{body}"


def rules(count: int, rule: Callable[[int], str]) -> str:
    return "".join(map(rule, range(count)))


FORTY = rules(40, lambda n: f"--a{n}:1;")
MANY = rules(2000, lambda n: f"*{{--a{n}:1}}")
HOSTILE = {
    "many rules": styled(MANY, TWO_THOUSAND),
    "many declarations": styled("*{" + rules(2000, lambda n: f"--a{n}:1;") + "}", TWO_THOUSAND),
    "the same declarations": styled(rules(1000, lambda _n: "*{" + FORTY + "}"), TWO_THOUSAND),
    "many selectors": styled(",".join("*" * 20_000) + "{color:red}", TWO_THOUSAND),
    "a long value": styled("*{--a:" + "x" * 400_000 + "}", TWO_THOUSAND),
    "a long value with other signs": styled('*{--a:"' + ";{}" * 100_000 + '"}', TWO_THOUSAND),
    "brothers": styled(rules(100, lambda _n: ":not(p)~p{color:red}"), BROTHERS),
    "ancestors": styled(rules(100, lambda _n: ":not(p):not(div):not(body):not(html) " + "div " * 10 + "*{a:b}"), DEEP),
    "attributes": styled(rules(500, lambda _n: "[a*=b]{color:red}"), ("<p a='" + "a" * 1000 + "'>x") * 2000),
    "opened again": styled("*{color:red}" * 100, "<p>" + rules(300, lambda n: f"<b id=a{n}>") + "<p>x" * 1000),
    "names in comments": styled("*{" + rules(1000, lambda n: f"--a{n}/*;*/:1;") + "}", TWO_THOUSAND),
    "names in escapes": styled("*{" + rules(1000, lambda n: f"\\2d -a{n}:1;") + "}", TWO_THOUSAND),
    "a selector that is one long word": styled("a" * 400_000 + "!{color:red}", TWO_THOUSAND),
    "blanks after a comment": styled("/***/" + " " * 400_000 + "*{color:red}", TWO_THOUSAND),
    "no end of a sheet": styled("a{}</stylex>" + MANY, TWO_THOUSAND),
    "a sheet in a drawing": "<svg><style><![CDATA[</style>]]>" + MANY + "</svg>" + BROTHERS,
    "entities in a drawing": "<svg>" + styled(rules(2000, lambda n: f"*{{--a{n}&colon;1}}"), "</svg>" + TWO_THOUSAND),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_sheets_that_would_take_long_are_left_out(kind: str) -> None:
    began = process_time()
    shown = inline_css.inlined(HOSTILE[kind])
    took_s = process_time() - began

    assert "color:red" not in shown.partition("</style>")[2]
    assert shown.count("<p") == HOSTILE[kind].count("<p")
    assert took_s < 1.5  # most of it is to count the elements


def test_honest_sheets_are_applied() -> None:
    css = rules(500, lambda n: f".c{n} td p, .d{n} {{color:red;margin:{n % 9}px}}")
    html = styled(css, rules(2500, lambda n: f"<div class=c{n % 500}><span class=d{n % 500}>x</span></div>"))

    shown = inline_css.inlined(html)

    assert shown.count("color: red") + shown.count("color:red") == 2500
    assert "<style" not in shown


def test_a_newsletter_is_far_from_the_limit() -> None:
    css = rules(300, lambda n: f"/* {n}: */ .block{n} td a, .row{n}:hover {{ color: #0{n % 10}f; padding: 0 {n}px }}")
    css += f"@media (max-width: 600px) {{ {rules(100, lambda n: f'.row{n} {{ width: 100% !important }}')} }}"
    row = "<table><tr><td class='row{0} block{0}'><table><tr><td><a href='https://x.example'>x</a></td></tr></table>"
    html = styled(css, rules(300, lambda n: row.format(n) + "</td></tr></table>"))

    assert css_cost.seconds(html, css_cost.sheets(html)) < MAX_SECONDS / 2
    assert "color" in inline_css.inlined(html)


def test_sheets_that_make_a_mail_many_times_as_long_are_left_out() -> None:
    html = styled("p{--a:" + "x" * 50_000 + "}", "<p>x</p>" * 200)

    assert len(inline_css.inlined(html)) <= len(html)


def test_the_sheets_of_a_mail() -> None:
    html = "<STYLE type=a>A{b:c}</Style ><p>x</p><style>d</style>e"

    assert css_cost.sheets(html) == "<style type=a>a{b:c};<style>d"
    assert css_cost.sheets("<p>x</p>") == ""
    assert "e" not in css_cost.sheets("<style>a</style><svg>e</svg>").partition("<style>a")[2]
