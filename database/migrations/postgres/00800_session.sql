-- Who stands before a hosted page, and links to become one. Short-lived rows, which
-- anybody may delete: whoever stands there opens the page again from the platform.

-- +goose Up

CREATE TABLE page_session (
	hash      BYTEA   NOT NULL PRIMARY KEY, -- SHA-256 of the token, which is nowhere kept
	kind      TEXT    NOT NULL CHECK (kind IN ('link', 'session')),
	platform  TEXT    NOT NULL,
	programme TEXT    NOT NULL,
	customer  TEXT    NOT NULL,
	account   TEXT    NOT NULL, -- of the customer in the programme, whether or not it is open
	about     TEXT    NOT NULL, -- JSON: language, where to return to, what to open
	started   BIGINT  NOT NULL, -- microseconds since 1970 in UTC, by the machine's clock
	seen      BIGINT  NOT NULL,
	expires   BIGINT  NOT NULL
);
CREATE INDEX page_session_account ON page_session (account);
CREATE INDEX page_session_expires ON page_session (expires);

-- When a session's page last showed a text or figures that the person may agree to: the
-- evidence for how long it could be read is the server's, and no page's.
CREATE TABLE page_shown (
	hash  BYTEA   NOT NULL, -- of the session
	what  TEXT    NOT NULL, -- the text's hash, or the quote's token
	shown BIGINT  NOT NULL, -- microseconds since 1970 in UTC, by the machine's clock
	PRIMARY KEY (hash, what)
);
CREATE INDEX page_shown_shown ON page_shown (shown);

-- An order that a platform asks its customer to pay, and what came of it. The row says
-- how far it is; whether it was authorised is the log's to say, under a key of this row's.
CREATE TABLE checkout (
	id            TEXT    NOT NULL PRIMARY KEY,
	platform      TEXT    NOT NULL,
	programme     TEXT    NOT NULL,
	customer      TEXT    NOT NULL,
	account       TEXT    NOT NULL,
	order_id      TEXT    NOT NULL, -- the platform's
	said          TEXT    NOT NULL, -- JSON: what the platform said of it
	status        TEXT    NOT NULL CHECK (status IN ('open', 'chosen_other', 'confirmed', 'declined', 'cancelled')),
	attempt       BIGINT  NOT NULL, -- which authorisation the next one is
	request       TEXT    NOT NULL, -- what the customer confirmed, while it is being decided
	chosen        TEXT    NOT NULL, -- the other means
	authorisation TEXT    NOT NULL, -- what was confirmed
	plan          TEXT    NOT NULL,
	reasons       TEXT    NOT NULL, -- of the last decline, with spaces between
	created       BIGINT  NOT NULL, -- microseconds since 1970 in UTC, by the machine's clock
	expires       BIGINT  NOT NULL
);
-- One order, one checkout that is or may become a loan.
CREATE UNIQUE INDEX checkout_order ON checkout (platform, order_id) WHERE status IN ('open', 'declined', 'confirmed');

-- What a session's person did at each step of opening an account. Consents among it count
-- once they stand in the log, and not before.
CREATE TABLE page_step (
	hash BYTEA   NOT NULL, -- of the session
	step TEXT    NOT NULL,
	data TEXT    NOT NULL, -- JSON
	at   BIGINT  NOT NULL, -- microseconds since 1970 in UTC, by the machine's clock
	PRIMARY KEY (hash, step)
);
CREATE INDEX page_step_at ON page_step (at);

-- +goose Down
DROP TABLE page_step;
DROP TABLE checkout;
DROP TABLE page_shown;
DROP TABLE page_session;
