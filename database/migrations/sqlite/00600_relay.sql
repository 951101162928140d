-- Where events are sent to, and how far each receiver has come. The events themselves
-- are in the log: what waits here is one row for each account that is behind, however
-- many events wait for it. Times are microseconds since 1970 in UTC.

-- +goose Up

-- A receiver of events. holder is the server that sends to it now, until held_until;
-- fence moves with each new holder, so that the one before can't write any more.
CREATE TABLE relay_endpoint (
	id          TEXT NOT NULL PRIMARY KEY,
	platform    TEXT NOT NULL,
	url         TEXT NOT NULL,
	description TEXT NOT NULL,
	types       TEXT NOT NULL, -- with commas between; empty: all
	enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
	secret      BLOB NOT NULL, -- sealed, where the installation has a master key
	old_secret  BLOB, -- the one before, as long as both are used
	old_until   INTEGER NOT NULL,
	created     INTEGER NOT NULL,
	changed     INTEGER NOT NULL,
	attempts    INTEGER NOT NULL, -- how many there were: their last number
	holder      TEXT NOT NULL,
	fence       INTEGER NOT NULL,
	held_until  INTEGER NOT NULL
) STRICT;
CREATE INDEX relay_endpoint_platform ON relay_endpoint (platform, id);

-- Up to which entry of a partition an endpoint has everything, but for the accounts that are behind.
CREATE TABLE relay_cursor (
	endpoint  TEXT NOT NULL,
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	PRIMARY KEY (endpoint, partition)
) STRICT, WITHOUT ROWID;

-- An account that is behind its partition's cursor: from which event on the endpoint lacks its events.
CREATE TABLE relay_behind (
	endpoint  TEXT NOT NULL,
	account   TEXT NOT NULL,
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	tries     INTEGER NOT NULL, -- of this event
	first_try INTEGER NOT NULL,
	next_try  INTEGER NOT NULL,
	PRIMARY KEY (endpoint, account)
) STRICT, WITHOUT ROWID;

-- The newest attempts of an endpoint; older ones are dropped.
CREATE TABLE relay_attempt (
	endpoint TEXT NOT NULL,
	number   INTEGER NOT NULL,
	event    TEXT NOT NULL,
	type     TEXT NOT NULL,
	account  TEXT NOT NULL,
	try      INTEGER NOT NULL, -- which one of this event, from 1
	at       INTEGER NOT NULL,
	took     INTEGER NOT NULL, -- microseconds
	status   INTEGER NOT NULL, -- of HTTP; 0: there was no answer
	failure  TEXT NOT NULL, -- why it counts as failed; empty: it is delivered
	excerpt  TEXT NOT NULL, -- the beginning of what a failing receiver said
	next_try INTEGER NOT NULL, -- 0: there is none
	PRIMARY KEY (endpoint, number)
) STRICT, WITHOUT ROWID;

-- Events that an endpoint did not take for three days. number is that of the last attempt.
CREATE TABLE relay_dead (
	endpoint  TEXT NOT NULL,
	number    INTEGER NOT NULL,
	account   TEXT NOT NULL,
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	part      INTEGER NOT NULL, -- which event of the entry
	type      TEXT NOT NULL,
	tries     INTEGER NOT NULL,
	first_try INTEGER NOT NULL,
	last_try  INTEGER NOT NULL,
	status    INTEGER NOT NULL,
	failure   TEXT NOT NULL,
	replaying INTEGER NOT NULL CHECK (replaying IN (0, 1)),
	next_try  INTEGER NOT NULL, -- while replaying
	PRIMARY KEY (endpoint, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX relay_dead_event ON relay_dead (endpoint, account, position, part);
CREATE INDEX relay_dead_due ON relay_dead (endpoint, replaying, next_try);

-- +goose Down
DROP TABLE relay_dead;
DROP TABLE relay_attempt;
DROP TABLE relay_behind;
DROP TABLE relay_cursor;
DROP TABLE relay_endpoint;
