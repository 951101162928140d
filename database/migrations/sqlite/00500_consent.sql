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

-- A leaf is the receipt of one consent: the number-th, from 1, of an entry of the log. The leaves
-- that one transaction added are a run: they are of one partition, in the order of its log, and
-- leaves of the same entry are in the same run. So a consent costs two hashes and a byte or
-- two, and no index entry of its own. Nothing is ever changed.
CREATE TABLE consent_run (
	place     INTEGER NOT NULL PRIMARY KEY, -- of the first hash, in the order of golang.org/x/mod/sumdb/tlog
	first     INTEGER NOT NULL, -- the first leaf, from 0
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL, -- of the first leaf's entry
	entries   BLOB    NOT NULL, -- for each entry, by how much its position is after the one before it (the first: 0), and how many leaves it has: unsigned varints
	hashes    BLOB    NOT NULL, -- leaves and whole subtrees, 32 bytes each
	UNIQUE (partition, position)
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
DROP TABLE consent_run;
DROP TABLE consent_tree;
