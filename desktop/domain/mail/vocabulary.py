"""Closed sets of words written as running text, so that a long allowlist stays readable."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of `text`."""
    return frozenset(text.split())
