"""Figures of benchmarks as rows of the README's table: what was measured, what was to be reached, and who else.

Pure: figures in, texts out. A reach that was missed is called so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Figures = dict[str, Any]
Row = dict[str, str]

MISSED = " (**missed**)"


def rows(name: str, figures: Figures, *, quick: bool) -> list[Row]:
    """Return the rows of one benchmark; those of a quick run say so."""
    made = _MAKERS[name](figures)
    if quick:
        made = [row | {"what": f"{row['what']} (*quick run, small sizes*)"} for row in made]
    return [{"name": name, **row} for row in made]


def _sync(figures: Figures) -> list[Row]:
    ours, peer = figures["rapport"], figures.get("peer")
    ratio = ours["median"] / peer["median"] if peer else None
    measured = f"{ours['median']:.1f} s, best {ours['best']:.1f} s"
    if ratio is not None:
        measured = f"**{ratio:.2f} x**" + _missed(ratio > 0.33) + f", {measured}"
    beside = "not installed"
    if peer:
        beside = (
            f"`mbsync` + `notmuch new`: {peer['median']:.1f} s, best {peer['best']:.1f} s; of it mbsync "
            f"{peer['mbsync']['median']:.1f} s"
        )
    what = f"server to stored, in conversations, searchable: `rapport sync` of {_number(figures['mails'])} mails, wall"
    return [_row(what, measured, "at most 0.33 x, aim at 0.2 x", beside)]


def _window(figures: Figures) -> list[Row]:
    p99, most = figures["p99_ms"], figures["max_ms"]
    measured = f"**{p99:.0f} / {most:.0f} ms**" + _missed(p99 > 30 or most > 100)
    return [_row("event-loop delay of the open window while that runs, p99 / max", measured, "30 / 100 ms")]


def _importing(figures: Figures) -> list[Row]:
    p99, most = figures["p99_ms"], figures["max_ms"]
    measured = f"**{p99:.0f} / {most:.0f} ms**" + _missed(p99 > 30 or most > 100)
    what = f"the same while {_number(figures['mails'])} mails are imported from an mbox file, p99 / max"
    return [_row(what, measured, "30 / 100 ms")]


def _writing(figures: Figures) -> list[Row]:
    p99, most, grew = figures["p99_ms"], figures["max_ms"], figures["grew_mb"]
    mail = f"a mail with a file of {figures['size_bytes'] / 1e6:.0f} MB is written, sent and filed"
    delay = f"**{p99:.0f} / {most:.0f} ms**" + _missed(p99 > 30)
    return [
        _row(f"event-loop delay of the open window while {mail}, p99 / max", delay, "30 ms p99"),
        _row("memory it takes, RSS of all processes", f"**{grew} MB**" + _missed(grew > 60), "60 MB"),
    ]


def _lists(figures: Figures) -> list[Row]:
    flat, talks = figures["flat"], figures["conversations"]
    worst = max(flat["p50_ms"], talks["p50_ms"])
    measured = f"**{flat['p50_ms']:.0f} ms, {talks['p50_ms']:.0f} ms**" + _missed(worst > 150)
    slowest = f", slowest of all {max(flat['max_ms'], talks['max_ms']):.0f} ms"
    frames = max(figures["scroll_flat"]["p99_ms"], figures["scroll_conversations"]["p99_ms"])
    what = f"open a folder of {_number(figures['mails'])} mails: flat, as conversations (median)"
    scrolled = f"**{frames:.1f} ms**" + _missed(frames > 16)
    return [
        _row(what, measured + slowest, "150 ms"),
        _row("scroll there, frame p99", scrolled, "16 ms"),
    ]


def _search(figures: Figures) -> list[Row]:
    ours, peer = figures["rapport"], figures["notmuch"]
    p95 = ours["all"]["p95_ms"]
    measured = f"**{p95:.0f} ms**" + _missed(p95 > 50) + f", plain words alone {_ms(ours['words'])}"
    beside = "not installed"
    if peer:
        beside = f"`notmuch search`, plain words: {_ms(peer['words'])}, of it start {peer['start_ms']:.0f} ms"
    return [_row(f"search as you type on {_number(ours['mails'])} mails, p95", measured, "50 ms", beside)]


def _reader(figures: Figures) -> list[Row]:
    p95 = figures["all_p95_ms"]
    measured = (
        f"**{p95:.0f} ms**" + _missed(p95 > 100) + f", HTML {figures['html_p95_ms']:.0f} ms, "
        f"text {figures['text_p95_ms']:.0f} ms; median of all {figures['all_p50_ms']:.0f} ms"
    )
    return [_row(f"click to painted mail, p95 of {_number(round(figures['all_n']))} clicks", measured, "100 ms")]


def _start(figures: Figures) -> list[Row]:
    seconds = figures["median_ms"] / 1000
    measured = f"**{seconds:.2f} s**" + _missed(seconds > 1.0) + f", best {figures['best_ms'] / 1000:.2f} s"
    what = f"warm start to painted list, {_number(figures['mails'])} mails"
    return [
        _row(what, measured, "1.0 s", "Thunderbird 153: 1.3 s to its window (cited)"),
        _row(
            "memory after that start, nothing read, PSS of all processes",
            f"**{figures['idle_pss_mb']} MB**",
            "",
            "Thunderbird 153: 360 MB idle (cited)",
        ),
    ]


def _memory(figures: Figures) -> list[Row]:
    before, after = figures["before_mb"], figures["after_mb"]
    measured = f"**{before} / {after} MB**" + _missed(before > 150 or after > 420)
    what = f"memory, PSS of all processes, before / after {figures['html_mails']} HTML mails"
    return [_row(what, measured, "150 / 420 MB", "Thunderbird 153: 360 MB idle (cited)")]


_MAKERS: dict[str, Callable[[Figures], list[Row]]] = {
    "sync": _sync,
    "window": _window,
    "importing": _importing,
    "writing": _writing,
    "lists": _lists,
    "search": _search,
    "reader": _reader,
    "start": _start,
    "memory": _memory,
}


def _row(what: str, measured: str, reach: str, peer: str = "") -> Row:
    return {"what": what, "measured": measured, "reach": reach, "peer": peer}


def _missed(is_so: bool) -> str:
    return MISSED if is_so else ""


def _number(value: int) -> str:
    return f"{value:,}"


def _ms(times: Figures) -> str:
    return f"{times['p95_ms']:.0f} ms"
