-- Who stands before a hosted page, and links to become one. Short-lived rows, which
-- anybody may delete: whoever stands there opens the page again from the platform.

-- +goose Up

CREATE TABLE page_session (
	hash      BLOB    NOT NULL PRIMARY KEY, -- SHA-256 of the token, which is nowhere kept
	kind      TEXT    NOT NULL CHECK (kind IN ('link', 'session')),
	platform  TEXT    NOT NULL,
	programme TEXT    NOT NULL,
	customer  TEXT    NOT NULL,
	account   TEXT    NOT NULL, -- of the customer in the programme, whether or not it is open
	about     TEXT    NOT NULL, -- JSON: language, where to return to, what to open
	started   INTEGER NOT NULL, -- microseconds since 1970 in UTC, by the machine's clock
	seen      INTEGER NOT NULL,
	expires   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX page_session_account ON page_session (account);
CREATE INDEX page_session_expires ON page_session (expires);

-- +goose Down
DROP TABLE page_session;
