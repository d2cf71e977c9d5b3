"""Words on buttons and boxes, where Qt takes an ampersand for the mark of a shortcut: "R&D" must stay "R&D".

Rapport's shortcuts are those of its actions, so no word of a button holds such a mark. Pure.
"""

from __future__ import annotations


def escaped(words: str) -> str:
    """Return words as Qt wants them: it shows them, and reads them aloud, as they were."""
    return words.replace("&", "&&")


def plain(text: str) -> str:
    """Return the words of a text that Qt holds."""
    return text.replace("&&", "&")
