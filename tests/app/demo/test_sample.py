"""The sample as a whole, below the window: its profile, its account, a full sync of it, and a second start."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.app.core import Core, build_core
from desktop.app.demo.letters import ADDRESS, letters
from desktop.app.demo.post import Pace
from desktop.app.demo.sample import MAILBOX_NAME, NoSample, Sample, sample_profile
from desktop.base.paths import Profile
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.services.errands import imap_secret

QUIET = Pace(first_mail_s=3600.0)


def opened(profile: Profile, sample: Sample) -> Core:
    core = build_core(profile, lambda _new: None, secrets=sample.secrets)
    sample.join(core)
    return core


def sync(core: Core) -> None:
    assert {problem for problem in core.supervisor.sync_once().values() if problem is not None} == set()


def count(core: Core, list_id: int) -> int:
    return len(core.services.views.open_list(ListQuery(list_id, conversations=False)).keys)


def test_it_goes_with_its_profile_and_touches_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_PROFILE", str(tmp_path / "own"))
    with sample_profile(None) as profile:
        Sample(profile).close()
        assert (profile.root / MAILBOX_NAME).exists()

    assert not profile.root.exists()
    assert not (tmp_path / "own").exists()


def test_a_profile_of_somebodys_own_is_refused(tmp_path: Path) -> None:
    own = Profile(tmp_path / "own")
    build_core(own, lambda _new: None).close()
    before = own.database.read_bytes()

    with pytest.raises(NoSample), sample_profile(str(own.root)):
        pytest.fail("it was opened")

    assert own.database.read_bytes() == before
    assert not (own.root / MAILBOX_NAME).exists()


def test_all_of_it_is_fetched_and_no_password_stays(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "sample")
    sample = Sample(profile, QUIET)
    core = opened(profile, sample)
    sync(core)
    [account] = core.services.accounts.all()
    password = sample.secrets.get(imap_secret(account))
    assert password is not None

    for unified, folder in ((Unified.INBOX, "INBOX"), (Unified.JUNK, "Junk"), (Unified.ARCHIVE, "Archive")):
        assert count(core, unified) == sum(each.folder == folder for each in letters().there)
    assert count(core, Unified.OUTBOX) == 1
    assert not profile.vault.exists()
    core.close()
    sample.close()
    assert [path for path in profile.root.rglob("*") if path.is_file() and password.encode() in path.read_bytes()] == []


def test_a_second_start_on_the_same_folder_goes_on_with_it(tmp_path: Path) -> None:
    with sample_profile(str(tmp_path / "sample")) as profile:
        first = Sample(profile, QUIET)
        core = opened(profile, first)
        sync(core)
        before = count(core, Unified.ALL)
        core.close()
        first.close()
    with sample_profile(str(tmp_path / "sample")) as profile:
        again = Sample(profile, QUIET)
        core = opened(profile, again)
        sync(core)

        assert [account.address for account in core.services.accounts.all()] == [ADDRESS]
        assert (count(core, Unified.ALL), count(core, Unified.OUTBOX)) == (before, 1)
        core.close()
        again.close()
