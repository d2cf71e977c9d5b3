"""The editor's document holds all a person can write, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from PySide6.QtGui import QTextCursor, QTextDocument

from desktop.domain.mail.written import Block, canonical
from desktop.domain.mail.written_html import write
from desktop.domain.mail.written_reading import read as read_html
from desktop.ui.compose import document, document_reading
from desktop.ui.theme import Theme
from tests.domain.mail.written_blocks import BLOCKS

ALL = (
    "<h1>Title</h1><p>a <b>b</b> <i>c</i> <u>d</u> <s>e</s> <a href='https://firm.example/'>f</a></p>"
    "<ol><li>one<ul><li>two</li><li>three<br>four</li></ul></li><li>five</li></ol><ul><li>six</li></ul>"
    "<blockquote><p>seven</p><ul><li>eight</li></ul></blockquote>"
    "<table><tr><td>nine</td><td><b>ten</b></td></tr><tr><td>eleven</td><td></td></tr></table>"
    "<p><img src='cid:plan@rapport' alt='Plan' width='120'>x</p><h3>Below</h3>"
    "<p><span style='color:#c8322b;font-size:18px'>red</span></p>"
)


def filled(blocks: tuple[Block, ...]) -> QTextDocument:
    made = QTextDocument()
    document.fill(QTextCursor(made), blocks)
    return made


@given(BLOCKS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_blocks_come_out_of_the_document_as_they_went_in(theme: Theme, blocks: list[Block]) -> None:
    """A draft opened again is the draft that was saved: HTML, document and blocks agree."""
    kept = canonical(blocks)
    made = filled(kept)
    assert canonical(document_reading.read(made)) == kept
    assert read_html(write(canonical(document_reading.read(made)))) == kept


def test_everything_an_editor_offers_goes_round(theme: Theme) -> None:
    kept = read_html(ALL)
    html = write(kept)
    assert write(canonical(document_reading.read(filled(kept)))) == html
    assert "qt" not in html.lower()


def test_filling_in_is_one_step_to_undo(theme: Theme) -> None:
    made = QTextDocument()
    document.fill(QTextCursor(made), read_html(ALL))
    made.undo()
    assert made.isEmpty()


@pytest.mark.parametrize(
    ("inserted", "expected"),
    [
        ("<p>x</p>", "<p>a xb</p>"),
        ("<p>x</p><p>y</p>", "<p>a x</p><p>yb</p>"),
        ("<ul><li>x</li><li>y</li></ul>", "<p>a x</p><ul><li>yb</li></ul>"),
        ("<p>x</p><table><tr><td>y</td></tr></table><p>z</p>", "<p>a x</p>TABLE<p>zb</p>"),
    ],
)
def test_what_is_inserted_joins_the_paragraph_it_is_put_into(theme: Theme, inserted: str, expected: str) -> None:
    made = filled(read_html("<p>a b</p>"))
    cursor = QTextCursor(made)
    cursor.setPosition(2)
    document.fill(cursor, read_html(inserted))
    table = (
        write(read_html("<table><tr><td>y</td></tr></table>")).removeprefix("<p><br></p>").removesuffix("<p><br></p>")
    )
    assert write(canonical(document_reading.read(made))) == expected.replace("TABLE", table)
