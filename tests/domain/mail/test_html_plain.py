"""HTML as the plain text sent beside it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import plain_html
from desktop.domain.mail.html_plain import plain_of
from tests.payloads import payloads
from tests.proof import rounds


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Hello", "Hello"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("<div>One</div><div><br></div><div>Two</div>", "One\n\nTwo"),
        ('<p style="margin:0">One</p><p style="margin-top:0; margin-bottom:0">Two</p>', "One\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("  many \n  spaces&nbsp;here ", "many spaces here"),
        ("<b>bold</b><i> and</i> not", "bold and not"),
        ("<ul><li>One</li><li><p>Two</p></li></ul>", "- One\n- Two"),
        ("<p>List:</p><ol><li>One<li>Two</ol><p>End</p>", "List:\n\n1. One\n2. Two\n\nEnd"),
        ('<ol start="9"><li>Nine</li><li>Ten<br>more</li></ol>', "9. Nine\n10. Ten\n    more"),
        ("<ul><li>One<ol><li>a</li></ol></li><li>Two</li></ul>", "- One\n  1. a\n- Two"),
        ('<a href="https://x.example/a">here</a>', "here <https://x.example/a>"),
        ('<a href="https://x.example/">x.example</a>', "x.example"),
        ('<a href="https://x.example/">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:bob@x.example">bob@x.example</a>', "bob@x.example"),
        ('<a href="mailto:bob@x.example">Bob</a>', "Bob <bob@x.example>"),
        ('<a href="https://x.example/a"><img src="cid:a" alt="Logo"></a>', "[Logo] <https://x.example/a>"),
        ('<a href="https://x.example/a"><img src="cid:a"></a>', ""),
        ('<a href="#top">up</a> <a>no</a>', "up no"),
        ("<table><tr><th>Name</th><th>Age</th></tr><tr><td>Bob</td><td>5</td></tr></table>", "Name | Age\nBob | 5"),
        ("<table>\n<tr>\n<td><p>a</p></td>\n<td> </td>\n<td>b</td>\n</tr>\n</table>", "a | b"),
        ("<p>a</p><blockquote><p>q</p></blockquote><p>b</p>", "a\n\n> q\n\nb"),
        ("<blockquote>q<blockquote>qq</blockquote>q</blockquote>", "> q\n>\n>> qq\n>\n> q"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("<p>a</p><hr><p>b</p>", "a\n\n" + "-" * 40 + "\n\nb"),
        ('<p>Text</p><div class="signature"><p>Me</p>Firm</div>', "Text\n\n-- \nMe\n\nFirm"),
        ('<p>Text</p><div class="signature">-- <br>Me</div>', "Text\n\n-- \nMe"),
        ("<p>Text</p><p>--<br>Me</p>", "Text\n\n-- \nMe"),
        ("<style>p{}</style><script>x</script><title>t</title>seen", "seen"),
        ("a &lt;b&gt; &amp; c", "a <b> & c"),
        ("<!-- no -->yes", "yes"),
    ],
)
def test_html_reads_the_same_as_text(html: str, text: str) -> None:
    assert plain_of(html) == text


@pytest.mark.parametrize(
    "text",
    [
        "Hello\n\nHow are you?",
        "a\n> quoted\n>> twice\nb",
        "see https://x.example/a?b=c&d=e or bob@x.example",
        "<b>no tag</b> & \"quotes\" 'single'",
        "- One\n- Two",
        "-- \nMe",
    ],
)
def test_text_survives_being_made_html_for_a_mail(text: str) -> None:
    html = plain_html.fragment(text)

    assert plain_of(html).replace("\n\n>", "\n>").replace("\n>\n>>", "\n>>").replace("\n\nb", "\nb") == text
    assert "class" not in html


def test_spaces_survive_being_made_html_for_a_mail() -> None:
    assert plain_html.fragment(" a   b\n c") == "<div>&nbsp;a&nbsp;&nbsp; b<br>\n&nbsp;c</div>"
    assert plain_of(plain_html.fragment("  a   b	c")) == "  a   b c"


def test_c15_what_repeats_takes_time_in_proportion() -> None:
    units = (
        "<b>a</b>",
        "<p>",
        "<blockquote>",
        "<ul><li>",
        "<td>a",
        "<a href=x>a",
        "a<br>",
        "<div class=signature>a",
        " ",
        "<!--",
    )
    for unit in units:
        seconds = []
        for size in (100_000, 200_000):
            html = unit * (size // len(unit))
            began = time.process_time()
            plain_of(html)
            seconds.append(time.process_time() - began)
        assert seconds[1] < max(3 * seconds[0], 0.3), unit


def test_payloads_are_only_text() -> None:
    for _name, html in list(payloads())[:: rounds(20, 1)]:
        assert isinstance(plain_of(html), str)


@given(
    st.text(max_size=200),
    st.lists(st.sampled_from("p div ul ol li td tr table blockquote a pre br b".split()), max_size=8),
)
def test_every_word_is_still_there(text: str, tags: list[str]) -> None:
    word = "".join(each for each in text if each.isalnum() and each.isascii()) or "x"
    html = "".join(f"<{tag}>{word}" for tag in tags) + "".join(f"</{tag}>" for tag in reversed(tags))

    assert plain_of(html).count(word) >= len(tags)
