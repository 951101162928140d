-- What customers are told: an inbox, the text messages that go with it, and what each
-- wants to get. No row holds a name, a number of a phone, or an address. Written by notice/.

-- +goose Up

CREATE TABLE notice (
	partition integer NOT NULL,
	number    bigint  NOT NULL, -- of the entry that it tells of, times 1000, and its place in it
	time      bigint  NOT NULL,
	read_at   bigint,
	day       date    NOT NULL,
	account   text COLLATE "C" NOT NULL,
	kind      text COLLATE "C" NOT NULL,
	reference text COLLATE "C" NOT NULL, -- the id of what it is about
	figures   text COLLATE "C" NOT NULL, -- its amounts and dates, as JSON
	id        text COLLATE "C" GENERATED ALWAYS AS ('ntc_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);
CREATE INDEX notice_unread ON notice (partition, account) WHERE read_at IS NULL;

-- A text message. While it is open, settled_at is NULL.
CREATE TABLE notice_message (
	partition  integer NOT NULL,
	number     bigint  NOT NULL,
	not_before bigint  NOT NULL,
	not_after  bigint  NOT NULL,
	tries      integer NOT NULL,
	sent_at    bigint,
	settled_at bigint,
	account    text COLLATE "C" NOT NULL,
	status     text COLLATE "C" NOT NULL,
	language   text COLLATE "C" NOT NULL,
	text       text COLLATE "C" NOT NULL, -- as it was sent; empty until then
	reason     text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, number)
);
CREATE INDEX notice_message_open ON notice_message (partition, not_before, account, number) WHERE settled_at IS NULL;
CREATE INDEX notice_message_dead ON notice_message (partition, not_before) WHERE status = 'dead';

CREATE TABLE notice_preference (
	partition    integer NOT NULL,
	reminder_sms boolean NOT NULL,
	changed      bigint  NOT NULL,
	account      text COLLATE "C" NOT NULL,
	language     text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account)
);

-- +goose Down
DROP TABLE notice_preference;
DROP TABLE notice_message;
DROP TABLE notice;
