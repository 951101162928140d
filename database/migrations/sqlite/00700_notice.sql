-- What customers are told: an inbox, the text messages that go with it, and what each
-- wants to get. No row holds a name, a number of a phone, or an address. Written by notice/.

-- +goose Up

CREATE TABLE notice (
	partition INTEGER NOT NULL,
	number    INTEGER NOT NULL, -- of the entry that it tells of, times 1000, and its place in it
	time      INTEGER NOT NULL,
	read_at   INTEGER,
	day       TEXT    NOT NULL,
	account   TEXT    NOT NULL,
	kind      TEXT    NOT NULL,
	reference TEXT    NOT NULL, -- the id of what it is about
	figures   TEXT    NOT NULL, -- its amounts and dates, as JSON
	id        TEXT    GENERATED ALWAYS AS ('ntc_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_unread ON notice (partition, account) WHERE read_at IS NULL;

-- A text message. While it is open, settled_at is NULL.
CREATE TABLE notice_message (
	partition  INTEGER NOT NULL,
	number     INTEGER NOT NULL,
	not_before INTEGER NOT NULL,
	not_after  INTEGER NOT NULL,
	tries      INTEGER NOT NULL,
	sent_at    INTEGER,
	settled_at INTEGER,
	account    TEXT    NOT NULL,
	status     TEXT    NOT NULL,
	language   TEXT    NOT NULL,
	text       TEXT    NOT NULL, -- as it was sent; empty until then
	reason     TEXT    NOT NULL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_message_open ON notice_message (partition, not_before, account, number) WHERE settled_at IS NULL;
CREATE INDEX notice_message_dead ON notice_message (partition, not_before) WHERE status = 'dead';

CREATE TABLE notice_preference (
	partition    INTEGER NOT NULL,
	reminder_sms INTEGER NOT NULL,
	changed      INTEGER NOT NULL,
	account      TEXT    NOT NULL,
	language     TEXT    NOT NULL,
	PRIMARY KEY (partition, account)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE notice_preference;
DROP TABLE notice_message;
DROP TABLE notice;
