"""Reads the accessibility tree of the desktop for a test; run by the system's python, which has the Atspi bindings.

Every line on stdin is a command, every answer a line of JSON:
    tree        the nodes in sight of the program, top down: role, name, depth, focusable, focused, number
    act N       the first action of node N of the last tree
    focus N     give that node the keyboard
"""

from __future__ import annotations

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

MOST_CHILDREN = 60
PROGRAM = "rapport"


def main() -> None:
    """Answer until stdin ends."""
    Atspi.init()
    nodes: list[Atspi.Accessible] = []
    for line in sys.stdin:
        command, _, rest = line.rstrip("\n").partition(" ")
        if command == "tree":
            nodes, found = [], []
            for top in children(Atspi.get_desktop(0)):
                if (top.get_name() or "").lower() == PROGRAM:
                    walk(top, 0, nodes, found)
            answer: object = found
        elif command == "focus":
            answer = Atspi.Component.grab_focus(nodes[int(rest)])
        else:
            answer = Atspi.Action.do_action(nodes[int(rest)], 0)
        print(json.dumps(answer), flush=True)


def walk(node: Atspi.Accessible, depth: int, nodes: list[Atspi.Accessible], found: list[dict[str, object]]) -> None:
    """Note a node and what lies below it. What goes away meanwhile is left out."""
    try:
        states = node.get_state_set()
        if depth and not states.contains(Atspi.StateType.SHOWING):
            return
        nodes.append(node)
        found.append(
            {
                "number": len(nodes) - 1,
                "depth": depth,
                "role": node.get_role_name(),
                "name": node.get_name() or "",
                "focusable": states.contains(Atspi.StateType.FOCUSABLE),
                "focused": states.contains(Atspi.StateType.FOCUSED),
            }
        )
        below = children(node)
    except GLib.Error:
        return
    for child in below:
        walk(child, depth + 1, nodes, found)


def children(node: Atspi.Accessible) -> list[Atspi.Accessible]:
    """Return what lies below a node."""
    found = (node.get_child_at_index(number) for number in range(min(node.get_child_count(), MOST_CHILDREN)))
    return [child for child in found if child is not None]


if __name__ == "__main__":
    main()
