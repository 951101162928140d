-- The vault: the one place where personal data is, encrypted. Everything else
-- knows customers by the platform's id. Times are microseconds since 1970 in UTC,
-- dates days since then.

-- +goose Up

-- A person: encrypted fields, the key that opens them, itself encrypted by the
-- installation's master key, and keyed hashes to find them by. Erasure empties all
-- of these; the row stays, to say that there was somebody and when they were erased.
CREATE TABLE person (
	id              TEXT    NOT NULL PRIMARY KEY,
	platform        TEXT    NOT NULL,
	customer        TEXT    NOT NULL,
	wrapped_key     BLOB,
	name            BLOB,
	identity_number BLOB,
	phone           BLOB,
	address         BLOB,
	email           BLOB,
	identity_hash   BLOB,
	phone_hash      BLOB,
	created         INTEGER NOT NULL,
	changed         INTEGER NOT NULL,
	ended_on        INTEGER NOT NULL DEFAULT 0, -- the date on which the customer left for good, 0: they have not
	erase_on        INTEGER NOT NULL DEFAULT 0, -- from this date on nothing is kept, 0: nobody asked
	erased          INTEGER
) STRICT;
CREATE UNIQUE INDEX person_customer ON person (platform, customer) WHERE wrapped_key IS NOT NULL;
CREATE INDEX person_identity ON person (platform, identity_hash) WHERE identity_hash IS NOT NULL;
CREATE INDEX person_phone ON person (platform, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE INDEX person_erase ON person (erase_on) WHERE erase_on > 0;

-- One account for a person and programme. The primary key decides when two
-- customers with one identity come at once.
CREATE TABLE person_account (
	platform      TEXT    NOT NULL,
	programme     TEXT    NOT NULL,
	identity_hash BLOB    NOT NULL,
	customer      TEXT    NOT NULL,
	account       TEXT    NOT NULL,
	token         TEXT    NOT NULL, -- changes with every claim: whoever read an old one changes nothing
	claimed       INTEGER NOT NULL,
	settled       INTEGER NOT NULL, -- 1: the application was decided, so that the account itself says whether it holds
	PRIMARY KEY (platform, programme, identity_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_account_customer ON person_account (platform, customer);

-- Who read personal data in clear, and for what. It says nothing of the data.
CREATE TABLE person_reading (
	number   INTEGER PRIMARY KEY AUTOINCREMENT,
	at       INTEGER NOT NULL,
	platform TEXT    NOT NULL,
	customer TEXT    NOT NULL,
	person   TEXT    NOT NULL,
	actor    TEXT    NOT NULL,
	purpose  TEXT    NOT NULL,
	fields   TEXT    NOT NULL
) STRICT;
CREATE INDEX person_reading_customer ON person_reading (platform, customer, number);

-- The vault's own keys by name, encrypted by the master key: 'search' makes the keyed
-- hashes. 'master' is there in a sandbox on PostgreSQL only, and protects nobody.
CREATE TABLE vault_key (
	name   TEXT NOT NULL PRIMARY KEY,
	keyset BLOB NOT NULL
) STRICT;

-- +goose Down
DROP TABLE vault_key;
DROP TABLE person_reading;
DROP TABLE person_account;
DROP TABLE person;
