"""Click to painted mail over real mails in a real profile: store, parsing process, sanitiser, browser, frame.

Times in milliseconds from the call a click makes until the body is on the screen.
"""

from __future__ import annotations

import random

from tests.benchmarks import corpus
from tests.benchmarks.options import Options
from tests.benchmarks.reader_figures import figures

SEED = 1


def measure(options: Options) -> dict[str, float]:
    """Click through the mails in an order drawn by lot, which is always the same, and return the figures."""
    paths = corpus.mails(options.corpus)
    random.Random(SEED).shuffle(paths)
    return figures(paths[: options.size(len(paths), quick=60)])
