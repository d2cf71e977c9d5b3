"""What a person is shown of a mail: one sanitised HTML fragment and what the reader needs around it.

Made by `preparing`, in the import process. The reader puts `html` into a page of its own (content policy, style sheet,
theme), serves `cid:` pictures from the parts named in `content_ids`, and fetches `remote_images` only when a person
allowed it. Classes in `html` that its style sheet dresses: `plain` (pre-wrap), `quote` (details), `quoted`,
`signature`, `part`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.domain.mail.links import LinkWarning
from desktop.domain.mail.message import Part
from desktop.domain.mail.receiver import Receiver
from desktop.domain.mail.sender_checks import USUAL, SenderAnomaly
from desktop.domain.mail.trust import Trust, Verdict
from desktop.domain.mail.unsubscribing import Unsubscribing

CANNOT_SHOW_HTML = "cannot-show-html"
"""The warning of a mail whose HTML took the parser too long, and which is shown as text."""
NO_TEXT = "no-text"
"""The warning of a mail that has neither a word nor a picture to show."""
INLINE_BYTES_MAX = 64 * 1024 * 1024
"""All inline pictures of one letter together, as they are kept while it is open: sixty photographs of a megabyte. Few
servers take a mail with more, and what is beyond it stays a file that can be saved."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a person wants mails shown. Labels are given here because `domain` speaks no language."""

    prefer_plain: bool = False
    """Show the plain alternative where there is one."""
    text_only: bool = False
    """Show HTML as text: for readers without a web view, and for mails that hurt one."""
    fold_quotes: bool = True
    known_domains: tuple[str, ...] = ()
    """Domains of the person and his contacts: senders that imitate one are marked."""
    receiver: Receiver = field(default_factory=Receiver)
    """Whose word about the sender is believed."""
    quote_label: str = "…"
    """What stands on a folded quotation; "{n}" becomes its number of lines."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the reader shows. `html` is safe to put into a page as it is."""

    html: str
    is_html: bool
    """False: every shown part was plain text, so the theme's colours apply."""
    sets_colours: bool
    """The mail sets colours of its own: show it on light ground."""
    remote_images: tuple[str, ...] = ()
    """URLs; the fragment asks for number n as "mail:remote/n"."""
    content_ids: Mapping[str, str] = field(default_factory=dict)
    """Content-ID as in the fragment's cid: URLs, decoded -> section of the part."""
    data_pixels: int = 0
    """Of the pictures written into `html`: they count among those the letter may have."""
    parts: tuple[Part, ...] = ()
    has_alternative: bool = False
    """There is the same mail as plain text (or as HTML, when plain is shown)."""
    link_warnings: tuple[LinkWarning, ...] = ()
    sender_anomalies: tuple[SenderAnomaly, ...] = ()
    trust: Trust = field(default_factory=Trust)
    unsubscribing: Unsubscribing | None = None
    """How one leaves the list the mail came from."""
    warnings: tuple[str, ...] = ()
    """"too-big", "too-deep", CANNOT_SHOW_HTML: HTML was reduced to text; NO_TEXT; what `sealed` found; the defects."""

    @property
    def doubts_sender(self) -> bool:
        """Whether it may well come from somebody else than its From says: what he is allowed is not allowed to it."""
        return self.trust.verdict is Verdict.FAILED or not USUAL.issuperset(self.sender_anomalies)


@dataclass(frozen=True, slots=True)
class Quotable:
    """The words of a mail, not yet marked as a quotation."""

    html: str = ""
    """A safe fragment that needs no style sheet."""
    text: str = ""
    is_html: bool = False
    """False: it was plain text."""
    content_ids: Mapping[str, str] = field(default_factory=dict)
    """Content-ID of each picture `html` shows -> section of the part."""
