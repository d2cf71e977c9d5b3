"""The notification server of a Linux desktop, spoken to over the session bus (Desktop Notifications 1.2).

Blocking, on one thread. What the server tells by itself is kept until `told` fetches it; `fileno` wakes who waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, DBusErrorResponse, HeaderFields, MatchRule, message_bus, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import unwrap_msg

from desktop.base.text import encodable
from desktop.domain.notice import Act, Notice
from desktop.net import errors

TIMEOUT_S = 5.0
_NAME = "org.freedesktop.Notifications"
_SERVER = DBusAddress("/org/freedesktop/Notifications", bus_name=_NAME, interface=_NAME)
_BUS = "org.freedesktop.DBus"
_ACTS = frozenset(Act)
_MOST_WAITING = 200


@dataclass(frozen=True, slots=True)
class Told:
    """What the server says of a notice: an act, an activation token that comes before one, or that it is closed."""

    number: int
    act: Act | None = None
    token: str = ""
    closed: bool = False


class NotificationServer:
    """A connection to the server. Raises errors.NotificationsUnavailable where there is no bus or no server."""

    def __init__(self) -> None:
        with _own_errors():
            self._bus = open_dbus_connection("SESSION")
        try:
            self._signals: deque[Any] = deque(maxlen=_MOST_WAITING)
            self._owners: deque[Any] = deque(maxlen=_MOST_WAITING)
            said = MatchRule(type="signal", sender=_NAME, interface=_NAME, path=_SERVER.object_path)
            went = MatchRule(type="signal", sender=_BUS, interface=_BUS, member="NameOwnerChanged")
            went.add_arg_condition(0, _NAME)
            self._bus.filter(MatchRule(type="signal", interface=_NAME), queue=self._signals)
            self._bus.filter(went, queue=self._owners)
            for rule in (said, went):
                self._call(message_bus.AddMatch(rule))
            [can] = self._call(new_method_call(_SERVER, "GetCapabilities"))
            self._can = frozenset(can)
        except BaseException:
            self.close()
            raise

    @property
    def plays_sounds(self) -> bool:
        """Whether the server plays the sounds it is told to."""
        return "sound" in self._can

    def show(self, notice: Notice, replaces: int = 0) -> int:
        """Show a notice, in place of another with this number unless 0; returns its number."""
        acts = [text for act, words in notice.acts for text in (act.value, words)] if "actions" in self._can else []
        title, body = _sendable(notice.title), _sendable("\n".join(notice.lines))
        if "body-markup" in self._can:
            body = _escaped(body)
        hints: dict[str, tuple[str, object]] = {
            "desktop-entry": ("s", "rapport"),
            "category": ("s", "email.arrived"),
            "urgency": ("y", 1),
        }
        if notice.sound:
            hints["sound-name"] = ("s", "message-new-email")
        else:
            hints["suppress-sound"] = ("b", True)
        arguments = ("Rapport", replaces, "rapport", title, body, acts, hints, -1)
        [number] = self._call(new_method_call(_SERVER, "Notify", "susssasa{sv}i", arguments))
        return int(number)

    def withdraw(self, number: int) -> None:
        """Take a notice away. A server may refuse what is gone already: that is no fault."""
        try:
            self._call(new_method_call(_SERVER, "CloseNotification", "u", (number,)))
        except errors.NotificationsUnavailable as problem:
            if not isinstance(problem.__cause__, DBusErrorResponse):
                raise

    def told(self) -> list[Told]:
        """Return what the server said since the last call, without waiting.

        Raises NotificationsUnavailable once it went, also where another has taken its place: that one gives the same
        numbers to the notices of others.
        """
        with _own_errors():
            try:
                while True:
                    self._bus.recv_messages(timeout=0)
            except TimeoutError:
                pass
        if any(map(_tells_of_loss, self._owners)):
            raise errors.NotificationsUnavailable(details="the server ended")
        self._owners.clear()
        found = [_read(self._signals.popleft()) for _ in range(len(self._signals))]
        return [told for told in found if told is not None]

    def fileno(self) -> int:
        """Return what becomes readable when the server speaks."""
        return int(self._bus.sock.fileno())

    def close(self) -> None:
        """End the connection."""
        self._bus.close()

    def _call(self, message: Any) -> tuple[Any, ...]:
        with _own_errors():
            return tuple(unwrap_msg(self._bus.send_and_get_reply(message, timeout=TIMEOUT_S)))


def _read(signal: Any) -> Told | None:
    """Return what a signal says, None when it is nothing of use."""
    member = signal.header.fields.get(HeaderFields.member)
    match member, signal.body:
        case "NotificationClosed", (int(number), int()):
            return Told(number, closed=True)
        case "ActionInvoked", (int(number), str(name)) if name in _ACTS:
            return Told(number, Act(name))
        case "ActivationToken", (int(number), str(token)):
            return Told(number, token=token)
    return None


def _tells_of_loss(signal: Any) -> bool:
    """Say whether somebody had the name of the server until then; who is started by our call had none before."""
    _name, before, _after = signal.body
    return bool(before)


def _sendable(text: str) -> str:
    """Return text a bus takes: it ends the connection of who sends a null or half a surrogate pair."""
    return encodable(text).replace("\0", "")


def _escaped(text: str) -> str:
    """Return text that a server which reads markup shows as it stands."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@contextmanager
def _own_errors() -> Iterator[None]:
    """Let what the library raises be ours: no address, no socket, no answer, an answer that says no."""
    try:
        yield
    except (OSError, LookupError, RuntimeError, ValueError, DBusErrorResponse) as error:
        raise errors.NotificationsUnavailable(details=str(error)) from error
