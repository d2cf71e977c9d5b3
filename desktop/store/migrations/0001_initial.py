"""Why: the first schema: accounts, folders, mails with their places and lists, search, operations, settings.

Every table is STRICT with a local INTEGER key; only the UUID of a row ever leaves the machine.
Keys that undo, events or a thread may still hold after their row is gone are never given again (AUTOINCREMENT).
"""

from peewee import SqliteDatabase

TABLES = """
CREATE TABLE user (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    is_me INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE email_address (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    address TEXT NOT NULL UNIQUE,
    spelling TEXT NOT NULL,
    name TEXT NOT NULL DEFAULT '',
    images_allowed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE user_address (
    user_key INTEGER NOT NULL REFERENCES user ON DELETE CASCADE,
    address_key INTEGER NOT NULL REFERENCES email_address,
    PRIMARY KEY (user_key, address_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_account (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    owner_key INTEGER NOT NULL REFERENCES user,
    kind TEXT NOT NULL DEFAULT 'personal',
    position INTEGER NOT NULL DEFAULT 0,
    address TEXT NOT NULL,
    display_name TEXT NOT NULL DEFAULT '',
    imap_host TEXT NOT NULL DEFAULT '',
    imap_port INTEGER NOT NULL DEFAULT 0,
    imap_security TEXT NOT NULL DEFAULT 'tls',
    imap_user TEXT NOT NULL DEFAULT '',
    smtp_host TEXT NOT NULL DEFAULT '',
    smtp_port INTEGER NOT NULL DEFAULT 0,
    smtp_security TEXT NOT NULL DEFAULT 'tls',
    smtp_user TEXT NOT NULL DEFAULT '',
    mode TEXT NOT NULL DEFAULT 'two-way',
    fetch_since TEXT NOT NULL DEFAULT '',
    keep_unread INTEGER NOT NULL DEFAULT 1,
    store_sent INTEGER NOT NULL DEFAULT 1,
    interval_s INTEGER NOT NULL DEFAULT 300,
    size_limit_bytes INTEGER NOT NULL DEFAULT 10000000,
    active INTEGER NOT NULL DEFAULT 1,
    paused INTEGER NOT NULL DEFAULT 0,
    ca_file TEXT NOT NULL DEFAULT '',
    trusted_fingerprints TEXT NOT NULL DEFAULT '[]',
    synced_at_ms INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE folder (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    account_key INTEGER NOT NULL REFERENCES mail_account ON DELETE CASCADE,
    wire_name BLOB NOT NULL,
    path TEXT NOT NULL,
    delimiter TEXT NOT NULL DEFAULT '/',
    role TEXT NOT NULL DEFAULT '',
    role_by_user INTEGER NOT NULL DEFAULT 0,
    selectable INTEGER NOT NULL DEFAULT 1,
    subscribed INTEGER NOT NULL DEFAULT 1,
    watched INTEGER NOT NULL DEFAULT 0,
    shows_in_inbox INTEGER NOT NULL DEFAULT 0,
    opened INTEGER NOT NULL DEFAULT 0,
    pending INTEGER NOT NULL DEFAULT 0,
    uidvalidity INTEGER NOT NULL DEFAULT 0,
    uidnext INTEGER NOT NULL DEFAULT 0,
    modseq INTEGER NOT NULL DEFAULT 0,
    synced_down_to INTEGER NOT NULL DEFAULT 0,
    server_total INTEGER NOT NULL DEFAULT 0,
    reconciled_at_ms INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account_key, wire_name)
) STRICT;

CREATE TABLE email (
    key INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    conversation_key INTEGER NOT NULL,
    message_id TEXT NOT NULL DEFAULT '',
    in_reply_to TEXT NOT NULL DEFAULT '',
    refs TEXT NOT NULL DEFAULT '',
    date_ms INTEGER NOT NULL,
    header_date_ms INTEGER,
    received_ms INTEGER NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    from_name TEXT NOT NULL DEFAULT '',
    from_address TEXT NOT NULL DEFAULT '',
    recipients TEXT NOT NULL DEFAULT '',
    snippet TEXT NOT NULL DEFAULT '',
    size_bytes INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'archived',
    completeness TEXT NOT NULL DEFAULT 'full',
    parts TEXT NOT NULL DEFAULT '[]',
    has_attachment INTEGER NOT NULL DEFAULT 0,
    has_html INTEGER NOT NULL DEFAULT 0,
    is_auto_reply INTEGER NOT NULL DEFAULT 0,
    list_id TEXT NOT NULL DEFAULT '',
    calendar TEXT NOT NULL DEFAULT '',
    raw_digest BLOB,
    parser_version INTEGER NOT NULL DEFAULT 0,
    outgoing INTEGER NOT NULL DEFAULT 0,
    kept INTEGER NOT NULL DEFAULT 0,
    gone_at_ms INTEGER,
    parent_type TEXT NOT NULL DEFAULT '',
    parent_id BLOB,
    account_id BLOB,
    extra TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX email_conversation ON email (conversation_key);
CREATE INDEX email_message_id ON email (message_id) WHERE message_id <> '';
CREATE INDEX email_source ON email (raw_digest);
CREATE INDEX email_gone ON email (gone_at_ms) WHERE gone_at_ms IS NOT NULL;
CREATE INDEX email_unreadable ON email (parser_version) WHERE completeness = 'cannot-show';
CREATE INDEX email_parent ON email (parent_type, parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE email_person (
    email_key INTEGER NOT NULL REFERENCES email ON DELETE CASCADE,
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    address_key INTEGER NOT NULL REFERENCES email_address,
    name TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (email_key, kind, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX email_person_address ON email_person (address_key, email_key);

CREATE TABLE conversation_member (
    message_hash INTEGER PRIMARY KEY,
    conversation_key INTEGER NOT NULL
) STRICT;
CREATE INDEX conversation_member_conversation ON conversation_member (conversation_key);

CREATE TABLE email_text (
    key INTEGER PRIMARY KEY,
    subject TEXT NOT NULL DEFAULT '',
    people TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '',
    files TEXT NOT NULL DEFAULT '',
    addresses TEXT NOT NULL DEFAULT '',
    cjk TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    recipients TEXT NOT NULL DEFAULT '',
    copies TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE email_user (
    email_key INTEGER NOT NULL REFERENCES email ON DELETE CASCADE,
    user_key INTEGER NOT NULL REFERENCES user,
    read INTEGER NOT NULL DEFAULT 0,
    important INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    forwarded INTEGER NOT NULL DEFAULT 0,
    in_inbox INTEGER NOT NULL DEFAULT 0,
    in_archive INTEGER NOT NULL DEFAULT 0,
    in_junk INTEGER NOT NULL DEFAULT 0,
    in_trash INTEGER NOT NULL DEFAULT 0,
    my_folder_key INTEGER,
    snoozed_until_ms INTEGER,
    PRIMARY KEY (email_key, user_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX email_user_answered ON email_user (user_key, email_key) WHERE answered;
CREATE INDEX email_user_forwarded ON email_user (user_key, email_key) WHERE forwarded;

CREATE TABLE place (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    account_key INTEGER NOT NULL REFERENCES mail_account ON DELETE CASCADE,
    folder_key INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER,
    email_key INTEGER REFERENCES email ON DELETE CASCADE,
    raw_digest BLOB,
    text_digest BLOB,
    size_bytes INTEGER NOT NULL DEFAULT 0,
    received_ms INTEGER NOT NULL DEFAULT 0,
    flags INTEGER NOT NULL DEFAULT 0,
    skipped_by BLOB,
    pending_add INTEGER NOT NULL DEFAULT 0,
    pending_remove INTEGER NOT NULL DEFAULT 0,
    pending_folder_key INTEGER REFERENCES folder ON DELETE SET NULL,
    pending_gone INTEGER NOT NULL DEFAULT 0,
    UNIQUE (folder_key, uidvalidity, uid)
) STRICT;
CREATE INDEX place_email ON place (email_key);
CREATE INDEX place_source ON place (raw_digest);
CREATE INDEX place_account ON place (account_key);
CREATE INDEX place_pending_folder ON place (pending_folder_key) WHERE pending_folder_key IS NOT NULL;

CREATE TABLE listing_entry (
    list_id INTEGER NOT NULL,
    email_key INTEGER NOT NULL,
    conversation_key INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list_id, email_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_entry_email ON listing_entry (email_key);
CREATE INDEX listing_entry_conversation ON listing_entry (list_id, conversation_key, email_key, flags);

CREATE TABLE listing_conversation (
    list_id INTEGER NOT NULL,
    latest_key INTEGER NOT NULL,
    conversation_key INTEGER NOT NULL,
    mails INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list_id, latest_key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX listing_conversation_key ON listing_conversation (list_id, conversation_key);

CREATE TABLE listing_count (
    list_id INTEGER PRIMARY KEY,
    total INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE operation (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    account_key INTEGER NOT NULL REFERENCES mail_account ON DELETE CASCADE,
    folder_key INTEGER REFERENCES folder ON DELETE CASCADE,
    target_key INTEGER REFERENCES folder ON DELETE SET NULL,
    kind TEXT NOT NULL,
    add_flags INTEGER NOT NULL DEFAULT 0,
    remove_flags INTEGER NOT NULL DEFAULT 0,
    argument TEXT NOT NULL DEFAULT '{}',
    after_key INTEGER,
    started INTEGER NOT NULL DEFAULT 0,
    parked INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_try_at_ms INTEGER NOT NULL DEFAULT 0,
    created_at_ms INTEGER NOT NULL,
    problem TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX operation_account ON operation (account_key, key);

CREATE TABLE operation_place (
    operation_key INTEGER NOT NULL REFERENCES operation ON DELETE CASCADE,
    place_key INTEGER NOT NULL REFERENCES place ON DELETE CASCADE,
    PRIMARY KEY (operation_key, place_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_place_place ON operation_place (place_key);

CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

# detail=full is needed for phrases and snippets; prefixes serve the first letters typed.
_WORDS = """
CREATE VIRTUAL TABLE email_search USING fts5(subject, people, body, files, sender, recipients, copies,
    content='email_text', content_rowid='key', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')
"""
_TRIGRAMS = """
CREATE VIRTUAL TABLE email_trigram USING fts5(addresses, cjk,
    content='email_text', content_rowid='key', tokenize='trigram')
"""
SEARCH = (
    _WORDS,
    _TRIGRAMS,
    # Which terms begin with one or two letters: the trigrams of a word that is shorter than three.
    "CREATE VIRTUAL TABLE email_trigram_term USING fts5vocab('email_trigram', 'row')",
    # Import writes one large batch after another: merge later and in larger steps.
    "INSERT INTO email_search (email_search, rank) VALUES ('automerge', 8)",
    "INSERT INTO email_search (email_search, rank) VALUES ('crisismerge', 64)",
    "INSERT INTO email_search (email_search, rank) VALUES ('hashsize', 16777216)",
)


def up(migrator: object, db: SqliteDatabase) -> None:
    """Make every table, then the search indexes."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
    for statement in SEARCH:
        db.execute_sql(statement)
