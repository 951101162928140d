-- The settings fixed at creation, and the log. The log is the truth of the
-- product; every other table can be made again from it.

-- +goose Up
CREATE TABLE book (
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The newest entry of each partition: moved by compare-and-set with the entries.
CREATE TABLE log_head (
	partition INTEGER NOT NULL PRIMARY KEY,
	position  INTEGER NOT NULL,
	time      INTEGER NOT NULL, -- microseconds since 1970 in UTC
	day       INTEGER NOT NULL  -- business date as days since 1970
) STRICT;

-- Entries lie in the order in which they were appended, whatever their
-- partition: the end of the table is the only place that grows. Rows in the order
-- of (partition, position) cost a fifth more CPU.
CREATE TABLE log_entry (
	id        INTEGER PRIMARY KEY, -- grows with the position within a partition; of no meaning elsewhere
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL CHECK (position > 0),
	account   TEXT    NOT NULL,
	key       TEXT    NOT NULL,
	time      INTEGER NOT NULL,
	day       INTEGER NOT NULL,
	due       INTEGER NOT NULL,
	name      TEXT    NOT NULL,
	command   BLOB    NOT NULL,
	events    BLOB    NOT NULL,
	answer    BLOB    NOT NULL
) STRICT;

CREATE UNIQUE INDEX log_entry_position ON log_entry (partition, position);

-- One key, one execution. It is the dear one: accounts come in no order, so nearly
-- each entry writes a page of it.
CREATE UNIQUE INDEX log_entry_key ON log_entry (partition, account, key);

-- An account's state after an entry: a cache.
CREATE TABLE log_snapshot (
	partition INTEGER NOT NULL,
	account   TEXT    NOT NULL,
	position  INTEGER NOT NULL,
	format    INTEGER NOT NULL,
	state     BLOB    NOT NULL,
	PRIMARY KEY (partition, account)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE log_snapshot;
DROP TABLE log_entry;
DROP TABLE log_head;
DROP TABLE book;
