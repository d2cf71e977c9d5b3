"""Subjects of answers and forwarded mails: one word of a kind in front, whatever language put some there before."""

from __future__ import annotations

import time

import pytest

from desktop.domain.mail import subject_words


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Offer", "Re: Offer"),
        ("", "Re:"),
        ("Re: Offer", "Re: Offer"),
        ("RE: re: Offer", "Re: Offer"),
        ("AW: Angebot", "Re: Angebot"),
        ("Antwort: Angebot", "Re: Angebot"),
        ("SV: Tilbud", "Re: Tilbud"),
        ("Отв: Счёт", "Re: Счёт"),
        ("RE[2]: Offer", "Re: Offer"),
        ("Re (3): Offer", "Re: Offer"),
        ("Re^2: Offer", "Re: Offer"),
        ("RE : Offre", "Re: Offre"),
        ("回复：报价", "Re: 报价"),
        ("Odp: Oferta", "Re: Oferta"),
        ("Fwd: Offer", "Re: Fwd: Offer"),
        ("Re: Fwd: Re: Offer", "Re: Fwd: Re: Offer"),
        ("Regarding: the offer", "Re: Regarding: the offer"),
        ("Reply: needed", "Re: Reply: needed"),
        ("[list] Re: Offer", "Re: [list] Re: Offer"),
        ("Re Offer", "Re: Re Offer"),
    ],
)
def test_an_answer_has_one_word_in_front(subject: str, answer: str) -> None:
    assert subject_words.replied(subject) == answer
    assert subject_words.replied(answer) == answer


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [
        ("Offer", "Fwd: Offer"),
        ("FW: Offer", "Fwd: Offer"),
        ("WG: Fwd: Angebot", "Fwd: Angebot"),
        ("TR: Offre", "Fwd: Offre"),
        ("Пересл: Счёт", "Fwd: Счёт"),
        ("Re: Offer", "Fwd: Re: Offer"),
        ("Forward: the offer", "Fwd: Forward: the offer"),
    ],
)
def test_a_forwarded_mail_has_one_word_in_front(subject: str, forwarded: str) -> None:
    assert subject_words.forwarded(subject) == forwarded
    assert subject_words.forwarded(forwarded) == forwarded


@pytest.mark.parametrize(("subject", "nothing"), [("", True), ("Re: Fwd:", True), ("AW: x", False), ("Re", False)])
def test_a_subject_may_say_nothing(subject: str, nothing: bool) -> None:
    assert subject_words.says_nothing(subject) is nothing


def test_c15_many_words_take_no_time() -> None:
    for unit in ("Re: ", "Re", "re[", "Re [", " ", "Fwd: Re: ", "："):
        began = time.process_time()
        subject_words.replied(unit * 50_000)
        subject_words.says_nothing(unit * 50_000)
        assert time.process_time() - began < 1
