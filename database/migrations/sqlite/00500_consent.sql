-- All consents, as leaves of one tree whose signed heads prove that none was added or
-- dropped later. The tree's order is its own: it can't be made anew from the log, and
-- these rows are kept for ever. docs/receipts.md says how anybody checks it.

-- +goose Up

-- One row: whoever adds leaves changes it, in the same transaction, so that leaves stand in a queue.
CREATE TABLE consent_tree (
	one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
	size   INTEGER NOT NULL, -- leaves
	root   BLOB    NOT NULL,
	secret BLOB    NOT NULL, -- blinds leaves: a published hash tells nobody what it is of
	origin TEXT    NOT NULL  -- the name of the keys that sign; empty until there is one
) STRICT;

-- A leaf is the receipt of one consent: the number-th, from 1, of an entry of the log.
CREATE TABLE consent_leaf (
	leaf      INTEGER NOT NULL PRIMARY KEY, -- from 0
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	account   TEXT    NOT NULL,
	UNIQUE (partition, position, number)
) STRICT;
CREATE INDEX consent_leaf_account ON consent_leaf (account, leaf);

-- The tree's hashes, in the order of golang.org/x/mod/sumdb/tlog: leaves and whole subtrees.
CREATE TABLE consent_hash (
	place INTEGER NOT NULL PRIMARY KEY,
	hash  BLOB    NOT NULL
) STRICT;

-- The public keys that heads were ever signed with. The private half is here in a
-- sandbox only.
CREATE TABLE consent_key (
	verifier TEXT    NOT NULL PRIMARY KEY,
	added    INTEGER NOT NULL, -- microseconds since 1970 in UTC
	private  TEXT    NOT NULL
) STRICT;

-- +goose Down
DROP TABLE consent_key;
DROP TABLE consent_hash;
DROP TABLE consent_leaf;
DROP TABLE consent_tree;
