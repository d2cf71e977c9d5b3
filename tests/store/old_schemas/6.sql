-- A profile of schema 6 with three mails, two drafts, one of them to be sent, and what waits: data of a test, never changed.
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
, identities TEXT NOT NULL DEFAULT '[]', files_sent TEXT NOT NULL DEFAULT '', oauth_provider TEXT NOT NULL DEFAULT '') STRICT;
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
    reconciled_at_ms INTEGER NOT NULL DEFAULT 0, notify INTEGER,
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
, text_digest BLOB, partial INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE email_person (
    email_key INTEGER NOT NULL REFERENCES email ON DELETE CASCADE,
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    address_key INTEGER NOT NULL REFERENCES email_address,
    name TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (email_key, kind, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE conversation_member (
    message_hash INTEGER PRIMARY KEY,
    conversation_key INTEGER NOT NULL
) STRICT;
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
    pending_gone INTEGER NOT NULL DEFAULT 0, partial INTEGER NOT NULL DEFAULT 0, gm_msgid INTEGER,
    UNIQUE (folder_key, uidvalidity, uid)
) STRICT;
CREATE TABLE listing_entry (
    list_id INTEGER NOT NULL,
    email_key INTEGER NOT NULL,
    conversation_key INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list_id, email_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE listing_conversation (
    list_id INTEGER NOT NULL,
    latest_key INTEGER NOT NULL,
    conversation_key INTEGER NOT NULL,
    mails INTEGER NOT NULL,
    flags INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (list_id, latest_key)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE operation_place (
    operation_key INTEGER NOT NULL REFERENCES operation ON DELETE CASCADE,
    place_key INTEGER NOT NULL REFERENCES place ON DELETE CASCADE,
    PRIMARY KEY (operation_key, place_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE spent_key (
    low INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
CREATE TABLE deleted_mail (
    account_key INTEGER NOT NULL REFERENCES mail_account ON DELETE CASCADE,
    id BLOB NOT NULL,
    PRIMARY KEY (account_key, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX email_conversation ON email (conversation_key);
CREATE INDEX email_message_id ON email (message_id) WHERE message_id <> '';
CREATE INDEX email_source ON email (raw_digest);
CREATE INDEX email_gone ON email (gone_at_ms) WHERE gone_at_ms IS NOT NULL;
CREATE INDEX email_unreadable ON email (parser_version) WHERE completeness = 'cannot-show';
CREATE INDEX email_parent ON email (parent_type, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX email_person_address ON email_person (address_key, email_key);
CREATE INDEX conversation_member_conversation ON conversation_member (conversation_key);
CREATE INDEX email_user_answered ON email_user (user_key, email_key) WHERE answered;
CREATE INDEX email_user_forwarded ON email_user (user_key, email_key) WHERE forwarded;
CREATE INDEX place_email ON place (email_key);
CREATE INDEX place_source ON place (raw_digest);
CREATE INDEX place_account ON place (account_key);
CREATE INDEX place_pending_folder ON place (pending_folder_key) WHERE pending_folder_key IS NOT NULL;
CREATE INDEX place_gm_msgid ON place (account_key, gm_msgid) WHERE gm_msgid IS NOT NULL;
CREATE INDEX listing_entry_email ON listing_entry (email_key);
CREATE INDEX listing_entry_conversation ON listing_entry (list_id, conversation_key, email_key, flags);
CREATE UNIQUE INDEX listing_conversation_key ON listing_conversation (list_id, conversation_key);
CREATE INDEX operation_account ON operation (account_key, key);
CREATE INDEX operation_place_place ON operation_place (place_key);
CREATE INDEX email_reply ON email (in_reply_to) WHERE outgoing AND in_reply_to <> '';
CREATE INDEX email_misread ON email (key) WHERE parser_version = 0;
CREATE VIRTUAL TABLE email_search USING fts5(subject, people, body, files, sender, recipients, copies,
    content='email_text', content_rowid='key', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3');
CREATE VIRTUAL TABLE email_trigram USING fts5(addresses, cjk,
    content='email_text', content_rowid='key', tokenize='trigram');
CREATE VIRTUAL TABLE email_trigram_term USING fts5vocab('email_trigram', 'row');
CREATE TABLE draft (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    email_key INTEGER NOT NULL UNIQUE REFERENCES email ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    date_ms INTEGER NOT NULL,
    content TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    changes INTEGER NOT NULL DEFAULT 1,
    changes_on_server INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE draft_file (
    draft_key INTEGER NOT NULL REFERENCES draft ON DELETE CASCADE,
    digest BLOB NOT NULL,
    PRIMARY KEY (draft_key, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_file_digest ON draft_file (digest);
CREATE TABLE outbox (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    email_key INTEGER NOT NULL UNIQUE REFERENCES email ON DELETE CASCADE,
    account_key INTEGER REFERENCES mail_account ON DELETE SET NULL,
    stage TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    scheduled INTEGER NOT NULL DEFAULT 0,
    asks INTEGER NOT NULL DEFAULT 0,
    sender TEXT NOT NULL DEFAULT '',
    message_id TEXT NOT NULL DEFAULT '',
    queued_at_ms INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '',
    remedy TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_account ON outbox (account_key, due_at_ms);
CREATE TABLE outbox_recipient (
    outbox_key INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
    address TEXT NOT NULL,
    fate TEXT NOT NULL DEFAULT 'waiting',
    words TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (outbox_key, address)
) STRICT, WITHOUT ROWID;
INSERT INTO user (key, id, name, is_me) VALUES (1, X'00000000000000000000000000000005', '', 1);
INSERT INTO email_address (key, id, address, spelling, name, images_allowed) VALUES (1, X'200FEA01C18A5D9F88075EE3A0EA60B1', 'boris@example.org', 'boris@example.org', '', 0);
INSERT INTO email_address (key, id, address, spelling, name, images_allowed) VALUES (2, X'3E684E9C95FB57A9981AE5FA075A4D6B', 'anna@acme.example', 'anna@acme.example', 'Anna Keller', 0);
INSERT INTO email_address (key, id, address, spelling, name, images_allowed) VALUES (3, X'D15FB1B07CF85871A833E8A07D25C668', 'me@example.org', 'me@example.org', '', 0);
INSERT INTO mail_account (key, id, owner_key, kind, position, address, display_name, imap_host, imap_port, imap_security, imap_user, smtp_host, smtp_port, smtp_security, smtp_user, mode, fetch_since, keep_unread, store_sent, interval_s, size_limit_bytes, active, paused, ca_file, trusted_fingerprints, synced_at_ms, identities, files_sent, oauth_provider) VALUES (1, X'00000000000000000000000000000007', 1, 'personal', 0, 'boris@example.org', 'Boris Example', 'imap.example.org', 993, 'tls', 'boris@example.org', '', 0, 'tls', '', 'two-way', '', 1, 1, 300, 10000000, 1, 0, '', '[]', 0, '[{"address": "boris@example.org", "name": "Boris Example"}, {"address": "sales@example.org", "name": "Boris Example"}]', '', '');
INSERT INTO folder (key, account_key, wire_name, path, delimiter, role, role_by_user, selectable, subscribed, watched, shows_in_inbox, opened, pending, uidvalidity, uidnext, modseq, synced_down_to, server_total, reconciled_at_ms, notify) VALUES (1, 1, X'494E424F58', 'INBOX', '/', 'inbox', 0, 1, 1, 1, 1, 0, 0, 42, 4, 0, 0, 0, 0, 0);
INSERT INTO folder (key, account_key, wire_name, path, delimiter, role, role_by_user, selectable, subscribed, watched, shows_in_inbox, opened, pending, uidvalidity, uidnext, modseq, synced_down_to, server_total, reconciled_at_ms, notify) VALUES (2, 1, X'41726368697665', 'Archive', '/', 'archive', 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL);
INSERT INTO email (key, id, conversation_key, message_id, in_reply_to, refs, date_ms, header_date_ms, received_ms, subject, from_name, from_address, recipients, snippet, size_bytes, status, completeness, parts, has_attachment, has_html, is_auto_reply, list_id, calendar, raw_digest, parser_version, outgoing, kept, gone_at_ms, parent_type, parent_id, account_id, extra, text_digest, partial) VALUES (7290880245760000, X'01B35D7A1D975B7D8CF7C1ED247409C7', 7290880245760000, '1@acme.example', '', '', 1780000060000, 1780000060000, 1780000100000, 'Mail 1', 'Anna Keller', 'anna@acme.example', 'me@example.org', 'The first letter', 260, 'archived', 'full', '[]', 0, 0, 0, '', '', X'0C09F794AB3613972B4506EB991A14BEF532F41B30772B5BB364359E7B087724', 1, 0, 0, NULL, '', NULL, NULL, '{}', NULL, 0);
INSERT INTO email (key, id, conversation_key, message_id, in_reply_to, refs, date_ms, header_date_ms, received_ms, subject, from_name, from_address, recipients, snippet, size_bytes, status, completeness, parts, has_attachment, has_html, is_auto_reply, list_id, calendar, raw_digest, parser_version, outgoing, kept, gone_at_ms, parent_type, parent_id, account_id, extra, text_digest, partial) VALUES (7290880491520000, X'A32C554D5BFA50A184FBAFC35C585267', 7290880245760000, '2@acme.example', '', '1@acme.example', 1780000120000, 1780000120000, 1780000100001, 'Re: Mail 1', 'Anna Keller', 'anna@acme.example', 'me@example.org', 'Второе письмо', 303, 'archived', 'full', '[]', 0, 0, 0, '', '', X'A7204F46A00CFEB923134C8E203C0BAA84A25DECAA270DD0EE44229D2185746F', 1, 0, 0, NULL, '', NULL, NULL, '{}', NULL, 0);
INSERT INTO email (key, id, conversation_key, message_id, in_reply_to, refs, date_ms, header_date_ms, received_ms, subject, from_name, from_address, recipients, snippet, size_bytes, status, completeness, parts, has_attachment, has_html, is_auto_reply, list_id, calendar, raw_digest, parser_version, outgoing, kept, gone_at_ms, parent_type, parent_id, account_id, extra, text_digest, partial) VALUES (7290880737280000, X'0E5C41DAF5C25402B68FF3624B043995', 7290880737280000, '3@acme.example', '', '', 1780000180000, 1780000180000, 1780000100002, 'Mail 3', 'Anna Keller', 'anna@acme.example', 'me@example.org', 'A third one, about 東京', 269, 'archived', 'full', '[]', 0, 0, 0, '', '', X'A23C75A2E528F1D755FFC41DC6C16EA7546EFB28A1CAA0220A8C256D05710D45', 1, 0, 0, NULL, '', NULL, NULL, '{}', NULL, 0);
INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (7290880245760000, 'from', 0, 2, 'Anna Keller');
INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (7290880245760000, 'to', 0, 3, '');
INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (7290880491520000, 'from', 0, 2, 'Anna Keller');
INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (7290880491520000, 'to', 0, 3, '');
INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (7290880737280000, 'from', 0, 2, 'Anna Keller');
INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (7290880737280000, 'to', 0, 3, '');
INSERT INTO conversation_member (message_hash, conversation_key) VALUES (-510815454212760780, 7290880245760000);
INSERT INTO conversation_member (message_hash, conversation_key) VALUES (5655358414590134532, 7290880737280000);
INSERT INTO conversation_member (message_hash, conversation_key) VALUES (7107268925898646520, 7290880245760000);
INSERT INTO email_text (key, subject, people, body, files, addresses, cjk, sender, recipients, copies) VALUES (7290880245760000, 'Mail 1', '', 'The first letter', '', 'anna@acme.example me@example.org', '', 'Anna Keller anna@acme.example', 'me@example.org', '');
INSERT INTO email_text (key, subject, people, body, files, addresses, cjk, sender, recipients, copies) VALUES (7290880491520000, 'Re: Mail 1', '', 'Второе письмо', '', 'anna@acme.example me@example.org', '', 'Anna Keller anna@acme.example', 'me@example.org', '');
INSERT INTO email_text (key, subject, people, body, files, addresses, cjk, sender, recipients, copies) VALUES (7290880737280000, 'Mail 3', '', 'A third one, about 東京', '', 'anna@acme.example me@example.org', '東京  ', 'Anna Keller anna@acme.example', 'me@example.org', '');
INSERT INTO email_user (email_key, user_key, read, important, answered, forwarded, in_inbox, in_archive, in_junk, in_trash, my_folder_key, snoozed_until_ms) VALUES (7290880245760000, 1, 1, 0, 0, 0, 1, 0, 0, 0, NULL, NULL);
INSERT INTO email_user (email_key, user_key, read, important, answered, forwarded, in_inbox, in_archive, in_junk, in_trash, my_folder_key, snoozed_until_ms) VALUES (7290880491520000, 1, 0, 0, 0, 0, 0, 1, 0, 0, NULL, NULL);
INSERT INTO email_user (email_key, user_key, read, important, answered, forwarded, in_inbox, in_archive, in_junk, in_trash, my_folder_key, snoozed_until_ms) VALUES (7290880737280000, 1, 0, 1, 0, 0, 1, 0, 0, 0, NULL, NULL);
INSERT INTO place (key, account_key, folder_key, uidvalidity, uid, email_key, raw_digest, text_digest, size_bytes, received_ms, flags, skipped_by, pending_add, pending_remove, pending_folder_key, pending_gone, partial) VALUES (1, 1, 1, 42, 1, 7290880245760000, X'0C09F794AB3613972B4506EB991A14BEF532F41B30772B5BB364359E7B087724', NULL, 260, 1780000100000, 1, NULL, 0, 0, NULL, 0, 0);
INSERT INTO place (key, account_key, folder_key, uidvalidity, uid, email_key, raw_digest, text_digest, size_bytes, received_ms, flags, skipped_by, pending_add, pending_remove, pending_folder_key, pending_gone, partial) VALUES (2, 1, 1, 42, 2, 7290880491520000, X'A7204F46A00CFEB923134C8E203C0BAA84A25DECAA270DD0EE44229D2185746F', NULL, 303, 1780000100001, 0, NULL, 0, 0, 2, 0, 0);
INSERT INTO place (key, account_key, folder_key, uidvalidity, uid, email_key, raw_digest, text_digest, size_bytes, received_ms, flags, skipped_by, pending_add, pending_remove, pending_folder_key, pending_gone, partial) VALUES (3, 1, 1, 42, 3, 7290880737280000, X'A23C75A2E528F1D755FFC41DC6C16EA7546EFB28A1CAA0220A8C256D05710D45', NULL, 269, 1780000100002, 0, NULL, 2, 0, NULL, 0, 0);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (-8, 7290880245760000, 7290880245760000, 0);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (-8, 7290880491520000, 7290880245760000, 1);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (-8, 7290880737280000, 7290880737280000, 3);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (-5, 7290880491520000, 7290880245760000, 1);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (-2, 7290880737280000, 7290880737280000, 3);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (-1, 7290880245760000, 7290880245760000, 0);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (-1, 7290880737280000, 7290880737280000, 3);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (1, 7290880245760000, 7290880245760000, 0);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (1, 7290880737280000, 7290880737280000, 3);
INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (2, 7290880491520000, 7290880245760000, 1);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (-8, 7290880491520000, 7290880245760000, 2, 1, 1);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (-8, 7290880737280000, 7290880737280000, 1, 3, 1);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (-5, 7290880491520000, 7290880245760000, 1, 1, 1);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (-2, 7290880737280000, 7290880737280000, 1, 3, 1);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (-1, 7290880245760000, 7290880245760000, 1, 0, 0);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (-1, 7290880737280000, 7290880737280000, 1, 3, 1);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (1, 7290880245760000, 7290880245760000, 1, 0, 0);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (1, 7290880737280000, 7290880737280000, 1, 3, 1);
INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) VALUES (2, 7290880491520000, 7290880245760000, 1, 1, 1);
INSERT INTO listing_count (list_id, total, unread) VALUES (-8, 3, 2);
INSERT INTO listing_count (list_id, total, unread) VALUES (-5, 1, 1);
INSERT INTO listing_count (list_id, total, unread) VALUES (-2, 1, 1);
INSERT INTO listing_count (list_id, total, unread) VALUES (-1, 2, 1);
INSERT INTO listing_count (list_id, total, unread) VALUES (1, 2, 1);
INSERT INTO listing_count (list_id, total, unread) VALUES (2, 1, 1);
INSERT INTO operation (key, account_key, folder_key, target_key, kind, add_flags, remove_flags, argument, after_key, started, parked, attempts, next_try_at_ms, created_at_ms, problem) VALUES (1, 1, 1, NULL, 'flags', 2, 0, '{}', NULL, 0, 0, 0, 0, 1780000000000, '');
INSERT INTO operation (key, account_key, folder_key, target_key, kind, add_flags, remove_flags, argument, after_key, started, parked, attempts, next_try_at_ms, created_at_ms, problem) VALUES (2, 1, 1, 2, 'move', 0, 0, '{}', NULL, 0, 0, 0, 0, 1780000000000, '');
INSERT INTO operation_place (operation_key, place_key) VALUES (2, 2);
INSERT INTO operation_place (operation_key, place_key) VALUES (1, 3);
INSERT INTO setting (name, value) VALUES ('appearance.theme', '"dark"');
INSERT INTO draft (key, email_key, message_id, date_ms, content, changed_at_ms, changes, changes_on_server) VALUES (1, 7290880245760000, 'draft-1@example.org', 1780000000000, '{"sender": ["Me", "me@example.org"], "reply_to": [], "to": [["Anna Keller", "anna@acme.example"]], "cc": [], "bcc": [], "subject": "Offer 1", "is_html": false, "html": "", "text": "Dear Anna", "quote_html": "", "quote_text": "", "in_reply_to": "", "references": [], "files": [], "origin": null}', 1780000001000, 2, 1);
INSERT INTO draft (key, email_key, message_id, date_ms, content, changed_at_ms, changes, changes_on_server) VALUES (2, 7290880491520000, 'draft-2@example.org', 1780000000000, '{"sender": ["Me", "me@example.org"], "reply_to": [], "to": [["Anna Keller", "anna@acme.example"]], "cc": [], "bcc": [], "subject": "Offer 2", "is_html": false, "html": "", "text": "Dear Anna", "quote_html": "", "quote_text": "", "in_reply_to": "", "references": [], "files": [], "origin": null}', 1780000001000, 2, 1);
INSERT INTO draft_file (draft_key, digest) VALUES (1, X'ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB');
INSERT INTO outbox (key, email_key, account_key, stage, due_at_ms, scheduled, asks, sender, message_id, queued_at_ms, attempts, looks, problem, details, remedy) VALUES (1, 7290880491520000, 1, 'held', 1790000000000, 1, 0, 'me@example.org', '', 0, 0, 0, '', '', '');
INSERT INTO outbox_recipient (outbox_key, address, fate, words) VALUES (1, 'anna@acme.example', 'waiting', '');
INSERT INTO email_search (email_search, rank) VALUES ('automerge', 8);
INSERT INTO email_search (email_search, rank) VALUES ('crisismerge', 64);
INSERT INTO email_search (email_search, rank) VALUES ('hashsize', 16777216);
INSERT INTO email_search (email_search) VALUES ('rebuild');
INSERT INTO email_trigram (email_trigram) VALUES ('rebuild');
PRAGMA user_version = 6;
PRAGMA application_id = 1380012112;
