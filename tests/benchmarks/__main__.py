"""`./run bench [NAMES]`: runs benchmarks one after the other, writes the result file and the table of the README.

Each runs in a process of its own, which is this module again with `--figures`: it must import nothing heavy, because
what is imported here is in the memory and the start of everything that is measured.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.options import NAMES, Options


def main() -> int:
    """Run what was asked for; 1 when a benchmark failed, after the others ran."""
    given = _arguments()
    if given.figures:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        os.environ.setdefault("QT_QUICK_BACKEND", "software")
        module = importlib.import_module(f"tests.benchmarks.bench_{given.names[0]}")
        print(json.dumps(module.measure(Options(given.corpus, given.keep, given.quick, given.why)), ensure_ascii=False))
        return 0
    from tests.benchmarks import corpus, results

    failed = []
    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as made:
        options = Options(given.keep or corpus.cache_folder(), given.keep or Path(made), given.quick, given.why)
        try:
            corpus.mails(options.corpus)
        except corpus.NoCorpus as reason:
            print(reason, file=sys.stderr)
            return 1
        for name in given.names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            figures = _figures(name, options)
            if figures is None:
                failed.append(name)
                continue
            print(json.dumps(figures, ensure_ascii=False), file=sys.stderr, flush=True)
            results.keep(name, figures, quick=options.quick)
    if failed:
        print(f"These benchmarks failed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run bench", description="Measure, and write the table of the README.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(NAMES)}; all if not given")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything works")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="folder for corpus and mailboxes, used again later")
    parser.add_argument("--why", action="store_true", help="tell on stderr where time was lost")
    parser.add_argument("--figures", action="store_true", help="run one and print its figures; write no file")
    parser.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    for name in given.names:
        if name not in NAMES:
            parser.error(f"there is no benchmark {name}; there are {', '.join(NAMES)}")
    if given.figures and len(given.names) != 1:
        parser.error("--figures wants one benchmark")
    given.names = [name for name in NAMES if name in given.names] or list(NAMES)
    if given.figures:
        from tests.benchmarks import corpus

        given.keep = given.keep or corpus.cache_folder()
        given.corpus = given.corpus or given.keep
    return given


def _figures(name: str, options: Options) -> dict[str, object] | None:
    """Return what a benchmark measured in its process, or None when it failed."""
    from tests.benchmarks import program

    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as made:
        command = [sys.executable, "-m", "tests.benchmarks", name, "--figures"]
        command += ["--corpus", str(options.corpus), "--keep", str(options.keep)]
        command += ["--quick"] * options.quick + ["--why"] * options.why
        environ = program.environment(Path(made))
        done = subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", check=False)
    lines = done.stdout.splitlines()
    worked = done.returncode == 0 and lines
    if options.why or not worked:
        print(done.stderr, file=sys.stderr, flush=True)
    return json.loads(lines[-1]) if worked else None


if __name__ == "__main__":
    sys.exit(main())
