-- The vault: the one place where personal data is, encrypted. Everything else
-- knows customers by the platform's id. Times are microseconds since 1970 in UTC,
-- dates days since then.

-- +goose Up

-- A person: encrypted fields, the key that opens them, itself encrypted by the
-- installation's master key, and keyed hashes to find them by. Erasure empties all
-- of these; the row stays, to say that there was somebody and when they were erased.
CREATE TABLE person (
	id              text    NOT NULL PRIMARY KEY,
	platform        text    NOT NULL,
	customer        text    NOT NULL,
	wrapped_key     bytea,
	name            bytea,
	identity_number bytea,
	phone           bytea,
	address         bytea,
	email           bytea,
	identity_hash   bytea,
	phone_hash      bytea,
	created         bigint NOT NULL,
	changed         bigint NOT NULL,
	ended_on        bigint NOT NULL DEFAULT 0, -- the date on which the customer left for good, 0: they have not
	erase_on        bigint NOT NULL DEFAULT 0, -- from this date on nothing is kept, 0: nobody asked
	erased          bigint
);
CREATE UNIQUE INDEX person_customer ON person (platform, customer) WHERE wrapped_key IS NOT NULL;
CREATE INDEX person_identity ON person (platform, identity_hash) WHERE identity_hash IS NOT NULL;
CREATE INDEX person_phone ON person (platform, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE INDEX person_erase ON person (erase_on) WHERE erase_on > 0;

-- One account for a person and programme. The primary key decides when two
-- customers with one identity come at once.
CREATE TABLE person_account (
	platform      text    NOT NULL,
	programme     text    NOT NULL,
	identity_hash bytea   NOT NULL,
	customer      text    NOT NULL,
	account       text    NOT NULL,
	token         text    NOT NULL, -- changes with every claim: whoever read an old one changes nothing
	claimed       bigint NOT NULL,
	settled       bigint NOT NULL, -- 1: the application was decided, so that the account itself says whether it holds
	PRIMARY KEY (platform, programme, identity_hash)
);
CREATE INDEX person_account_customer ON person_account (platform, customer);

-- Who read personal data in clear, and for what. It says nothing of the data.
CREATE TABLE person_reading (
	number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at       bigint NOT NULL,
	platform text    NOT NULL,
	customer text    NOT NULL,
	person   text    NOT NULL,
	actor    text    NOT NULL,
	purpose  text    NOT NULL,
	fields   text    NOT NULL
);
CREATE INDEX person_reading_customer ON person_reading (platform, customer, number);

-- The vault's own keys by name, encrypted by the master key: 'search' makes the keyed
-- hashes. 'master' is there in a sandbox on PostgreSQL only, and protects nobody.
CREATE TABLE vault_key (
	name   text NOT NULL PRIMARY KEY,
	keyset bytea NOT NULL
);

-- +goose Down
DROP TABLE vault_key;
DROP TABLE person_reading;
DROP TABLE person_account;
DROP TABLE person;
