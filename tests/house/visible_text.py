"""Finds text a person would see that went past `_` and `n_`, in the syntax tree of a module of the ui.

Two nets: what is handed to a Qt call that shows its argument, and any literal that reads like a sentence. A line that
ends in the comment `# not words` is let through: style sheets, names of fonts, formats.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

SHOWING_METHODS = {
    *("addAction", "addItem", "addItems", "addMenu", "addRow", "addSection", "addTab", "appendPlainText", "drawText"),
    *("insertItem", "insertItems", "setAccessibleDescription", "setAccessibleName", "setButtonText", "setDetailedText"),
    *(
        "setHeaderLabels",
        "setHorizontalHeaderLabels",
        "setIconText",
        "setInformativeText",
        "setItemText",
        "setLabelText",
    ),
    *("setPlaceholderText", "setPlainText", "setPrefix", "setStatusTip", "setSubTitle", "setSuffix", "setTabText"),
    *(
        "setTabToolTip",
        "setText",
        "setTitle",
        "setToolTip",
        "setWhatsThis",
        "setWindowTitle",
        "showMessage",
        "showText",
    ),
}
SHOWING_CLASSES = {
    *("QAction", "QCheckBox", "QCommandLinkButton", "QDockWidget", "QErrorMessage", "QGroupBox", "QLabel", "QMenu"),
    *("QMessageBox", "QProgressDialog", "QPushButton", "QRadioButton", "QToolBar"),
}
SHOWING_KEYWORDS = {"accessibleName", "placeholderText", "statusTip", "text", "title", "toolTip", "windowTitle"}

# names that are the same in every language
NAMES = {"Rapport", "IMAP", "SMTP", "TLS", "STARTTLS", "HTML", "PDF", "CRM", "Ctrl", "Shift", "Alt", "Esc", "Enter"}

_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[A-Z][a-z]+(?:['’]\w+)?,?(?: [\w'’{}-]+,?)+[.:?!…]?")
_ALLOWED_LINE = re.compile(r"#\s*not words\s*$")


def unmarked(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of every literal that is seen and not marked."""
    tree = ast.parse(source)
    lines = source.splitlines()
    found = {(node.lineno, node.value) for node in _shown(tree)} | {
        (node.lineno, node.value) for node in _sentences(tree)
    }
    for line, text in sorted(found):
        if not _ALLOWED_LINE.search(lines[line - 1]):
            yield line, text


def _words(text: str) -> bool:
    without_names = re.sub(r"\b(?:" + "|".join(NAMES) + r")\b", "", re.sub(r"\{\w*\}", "", text))
    return bool(_WORD.search(without_names))


def _shown(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield literals with words among the arguments of calls that show them."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SHOWING_METHODS | SHOWING_CLASSES:
            continue
        # what follows the text of an item is its data
        arguments: list[ast.expr] = node.args[:1] if name == "addItem" else list(node.args)
        arguments += [word.value for word in node.keywords if word.arg in SHOWING_KEYWORDS]
        for argument in arguments:
            yield from (one for one in _literals(argument) if _words(str(one.value)))


def _literals(node: ast.expr) -> Iterator[ast.Constant]:
    """Yield the literals a value is made of, without those that went through a call of their own."""
    match node:
        case ast.Constant(value=str()):
            yield node
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from _literals(part)
        case ast.BinOp(left=left, right=right):
            yield from _literals(left)
            yield from _literals(right)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _literals(value)
        case ast.IfExp(body=body, orelse=other):
            yield from _literals(body)
            yield from _literals(other)
        case ast.Call(func=ast.Attribute(value=ast.Constant() as text)):
            yield from _literals(text)


def _sentences(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield literals that read like a sentence and are neither marked, docstrings, log lines nor errors of ours."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.Raise | ast.Assert) or (isinstance(node, ast.Call) and _not_for_people(node.func)):
            passed |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in passed:
            continue
        if _SENTENCE.fullmatch(node.value.strip()) and _words(node.value):
            yield node


def _not_for_people(function: ast.expr) -> bool:
    """Return whether a call marks its text, or writes it where only developers read."""
    if isinstance(function, ast.Name):
        return function.id in ("_", "n_", "Bug")
    return isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "log"
