-- All consents, as leaves of one tree whose signed heads prove that none was added or
-- dropped later. The tree's order is its own: it can't be made anew from the log, and
-- these rows are kept for ever. docs/receipts.md says how anybody checks it.

-- +goose Up

-- One row: whoever adds leaves changes it, in the same transaction, so that leaves stand in a queue.
CREATE TABLE consent_tree (
	one    bigint  NOT NULL PRIMARY KEY CHECK (one = 1),
	size   bigint  NOT NULL, -- leaves
	root   bytea   NOT NULL,
	secret bytea   NOT NULL, -- blinds leaves: a published hash tells nobody what it is of
	origin text    NOT NULL  -- the name of the keys that sign; empty until there is one
);

-- A leaf is the receipt of one consent: the number-th, from 1, of an entry of the log. The leaves
-- that one transaction added are a run: they are of one partition, in the order of its log, and
-- leaves of the same entry are in the same run. So a consent costs two hashes and a byte or
-- two, and no index entry of its own. Nothing is ever changed.
CREATE TABLE consent_run (
	place     bigint  NOT NULL PRIMARY KEY, -- of the first hash, in the order of golang.org/x/mod/sumdb/tlog
	first     bigint  NOT NULL, -- the first leaf, from 0
	partition bigint  NOT NULL,
	position  bigint  NOT NULL, -- of the first leaf's entry
	entries   bytea   NOT NULL, -- for each entry, by how much its position is after the one before it (the first: 0), and how many leaves it has: unsigned varints
	hashes    bytea   NOT NULL, -- leaves and whole subtrees, 32 bytes each
	UNIQUE (partition, position)
);
-- Hashes can't be compressed, and a part of them is read without the rest.
ALTER TABLE consent_run ALTER COLUMN hashes SET STORAGE EXTERNAL;

-- The public keys that heads were ever signed with. The private half is here in a
-- sandbox only.
CREATE TABLE consent_key (
	verifier text    NOT NULL PRIMARY KEY,
	added    bigint  NOT NULL, -- microseconds since 1970 in UTC
	private  text    NOT NULL
);

-- +goose Down
DROP TABLE consent_key;
DROP TABLE consent_run;
DROP TABLE consent_tree;
