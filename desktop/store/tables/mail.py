"""The tables that ordinary peewee queries use. The schema itself is made by the migrations; a test keeps both equal.

The models are bound to no database: every query names the one it runs on.
"""

from __future__ import annotations

from peewee import BlobField, IntegerField, Model, TextField


class _Table(Model):
    class Meta:
        legacy_table_names = False


class MailAccountRow(_Table):
    key = IntegerField(primary_key=True)
    id = BlobField()
    owner_key = IntegerField()
    kind = TextField(default="personal")
    position = IntegerField(default=0)
    address = TextField()
    display_name = TextField(default="")
    imap_host = TextField(default="")
    imap_port = IntegerField(default=0)
    imap_security = TextField(default="tls")
    imap_user = TextField(default="")
    smtp_host = TextField(default="")
    smtp_port = IntegerField(default=0)
    smtp_security = TextField(default="tls")
    smtp_user = TextField(default="")
    mode = TextField(default="two-way")
    fetch_since = TextField(default="")
    keep_unread = IntegerField(default=1)
    store_sent = IntegerField(default=1)
    interval_s = IntegerField(default=300)
    size_limit_bytes = IntegerField(default=10_000_000)
    active = IntegerField(default=1)
    paused = IntegerField(default=0)
    ca_file = TextField(default="")
    trusted_fingerprints = TextField(default="[]")
    identities = TextField(default="[]")
    files_sent = TextField(default="")
    oauth_provider = TextField(default="")
    synced_at_ms = IntegerField(default=0)

    class Meta:
        table_name = "mail_account"


class FolderRow(_Table):
    key = IntegerField(primary_key=True)
    account_key = IntegerField()
    wire_name = BlobField()
    path = TextField()
    delimiter = TextField(default="/")
    role = TextField(default="")
    role_by_user = IntegerField(default=0)
    selectable = IntegerField(default=1)
    subscribed = IntegerField(default=1)
    watched = IntegerField(default=0)
    shows_in_inbox = IntegerField(default=0)
    notify = IntegerField(null=True)
    opened = IntegerField(default=0)
    pending = IntegerField(default=0)
    uidvalidity = IntegerField(default=0)
    uidnext = IntegerField(default=0)
    modseq = IntegerField(default=0)
    synced_down_to = IntegerField(default=0)
    server_total = IntegerField(default=0)
    reconciled_at_ms = IntegerField(default=0)

    class Meta:
        table_name = "folder"


class OperationRow(_Table):
    key = IntegerField(primary_key=True)
    account_key = IntegerField()
    folder_key = IntegerField(null=True)
    target_key = IntegerField(null=True)
    kind = TextField()
    add_flags = IntegerField(default=0)
    remove_flags = IntegerField(default=0)
    argument = TextField(default="{}")
    after_key = IntegerField(null=True)
    started = IntegerField(default=0)
    parked = IntegerField(default=0)
    attempts = IntegerField(default=0)
    next_try_at_ms = IntegerField(default=0)
    created_at_ms = IntegerField()
    problem = TextField(default="")

    class Meta:
        table_name = "operation"


class SettingRow(_Table):
    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = "setting"
