"""A small notification server for a session bus, run as a program: `notification_server.py CAPABILITY…`.

Every call is a line of JSON on stdout. Lines on stdin make it speak: `invoke NUMBER ACT`, `token NUMBER TOKEN`,
`close NUMBER REASON`; `hush` lets it answer nothing more.
"""

from __future__ import annotations

import itertools
import json
import os
import selectors
import sys

from jeepney import DBusAddress, HeaderFields, MessageType, message_bus, new_method_return, new_signal
from jeepney.io.blocking import open_dbus_connection

NAME = "org.freedesktop.Notifications"
ADDRESS = DBusAddress("/org/freedesktop/Notifications", interface=NAME)


def main() -> None:
    numbers, hushed, typed = itertools.count(1), False, b""
    bus = open_dbus_connection()
    bus.send_and_get_reply(message_bus.RequestName(NAME))
    tell({"call": "ready"})
    waiting = selectors.DefaultSelector()
    waiting.register(bus.sock, selectors.EVENT_READ)
    waiting.register(0, selectors.EVENT_READ)
    while True:
        for key, _events in waiting.select():
            if key.fd == 0:
                read = os.read(0, 4096)
                if not read:
                    return
                *lines, typed = (typed + read).split(b"\n")
                for line in lines:
                    word, *rest = line.decode().split(" ")
                    if word == "hush":
                        hushed = True
                        tell({"call": "hushed"})
                    speak(bus, word, rest)
                continue
            try:
                while True:
                    message = bus.receive(timeout=0)
                    if message.header.message_type is MessageType.method_call and not hushed:
                        answer(bus, message, numbers)
            except TimeoutError:
                pass


def speak(bus: object, word: str, rest: list[str]) -> None:
    if word == "invoke":
        bus.send(new_signal(ADDRESS, "ActionInvoked", "us", (int(rest[0]), rest[1])))
    elif word == "token":
        bus.send(new_signal(ADDRESS, "ActivationToken", "us", (int(rest[0]), rest[1])))
    elif word == "close":
        bus.send(new_signal(ADDRESS, "NotificationClosed", "uu", (int(rest[0]), int(rest[1]))))
    tell({"call": "said"})


def answer(bus: object, message: object, numbers: itertools.count[int]) -> None:
    match message.header.fields.get(HeaderFields.member):
        case "GetCapabilities":
            bus.send(new_method_return(message, "as", (sys.argv[1:],)))
        case "Notify":
            app, replaces, icon, title, body, acts, hints, lasts = message.body
            number = replaces or next(numbers)
            told = {"app": app, "icon": icon, "title": title, "body": body, "acts": acts, "lasts": lasts}
            told["hints"] = {name: value for name, (_type, value) in hints.items()}
            bus.send(new_method_return(message, "u", (number,)))
            tell({"call": "notify", "number": number, "replaces": replaces, **told})
        case "CloseNotification":
            bus.send(new_method_return(message))
            tell({"call": "close", "number": message.body[0]})


def tell(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)


main()
