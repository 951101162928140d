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

-- A leaf is the receipt of one consent: the number-th, from 1, of an entry of the log.
CREATE TABLE consent_leaf (
	leaf      bigint  NOT NULL PRIMARY KEY, -- from 0
	partition bigint  NOT NULL,
	position  bigint  NOT NULL,
	number    bigint  NOT NULL,
	account   text    NOT NULL,
	UNIQUE (partition, position, number)
);
CREATE INDEX consent_leaf_account ON consent_leaf (account, leaf);

-- The tree's hashes, in the order of golang.org/x/mod/sumdb/tlog: leaves and whole subtrees.
CREATE TABLE consent_hash (
	place bigint  NOT NULL PRIMARY KEY,
	hash  bytea   NOT NULL
);

-- The public keys that heads were ever signed with. The private half is here in a
-- sandbox only.
CREATE TABLE consent_key (
	verifier text    NOT NULL PRIMARY KEY,
	added    bigint  NOT NULL, -- microseconds since 1970 in UTC
	private  text    NOT NULL
);

-- +goose Down
DROP TABLE consent_key;
DROP TABLE consent_hash;
DROP TABLE consent_leaf;
DROP TABLE consent_tree;
