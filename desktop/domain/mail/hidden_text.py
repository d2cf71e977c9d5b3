"""What HTML holds and nobody sees: found in a sanitised fragment and taken out of it. Pure; linear.

A mail may say one thing to who reads it and another to who gets it as a quotation (reliability row C7): words that are
not displayed, have no size, or the colour of their ground. In the program that shows the answer they may appear. What
the sanitiser does not let through (opacity, positions off the page) hides nothing in the reader either, and stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

SMALLEST_PX = 1.5
"""Letters of this size are no letters."""
NEAREST = 16
"""Of 255: colours that differ less in each channel are one colour to the eye."""

_HINT = re.compile(r"display:none|visibility:|font|color|height:0|width:0", re.IGNORECASE)
_SIZE = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*(px|pt|em|rem|%|ex|pc|in|cm|mm)?", re.IGNORECASE)
_ZERO = re.compile(r"0+(?:\.0*)?(?:px|pt|em|%)?", re.IGNORECASE)
_FONT_ZERO = re.compile(r"(?:^|\s)0+(?:\.0*)?(?:px|pt|em|%)?(?:\s*/|\s|$)", re.IGNORECASE)
_HEX = re.compile(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(([\d\s,.%/]{1,60})\)", re.IGNORECASE)
_PX = {"px": 1.0, "": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 37.8, "mm": 3.8, "rem": 16.0}
_SHARE = {"em": 1.0, "ex": 0.5, "%": 0.01}
_NAMED = {
    "white": (255, 255, 255),
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "floralwhite": (255, 250, 240),
    "mintcream": (245, 255, 250),
    "azure": (240, 255, 255),
    "aliceblue": (240, 248, 255),
    "seashell": (255, 245, 238),
    "whitesmoke": (245, 245, 245),
    "lightyellow": (255, 255, 224),
    "gainsboro": (220, 220, 220),
    "lightgray": (211, 211, 211),
    "lightgrey": (211, 211, 211),
    "silver": (192, 192, 192),
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "black": (0, 0, 0),
    "red": (255, 0, 0),
    "yellow": (255, 255, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "navy": (0, 0, 128),
    "maroon": (128, 0, 0),
}

Colour = tuple[int, int, int] | str
"""Channels, or the word where nobody knows them."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks at a place; what begins a page is black on white."""

    size_px: float = 16.0
    colour: Colour = (0, 0, 0)
    ground: Colour = (255, 255, 255)
    visible: bool = True

    @property
    def is_hidden(self) -> bool:
        return not self.visible or self.size_px < SMALLEST_PX or _alike(self.colour, self.ground)


def dropped(html: str) -> str:
    """Return a sanitised fragment without hidden text; the result is to be sanitised again."""
    if not _HINT.search(html):
        return html
    tree = LexborHTMLParser(html)
    root = tree.body
    if root is None:
        return html
    gone: list[LexborNode] = []
    waiting: list[tuple[LexborNode, _Look]] = [(root, _Look())]
    while waiting:
        node, around = waiting.pop()
        attributes = node.attributes
        style = _declared(attributes.get("style") or "")
        if _takes_no_room(style):
            gone.append(node)
            continue
        look = _look(node.tag or "", attributes, style, around)
        child = node.child
        while child is not None:
            if child.tag == "-text":
                if look.is_hidden and (child.text_content or "").strip():
                    gone.append(child)
            elif child.is_element_node:
                waiting.append((child, look))
            child = child.next
    if not gone:
        return html
    for node in gone:
        node.remove()
    return root.inner_html or ""


def _declared(style: str) -> dict[str, str]:
    """Return the declarations of a style that `styles.safe` wrote; of two the last."""
    found = {}
    for declaration in style.split(";"):
        name, _colon, value = declaration.partition(":")
        found[name.strip().lower()] = value.strip().lower()
    return found


def _takes_no_room(style: dict[str, str]) -> bool:
    if style.get("display") == "none":
        return True
    sizes = (style.get(name, "") for name in ("height", "max-height", "width", "max-width"))
    return style.get("overflow") == "hidden" and any(map(_ZERO.fullmatch, sizes))


def _look(tag: str, attributes: dict[str, str | None], style: dict[str, str], around: _Look) -> _Look:
    if not style and tag not in {"a", "font"} and "bgcolor" not in attributes:
        return around
    written = _colour(style.get("background-color") or attributes.get("bgcolor") or "")
    ground = around.ground if written in {None, "transparent"} else written
    colour = _colour(style.get("color") or (attributes.get("color") or "" if tag == "font" else ""))
    if tag == "a" and colour is None and attributes.get("href"):
        colour = "link"
    visibility = style.get("visibility")
    return replace(
        around,
        size_px=_size(style, around.size_px),
        colour=around.colour if colour is None else ground if colour == "transparent" else colour,
        ground=ground,
        visible=around.visible if visibility is None else visibility == "visible",
    )


def _size(style: dict[str, str], around: float) -> float:
    if "font" in style and _FONT_ZERO.search(style["font"]):
        return 0.0
    match = _SIZE.fullmatch(style.get("font-size", ""))
    if match is None:
        # a word, or another font: browsers draw it in a size of their own
        return 16.0 if "font-size" in style or "font" in style else around
    number, unit = float(match[1]), (match[2] or "").lower()
    return number * around * _SHARE[unit] if unit in _SHARE else number * _PX[unit]


def _colour(written: str) -> Colour | None:
    """Return a colour as written in a style or an attribute; "transparent" too where its alpha is 0."""
    written = written.strip().lower()
    if not written:
        return None
    if written in _NAMED:
        return _NAMED[written]
    hexed = _HEX.fullmatch(written)
    if hexed:
        digits = hexed[1] if len(hexed[1]) > 4 else "".join(each * 2 for each in hexed[1])
        channels = [int(digits[at : at + 2], 16) for at in range(0, len(digits), 2)]
        return "transparent" if channels[3:] == [0] else (channels[0], channels[1], channels[2])
    numbers = _RGB.fullmatch(written)
    if numbers:
        parts = re.split(r"[\s,/]+", numbers[1].strip())
        values = [_channel(each) for each in parts]
        if len(values) >= 3:
            if len(values) > 3 and values[3] == 0:
                return "transparent"
            return values[0], values[1], values[2]
    return written


def _channel(written: str) -> int:
    match = re.fullmatch(r"(\d{1,6}(?:\.\d*)?|\.\d+)(%?)", written)
    if match is None:
        return 0
    value = float(match[1]) * (2.55 if match[2] else 1)
    # a share of the alpha is above 0 however small
    return min(int(value) or int(value > 0), 255)


def _alike(one: Colour, other: Colour) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return all(abs(a - b) < NEAREST for a, b in zip(one, other, strict=True))
