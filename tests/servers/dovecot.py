"""A private Dovecot on free ports of the loopback, run as root (mail as nobody) or as any plain user.

Every name is a user; mail is delivered by writing Maildir files, which takes 60 µs a mail. The server's folder
lies directly below the system's temporary folder, because its mail user must be able to enter it: pytest's own is 0700.
"""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.tls_certs import Authority

BINARY = "/usr/sbin/dovecot"
PASSWORD = "secret-of-the-test"
ALIAS = "imap.example.org"
"""Its certificate is also for this name: what the domain of its users calls it."""

CONFIG = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
ssl = yes
ssl_min_protocol = TLSv1.2
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login{token_mechanisms}
auth_failure_delay = 0
mail_fsync = never
mail_max_userip_connections = {max_connections}
{extra}
{token_passdb}passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = username_format=%u {root}/users
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
{mailboxes}}}
protocol imap {{
  mail_max_userip_connections = {max_connections}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
  unix_listener lmtp {{
    mode = 0600
  }}
}}
service anvil {{
  chroot =
  # who failed to sign in waits no longer for the next try
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-urlauth-login {{
  chroot =
}}
service imap-hibernate {{
  chroot =
}}
"""
TOKEN_PASSDB = """passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.conf.ext
}}
"""
TOKEN_CONFIG = """introspection_url = {url}
introspection_mode = post
username_attribute = email
active_attribute = active
active_value = true
"""
SPECIAL = ("Drafts", "Sent", "Trash", "Junk", "Archive")


def available() -> bool:
    """Return whether Dovecot is installed here."""
    return Path(BINARY).exists()


def _ends_with_us() -> list[str]:
    """Return what makes a server end when the test run is killed, where the system has it."""
    return ["setpriv", "--pdeathsig", "TERM"] if sys.platform == "linux" and shutil.which("setpriv") else []


def free_ports(count: int) -> list[int]:
    """Return ports nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
    finally:
        for one in sockets:
            one.close()


@dataclass
class Dovecot:
    """A running server. `host` is the name its certificate is for; `ca_file` its authority."""

    root: Path
    imap_port: int
    imaps_port: int
    lmtp_port: int
    uid: int
    gid: int
    process: subprocess.Popen[bytes]
    host: str = "localhost"
    separator: str = "/"
    passwords: dict[str, str] = field(default_factory=dict)
    _delivered: int = 0
    _users: int = 0
    _edits: int = 1_000_000_000

    @property
    def ca_file(self) -> Path:
        return self.root / "ca.pem"

    def tls_context(self) -> ssl.SSLContext:
        """Return what another server needs to show the same certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.root / "cert.pem", self.root / "key.pem")
        return context

    @classmethod
    def start(
        cls,
        *,
        extra: str = "",
        max_connections: int = 50,
        separator: str = "/",
        prefix: str = "",
        special: Sequence[str] = SPECIAL,
        introspection_url: str = "",
    ) -> Dovecot:
        """Start a server; `extra` is put among the global settings (`imap_capability = ...`).

        `prefix` is that of all folders but INBOX ("INBOX.", as Courier has it); `special` are the folders everybody
        has for a use. With `introspection_url` people sign in with tokens as well (XOAUTH2), and the server asks there
        whether a token is good.
        """
        import grp
        import pwd

        me = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        root = Path(tempfile.mkdtemp(prefix="dovecot-"))
        (root / "mail").mkdir()
        (root / "run").mkdir()
        root.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(root / "mail", me.pw_uid, me.pw_gid)
        authority = Authority()
        (root / "ca.pem").write_bytes(authority.pem)
        shown = authority.issue("localhost", aliases=(ALIAS,), addresses=("127.0.0.1", "::1"))
        shown.write(root / "cert.pem", root / "key.pem")
        imap, imaps, lmtp = free_ports(3)
        mailboxes = "".join(
            f"  mailbox {name} {{\n    auto = subscribe\n    special_use = \\{name}\n  }}\n" for name in special
        )
        config = CONFIG.format(
            root=root,
            user=me.pw_name,
            uid=me.pw_uid,
            gid=me.pw_gid,
            password=PASSWORD,
            group=grp.getgrgid(me.pw_gid).gr_name,
            extra=extra,
            token_mechanisms=" xoauth2 oauthbearer" if introspection_url else "",
            token_passdb=TOKEN_PASSDB.format(root=root) if introspection_url else "",
            max_connections=max_connections,
            separator=separator,
            prefix=prefix,
            mailboxes=mailboxes,
            imap_port=imap,
            imaps_port=imaps,
            lmtp_port=lmtp,
        )
        (root / "dovecot.conf").write_text(config)
        if introspection_url:
            (root / "oauth2.conf.ext").write_text(TOKEN_CONFIG.format(url=introspection_url))
        (root / "users").write_text("")
        (root / "users").chmod(0o644)
        with (root / "out.log").open("wb") as out:
            command = [*_ends_with_us(), BINARY, "-F", "-c", str(root / "dovecot.conf")]
            process = subprocess.Popen(command, stdout=out, stderr=out)
        server = cls(root, imap, imaps, lmtp, me.pw_uid, me.pw_gid, process, separator=separator)
        server._wait_until_up()
        return server

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.imap_port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        log = self.root / "dovecot.log"
        words = (self.root / "out.log").read_text() + (log.read_text() if log.exists() else "")
        self.stop()
        raise RuntimeError(f"Dovecot did not start: {words}")

    def stop(self) -> None:
        """End the server and remove its files."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.root, ignore_errors=True)

    def new_user(self) -> str:
        """Return a user nobody used before; the password is `PASSWORD`."""
        self._users += 1
        return f"user{self._users}@example.org"

    def add_user(self, user: str, password: str = PASSWORD) -> str:
        """Return a user that can sign in with this password. With `PASSWORD` any name is a user already."""
        if password == PASSWORD:
            return user
        self.passwords[user] = password
        lines = [f"{u}:{{PLAIN}}{p}\n" for u, p in self.passwords.items()]
        fresh = self.root / "users.new"
        fresh.write_text("".join(lines))
        fresh.chmod(0o644)
        # the file is read again only when its size or its second of change differs, and looked at once a second
        self._edits += 1
        os.utime(fresh, (self._edits, self._edits))
        fresh.replace(self.root / "users")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                self.doveadm("auth", "test", user, password)
                return user
            except RuntimeError:
                time.sleep(0.05)
        raise RuntimeError(f"{user} cannot sign in")

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Return the Maildir of a folder, made when absent. `folder` is the wire name with the server's separator."""
        home = self.root / "mail" / user / "Maildir"
        path = home if folder == "INBOX" else home / ("." + folder.replace(self.separator, "."))
        for name in ("cur", "new", "tmp"):
            (path / name).mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            for made in (self.root / "mail" / user, home, path, path / "cur", path / "new", path / "tmp"):
                os.chown(made, self.uid, self.gid)
        return path

    def deliver(
        self, user: str, mails: Iterable[bytes], folder: str = "INBOX", *, flags: str = "", date_s: int | None = None
    ) -> int:
        """Put mails into a folder and return how many. `flags` are Maildir letters ("S" is seen); order is kept."""
        path = self.maildir(user, folder)
        count = 0
        for raw in mails:
            count += 1
            waiting = path / "tmp" / f"{self._delivered}.waiting"
            waiting.write_bytes(raw)
            self._file(waiting, path, flags, int(time.time()) if date_s is None else date_s + count)
        return count

    def deliver_file(self, user: str, mail: Path, folder: str = "INBOX") -> None:
        """Put one mail into a folder, too large to be held in memory."""
        path = self.maildir(user, folder)
        waiting = path / "tmp" / f"{self._delivered}.waiting"
        shutil.copyfile(mail, waiting)
        self._file(waiting, path, "", int(time.time()))

    def _file(self, waiting: Path, path: Path, flags: str, at: int) -> None:
        self._delivered += 1
        name = f"{at}.M{self._delivered:09d}P1.test"
        if os.geteuid() == 0:
            os.chown(waiting, self.uid, self.gid)
        os.utime(waiting, (at, at))
        waiting.rename(path / "cur" / f"{name}:2,{flags}" if flags else path / "new" / name)

    def doveadm(self, *arguments: str) -> str:
        """Run doveadm and return what it printed."""
        run = subprocess.run(
            ["/usr/bin/doveadm", "-c", str(self.root / "dovecot.conf"), *arguments], capture_output=True, check=False
        )
        if run.returncode:
            raise RuntimeError(f"doveadm {arguments}: {run.stderr.decode()}")
        return run.stdout.decode()

    def log(self) -> str:
        """Return the server's log."""
        return (self.root / "dovecot.log").read_text(errors="replace")
