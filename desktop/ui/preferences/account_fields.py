"""The fields of a mail account: what is asked first stands open, the rest is folded away. They hold a `Draft`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.base.i18n import _, n_
from desktop.domain.certificate import server_and_fingerprint
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mail_account import Mode
from desktop.ui.preferences.account_draft import IMAP_PORTS, SMTP_PORTS, Draft, Field, addresses_in
from desktop.ui.preferences.file_field import FileField
from desktop.ui.preferences.fold import Fold
from desktop.ui.preferences.folder_picks import Folder, FolderPicks, in_order
from desktop.ui.preferences.folder_roles import FolderRoles
from desktop.ui.preferences.identity_fields import IdentityFields, MakeEditor
from desktop.ui.preferences.revocable_list import Allowed, RevocableList
from desktop.ui.preferences.server_fields import ServerFields
from desktop.ui.preferences.sign_in_way import SignInWay
from desktop.ui.preferences.since_field import SinceField
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import CheckBox, Select
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.labels import Paragraph

if TYPE_CHECKING:
    from desktop.services.mail.sign_in_providers import WayIn


class AccountFields(QScrollArea):
    """`is_new` says that nothing is stored yet."""

    sign_in_changed = Signal()
    """What a test of the account depends on was changed, by the person or by a guess."""

    def __init__(self, theme: Theme, editor: MakeEditor, *, is_new: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._folds: dict[QWidget, Fold] = {}
        self._make(is_new, editor)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(8)
        for row in (
            self._rows[Field.ADDRESS],
            FormRow(theme, _("Your name"), self.name, hint=_("As others see it.")),
            self._way_row,
            self._rows[Field.PASSWORD],
        ):
            column.addWidget(row)
        column.addSpacing(4)
        column.addWidget(self._fold(_("Receiving (IMAP)"), self.imap, is_open=True))
        smtp_password = FormRow(theme, _("Password"), self.smtp_password)
        self._sending_fold = self._fold(_("Sending (SMTP)"), self.smtp, smtp_password)
        column.addWidget(self._sending_fold)
        mode = FormRow(theme, _("Server and Rapport"), self.mode)
        column.addWidget(
            self._fold(_("What is fetched"), mode, self._rows[Field.SINCE], self._rows[Field.FOLDERS], is_open=True)
        )
        column.addWidget(self._fold(_("Names and signatures"), self._rows[Field.ALIASES], self.identities))
        self._roles_fold = self._fold(_("Special folders"), self._rows[Field.ROLES])
        self._roles_fold.hide()
        column.addWidget(self._roles_fold)
        column.addWidget(
            self._fold(
                _("More"),
                FormRow(theme, _("Large mails"), self.size_limit),
                FormRow(
                    theme, _("Look for mail"), self.interval, hint=_("New mail in the Inbox is also told at once.")
                ),
                self.keep_unread,
                self.store_sent,
                self._rows[Field.CA_FILE],
                self.trusted,
            )
        )
        column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls bring themselves into sight
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_draft(self, draft: Draft) -> None:
        """Fill the fields."""
        self.address.setText(draft.address)
        self.name.setText(draft.name)
        self.imap.show_server(draft.imap)
        self.smtp.show_server(draft.smtp)
        self.mode.setCurrentIndex(max(self.mode.findData(draft.mode.value), 0))
        self.since.show_day(draft.since)
        _pick_number(self.size_limit, draft.size_limit_mb, _megabytes)
        _pick_number(self.interval, draft.interval_min, _minutes)
        self.keep_unread.setChecked(draft.keep_unread)
        self.store_sent.setChecked(draft.store_sent)
        self.ca_file.edit.setText(draft.ca_file)
        self.aliases.setText(", ".join(draft.aliases))
        self.identities.show_identities(draft.identities)
        self._addresses_changed()
        self._mode_changed()

    def open_sending(self) -> None:
        """Let the server for sending be seen, which does not work."""
        self._sending_fold.heading.setChecked(True)

    def draft(self) -> Draft:
        """Return what stands in the fields."""
        known = self.knows_folders
        return Draft(
            self.address.text().strip(),
            self.name.text().strip(),
            self.imap.server(),
            self.smtp.server(),
            Mode(self.mode.currentData()),
            self.since.day,
            int(self.size_limit.currentData()),
            int(self.interval.currentData()),
            self.keep_unread.isChecked(),
            self.store_sent.isChecked(),
            self.ca_file.edit.text().strip(),
            addresses_in(self.aliases.text()),
            self.picks.picked() if known else None,
            self.roles.picked() if known else None,
            self._identities(),
        )

    def _identities(self) -> tuple[Identity, ...]:
        self._addresses_changed()
        return self.identities.identities()

    def _addresses_changed(self) -> None:
        addresses = (self.address.text().strip(), *addresses_in(self.aliases.text()))
        self.identities.set_addresses(
            tuple({each.lower(): each for each in addresses}.values()), self.name.text().strip()
        )

    @property
    def knows_folders(self) -> bool:
        """Whether the folders of the server have been shown."""
        return not self.picks.isHidden()

    def show_folders(self, folders: Sequence[Folder], watched: Collection[str] = ()) -> None:
        """Offer the folders of the server; what the person picked before stays."""
        ordered = in_order(folders)
        self.picks.show_folders(ordered, watched)
        self.roles.show_folders(ordered)
        self._picks_hint.hide()
        self.picks.show()
        self._roles_fold.show()

    def show_trusted(self, exceptions: Sequence[str]) -> None:
        """Show the certificates the person trusts although they were refused (`certificate.trust_key`)."""
        self.trusted.show_allowed([Allowed(one, *server_and_fingerprint(one)) for one in exceptions])

    def complain(self, found: Mapping[Field, str]) -> None:
        """Say what is wrong at its place, and take back what was; the first wrong field gets the keyboard."""
        for field, row in self._rows.items():
            row.say(found.get(field, ""))
        wrong = [row for field, row in self._rows.items() if field in found]
        for row in wrong:
            if (fold := self._folds.get(row)) is not None:
                fold.heading.setChecked(True)
        if wrong:
            wrong[0].field.setFocus(Qt.FocusReason.OtherFocusReason)
            self.ensureWidgetVisible(wrong[0])

    def _make(self, is_new: bool, editor: MakeEditor) -> None:
        theme = self._theme
        self.address = LineEdit(theme, _("Address"), placeholder="name@example.org")
        self.name = LineEdit(theme, _("Your name"))
        self.aliases = LineEdit(theme, _("More addresses"), placeholder="sales@example.org, name@example.com")
        self.identities = IdentityFields(theme, editor)
        self.password = _secret(theme, "" if is_new else _("Unchanged"))
        self.way = SignInWay(theme)
        self.imap = ServerFields(theme, IMAP_PORTS, _("Leave this empty for an account that only sends."))
        self.smtp = ServerFields(theme, SMTP_PORTS, _("Leave this empty for an account that only receives."))
        self.smtp_password = _secret(theme, _("The same as for receiving") if is_new else _("Unchanged"))
        self.mode = Select(theme, _("Server and Rapport"))
        self.mode.addItem(_("Two-way: changes here happen on the server"), Mode.TWO_WAY.value)
        self.mode.addItem(_("Archive only: nothing changes on the server"), Mode.ARCHIVE_ONLY.value)
        self.mode.currentIndexChanged.connect(self._mode_changed)
        self.since = SinceField(theme)
        self.picks = FolderPicks(theme)
        self.picks.hide()
        self._picks_hint = Paragraph(theme, _("The Inbox. Test the account to choose others."), "body", "secondary")
        self.roles = FolderRoles(theme)
        self.size_limit = _numbers(Select(theme, _("Large mails")), (1, 5, 10, 25, 50), _megabytes)
        self.interval = _numbers(Select(theme, _("Look for mail")), (1, 5, 15, 30, 60), _minutes)
        self.keep_unread = CheckBox(theme, _("Leave fetched mail unread on the server"))
        self.store_sent = CheckBox(theme, _("Keep a copy of sent mail on the server"))
        self.ca_file = FileField(theme, _("Certificate authority"), _("Certificates") + " (*.pem *.crt *.cer)")
        self.trusted = RevocableList(
            theme, _("Certificates you trust"), _("Without this trust they were refused. Remove one to be asked again.")
        )
        watched = QWidget()
        column = QVBoxLayout(watched)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._picks_hint)
        column.addWidget(self.picks)
        self._rows: dict[Field, FormRow | FolderRoles | IdentityFields] = {
            Field.ADDRESS: FormRow(theme, _("Address"), self.address),
            Field.PASSWORD: FormRow(theme, _("Password"), self.password, hint=_("Kept encrypted on this computer.")),
            Field.IMAP_HOST: self.imap.host_row,
            Field.IMAP_PORT: self.imap.port_row,
            Field.SMTP_HOST: self.smtp.host_row,
            Field.SMTP_PORT: self.smtp.port_row,
            Field.SINCE: FormRow(theme, _("Fetch"), self.since),
            Field.FOLDERS: FormRow(
                theme,
                _("Folders to watch"),
                watched,
                hint=_("Mail of these is fetched as it comes, that of other folders once you open them.")
                + " "
                + _("On a two-way account Sent, Drafts, Archive, Junk and Trash are followed too."),
            ),
            Field.ROLES: self.roles,
            Field.REPLY_TO: self.identities,
            Field.ALIASES: FormRow(
                theme,
                _("More addresses"),
                self.aliases,
                hint=_("Yours too: what is sent from them is your own mail. Put commas between them."),
            ),
            Field.CA_FILE: FormRow(
                theme,
                _("Certificate authority"),
                self.ca_file,
                hint=_("A file (PEM), only for servers whose certificates come from an authority of their own."),
            ),
        }

        self._way_row = FormRow(theme, _("Sign-in"), self.way)
        self._way_row.hide()
        self.way.changed.connect(self._way_changed)
        self._take_back_when_changed()

    def _take_back_when_changed(self) -> None:
        """Let a complaint go as soon as what it was about is changed, by the person or by a guess."""
        for changed, fields in (
            (self.address.textChanged, (Field.ADDRESS,)),
            (self.password.textChanged, (Field.PASSWORD,)),
            (self.imap.host.textChanged, (Field.IMAP_HOST,)),
            (self.imap.port.textChanged, (Field.IMAP_PORT,)),
            (self.smtp.host.textChanged, (Field.SMTP_HOST, Field.IMAP_HOST)),  # one of the two servers is enough
            (self.smtp.port.textChanged, (Field.SMTP_PORT,)),
            (self.since.changed, (Field.SINCE,)),
            (self.picks.changed, (Field.FOLDERS,)),
            (self.roles.changed, (Field.ROLES,)),
            (self.aliases.textChanged, (Field.ALIASES,)),
            (self.identities.changed, (Field.REPLY_TO,)),
            (self.ca_file.edit.textChanged, (Field.CA_FILE,)),
        ):
            changed.connect(partial(self._take_back, fields))
        for changed in (
            *(self.password.textChanged, self.smtp_password.textChanged),
            *(self.imap.changed, self.smtp.changed, self.ca_file.edit.textChanged),
        ):
            changed.connect(self.sign_in_changed)
        for written in (self.address, self.aliases, self.name):
            written.editingFinished.connect(self._addresses_changed)

    def _take_back(self, fields: Sequence[Field], *_value: object) -> None:
        for field in fields:
            self._rows[field].say("")

    def _fold(self, title: str, *rows: QWidget, is_open: bool = False) -> Fold:
        fold = Fold(self._theme, title, is_open=is_open)
        for row in rows:
            fold.content.addWidget(row)
        for inner in self._rows.values():
            if any(row is inner or row.isAncestorOf(inner) for row in rows):
                self._folds[inner] = fold
        return fold

    def show_way(self, way: WayIn | None, *, prefer_browser: bool) -> None:
        """Show how one can sign in."""
        self.way.show_way(way, prefer_browser=prefer_browser)
        self._way_row.setVisible(not self.way.isHidden())

    def _way_changed(self) -> None:
        self._rows[Field.PASSWORD].setVisible(not self.way.by_browser)
        self.sign_in_changed.emit()

    def _mode_changed(self) -> None:
        self.keep_unread.setEnabled(self.mode.currentData() == Mode.ARCHIVE_ONLY.value)


def _secret(theme: Theme, placeholder: str) -> LineEdit:
    edit = LineEdit(theme, _("Password"), placeholder=placeholder)
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    return edit


def _megabytes(n: int) -> str:
    return _("over {n} MB on demand").format(n=n)


def _minutes(n: int) -> str:
    return n_("every minute", "every {n} minutes", n).format(n=n)


def _numbers(select: Select, numbers: tuple[int, ...], words: Callable[[int], str]) -> Select:
    for number in numbers:
        select.addItem(words(number), number)
    return select


def _pick_number(select: Select, number: int, words: Callable[[int], str]) -> None:
    if select.findData(number) < 0:
        select.addItem(words(number), number)
    select.setCurrentIndex(select.findData(number))
