"""What holds the icons of a desktop's tray (StatusNotifierWatcher), run as a program; it says who registers."""

from __future__ import annotations

from jeepney import HeaderFields, MessageType, message_bus, new_method_return
from jeepney.io.blocking import open_dbus_connection


def main() -> None:
    bus = open_dbus_connection()
    bus.send_and_get_reply(message_bus.RequestName("org.kde.StatusNotifierWatcher"))
    print("ready", flush=True)
    while True:
        message = bus.receive()
        if message.header.message_type is not MessageType.method_call:
            continue
        match message.header.fields.get(HeaderFields.member):
            case "RegisterStatusNotifierItem":
                bus.send(new_method_return(message))
                print("registered", flush=True)
            case "Get":
                bus.send(new_method_return(message, "v", (("b", True),)))
            case _:
                bus.send(new_method_return(message))


main()
