-- Where events are sent to, and how far each receiver has come. The events themselves
-- are in the log: what waits here is one row for each account that is behind, however
-- many events wait for it. Times are microseconds since 1970 in UTC.

-- +goose Up

-- A receiver of events. holder is the server that sends to it now, until held_until;
-- fence moves with each new holder, so that the one before can't write any more.
CREATE TABLE relay_endpoint (
	id          text NOT NULL PRIMARY KEY,
	platform    text NOT NULL,
	url         text NOT NULL,
	description text NOT NULL,
	types       text NOT NULL, -- with commas between; empty: all
	enabled     bigint  NOT NULL CHECK (enabled IN (0, 1)),
	secret      bytea NOT NULL, -- sealed, where the installation has a master key
	old_secret  bytea, -- the one before, as long as both are used
	old_until   bigint  NOT NULL,
	created     bigint  NOT NULL,
	changed     bigint  NOT NULL,
	attempts    bigint  NOT NULL, -- how many there were: their last number
	holder      text NOT NULL,
	fence       bigint  NOT NULL,
	held_until  bigint  NOT NULL
);
CREATE INDEX relay_endpoint_platform ON relay_endpoint (platform, id);

-- Up to which entry of a partition an endpoint has everything, but for the accounts that are behind.
CREATE TABLE relay_cursor (
	endpoint  text NOT NULL,
	partition bigint  NOT NULL,
	position  bigint  NOT NULL,
	PRIMARY KEY (endpoint, partition)
);

-- An account that is behind its partition's cursor: from which event on the endpoint lacks its events.
CREATE TABLE relay_behind (
	endpoint  text NOT NULL,
	account   text NOT NULL,
	partition bigint  NOT NULL,
	position  bigint  NOT NULL,
	number    bigint  NOT NULL,
	tries     bigint  NOT NULL, -- of this event
	first_try bigint  NOT NULL,
	next_try  bigint  NOT NULL,
	PRIMARY KEY (endpoint, account)
);

-- The newest attempts of an endpoint; older ones are dropped.
CREATE TABLE relay_attempt (
	endpoint text NOT NULL,
	number   bigint  NOT NULL,
	event    text NOT NULL,
	type     text NOT NULL,
	account  text NOT NULL,
	try      bigint  NOT NULL, -- which one of this event, from 1
	at       bigint  NOT NULL,
	took     bigint  NOT NULL, -- microseconds
	status   bigint  NOT NULL, -- of HTTP; 0: there was no answer
	failure  text NOT NULL, -- why it counts as failed; empty: it is delivered
	excerpt  text NOT NULL, -- the beginning of what a failing receiver said
	next_try bigint  NOT NULL, -- 0: there is none
	PRIMARY KEY (endpoint, number)
);

-- Events that an endpoint did not take for three days. number is that of the last attempt.
CREATE TABLE relay_dead (
	endpoint  text NOT NULL,
	number    bigint  NOT NULL,
	account   text NOT NULL,
	partition bigint  NOT NULL,
	position  bigint  NOT NULL,
	part      bigint  NOT NULL, -- which event of the entry
	type      text NOT NULL,
	tries     bigint  NOT NULL,
	first_try bigint  NOT NULL,
	last_try  bigint  NOT NULL,
	status    bigint  NOT NULL,
	failure   text NOT NULL,
	replaying bigint  NOT NULL CHECK (replaying IN (0, 1)),
	next_try  bigint  NOT NULL, -- while replaying
	PRIMARY KEY (endpoint, number)
);
CREATE UNIQUE INDEX relay_dead_event ON relay_dead (endpoint, account, position, part);
CREATE INDEX relay_dead_due ON relay_dead (endpoint, replaying, next_try);

-- +goose Down
DROP TABLE relay_dead;
DROP TABLE relay_attempt;
DROP TABLE relay_behind;
DROP TABLE relay_cursor;
DROP TABLE relay_endpoint;
