"""Moments as the command line writes them: for people in their zone, for programs in UTC. Pure but for the zone."""

from __future__ import annotations

from desktop.base import clock
from desktop.base.i18n import _
from desktop.domain.mail.message import NO_DATE_MS


def in_words(at_ms: int, pattern: str) -> str:
    """Return a moment in the person's zone by a pattern of `strftime`, or words where nobody knows it."""
    if at_ms <= NO_DATE_MS:
        return _("no date")
    return clock.to_datetime(at_ms).astimezone().strftime(pattern)


def for_programs(at_ms: int) -> str | None:
    """Return a moment as JSON has it (ISO 8601, UTC); None where nobody knows it."""
    return clock.to_datetime(at_ms).isoformat() if at_ms > NO_DATE_MS else None
