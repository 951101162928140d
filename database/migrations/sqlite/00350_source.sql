-- From what customers may be debited, as their platforms tell: no card numbers. Rows,
-- because a label tells something of a person and has to be forgotten with them.

-- +goose Up

CREATE TABLE payment_source (
	account TEXT    NOT NULL,
	name    TEXT    NOT NULL, -- the payment service's name of it
	label   TEXT    NOT NULL, -- masked, for the customer to know it by
	place   INTEGER NOT NULL, -- 0 is offered first
	told    INTEGER NOT NULL, -- microseconds since 1970 in UTC
	PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE payment_source;
