"""Regular expressions that the oldest Python we run on understands rightly."""

from __future__ import annotations

import re
from pathlib import Path

import desktop

_POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")


def test_no_group_is_possessive_or_atomic() -> None:
    """Python before 3.11.5, as Debian 12 has it, matches them wrongly (python/cpython#106052)."""
    sources = Path(desktop.__file__).parent.rglob("*.py")
    literals = [
        (path.name, literal)
        for path in sources
        for literal in re.findall(r'r[f]?"""(.*?)"""|r[f]?"(.*?)"', path.read_text(), re.DOTALL)
    ]

    assert len(literals) > 50
    assert [found for found in literals if _POSSESSIVE_GROUP.search("".join(found[1]))] == []
