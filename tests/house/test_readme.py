"""What the README promises is there: commands and options, keys, pictures, files it points to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from desktop.app.arguments import COMMANDS, HelpWanted, parse
from desktop.ui.actions import CATALOGUE
from tests.corpora import PROJECT

README = (PROJECT / "README.md").read_text("utf-8")
COMMAND_LINE = README.partition("## Command line")[2].partition("```\n")[2].partition("```")[0]


def options_of(*words: str) -> set[str]:
    """Return the options the help of a command tells of."""
    with pytest.raises(HelpWanted) as told:
        parse((*words, "--help"), Path.cwd())
    return set(re.findall(r"--[a-z][a-z-]+", str(told.value).partition("options:")[2]))


def test_every_command_is_told() -> None:
    assert set(re.findall(r"^rapport ([a-z][a-z-]+)", COMMAND_LINE, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [("mail-account", "add"), ("sync",), ("search",), ("show",), ("import",), ("export",), ("restore",), ("doctor",)],
)
def test_every_option_is_told(words: tuple[str, ...]) -> None:
    told = COMMAND_LINE.partition(f"rapport {' '.join(words)} ")[2].partition("\nrapport")[0]

    assert set(re.findall(r"--[a-z][a-z-]+", told)) == options_of(*words) - {"--help", "--profile"}


def test_every_key_is_told() -> None:
    keys = README.partition("### Keys")[2].partition("## Command line")[0]

    assert set(re.findall(r"`([^`]+)`", keys)) == {key for spec in CATALOGUE for key in spec.keys}


def test_what_it_points_to_is_there() -> None:
    places = re.findall(r"\]\(([\w./-]+)\)|(?:src|srcset)=\"([^\"]+)\"", README)

    assert places
    for place in {first or second for first, second in places}:
        assert (PROJECT / place).is_file(), place


def test_its_pictures_are_small() -> None:
    for picture in (PROJECT / "resources" / "screenshots").glob("*.png"):
        assert picture.stat().st_size < 200_000, picture
