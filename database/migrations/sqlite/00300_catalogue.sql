-- Ordinary data: whom the product serves, under which programmes and texts. Rows
-- with versions and an audit trail, where the log is for money.

-- +goose Up

-- One row. It moves with every change below, in the same transaction: it stands
-- changes in a queue, numbers the audit trail, and tells other servers to look again.
CREATE TABLE catalogue_revision (
	one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
	revision INTEGER NOT NULL
) STRICT;
INSERT INTO catalogue_revision (one, revision) VALUES (1, 0);

-- A platform: the tenant, who owns customers, programmes and keys. Times here are
-- microseconds since 1970 in UTC.
CREATE TABLE platform (
	id      TEXT    NOT NULL PRIMARY KEY,
	name    TEXT    NOT NULL,
	created INTEGER NOT NULL
) STRICT;

-- Of a key only the SHA-256 is kept, and a prefix that a person can tell it by.
CREATE TABLE api_key (
	id       TEXT    NOT NULL PRIMARY KEY,
	platform TEXT    NOT NULL REFERENCES platform (id),
	role     TEXT    NOT NULL CHECK (role IN ('platform', 'operator')),
	prefix   TEXT    NOT NULL,
	hash     BLOB    NOT NULL UNIQUE,
	created  INTEGER NOT NULL,
	revoked  INTEGER
) STRICT;

-- A text that people agree to. Its hash is the SHA-256 of body, in hexadecimal: a
-- row never changes.
CREATE TABLE document (
	hash     TEXT    NOT NULL PRIMARY KEY,
	name     TEXT    NOT NULL,
	version  INTEGER NOT NULL,
	language TEXT    NOT NULL, -- as in Content-Language: zh-Hans, en
	body     TEXT    NOT NULL,
	created  INTEGER NOT NULL
) STRICT;

-- A funder: whose money purchases are. The books know it by its id, so that no two
-- platforms have one of the same.
CREATE TABLE funder (
	id       TEXT    NOT NULL PRIMARY KEY,
	platform TEXT    NOT NULL REFERENCES platform (id),
	body     TEXT    NOT NULL -- JSON: names, licence, bureau, rooms
) STRICT;

-- active is the version that applicants get, 0 while there is none.
CREATE TABLE programme (
	platform TEXT    NOT NULL REFERENCES platform (id),
	id       TEXT    NOT NULL,
	active   INTEGER NOT NULL,
	created  INTEGER NOT NULL,
	PRIMARY KEY (platform, id)
) STRICT;

-- A version never changes: accounts were opened under it.
CREATE TABLE programme_version (
	platform  TEXT    NOT NULL,
	programme TEXT    NOT NULL,
	version   INTEGER NOT NULL,
	names     TEXT    NOT NULL, -- JSON, in both languages
	terms     TEXT    NOT NULL, -- JSON, the conditions of the contract
	policy    TEXT    NOT NULL, -- JSON, whom the lender lends to
	material  TEXT    NOT NULL, -- JSON, whether running accounts are asked to agree to it; empty: they are not
	created   INTEGER NOT NULL,
	PRIMARY KEY (platform, programme, version),
	FOREIGN KEY (platform, programme) REFERENCES programme (platform, id)
) STRICT;

-- Who changed what. before and after are JSON, empty where there is none; they
-- hold no secrets.
CREATE TABLE audit (
	revision INTEGER NOT NULL PRIMARY KEY,
	at       INTEGER NOT NULL,
	actor    TEXT    NOT NULL,
	action   TEXT    NOT NULL,
	platform TEXT    NOT NULL, -- empty: of the whole installation
	subject  TEXT    NOT NULL,
	before   TEXT    NOT NULL,
	after    TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_platform ON audit (platform, revision);

-- +goose Down
DROP TABLE audit;
DROP TABLE programme_version;
DROP TABLE programme;
DROP TABLE funder;
DROP TABLE document;
DROP TABLE api_key;
DROP TABLE platform;
DROP TABLE catalogue_revision;
