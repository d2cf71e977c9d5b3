"""Menus of the reader: of the message, its body, and people in its header. They call what it offers. GUI thread."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, QUrl
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.address import Address
from desktop.domain.mail.message import Status
from desktop.domain.mail.operation import Verb
from desktop.ui.actions import Actions, Do
from desktop.ui.mail.letter import Opened
from desktop.ui.mail.letter_output import LetterOutput
from desktop.ui.mail.message_page import MessagePage
from desktop.ui.mail.person_words import can_be_written_to, invitation, shown_address
from desktop.ui.mail.unsubscribe_question import Unsubscribing
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu


class OpenReader(Protocol):
    """What the menus call of the reader."""

    page: MessagePage
    output: LetterOutput
    catalogue: Actions | None
    unsubscribing: Unsubscribing

    @property
    def opened(self) -> Opened | None: ...
    @property
    def images_shown(self) -> bool: ...
    @property
    def images_allowed(self) -> bool: ...
    @property
    def darkened(self) -> bool: ...
    def request(self, verb: Verb) -> None: ...
    def put_off(self) -> None: ...
    def load_images(self) -> None: ...
    def ask_before_images(self) -> None: ...
    def toggle_plain(self) -> None: ...
    def toggle_darken(self) -> None: ...
    def print(self) -> None: ...
    def copy(self, text: str) -> None: ...
    def follow_link(self, url: QUrl) -> None: ...
    def unsubscribe(self) -> None: ...
    def write_to(self, person: Address) -> None: ...
    def find_mails_of(self, person: Address) -> None: ...


def message_menu(reader: OpenReader, parent: QWidget, theme: Theme) -> Menu:
    """Return the menu of the open message."""
    menu = _menu(parent, theme)
    opened = reader.opened
    if opened is None:  # several are chosen, or it is being read
        menu.add(_("Choose a single mail"), lambda: None, enabled=False)
        return menu
    head, document, key = opened.head, opened.document, opened.letter.key
    if key:
        actions = reader.catalogue
        if actions is not None:
            for name in (Do.REPLY, Do.REPLY_ALL, Do.REPLY_LIST, Do.FORWARD, Do.FORWARD_ATTACHED, Do.EDIT_AS_NEW):
                menu.addAction(actions[name])
            menu.addSeparator()
        if head.unread:
            menu.add(_("Mark this message as read"), lambda: reader.request(Verb.READ), icon="mail-open")
        else:
            menu.add(_("Mark this message as unread"), lambda: reader.request(Verb.UNREAD), icon="mail")
        if head.important:
            menu.add(_("Take the star away"), lambda: reader.request(Verb.UNSTAR), icon="star")
        else:
            menu.add(_("Star this message"), lambda: reader.request(Verb.STAR), icon="star")
        if head.outgoing and head.way is None and head.status is not Status.DRAFT:
            menu.add(_("Remind me unless they answer…"), reader.put_off, icon="hourglass")
        elif head.way is None and head.status is not Status.DRAFT:
            menu.add(_("Snooze this message…"), reader.put_off, icon="alarm-clock")
        menu.addSeparator()
    if document is not None:
        if document.remote_images and not reader.images_shown:
            menu.add(_("Load remote images"), reader.load_images, icon="image")
        if reader.images_allowed:
            words = _("Ask again before loading this sender's images")
            menu.add(words, reader.ask_before_images, icon="image-off")
        if document.is_html:
            menu.add(_("Show as plain text"), reader.toggle_plain, icon="file-text")
            if theme.tokens.dark and document.sets_colours:
                menu.add(_("Dark colours for this mail"), reader.toggle_darken, checked=reader.darkened)
        elif document.has_alternative or head.has_html:
            menu.add(_("Show as HTML"), reader.toggle_plain, icon="file-code")
        menu.add(_("Find in message"), reader.page.find_bar.begin, icon="search", shortcut=_key_of(reader, Do.FIND))
        menu.addSeparator()
        menu.add(_("Print or save as PDF…"), reader.print, icon="printer", shortcut=_key_of(reader, Do.PRINT))
    if reader.unsubscribing.way(opened) is not None:
        menu.add(_("Unsubscribe…"), reader.unsubscribe, icon="mail-x")
    menu.add(_("Save as…"), lambda: reader.output.save(opened), icon="save", shortcut=_key_of(reader, Do.SAVE_AS))
    menu.addSeparator()
    menu.add(
        _("View source"), lambda: reader.output.show_source(opened), icon="code", shortcut=_key_of(reader, Do.SOURCE)
    )
    menu.add(_("All headers"), lambda: reader.output.show_headers(opened), icon="list")
    menu.add(_("Copy address of the sender"), lambda: reader.copy(head.sender.address), icon="copy")
    return menu


def person_menu(reader: OpenReader, parent: QWidget, theme: Theme, person: Address) -> Menu:
    """Return the menu of somebody named in the header; it calls him by his address, which is no claim of his own."""
    menu = _menu(parent, theme)
    writable = can_be_written_to(person)
    menu.add(invitation(person), lambda: reader.write_to(person), icon="square-pen", enabled=writable)
    menu.add(_("Copy address"), lambda: reader.copy(person.address), icon="copy", enabled=bool(person.address))
    menu.add(
        _("Find mails of {address}").format(address=shown_address(person)),
        lambda: reader.find_mails_of(person),
        icon="search",
        enabled=writable,
    )
    return menu


def body_menu(reader: OpenReader, parent: QWidget, theme: Theme, selected: str, link: QUrl) -> Menu:
    """Return the menu of a place in the body."""
    menu = _menu(parent, theme)
    view = reader.page.body.current
    if not link.isEmpty():
        written = link.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        menu.add(_("Open link"), lambda: reader.follow_link(link), icon="external-link")
        menu.add(_("Copy link address"), lambda: reader.copy(written), icon="link")
        menu.addSeparator()
    menu.add(_("Copy"), lambda: view and view.copy(), icon="copy", shortcut="Ctrl+C", enabled=bool(selected))
    menu.add(_("Select all"), lambda: view and view.select_all())
    menu.addSeparator()
    menu.add(
        _("Find in message"),
        lambda: reader.page.find_bar.begin(selected[:100]),
        icon="search",
        shortcut=_key_of(reader, Do.FIND),
    )
    return menu


def _key_of(reader: OpenReader, name: Do) -> str:
    return reader.catalogue.key_of(name) if reader.catalogue is not None else ""


def _menu(parent: QWidget, theme: Theme) -> Menu:
    menu = Menu(theme, parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return menu
