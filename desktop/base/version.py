"""The version of Rapport, in the one place the package's metadata, `--version` and reports read it from."""

from __future__ import annotations

VERSION = "0.1.0"
