"""Prints what tests measured against expected results of others: one line each at the end of the run."""

from __future__ import annotations

import pytest

AGREEMENT = "agreement"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        value
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, [])
        for name, value in getattr(report, "user_properties", ())
        if name == AGREEMENT
    ]
    if lines:
        terminalreporter.section("agreement with expected results", sep="-")
        for line in dict.fromkeys(lines):
            terminalreporter.write_line(line)
