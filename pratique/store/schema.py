"""The tables of a device's store.

Columns whose name ends in `_sealed` are under the store's key, bound to table, column and row.
"""

VERSION = 1
SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE secrets (name TEXT PRIMARY KEY, value_sealed BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE party_lists (number INTEGER PRIMARY KEY, statement BLOB NOT NULL);
CREATE TABLE certificates (device TEXT NOT NULL, der BLOB NOT NULL, PRIMARY KEY (device, der)) WITHOUT ROWID;
CREATE TABLE fetched (device TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, revocation BLOB) WITHOUT ROWID;
CREATE TABLE logs (
    id BLOB PRIMARY KEY, seq INTEGER NOT NULL, chain BLOB NOT NULL, at_ms INTEGER NOT NULL,
    membership TEXT, state_epoch INTEGER, state_sealed BLOB, trouble TEXT, mistrusted TEXT NOT NULL,
    tended_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE entries (
    log BLOB NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, device TEXT NOT NULL, epoch INTEGER NOT NULL,
    post_id BLOB NOT NULL, urgency INTEGER NOT NULL, at_ms INTEGER NOT NULL, data BLOB NOT NULL, chain BLOB NOT NULL,
    signer BLOB NOT NULL, state TEXT NOT NULL, type TEXT NOT NULL, body_sealed BLOB, problem TEXT,
    PRIMARY KEY (log, seq)
);
CREATE INDEX entries_waiting ON entries (log, epoch) WHERE state = 'waiting';
CREATE INDEX entries_of_post ON entries (log, device, post_id);
CREATE TABLE counted (
    log BLOB NOT NULL, device TEXT NOT NULL, post_id BLOB NOT NULL, digest BLOB NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (log, device, post_id, digest)
) WITHOUT ROWID;
CREATE TABLE epoch_keys (
    log BLOB NOT NULL, epoch INTEGER NOT NULL, source INTEGER NOT NULL, key_sealed BLOB NOT NULL,
    PRIMARY KEY (log, epoch, source)
) WITHOUT ROWID;
CREATE TABLE key_packages (
    ref BLOB PRIMARY KEY, key_package BLOB NOT NULL, private_sealed BLOB NOT NULL, last_resort INTEGER NOT NULL,
    uploaded INTEGER NOT NULL, not_after_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE welcomes (log BLOB NOT NULL, ref BLOB NOT NULL, data BLOB NOT NULL, PRIMARY KEY (log, ref)) WITHOUT ROWID;
CREATE TABLE outbox (
    post_id BLOB PRIMARY KEY, log BLOB NOT NULL, path TEXT NOT NULL, body BLOB NOT NULL, contents_sealed BLOB
);
CREATE TABLE staged (
    post_id BLOB NOT NULL, log BLOB NOT NULL, epoch INTEGER NOT NULL, digest BLOB NOT NULL, state_sealed BLOB NOT NULL,
    PRIMARY KEY (post_id, epoch)
) WITHOUT ROWID;
"""
