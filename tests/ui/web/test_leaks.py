"""C1, M12: a mail makes no packet leave, in whatever place it is seen. Counted on the wire of a network of our own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests import proof
from tests.corpora import PROJECT, missing
from tests.ui.web import leak_vectors

DEADLINE_S = 1_000 if proof.in_full() else 100
"""In full every vector is tried alone, which takes minutes."""


def unshare() -> list[str]:
    """Return how to run something in a network of its own; skips where this machine does not let us."""
    ways = [["unshare", "--net", "--mount"]] if os.geteuid() == 0 else []
    ways.append(["unshare", "--map-root-user", "--net", "--mount"])
    for way in ways:
        if shutil.which(way[0]) and subprocess.run([*way, "true"], capture_output=True, check=False).returncode == 0:
            return way
    return missing("this system lets nobody have a network of his own (unshare --net)")


def probe(place: str) -> dict[str, Any]:
    apart = ["--apart"] if proof.in_full() else []
    command = [*unshare(), sys.executable, "-m", "tests.ui.web.leak_probe", place, *apart]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    assert done.stdout.strip(), done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


@pytest.mark.parametrize("place", ["reader", "images-allowed", "unsanitised", "print", "source"])
def test_c01_no_packet_leaves(place: str) -> None:
    seen = probe(place)

    assert seen["shown"] >= len(leak_vectors.alone()) + 1
    assert (seen["names"], seen["requests"], seen["packets"]) == ([], [], [])


def test_c01_the_sinks_see_what_leaks() -> None:
    seen = probe("control")

    assert len(set(seen["names"])) > 20
    assert len(seen["requests"]) > 20
    assert seen["packets"]
