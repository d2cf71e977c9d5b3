"""What a search for servers and a trial of an account come to, for tests and pictures of the first run."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from desktop.domain.mail import account_check
from desktop.domain.mail.account_check import Check, CheckState, TellCheck
from desktop.domain.mail.discovery import Candidate, Discovery, Source, Verdict
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.found_server import FoundServer, domain_of
from desktop.domain.mail.grant import Grant
from desktop.domain.mail.mail_account import MailAccount, Security
from desktop.services.errands import TestResult

DOMAIN = "firm.example"
GOOD = Candidate(
    Source.AUTOCONFIG,
    FoundServer("imap.firm.example", 993, Security.TLS),
    FoundServer("smtp.firm.example", 465, Security.TLS),
    "Firm Mail",
    "https://help.firm.example/mail",
)
FOREIGN = replace(
    GOOD,
    source=Source.MX,
    imap=FoundServer("imap.hoster.example", 993, Security.TLS),
    smtp=FoundServer("smtp.hoster.example", 587, Security.STARTTLS),
    provider="Your Bank",
    foreign=("imap.hoster.example", "smtp.hoster.example"),
)
NAMES = {
    "INBOX": Role.INBOX,
    "Drafts": Role.DRAFTS,
    "Sent": Role.SENT,
    "Archive": Role.ARCHIVE,
    "Junk": Role.JUNK,
    "Trash": Role.TRASH,
    "Projects": Role.NONE,
    "Projects/Annual report": Role.NONE,
    "Invoices": Role.NONE,
    "Newsletters": Role.NONE,
}
FOLDERS = tuple(ServerFolder(name.encode(), name, "/", role) for name, role in NAMES.items())


def found(candidate: Candidate = GOOD) -> Discovery:
    return Discovery(DOMAIN, Verdict.FOUND, candidate)


@dataclass
class StandIn:
    """Takes the place of the errands of discovery and trial; their futures end when a test says so."""

    searches: list[tuple[str, Callable[[int, int], None], Future[Discovery]]] = field(default_factory=list)
    trials: list[tuple[MailAccount, str | None, TellCheck, Future[TestResult]]] = field(default_factory=list)

    grants: list[Grant | None] = field(default_factory=list)

    def discover(self, address: str, progress: Callable[[int, int], None]) -> Future[Discovery]:
        future: Future[Discovery] = Future()
        self.searches.append((domain_of(address), progress, future))
        return future

    def test_account(
        self,
        account: MailAccount,
        password: str | None,
        sending: str | None = None,
        tell: TellCheck | None = None,
        grant: Grant | None = None,
    ) -> Future[TestResult]:
        assert tell is not None
        future: Future[TestResult] = Future()
        self.trials.append((account, password, tell, future))
        self.grants.append(grant)
        tell(account_check.incoming(CheckState.RUNNING))
        tell(account_check.folders(CheckState.WAITING))
        return future

    def find(self, discovery: Discovery) -> None:
        """End the search begun last."""
        self.searches[-1][2].set_result(discovery)

    def tell(self, *checks: Check) -> None:
        """Tell of steps of the trial begun last."""
        for check in checks:
            self.trials[-1][2](check)

    def succeed(self) -> None:
        """Let the trial begun last go well."""
        self.tell(
            account_check.incoming(CheckState.DONE, account_check.capability_words({"IDLE", "QRESYNC"}), 0.4),
            account_check.folders(CheckState.DONE, account_check.folder_words(FOLDERS), 0.12),
        )
        self.trials[-1][3].set_result(TestResult(ok=True, folders=FOLDERS))

    def fail(self, result: TestResult) -> None:
        """Let the trial begun last end so."""
        self.tell(account_check.incoming(CheckState.FAILED, result.problem, 1.3, result.details))
        self.trials[-1][3].set_result(result)
