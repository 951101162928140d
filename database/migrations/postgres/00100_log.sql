-- The settings fixed at creation, and the log. The log is the truth of the
-- product; every other table can be made again from it.
-- Text is compared by bytes (COLLATE "C"): cheaper, and the same on each machine.

-- +goose Up
CREATE TABLE book (
	name  text COLLATE "C" PRIMARY KEY,
	value text NOT NULL
);

-- The newest entry of each partition: moved by compare-and-set with the entries.
-- A page is left nearly empty so that each move finds room beside the old row
-- (a HOT update): no index entry, and cleaned up by the next one.
CREATE TABLE log_head (
	partition integer PRIMARY KEY,
	position  bigint  NOT NULL,
	time      bigint  NOT NULL, -- microseconds since 1970 in UTC
	day       integer NOT NULL  -- business date as days since 1970
) WITH (fillfactor = 10);

-- The wide fixed columns stand first: no padding. An entry of the usual size is
-- under the 2 kB from which PostgreSQL compresses and moves values out of line.
CREATE TABLE log_entry (
	position  bigint  NOT NULL CHECK (position > 0),
	time      bigint  NOT NULL,
	partition integer NOT NULL,
	day       integer NOT NULL,
	due       integer NOT NULL,
	account   text COLLATE "C" NOT NULL,
	key       text COLLATE "C" NOT NULL,
	name      text COLLATE "C" NOT NULL,
	command   bytea   NOT NULL,
	events    bytea   NOT NULL,
	answer    bytea   NOT NULL,
	CONSTRAINT log_entry_position PRIMARY KEY (partition, position),
	-- One key, one execution. With the position in it, the tail of an account of
	-- thousands of entries is chosen inside the index.
	CONSTRAINT log_entry_key UNIQUE (partition, account, key) INCLUDE (position)
);

-- An account's state after an entry: a cache.
CREATE TABLE log_snapshot (
	partition integer NOT NULL,
	account   text COLLATE "C" NOT NULL,
	position  bigint  NOT NULL,
	format    integer NOT NULL,
	state     bytea   NOT NULL,
	PRIMARY KEY (partition, account)
) WITH (fillfactor = 80);

-- +goose Down
DROP TABLE log_snapshot;
DROP TABLE log_entry;
DROP TABLE log_head;
DROP TABLE book;
