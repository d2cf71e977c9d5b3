"""A sign-in in the system's browser, from the first page to a grant (RFC 8252). Blocking, on a thread of its own.

The browser brings the answer to a `Listener`. Where it cannot reach this computer (a browser elsewhere, a sandbox, a
provider that redirects to a page on the web) the person copies the address it ends at, and `paste` takes it.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from contextlib import ExitStack
from urllib.parse import urlsplit

from desktop.base import clock
from desktop.domain.mail.grant import Client, Grant
from desktop.domain.mail.provider import Provider, Redirect
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.oauth import token_call
from desktop.net.oauth.listener import Listener
from desktop.net.oauth.request import Answer, Request, address_of, code_of, new_request, read_answer
from desktop.net.tls import TlsPolicy

TIMEOUT_S = 300.0
_SLICE_S = 0.1


class Flow:
    """One sign-in; good for one `run`. `paste` is for any thread."""

    def __init__(self, provider: Provider, client: Client, address: str, policy: TlsPolicy | None = None) -> None:
        if provider.oauth is None:
            raise errors.ClientRefused(provider.name)
        self._provider = provider
        self._redirect = provider.oauth.redirect
        self._client = client
        self._address = address
        self._policy = policy or TlsPolicy()
        self._pasted: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._request: Request | None = None

    def paste(self, url: str) -> None:
        """Take the address the browser ended at, or its part behind the question mark. Raises ForeignAnswer."""
        request = self._request
        try:
            query = urlsplit(url.strip()).query or url.strip().removeprefix("?")
        except ValueError:
            query = ""
        answer = read_answer(query, request) if request is not None else None
        if answer is None:
            raise errors.ForeignAnswer
        self._pasted.put(answer)

    def run(
        self, open_browser: Callable[[str], None], cancel: Stop | None = None, *, timeout_s: float = TIMEOUT_S
    ) -> Grant:
        """Let the person sign in and return the grant.

        Raises Cancelled, NobodySignedIn after `timeout_s`, AccessDenied, ClientRefused, SignInFailed, and what keeps
        the provider from being reached.
        """
        name = self._provider.name
        with ExitStack() as stack:
            listener: Listener | None = None
            if self._redirect is not Redirect.PAGE:
                try:
                    listener = stack.enter_context(Listener())
                except OSError as error:
                    raise errors.SignInFailed(name, details=str(error)) from error
            port = listener.port if listener is not None else 0
            self._request = request = new_request(self._redirect, port=port, page=self._client.page)
            if listener is not None:
                listener.expect(request)
            open_browser(address_of(request, self._provider, self._client, self._address))
            answer = self._answer(listener, clock.monotonic() + timeout_s, cancel)
        code = code_of(answer, self._provider)
        got = token_call.exchange(self._provider, self._client, request, code, self._policy, cancel=cancel)
        if not got.refresh_token:
            raise errors.SignInFailed(name, details="no refresh token")
        return Grant(self._provider.id, self._client, got.refresh_token, got.access_token, got.good_for_s, got.address)

    def _answer(self, listener: Listener | None, deadline: float, cancel: Stop | None) -> Answer:
        while clock.monotonic() < deadline:
            if cancel is not None and cancel.is_set():
                raise errors.Cancelled(self._provider.name)
            found = listener.wait(_SLICE_S) if listener is not None else None
            if found is not None:
                return found
            try:
                return self._pasted.get(timeout=0.0 if listener is not None else _SLICE_S)
            except queue.Empty:
                continue
        raise errors.NobodySignedIn(self._provider.name)
