"""The services the window, the command line and the engine are given; put together in `app.core`."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.services.mail.answers import Answers
from desktop.services.mail.compose import Compose
from desktop.services.mail.folders import Folders
from desktop.services.mail.mail_accounts import MailAccounts
from desktop.services.mail.mail_actions import MailActions
from desktop.services.mail.operations import Operations
from desktop.services.mail.outbox import Outbox
from desktop.services.mail.reading import Reading
from desktop.services.mail.reminders import Reminders
from desktop.services.mail.search import Search
from desktop.services.mail.sign_in_providers import SignInProviders
from desktop.services.mail.telling import Telling
from desktop.services.mail.transfers import Transfers
from desktop.services.mail.views import MailViews
from desktop.services.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """Everything one can do. Each is safe to use from any thread."""

    views: MailViews
    reading: Reading
    actions: MailActions
    reminders: Reminders
    folders: Folders
    accounts: MailAccounts
    search: Search
    operations: Operations
    transfers: Transfers
    settings: Settings
    compose: Compose
    answers: Answers
    outbox: Outbox
    telling: Telling
    providers: SignInProviders
