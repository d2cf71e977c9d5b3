"""C3, C4: what the sanitiser lets through runs nothing in a real browser, with scripts ON and no policy at all.

This proves the sanitiser alone; in the program scripts are off and a policy stands before it. Many payloads share a
page; one that ran something is looked for payload by payload.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop, QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage, QWebEngineProfile, QWebEngineSettings
from shiboken6 import delete

from desktop.domain.mail import preparing, sanitise
from tests import proof
from tests.payloads import payloads
from tests.ui.mail.reading_desk import mail

A_PAGE = 60
SAMPLE = 600
DEADLINE_MS = 20_000

# what a payload does to show that it ran; dialogs of Chromium are silent in a page of ours
WITNESS = """<script>
window.ran = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open', 'eval', 'fetch'])
  window[name] = function () { window.ran.push(name) };
window.addEventListener('securitypolicyviolation', e => window.ran.push(e.violatedDirective));
</script>"""
# what a person could set off: every handler a mail might have is touched
TOUCH = """(() => {
  const handlers = [];
  for (const e of document.querySelectorAll('#mail *')) {
    for (const a of e.attributes) if (a.name.startsWith('on')) handlers.push(e.tagName + ' ' + a.name);
    if (e.tagName === 'A' && !/^(https?:|mailto:|tel:|#|$)/i.test(e.getAttribute('href') || '')) handlers.push(e.href);
    for (const kind of ['mouseover', 'click', 'focus', 'load', 'error', 'animationstart', 'toggle'])
      if (e.tagName !== 'A' || kind !== 'click') e.dispatchEvent(new Event(kind));
  }
  const bad = document.querySelectorAll('#mail :is(script,iframe,object,embed,svg,math,style,link,meta,base,form,' +
    'input,button,textarea,select,video,audio,frame,frameset,template)');
  for (const e of bad) handlers.push(e.tagName);
  return JSON.stringify([...window.ran, ...handlers]);
})()"""


class _Page(QWebEnginePage):
    """Says what dialogs a script opened."""

    def __init__(self, profile: QWebEngineProfile) -> None:
        super().__init__(profile)
        self.dialogs: list[str] = []

    def javaScriptAlert(self, _origin: QUrl | str, text: str) -> None:
        self.dialogs.append(text)

    def javaScriptConsoleMessage(self, *_values: object) -> None:
        return

    def acceptNavigationRequest(self, url: QUrl | str, _kind: object, _main: bool) -> bool:
        return QUrl(url).scheme() == "data"


class Browser:
    """A page with scripts on, to which sanitised HTML is given."""

    def __init__(self) -> None:
        self._profile = QWebEngineProfile()
        self._page = _Page(self._profile)
        self._page.settings().setAttribute(QWebEngineSettings.WebAttribute.JavascriptEnabled, True)

    def ran(self, fragment: str) -> list[str]:
        """Return what ran, or could, in a fragment."""
        found: list[str] = json.loads(self._ask(fragment, TOUCH))
        found += self._page.dialogs
        self._page.dialogs.clear()
        return found

    def written(self, fragment: str) -> str:
        """Return a fragment as Chromium writes it after reading it."""
        return self._ask(fragment, "document.getElementById('mail').innerHTML")

    def _ask(self, fragment: str, expression: str) -> str:
        loop = QEventLoop()
        QTimer.singleShot(DEADLINE_MS, lambda: loop.exit(1))
        answers: list[str] = []

        def answered(answer: str) -> None:
            answers.append(answer)
            loop.exit(0)

        def loaded(_ok: bool) -> None:
            self._page.runJavaScript(expression, 0, answered)

        self._page.loadFinished.connect(loaded)
        self._page.setHtml(f'<!DOCTYPE html><html><head>{WITNESS}</head><body><div id="mail">{fragment}</div></body>')
        assert loop.exec() == 0, "the page did not answer"
        self._page.loadFinished.disconnect(loaded)
        return answers[0]

    def close(self) -> None:
        delete(self._page)
        delete(self._profile)


@pytest.fixture
def browser(qapp: object) -> Iterator[Browser]:
    made = Browser()
    yield made
    made.close()


def sanitised(html: str) -> str:
    return preparing.prepare(mail(html, html=True)).html


def chosen() -> list[tuple[str, str]]:
    every = list(payloads())
    if proof.in_full():
        return every
    return random.Random(proof.seed()).sample(every, min(SAMPLE, len(every)))


def test_the_witness_sees_what_runs(browser: Browser) -> None:
    assert "alert" in browser.ran("<img src='x:' onerror='alert(1)'>" + "<script>alert(2)</script>")
    assert browser.ran("<p>harmless <a href='https://x.example'>x</a></p>") == []


@pytest.mark.timeout(1200)
def test_c03_nothing_runs_that_the_sanitiser_lets_through(browser: Browser) -> None:
    every = chosen()
    guilty: list[tuple[str, list[str], str]] = []
    for start in range(0, len(every), A_PAGE):
        some = [(name, html, sanitised(html)) for name, html in every[start : start + A_PAGE]]
        if browser.ran("\n".join(safe for _name, _html, safe in some)):
            guilty += [(name, found, html[:200]) for name, html, safe in some if (found := browser.ran(safe))]
    print(f"{len(every)} payloads")
    assert guilty == []


@pytest.mark.timeout(1200)
def test_c04_chromium_writes_the_sanitised_html_as_it_was(browser: Browser) -> None:
    """What Chromium makes of the result is what the sanitiser meant: sanitising it again changes nothing."""
    different = []
    for name, html in chosen()[: proof.rounds(150, 5000)]:
        once = sanitise.clean(html, str)
        written = browser.written(once)
        if sanitise.clean(written, str) != sanitise.clean(once, str):
            different.append((name, once[:200], written[:200]))
    assert different == []
