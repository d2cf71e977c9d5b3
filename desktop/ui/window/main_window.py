"""The main window: rail, mail room and status bar side by side, and what concerns all of them.

It connects rooms and holds nothing of what they show: no mail, no account, no setting. The windows beside it are
imported when they are opened.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QByteArray, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QGridLayout, QStyle, QWidget

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import MailAccount
from desktop.ui.actions import CATALOGUE, Actions, Do
from desktop.ui.bridge import Bridge
from desktop.ui.keymap import Keymap
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Entry, Undo
from desktop.ui.web.window_surface import prepare_surface
from desktop.ui.widgets.dialog import confirm
from desktop.ui.widgets.file_dialog import FileDialog
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.toast import Toast
from desktop.ui.window.accounts_watch import AccountsWatch
from desktop.ui.window.mail_room import MailRoom
from desktop.ui.window.navigation import WIDTH as RAIL_PX
from desktop.ui.window.navigation import Navigation
from desktop.ui.window.outbox_watch import OutboxWatch
from desktop.ui.window.outbox_words import leaving_words, news_words, sum_words
from desktop.ui.window.palette import Palette
from desktop.ui.window.palette_entries import Prefix, of_actions, of_folders
from desktop.ui.window.palette_mails import PaletteMails
from desktop.ui.window.setting_up import SettingUp
from desktop.ui.window.status_bar import HEIGHT as STATUS_PX
from desktop.ui.window.status_bar import StatusBar
from desktop.ui.window.unfinished import Unfinished
from desktop.ui.window.writing import Writing

if TYPE_CHECKING:
    from desktop.domain.mail.grant import Grant
    from desktop.domain.mail.outbox import Outgoing
    from desktop.services.services import Services
    from desktop.ui.mail.transfer_actions import UnderWay
    from desktop.ui.preferences.mail_account_form import MailAccountForm

D = TypeVar("D", bound=QDialog)

_GEOMETRY = "window.geometry"
_FIRST_SIZE = (1440, 900)
_LEAST_SIZE = (480, 400)
_ACCOUNTS = "accounts"
"""A page of the preferences, which are imported late."""


class MainWindow(QWidget):
    """Call `restore` before it is shown. Closing it ends the program, unless `stays` keeps it."""

    closed = Signal()
    called = Signal(object)
    """Somebody started Rapport again, with the path of a mail file, a mailto: link or None. Any thread may emit it."""
    failed = Signal(object)
    """Something outside the window failed that the person must hear of: the error. May be emitted on any thread."""

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        bridge: Bridge,
        theme: Theme,
        state: State,
        cache: Path,
        parent: QWidget | None = None,
        *,
        explore: Callable[[], bool] | None = None,
    ) -> None:
        """`explore` opens the sample in a window of its own, and says whether that works; None offers none."""
        super().__init__(parent)
        self._services, self._tasks, self._bridge = services, tasks, bridge
        self._theme, self._state = theme, state
        self._reads_file = False
        self._quits = False
        self.stays: Callable[[], bool] = lambda: False
        """Puts the window out of sight instead of letting it close; says whether it did."""
        self.quiet_actions: tuple[QAction, ...] = ()
        """What pauses notifications and ends a pause, for those who have no tray."""
        self._told_entry: Entry | None = None
        self._dialogs: dict[str, QDialog] = {}
        self.setWindowTitle("Rapport")
        self.setMinimumSize(*_LEAST_SIZE)
        prepare_surface(self)
        self._keymap = Keymap(self)
        self._choose_keys()
        self.actions_ = Actions(self, theme, self._keymap)
        self.undo = Undo(tasks, self)
        self.navigation = Navigation(theme)
        self.status_bar = StatusBar(theme)
        self.room = MailRoom(services, tasks, bridge, theme, state, self.undo, self.actions_, cache, self)
        self._put_answer_first()
        files, words = self.room.files, state.beside("words.txt")
        self.writing = Writing(
            services, tasks, theme, self._keymap, self.undo, files, words, self, lambda: self.room.list.header
        )
        self._unfinished = Unfinished(services, tasks, state, self)
        self.watch = AccountsWatch(services, tasks, bridge, self.navigation, self.status_bar, theme, self)
        self.outbox_watch = OutboxWatch(services.outbox, tasks, bridge, self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.navigation, 0, 0, 2, 1)
        self.middle = SettingUp(services, tasks, theme, self.room.panes, self._choose_file, explore)
        grid.addWidget(self.middle, 0, 1)
        grid.addWidget(self.status_bar, 1, 1)
        grid.setRowStretch(0, 1)
        grid.setColumnStretch(1, 1)
        mails = PaletteMails(services.search, tasks, self.room.open_mail, self)
        self.palette_ = Palette(theme, self, self._search_for, mails)
        self._toast = Toast(theme, self)
        self._toast.set_corner(RAIL_PX + 16, STATUS_PX + 16)
        self._connect()
        self.room.apply_layout()

    def restore(self) -> None:
        """Stand where the window stood last and show what it showed."""
        self.resize(*_FIRST_SIZE)
        saved = self._state.get(_GEOMETRY, "")
        if saved:
            self.restoreGeometry(QByteArray.fromBase64(QByteArray(saved.encode("ascii", "ignore"))))
        self._fit_screen()
        self.watch.read_accounts()
        self.outbox_watch.look()
        self.room.start()
        self._unfinished.tell()

    def _fit_screen(self) -> None:
        """Be no larger than what the screen leaves, with the title that a window manager puts above."""
        if self.isMaximized() or self.isFullScreen():
            return
        # how high the frame really is, is known only once the window is on the screen
        title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        self.resize(self.size().boundedTo(self.screen().availableSize() - QSize(0, title)))

    def open_file(self, path: Path) -> None:
        """Show a mail file in the reader."""
        self._reads_file = True
        self.middle.end()
        self.room.open_file(path)

    def open(self, wanted: Path | str) -> None:
        """Show a mail file, or begin the mail a mailto: link asks for."""
        if isinstance(wanted, Path):
            self.open_file(wanted)
        else:
            self.writing.follow(wanted)

    def tell(self, text: str) -> None:
        """Say something in passing."""
        self._toast.show_text(text, icon="info")

    def tell_failure(self, error: object) -> None:
        """Say that something went wrong: a Problem in its own words, anything else in ours."""
        if isinstance(error, Problem):
            self._toast.show_text(error.text, icon="circle-alert")
        else:
            self._toast.show_text(_("Something went wrong inside Rapport. Its log says what."), icon="circle-alert")

    def show_outbox(self) -> None:
        """Lead to the mails that are on their way out."""
        self.room.browser.show_list(Unified.OUTBOX)
        self.room.take_keyboard()

    def _show_unsent(self, mails: tuple[Outgoing, ...]) -> None:
        words = sum_words(mails)
        self.status_bar.show_unsent(words)
        self.room.browser.model.show_unsent(words)

    def _tell_unsent(self, mails: tuple[Outgoing, ...]) -> None:
        self._toast.show_text(news_words(mails), _("Show"), self.show_outbox, icon="circle-alert")

    def sees(self, key: int) -> bool:
        """Return whether a person has a mail before his eyes."""
        return self.isActiveWindow() and self.isVisible() and not self.isMinimized() and self.room.sees(key)

    def quit(self) -> None:
        """Close the window whatever would keep it, also when it is hidden."""
        self._quits = True
        if self.isVisible():
            self.close()
        elif self.writing.close_all(self._leave):
            self._leave()

    def _quit_if_wanted(self) -> None:
        """Quit for a person, who is asked first where mail is waiting to be sent."""
        leaving = self.outbox_watch.leaving
        if not leaving:
            self.quit()
            return
        title, text = leaving_words(leaving)
        self._once(
            "quit", lambda: confirm(self._theme, self, title=title, text=text, action=_("Quit"), on_yes=self.quit)
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        app = QGuiApplication.instance()
        session_ends = isinstance(app, QGuiApplication) and app.isSavingSession()
        if not self._quits and not session_ends and self.stays():
            self._keep_place()
            event.ignore()
            return
        if event.spontaneous() and not self._quits and not session_ends and self.outbox_watch.leaving:
            event.ignore()  # somebody pressed the cross
            self._quit_if_wanted()
            return
        if not self.writing.close_all(self.close):
            event.ignore()  # each saves what is written, and then this window is closed again
            return
        super().closeEvent(event)
        self._leave()

    def _stay(self) -> None:
        """Somebody who was to close first could not: the window is as it was before it was to end."""
        self._quits = False

    def _leave(self) -> None:
        self._keep_place()
        self.writing.close()
        self.middle.stop()
        self.room.close()
        self.closed.emit()

    def _keep_place(self) -> None:
        geometry = self.saveGeometry().toBase64().data()
        self._state.set(_GEOMETRY, bytes(geometry).decode("ascii"))
        self._state.save()

    # wiring

    def _connect(self) -> None:
        self.called.connect(self.come_forward)
        self.failed.connect(self.tell_failure)
        self._tasks.failed.connect(self.tell_failure)
        self._bridge.settings_changed.connect(self._settings_changed)
        self._bridge.damage_found.connect(self._tell_of_damage)
        self.undo.pushed.connect(self._show_done)
        self.undo.taken_back.connect(self._forget_done)
        self.undo.undone.connect(self._show_undone)
        self.undo.changed.connect(self.actions_[Do.UNDO].setEnabled)
        self.undo.redo_changed.connect(self.actions_[Do.REDO].setEnabled)
        self.room.told.connect(self.tell)
        self.room.writing_wanted.connect(self.writing.act)
        self.room.answer_wanted.connect(self.writing.answer)
        self.room.letter_wanted.connect(self.writing.follow)
        self.writing.told.connect(self.tell)
        self.writing.kept.connect(lambda key: self._offer_drafts(_("Kept in Drafts"), [key]))
        self.writing.open_changed.connect(self._unfinished.remember)
        self._unfinished.found.connect(self._tell_unfinished)
        self.writing.stays.connect(self._stay)
        self.writing.account_wanted.connect(self._want_sending)
        self.room.step_wanted.connect(self._take_step)
        self.room.mail_wanted.connect(self.watch.get_mail)
        self.room.trouble_wanted.connect(self.status_bar.explain)
        self.room.account_settings_wanted.connect(self._edit_account)
        self.watch.told.connect(self.tell)
        self.middle.covers.connect(self._cover)
        self.middle.by_hand_wanted.connect(self._add_by_hand)
        self.middle.told.connect(self.tell)
        self.watch.edit_requested.connect(self._edit_account)
        self.watch.accounts_known.connect(self._accounts_known)
        self.navigation.preferences_requested.connect(self._show_preferences)
        self.navigation.me_requested.connect(self._show_me)
        self.navigation.mail_chosen.connect(self.room.list.setFocus)
        self.status_bar.operations_requested.connect(self._show_operations)
        self.status_bar.outbox_requested.connect(self.show_outbox)
        self.outbox_watch.waiting_known.connect(self._show_unsent)
        self.outbox_watch.news.connect(self._tell_unsent)
        output = self.room.reader.output
        output.coming_changed.connect(self.status_bar.show_coming)
        self.status_bar.end_requested.connect(output.end_fetching)
        transfers = self.room.browser.transfers
        transfers.changed.connect(self._show_transfer)
        transfers.told.connect(self.tell)
        self.status_bar.transfer_cancelled.connect(transfers.cancel)
        for name, act in (
            (Do.NEW, self._write),
            (Do.UNDO, self.undo.undo),
            (Do.REDO, self.undo.redo),
            (Do.OPEN_FILE, self._choose_file),
            (Do.GET_MAIL, self._get_mail),
            (Do.GET_ALL_MAIL, self.watch.get_mail),
            (Do.READING_PANE, self._switch_reading_pane),
            (Do.PALETTE, self._show_palette),
            (Do.GO_TO_FOLDER, self._choose_list),
            (Do.CHEAT_SHEET, self._show_cheat_sheet),
            (Do.PREFERENCES, self._show_preferences),
            (Do.ADD_ACCOUNT, self._add_account),
            (Do.OPERATIONS, self._show_operations),
            (Do.QUIT, self._quit_if_wanted),
        ):
            self.actions_.connect(name, act)
        reading_pane = self.actions_[Do.READING_PANE]
        reading_pane.setCheckable(True)
        reading_pane.setChecked(self.room.panes.reading_pane)
        for name in (Do.UNDO, Do.REDO):
            self.actions_[name].setEnabled(False)

    def come_forward(self, wanted: Path | str | None = None) -> None:
        """Be in front of the other windows, wherever it was, with a mail file in the reader or a mail begun."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        if wanted is not None:
            self.open(wanted)

    def _settings_changed(self, names: frozenset[str]) -> None:
        if settings.THEME.name in names:
            self._theme.choose(self._services.settings.get(settings.THEME))
        if settings.LAYOUT.name in names:
            self.room.apply_layout()
        if not names.isdisjoint((settings.KEY_SET.name, settings.KEY_CHANGES.name)):
            self._choose_keys()
        if settings.REPLY_TO_ALL.name in names:
            self._put_answer_first()

    def _put_answer_first(self) -> None:
        to_all = self._services.settings.get(settings.REPLY_TO_ALL)
        if (bar := self.room.reader.page.answers) is not None:
            bar.put_first(Do.REPLY_ALL if to_all else Do.REPLY)

    def _choose_keys(self) -> None:
        get = self._services.settings.get
        self._keymap.choose(get(settings.KEY_SET), get(settings.KEY_CHANGES))

    def _accounts_known(self, addresses: tuple[str, ...]) -> None:
        any_ = bool(addresses)
        self.room.reader.set_own_addresses(addresses)
        self.middle.note_accounts(there=any_, room_wanted=self._reads_file)
        for name in (Do.GET_MAIL, Do.GET_ALL_MAIL):
            self.actions_[name].setEnabled(any_)

    def _show_done(self, entry: Entry) -> None:
        left_ms = entry.until_ms - clock.now() if entry.until_ms else 0
        if entry.counting is not None and left_ms > 0:
            self._toast.count_down(
                entry.counting,
                left_ms,
                _("Undo"),
                lambda: self.undo.undo(entry),
                lambda: self._is_gone(entry),
                icon=entry.icon,
            )
            self._told_entry = entry
        elif not entry.quiet:
            self._toast.show_text(entry.text, _("Undo"), lambda: self.undo.undo(entry), icon=entry.icon)
            self._told_entry = entry

    def _offer_drafts(self, words: str, keys: list[int]) -> None:
        """Say what became of drafts, and offer to write on."""
        self._toast.show_text(words, _("Open"), lambda: self.writing.go_on(keys), icon="file-pen")

    def _tell_unfinished(self, words: str, keys: list[int]) -> None:
        """Say what a crash interrupted; that stands until somebody reads it."""
        self._offer_drafts(words, keys)
        self._toast.stay()

    def _forget_done(self, entry: Entry) -> None:
        """Take the toast of what was taken back away: it is no longer so, and cannot be taken back twice."""
        if entry is self._told_entry and (self._toast.text == entry.text or entry.counting is not None):
            self._toast.dismiss()

    def _is_gone(self, entry: Entry) -> None:
        """Say what cannot be taken back any more."""
        self.undo.forget(entry)
        self._toast.show_text(entry.text, icon=entry.icon)

    def _show_undone(self, entry: Entry) -> None:
        words = entry.undone or _("Undone: {what}").format(what=entry.text)
        self._toast.show_text(words, icon="undo-2")
        self.room.list.follow(entry.mails)

    def _switch_reading_pane(self) -> None:
        on = not self.room.panes.reading_pane
        self.actions_[Do.READING_PANE].setChecked(on)
        self.room.panes.set_reading_pane(on)

    def _show_transfer(self, under_way: UnderWay | None) -> None:
        if under_way is None:
            self.status_bar.show_transfer("")
        else:
            self.status_bar.show_transfer(under_way.words, under_way.told.done, under_way.told.total)

    def _show_palette(self) -> None:
        self._open_palette()

    def _choose_list(self) -> None:
        self._open_palette(Prefix.FOLDERS)

    def _open_palette(self, typed: str = "") -> None:
        browser = self.room.browser
        lists = of_folders(browser.model.tops, browser.show_list)
        self.palette_.open(of_actions(self.actions_), lists, self.actions_.key_of(Do.SEARCH), typed)

    def _search_for(self, words: str) -> None:
        self.room.search.open()
        self.room.search.set_text(words)

    def _take_step(self, step: str) -> None:
        if step == Do.ADD_ACCOUNT:
            self._add_account()
        elif step == Do.GET_MAIL:
            self._get_mail()

    def _write(self) -> None:
        """Begin a mail in the name of the account whose list is shown."""
        self.writing.new(self.room.browser.account_key or None)

    def _want_sending(self) -> None:
        """Lead to where a server for outgoing mail is set."""
        self._show_preferences(page=_ACCOUNTS)

    def _get_mail(self) -> None:
        """Fetch for the account of the list that is shown; a list over all accounts means all."""
        self.watch.get_mail(self.room.browser.account_key or None)

    # windows beside this one; each at most once

    def _show_preferences(self, *, page: str = "") -> None:
        from desktop.ui.compose.catalogue import CATALOGUE as WRITING
        from desktop.ui.preferences.dialog import Preferences

        def make() -> Preferences:
            made = Preferences(
                self._services.settings,
                self._services.accounts,
                self._services.reading,
                self._services.providers,
                self._tasks,
                self._bridge,
                self._theme,
                self._keymap,
                (CATALOGUE, WRITING),
                self,
            )
            made.add_account_requested.connect(self._add_account)
            made.edit_account_requested.connect(self._edit_account)
            return made

        shown = self._once("preferences", make)
        if page and isinstance(shown, Preferences):
            shown.show_page(page)

    def _show_cheat_sheet(self) -> None:
        from desktop.ui.compose.catalogue import CATALOGUE as WRITING
        from desktop.ui.window.cheat_sheet import CheatSheet

        def make() -> CheatSheet:
            made = CheatSheet(self._theme, self._keymap, (CATALOGUE, WRITING), self)
            made.change_wanted.connect(partial(self._show_preferences, page="keyboard"))
            return made

        self._once("cheat-sheet", make)

    def _choose_file(self) -> None:
        def make() -> QFileDialog:
            made = FileDialog(self, _("Open mail file"))
            made.setFileMode(QFileDialog.FileMode.ExistingFile)
            made.setNameFilter(_("Mail (*.eml)"))
            made.fileSelected.connect(lambda path: self.open_file(Path(path)))
            return made

        self._once("file", make)

    def _tell_of_damage(self) -> None:
        from desktop.ui.window.damage_notice import DamageNotice

        self._once("damage", lambda: DamageNotice(self._theme, self))

    def _show_operations(self) -> None:
        from desktop.ui.window.operations_window import OperationsWindow

        self._once(
            "operations",
            lambda: OperationsWindow(self._services.operations, self._tasks, self._bridge, self._theme, self),
        )

    def _add_account(self) -> None:
        self.middle.begin()
        self.raise_()
        self.activateWindow()

    def _add_by_hand(self, account: MailAccount, password: str) -> None:
        def make() -> MailAccountForm:
            form = self._account_form()
            form.begin_with(account, password)
            form.accepted.connect(self.middle.end)
            return form

        self._once("account", make)

    def _cover(self, covered: bool) -> None:
        """Let the first run have the window for itself, or give it back to the mail room."""
        self.navigation.setVisible(not covered)
        self.status_bar.setVisible(not covered)
        if not covered:
            self.room.take_keyboard()

    def _edit_account(self, key: int, remedy: str = Remedy.NONE.value) -> None:
        account = self.watch.account(key)
        if account is None:
            self._show_preferences(page=_ACCOUNTS)
            return
        if remedy == Remedy.SIGN_IN and account.oauth_provider:
            self._tasks.run(self._sign_in_again(account))
            return
        form = self._once(f"account {key}", lambda: self._account_form(account))
        if remedy == Remedy.SIGN_IN:
            form.ask_for_password()

    async def _sign_in_again(self, account: MailAccount) -> None:
        """Let the person sign in in the browser; the mails of the account stay."""
        from desktop.ui.preferences.browser_sign_in import BrowserSignIn
        from desktop.ui.preferences.sign_in_way import find_way

        accounts, providers, provider_id = self._services.accounts, self._services.providers, account.oauth_provider
        way = await find_way(self._tasks, accounts, providers, account.address, account.imap_host, provider_id)
        if way is None or not way.by_browser:
            # the client was taken away: the form says so, and takes another or a password
            self._once(f"account {account.key}", lambda: self._account_form(account))
            return
        await self._tasks.errand(accounts.unlock())
        person = await self._tasks.read(accounts.signs_in_as, account)

        def make() -> BrowserSignIn:
            made = BrowserSignIn(accounts, self._tasks, self._theme, way, account, self, person=person)
            made.granted.connect(lambda grant: self._tasks.run(self._take_grant(account, grant)))
            made.begin()
            return made

        self._once(f"sign-in {account.key}", make)

    async def _take_grant(self, account: MailAccount, grant: Grant) -> None:
        await self._tasks.write(self._services.accounts.signed_in, account.key, grant)
        self.tell(_("{address} is signed in again.").format(address=account.address))

    def _account_form(self, account: MailAccount | None = None) -> MailAccountForm:
        from desktop.ui.preferences.mail_account_form import MailAccountForm

        services = self._services
        form = MailAccountForm(
            services.accounts,
            services.providers,
            services.views,
            self._tasks,
            self._theme,
            self.writing.signature_editor,
            account,
            self,
        )
        form.told.connect(self.tell)
        form.test_mail_wanted.connect(self.writing.test)
        return form

    def _once(self, name: str, make: Callable[[], D]) -> D:
        """Raise the window of that name, or make and show it."""
        dialog = cast("D | None", self._dialogs.get(name))
        if dialog is None:
            dialog = self._dialogs[name] = make()
            dialog.finished.connect(lambda _result: self._dialogs.pop(name, None))
            dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

    def _show_me(self, place: QPoint) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in (Do.ADD_ACCOUNT, Do.OPERATIONS, Do.PALETTE, Do.CHEAT_SHEET, Do.PREFERENCES):
            menu.addAction(self.actions_[name])
        menu.addActions(self.quiet_actions)
        menu.addSeparator()
        menu.addAction(self.actions_[Do.QUIT])
        menu.adjustSize()
        menu.popup(place - QPoint(0, menu.sizeHint().height() - 40))
