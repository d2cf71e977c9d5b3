"""Lines of a text mail, read from the fragment the domain made."""

from __future__ import annotations

from desktop.domain.mail import plain_html
from desktop.ui.mail import text_layout
from desktop.ui.mail.text_layout import LONGEST_LINE, NO_FOLD, Line, Run

LABEL = "{n} lines"


def read(text: str) -> text_layout.Layout:
    return text_layout.read(plain_html.render(text, quote_label=LABEL))


def texts(layout: text_layout.Layout) -> list[str]:
    return ["".join(run.text for run in line.runs) for line in layout.lines]


def test_lines_stay_as_they_are() -> None:
    layout = read("Hello\n\n  indented <b>&amp;</b>\nend\n")

    assert texts(layout) == ["Hello", "", "  indented <b>&amp;</b>", "end"]


def test_a_link_is_a_run_with_a_target() -> None:
    layout = read("see https://acme.example/a?b=1&c=2.")

    assert layout.lines[0].runs == (
        Run("see "),
        Run("https://acme.example/a?b=1&c=2", "https://acme.example/a?b=1&c=2"),
        Run("."),
    )


def test_a_quotation_at_the_end_lies_in_a_fold() -> None:
    quoted = "".join(f"> line {n}\n" for n in range(5))

    layout = read(f"Hello\n\nOn Monday Jan wrote:\n{quoted}")

    inside = [line for line in layout.lines if line.fold == 0]
    assert layout.folds[0].endswith("lines")
    assert [line.depth for line in inside if line.runs][-5:] == [1] * 5
    assert layout.lines[0].fold == NO_FOLD


def test_a_signature_is_known() -> None:
    layout = read("Hello\n-- \nAnna\n")

    assert [line.signature for line in layout.lines] == [False, True, True]


def test_c11_markup_in_a_text_mail_stays_text() -> None:
    hostile = (
        '"><img src=x onerror=alert(1)> <a href="javascript:alert(1)">x</a> http://a.example/"onmouseover=alert(1)'
    )

    layout = read(hostile)

    assert texts(layout) == [hostile]
    assert {run.target for run in layout.lines[0].runs} <= {"", "http://a.example/"}


def test_c11_an_endless_line_is_shown_in_pieces() -> None:
    layout = read("x" * 1_000_000)

    assert max(len(run.text) for line in layout.lines for run in line.runs) == LONGEST_LINE
    assert sum(len(text) for text in texts(layout)) == 1_000_000
    assert len(layout.first().lines) < len(layout.lines)


def test_c11_a_long_text_is_shown_from_its_beginning() -> None:
    layout = read("\n".join(f"line {n}" for n in range(50_000)))

    first = layout.first()

    assert first.lines == layout.lines[: len(first.lines)]
    assert 1000 < len(first.lines) <= text_layout.FIRST_LINES + 1


def test_a_short_text_is_shown_whole() -> None:
    layout = read("Hello")

    assert layout.first() is layout


def test_tags_it_does_not_know_are_passed_over() -> None:
    layout = text_layout.read('<div class="plain">a<script>b</script><br>c</div>')

    assert layout.lines == (Line((Run("a"), Run("b"))), Line((Run("c"),)))
