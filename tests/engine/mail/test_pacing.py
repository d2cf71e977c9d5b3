"""How soon and how often an account signs in: no storm whatever the fault, soon again where the network was away."""

from __future__ import annotations

import math
import random

import pytest

from desktop.base.errors import Problem
from desktop.engine.mail.pacing import SignIns, pause_s
from desktop.net import errors
from tests.proof import rounds, seed

HOST = "imap.example.org"
HOUR_S = 3600.0


@pytest.mark.parametrize(
    "problem",
    [
        errors.Throttled(HOST),
        errors.TooManyConnections(HOST),
        errors.SignInTemporarilyRefused(HOST, "me"),
        errors.OverQuota(HOST),
        errors.ConnectionLost(HOST),
        errors.ServerRefused(HOST),
        errors.TooLarge(HOST, 1),
        errors.FolderGone(HOST, "x"),
    ],
    ids=lambda problem: type(problem).__name__,
)
@pytest.mark.parametrize("works_between", [False, True])
def test_r09_no_hour_holds_more_than_twenty_sign_ins(problem: errors.NetProblem, works_between: bool) -> None:
    chance = random.Random(seed())
    for _ in range(rounds(5, 200)):
        now_s, failures, sign_ins, made = chance.random() * 1e6, 0, SignIns(), [-1e9]
        while len(made) < 60:
            sign_ins.made(now_s)
            made.append(now_s)
            wait_s = max(pause_s(problem, failures, chance.random()), sign_ins.wait_s(now_s))
            assert wait_s >= problem.back_off_s
            failures = 0 if works_between else failures + 1
            now_s += wait_s + chance.random()
        for first, twenty_first in zip(made, made[20:], strict=False):
            assert twenty_first - first > HOUR_S


def test_r10_where_only_the_person_can_help_nothing_is_tried() -> None:
    for problem in (
        errors.WrongPassword(HOST, "me"),
        errors.SignInNotPossible(HOST),
        errors.CertificateUntrusted(HOST, errors.Untrusted.EXPIRED),
    ):
        assert math.isinf(pause_s(problem, 0, 0.5))


def test_r06_a_connection_that_is_lost_is_made_anew_at_once_and_then_ever_later() -> None:
    lost = errors.ConnectionLost(HOST)

    assert [pause_s(lost, failures, 0) for failures in range(11)] == [0, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_r07_where_nobody_was_reached_it_is_tried_again_within_ten_seconds() -> None:
    for failures in range(20):
        assert pause_s(errors.NameNotFound(HOST), failures, 0) <= 10
        assert pause_s(errors.NetworkNeedsLogin(HOST), failures, 0) <= 10
        assert pause_s(errors.HostUnreachable(HOST, 993), failures, 0) <= 10
    assert pause_s(errors.HostUnreachable(HOST, 993, refused=True), 20, 0) == 300


def test_other_troubles_are_tried_again_ever_later() -> None:
    assert pause_s(Problem("The disk is full."), 20, 0) == 300
