-- Ordinary data: whom the product serves, under which programmes and texts. Rows
-- with versions and an audit trail, where the log is for money.

-- +goose Up

-- One row. It moves with every change below, in the same transaction: it stands
-- changes in a queue, numbers the audit trail, and tells other servers to look again.
CREATE TABLE catalogue_revision (
	one      bigint  NOT NULL PRIMARY KEY CHECK (one = 1),
	revision bigint  NOT NULL
);
INSERT INTO catalogue_revision (one, revision) VALUES (1, 0);

-- A platform: the tenant, who owns customers, programmes and keys. Times here are
-- microseconds since 1970 in UTC.
CREATE TABLE platform (
	id      text    NOT NULL PRIMARY KEY,
	name    text    NOT NULL,
	created bigint  NOT NULL
);

-- Of a key only the SHA-256 is kept, and a prefix that a person can tell it by.
CREATE TABLE api_key (
	id       text    NOT NULL PRIMARY KEY,
	platform text    NOT NULL REFERENCES platform (id),
	role     text    NOT NULL CHECK (role IN ('platform', 'operator')),
	prefix   text    NOT NULL,
	hash     bytea   NOT NULL UNIQUE,
	created  bigint  NOT NULL,
	revoked  bigint
);

-- A text that people agree to. Its hash is the SHA-256 of body, in hexadecimal: a
-- row never changes.
CREATE TABLE document (
	hash     text    NOT NULL PRIMARY KEY,
	name     text    NOT NULL,
	version  bigint  NOT NULL,
	language text    NOT NULL, -- as in Content-Language: zh-Hans, en
	body     text    NOT NULL,
	created  bigint  NOT NULL
);

-- A funder: whose money purchases are. The books know it by its id, so that no two
-- platforms have one of the same.
CREATE TABLE funder (
	id       text    NOT NULL PRIMARY KEY,
	platform text    NOT NULL REFERENCES platform (id),
	body     text    NOT NULL -- JSON: names, licence, bureau, rooms
);

-- active is the version that applicants get, 0 while there is none.
CREATE TABLE programme (
	platform text    NOT NULL REFERENCES platform (id),
	id       text    NOT NULL,
	active   bigint  NOT NULL,
	created  bigint  NOT NULL,
	PRIMARY KEY (platform, id)
);

-- A version never changes: accounts were opened under it.
CREATE TABLE programme_version (
	platform  text    NOT NULL,
	programme text    NOT NULL,
	version   bigint  NOT NULL,
	names     text    NOT NULL, -- JSON, in both languages
	terms     text    NOT NULL, -- JSON, the conditions of the contract
	policy    text    NOT NULL, -- JSON, whom the lender lends to
	material  text    NOT NULL, -- JSON, whether running accounts are asked to agree to it; empty: they are not
	created   bigint  NOT NULL,
	PRIMARY KEY (platform, programme, version),
	FOREIGN KEY (platform, programme) REFERENCES programme (platform, id)
);

-- Who changed what. before and after are JSON, empty where there is none; they
-- hold no secrets.
CREATE TABLE audit (
	revision bigint  NOT NULL PRIMARY KEY,
	at       bigint  NOT NULL,
	actor    text    NOT NULL,
	action   text    NOT NULL,
	platform text    NOT NULL, -- empty: of the whole installation
	subject  text    NOT NULL,
	before   text    NOT NULL,
	after    text    NOT NULL
);
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
