-- The tables that people query: written from the log by view/, never by anybody
-- else, and made anew by `yuefu rebuild`. docs/tables.md tells each column.
-- Amounts are whole minor units, times microseconds since 1970 in UTC, dates
-- text (2026-03-10), flags 0 or 1.
-- The partition leads each key and index, so that on Citus a transaction of one
-- partition stays on one shard. There are no foreign keys: they cost each row a
-- look-up, and what the log says is not refused by a table.

-- +goose Up

-- How far a reader of the log has come, moved in one transaction with what it
-- wrote. A position of -1: the tables are being emptied for a rebuild.
CREATE TABLE checkpoint (
	partition INTEGER NOT NULL,
	reader    TEXT    NOT NULL,
	position  INTEGER NOT NULL,
	PRIMARY KEY (partition, reader)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
	partition           INTEGER NOT NULL,
	last_position       INTEGER NOT NULL DEFAULT 0,
	credit_limit        INTEGER NOT NULL DEFAULT 0,
	held                INTEGER NOT NULL DEFAULT 0,
	principal_unbilled  INTEGER NOT NULL DEFAULT 0,
	principal_billed    INTEGER NOT NULL DEFAULT 0,
	principal_disputed  INTEGER NOT NULL DEFAULT 0,
	cost_unbilled       INTEGER NOT NULL DEFAULT 0,
	interest            INTEGER NOT NULL DEFAULT 0,
	fee                 INTEGER NOT NULL DEFAULT 0,
	penalty             INTEGER NOT NULL DEFAULT 0,
	credit_balance      INTEGER NOT NULL DEFAULT 0,
	blocks              INTEGER NOT NULL DEFAULT 0,
	terms_version       INTEGER NOT NULL DEFAULT 0,
	next_due            TEXT,
	opened_on           TEXT,
	closed_on           TEXT,
	overdue             INTEGER NOT NULL DEFAULT 0,
	temporary_limit     INTEGER NOT NULL DEFAULT 0,
	due_day             INTEGER NOT NULL DEFAULT 0,
	temporary_until     TEXT,
	grade               TEXT    NOT NULL DEFAULT 'normal',
	charged_off_unbilled INTEGER NOT NULL DEFAULT 0,
	charged_off_billed  INTEGER NOT NULL DEFAULT 0,
	charged_off_disputed INTEGER NOT NULL DEFAULT 0,
	charged_off_interest INTEGER NOT NULL DEFAULT 0,
	charged_off_fee     INTEGER NOT NULL DEFAULT 0,
	charged_off_penalty INTEGER NOT NULL DEFAULT 0,
	id                  TEXT    NOT NULL,
	platform            TEXT    NOT NULL,
	customer            TEXT    NOT NULL,
	programme           TEXT    NOT NULL DEFAULT '',
	currency            TEXT    NOT NULL DEFAULT '',
	status              TEXT    NOT NULL DEFAULT 'unopened',
	PRIMARY KEY (partition, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX account_next_due ON account (partition, next_due, id);

CREATE TABLE application (
	partition    INTEGER NOT NULL,
	number       INTEGER NOT NULL,
	time         INTEGER NOT NULL,
	position     INTEGER NOT NULL,
	credit_limit INTEGER NOT NULL,
	day          TEXT    NOT NULL,
	decided_on   TEXT,
	until        TEXT,
	expected_by  TEXT,
	appealed_on  TEXT,
	account      TEXT    NOT NULL,
	decision     TEXT    NOT NULL,
	reasons      TEXT    NOT NULL,
	id           TEXT    GENERATED ALWAYS AS ('app_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE agreement (
	partition    INTEGER NOT NULL,
	application  INTEGER NOT NULL,
	version      INTEGER NOT NULL,
	shown_at     INTEGER NOT NULL,
	accepted_at  INTEGER NOT NULL,
	read_seconds INTEGER NOT NULL,
	account      TEXT    NOT NULL,
	document     TEXT    NOT NULL,
	hash         TEXT    NOT NULL,
	act          TEXT    NOT NULL,
	channel      TEXT    NOT NULL,
	language     TEXT    NOT NULL,
	PRIMARY KEY (partition, account, application, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE authorisation (
	partition INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	time      INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	amount    INTEGER NOT NULL,
	held      INTEGER NOT NULL,
	captured  INTEGER NOT NULL,
	day       TEXT    NOT NULL,
	last_day  TEXT,
	account   TEXT    NOT NULL,
	status    TEXT    NOT NULL,
	reasons   TEXT    NOT NULL,
	plan      TEXT    NOT NULL,
	scene     TEXT    NOT NULL,
	merchant  TEXT    NOT NULL,
	reference TEXT    NOT NULL,
	id        TEXT    GENERATED ALWAYS AS ('aut_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE purchase (
	partition     INTEGER NOT NULL,
	number        INTEGER NOT NULL,
	authorisation INTEGER NOT NULL,
	time          INTEGER NOT NULL,
	position      INTEGER NOT NULL,
	amount        INTEGER NOT NULL,
	refunded      INTEGER NOT NULL,
	interest      INTEGER NOT NULL,
	fee           INTEGER NOT NULL,
	subsidised    INTEGER NOT NULL,
	periods       INTEGER NOT NULL,
	day           TEXT    NOT NULL,
	charged_off_on TEXT,
	account       TEXT    NOT NULL,
	scene         TEXT    NOT NULL,
	merchant      TEXT    NOT NULL,
	plan          TEXT    NOT NULL,
	plan_kind     TEXT    NOT NULL,
	id            TEXT    GENERATED ALWAYS AS ('pur_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE instalment (
	partition          INTEGER NOT NULL,
	number             INTEGER NOT NULL,
	late_of            INTEGER NOT NULL,
	purchase           INTEGER NOT NULL,
	principal          INTEGER NOT NULL,
	interest           INTEGER NOT NULL,
	fee                INTEGER NOT NULL,
	subsidised         INTEGER NOT NULL,
	principal_refunded INTEGER NOT NULL,
	principal_converted INTEGER NOT NULL,
	conversion         INTEGER NOT NULL,
	interest_cancelled INTEGER NOT NULL,
	fee_cancelled      INTEGER NOT NULL,
	subsidy_cancelled  INTEGER NOT NULL,
	principal_disputed INTEGER NOT NULL,
	interest_disputed  INTEGER NOT NULL,
	fee_disputed       INTEGER NOT NULL,
	subsidy_disputed   INTEGER NOT NULL,
	principal_early    INTEGER NOT NULL,
	interest_early     INTEGER NOT NULL,
	fee_early          INTEGER NOT NULL,
	statement_day      TEXT    NOT NULL,
	account            TEXT    NOT NULL,
	PRIMARY KEY (partition, account, purchase, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE purchase_funding (
	partition INTEGER NOT NULL,
	purchase  INTEGER NOT NULL,
	share     INTEGER NOT NULL,
	principal INTEGER NOT NULL,
	claim     INTEGER NOT NULL,
	collected INTEGER NOT NULL,
	funder    TEXT    NOT NULL,
	account   TEXT    NOT NULL,
	PRIMARY KEY (partition, account, purchase, funder)
) STRICT, WITHOUT ROWID;

CREATE TABLE statement (
	partition    INTEGER NOT NULL,
	bucket       INTEGER NOT NULL,
	number       INTEGER NOT NULL,
	time         INTEGER NOT NULL,
	position     INTEGER NOT NULL,
	total        INTEGER NOT NULL,
	principal    INTEGER NOT NULL,
	interest     INTEGER NOT NULL,
	fee          INTEGER NOT NULL,
	refunded     INTEGER NOT NULL,
	converted    INTEGER NOT NULL,
	deferral_fee INTEGER NOT NULL,
	disputed     INTEGER NOT NULL,
	paid         INTEGER NOT NULL,
	penalty      INTEGER NOT NULL,
	penalty_paid INTEGER NOT NULL,
	penalty_cut  INTEGER NOT NULL,
	day          TEXT    NOT NULL,
	due          TEXT    NOT NULL,
	deferred_from TEXT,
	overdue_on   TEXT,
	paid_on      TEXT,
	charged_off_on TEXT,
	account      TEXT    NOT NULL,
	status       TEXT    NOT NULL,
	id           TEXT    GENERATED ALWAYS AS ('stm_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

-- Which bills are due on a date, for reminders: those that are unpaid and not late.
CREATE INDEX statement_due ON statement (partition, due, account, number) WHERE status = 'open';

CREATE TABLE statement_line (
	partition      INTEGER NOT NULL,
	instalment     INTEGER NOT NULL,
	statement      INTEGER NOT NULL,
	purchase       INTEGER NOT NULL,
	principal      INTEGER NOT NULL,
	interest       INTEGER NOT NULL,
	fee            INTEGER NOT NULL,
	subsidised     INTEGER NOT NULL,
	refunded       INTEGER NOT NULL,
	disputed       INTEGER NOT NULL,
	converted      INTEGER NOT NULL,
	principal_paid INTEGER NOT NULL,
	interest_paid  INTEGER NOT NULL,
	fee_paid       INTEGER NOT NULL,
	account        TEXT    NOT NULL,
	PRIMARY KEY (partition, account, statement, purchase, instalment)
) STRICT, WITHOUT ROWID;

CREATE TABLE conversion (
	partition  INTEGER NOT NULL,
	periods    INTEGER NOT NULL,
	number     INTEGER NOT NULL,
	statement  INTEGER NOT NULL,
	time       INTEGER NOT NULL,
	position   INTEGER NOT NULL,
	amount     INTEGER NOT NULL,
	interest   INTEGER NOT NULL,
	fee        INTEGER NOT NULL,
	subsidised INTEGER NOT NULL,
	day        TEXT    NOT NULL,
	account    TEXT    NOT NULL,
	plan       TEXT    NOT NULL,
	plan_kind  TEXT    NOT NULL,
	id         TEXT    GENERATED ALWAYS AS ('cnv_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE repayment (
	partition INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	time      INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	amount    INTEGER NOT NULL,
	surplus   INTEGER NOT NULL,
	from_credit INTEGER NOT NULL,
	waived    INTEGER NOT NULL,
	early     INTEGER NOT NULL,
	day       TEXT    NOT NULL,
	reversed_on TEXT,
	account   TEXT    NOT NULL,
	source    TEXT    NOT NULL,
	id        TEXT    GENERATED ALWAYS AS ('rep_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE repayment_share (
	partition  INTEGER NOT NULL,
	number     INTEGER NOT NULL,
	instalment INTEGER NOT NULL,
	position   INTEGER NOT NULL,
	repayment  INTEGER NOT NULL,
	statement  INTEGER NOT NULL,
	purchase   INTEGER NOT NULL,
	penalty    INTEGER NOT NULL,
	fee        INTEGER NOT NULL,
	interest   INTEGER NOT NULL,
	principal  INTEGER NOT NULL,
	day        TEXT    NOT NULL,
	charged_off INTEGER NOT NULL,
	account    TEXT    NOT NULL,
	PRIMARY KEY (partition, account, position, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE refund (
	partition      INTEGER NOT NULL,
	number         INTEGER NOT NULL,
	purchase       INTEGER NOT NULL,
	time           INTEGER NOT NULL,
	position       INTEGER NOT NULL,
	amount         INTEGER NOT NULL,
	to_credit      INTEGER NOT NULL,
	contested      INTEGER NOT NULL,
	day            TEXT    NOT NULL,
	off_loss INTEGER NOT NULL,
	account        TEXT    NOT NULL,
	merchant       TEXT    NOT NULL,
	id             TEXT    GENERATED ALWAYS AS ('ref_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE refund_cut (
	partition      INTEGER NOT NULL,
	number         INTEGER NOT NULL,
	instalment     INTEGER NOT NULL,
	refund         INTEGER NOT NULL,
	dispute        INTEGER NOT NULL,
	statement      INTEGER NOT NULL,
	principal      INTEGER NOT NULL,
	interest       INTEGER NOT NULL,
	fee            INTEGER NOT NULL,
	principal_left INTEGER NOT NULL,
	interest_left  INTEGER NOT NULL,
	fee_left       INTEGER NOT NULL,
	by_merchant    INTEGER NOT NULL,
	by_platform    INTEGER NOT NULL,
	by_funder      INTEGER NOT NULL,
	account        TEXT NOT NULL,
	PRIMARY KEY (partition, account, refund, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE refund_funding (
	partition INTEGER NOT NULL,
	refund    INTEGER NOT NULL,
	principal INTEGER NOT NULL,
	account   TEXT NOT NULL,
	funder    TEXT NOT NULL,
	PRIMARY KEY (partition, account, refund, funder)
) STRICT, WITHOUT ROWID;

CREATE TABLE dispute (
	partition  INTEGER NOT NULL,
	number     INTEGER NOT NULL,
	purchase   INTEGER NOT NULL,
	time       INTEGER NOT NULL,
	position   INTEGER NOT NULL,
	amount     INTEGER NOT NULL,
	paid       INTEGER NOT NULL,
	refunded   INTEGER NOT NULL,
	refund     INTEGER NOT NULL,
	day        TEXT NOT NULL,
	settled_on TEXT,
	account    TEXT NOT NULL,
	reason     TEXT NOT NULL,
	status     TEXT NOT NULL,
	reviewer   TEXT NOT NULL,
	id         TEXT GENERATED ALWAYS AS ('dsp_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE credit_return (
	partition INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	time      INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	amount    INTEGER NOT NULL,
	day       TEXT    NOT NULL,
	account   TEXT    NOT NULL,
	reference TEXT    NOT NULL,
	id        TEXT    GENERATED ALWAYS AS ('ret_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE block (
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	since     TEXT    NOT NULL,
	lifted_on TEXT,
	account   TEXT    NOT NULL,
	kind      TEXT    NOT NULL,
	note      TEXT    NOT NULL,
	PRIMARY KEY (partition, account, kind, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE closure (
	partition    INTEGER NOT NULL,
	number       INTEGER NOT NULL,
	time         INTEGER NOT NULL,
	position     INTEGER NOT NULL,
	requested_on TEXT    NOT NULL,
	review_by    TEXT    NOT NULL,
	opened_on    TEXT,
	decided_position INTEGER NOT NULL,
	kind         TEXT    NOT NULL,
	decided_on   TEXT,
	breached     INTEGER NOT NULL,
	account      TEXT    NOT NULL,
	status       TEXT    NOT NULL,
	reviewer     TEXT    NOT NULL,
	reason       TEXT    NOT NULL,
	id           TEXT    GENERATED ALWAYS AS ('clo_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX closure_open ON closure (partition, review_by) WHERE status = 'requested';

CREATE TABLE limit_change (
	partition INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	time      INTEGER NOT NULL,
	before    INTEGER NOT NULL,
	amount    INTEGER NOT NULL,
	day       TEXT    NOT NULL,
	last_day  TEXT,
	account   TEXT    NOT NULL,
	event     TEXT    NOT NULL,
	reason    TEXT    NOT NULL,
	operator  TEXT    NOT NULL,
	PRIMARY KEY (partition, account, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE autopay (
	partition   INTEGER NOT NULL,
	version     INTEGER NOT NULL,
	number      INTEGER NOT NULL,
	time        INTEGER NOT NULL,
	position    INTEGER NOT NULL,
	accepted_at INTEGER NOT NULL,
	day         TEXT    NOT NULL,
	ended_on    TEXT,
	account     TEXT    NOT NULL,
	source      TEXT    NOT NULL,
	hash        TEXT    NOT NULL,
	end_reason  TEXT    NOT NULL,
	id          TEXT    GENERATED ALWAYS AS ('apy_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE debit (
	partition  INTEGER NOT NULL,
	lapsed     INTEGER NOT NULL,
	attempt    INTEGER NOT NULL,
	number     INTEGER NOT NULL,
	time       INTEGER NOT NULL,
	position   INTEGER NOT NULL,
	statement  INTEGER NOT NULL,
	amount     INTEGER NOT NULL,
	purchase   INTEGER NOT NULL,
	repayment  INTEGER NOT NULL,
	day        TEXT    NOT NULL,
	decided_on TEXT,
	account    TEXT    NOT NULL,
	source     TEXT    NOT NULL,
	purpose    TEXT    NOT NULL,
	quote      TEXT    NOT NULL,
	status     TEXT    NOT NULL,
	reason     TEXT    NOT NULL,
	id         TEXT    GENERATED ALWAYS AS ('deb_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;
-- What the payment service has to be asked about.
CREATE INDEX debit_pending ON debit (partition, account, number) WHERE status = 'pending';

-- When each bucket and each grade was entered.
CREATE TABLE overdue_history (
	partition     INTEGER NOT NULL,
	number        INTEGER NOT NULL,
	bucket        INTEGER NOT NULL,
	days_past_due INTEGER NOT NULL,
	position      INTEGER NOT NULL,
	statement     INTEGER NOT NULL,
	day           TEXT    NOT NULL,
	account       TEXT    NOT NULL,
	what          TEXT    NOT NULL,
	grade         TEXT    NOT NULL,
	PRIMARY KEY (partition, account, position, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE account_setting (
	partition    INTEGER NOT NULL,
	number       INTEGER NOT NULL,
	due_day      INTEGER NOT NULL,
	lock_from    INTEGER NOT NULL,
	lock_until   INTEGER NOT NULL,
	position     INTEGER NOT NULL,
	time         INTEGER NOT NULL,
	amount       INTEGER NOT NULL,
	day          TEXT    NOT NULL,
	takes_effect TEXT,
	none         INTEGER NOT NULL,
	account      TEXT    NOT NULL,
	event        TEXT    NOT NULL,
	scene        TEXT    NOT NULL,
	PRIMARY KEY (partition, account, position, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE charge_off (
	partition     INTEGER NOT NULL,
	days_past_due INTEGER NOT NULL,
	position      INTEGER NOT NULL,
	time          INTEGER NOT NULL,
	principal     INTEGER NOT NULL,
	interest      INTEGER NOT NULL,
	fee           INTEGER NOT NULL,
	penalty       INTEGER NOT NULL,
	day           TEXT NOT NULL,
	account       TEXT NOT NULL,
	PRIMARY KEY (partition, account, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact (
	partition INTEGER NOT NULL,
	minute    INTEGER NOT NULL,
	effective INTEGER NOT NULL,
	number    INTEGER NOT NULL,
	time      INTEGER NOT NULL,
	position  INTEGER NOT NULL,
	day       TEXT    NOT NULL,
	account   TEXT    NOT NULL,
	channel   TEXT    NOT NULL,
	purpose   TEXT    NOT NULL,
	id        TEXT    GENERATED ALWAYS AS ('con_' || substr(account, 5) || '_' || number) VIRTUAL,
	PRIMARY KEY (partition, account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (
	partition    INTEGER NOT NULL,
	number       INTEGER NOT NULL,
	position     INTEGER NOT NULL,
	amount       INTEGER NOT NULL,
	day          TEXT    NOT NULL,
	event        TEXT    NOT NULL,
	debit_class  TEXT    NOT NULL,
	debit_of     TEXT    NOT NULL,
	credit_class TEXT    NOT NULL,
	credit_of    TEXT    NOT NULL,
	currency     TEXT    NOT NULL,
	PRIMARY KEY (partition, position, number)
) STRICT, WITHOUT ROWID;

-- The general ledger, one row a class. A customer's sub-ledger is the account's
-- own columns: a second row for each balance would double what a checkout writes.
CREATE TABLE ledger_balance (
	partition INTEGER NOT NULL,
	class     TEXT    NOT NULL,
	currency  TEXT    NOT NULL,
	debit     INTEGER NOT NULL,
	credit    INTEGER NOT NULL,
	PRIMARY KEY (partition, class, currency)
) STRICT, WITHOUT ROWID;

-- The sub-ledgers of merchants and funders.
CREATE TABLE subledger_balance (
	partition INTEGER NOT NULL,
	class     TEXT    NOT NULL,
	owner     TEXT    NOT NULL,
	currency  TEXT    NOT NULL,
	debit     INTEGER NOT NULL,
	credit    INTEGER NOT NULL,
	PRIMARY KEY (partition, class, owner, currency)
) STRICT, WITHOUT ROWID;

CREATE VIEW trial_balance AS
	SELECT class, currency, sum(debit) AS debit, sum(credit) AS credit, sum(debit) - sum(credit) AS balance
	FROM ledger_balance GROUP BY class, currency;

-- +goose Down
DROP VIEW trial_balance;
DROP TABLE subledger_balance;
DROP TABLE ledger_balance;
DROP TABLE posting;
DROP TABLE contact;
DROP TABLE charge_off;
DROP TABLE account_setting;
DROP TABLE limit_change;
DROP TABLE debit;
DROP TABLE autopay;
DROP TABLE overdue_history;
DROP TABLE closure;
DROP TABLE block;
DROP TABLE credit_return;
DROP TABLE dispute;
DROP TABLE refund_funding;
DROP TABLE refund_cut;
DROP TABLE refund;
DROP TABLE repayment_share;
DROP TABLE repayment;
DROP TABLE conversion;
DROP TABLE statement_line;
DROP TABLE statement;
DROP TABLE purchase_funding;
DROP TABLE instalment;
DROP TABLE purchase;
DROP TABLE authorisation;
DROP TABLE agreement;
DROP TABLE application;
DROP TABLE account;
DROP TABLE checkpoint;
