-- The tables that people query: written from the log by view/, never by anybody
-- else, and made anew by `yuefu rebuild`. docs/tables.md tells each column.
-- Amounts are whole minor units, times microseconds since 1970 in UTC.
-- The partition leads each key and index, so that on Citus a transaction of one
-- partition stays on one shard. There are no foreign keys: they cost each row a
-- look-up, and what the log says is not refused by a table.

-- +goose Up

-- How far a reader of the log has come, moved in one transaction with what it
-- wrote. A position of -1: the tables are being emptied for a rebuild.
CREATE TABLE checkpoint (
	partition integer NOT NULL,
	reader    text COLLATE "C" NOT NULL,
	position  bigint  NOT NULL,
	PRIMARY KEY (partition, reader)
) WITH (fillfactor = 10);

-- Space is left in each page, so that a row that grows or changes finds room
-- beside its old self and no index has to know (a HOT update).
CREATE TABLE account (
	partition           integer NOT NULL,
	last_position       bigint  NOT NULL DEFAULT 0,
	credit_limit        bigint  NOT NULL DEFAULT 0,
	held                bigint  NOT NULL DEFAULT 0,
	principal_unbilled  bigint  NOT NULL DEFAULT 0,
	principal_billed    bigint  NOT NULL DEFAULT 0,
	principal_disputed  bigint NOT NULL DEFAULT 0,
	cost_unbilled       bigint  NOT NULL DEFAULT 0,
	interest            bigint  NOT NULL DEFAULT 0,
	fee                 bigint  NOT NULL DEFAULT 0,
	penalty             bigint  NOT NULL DEFAULT 0,
	credit_balance      bigint  NOT NULL DEFAULT 0,
	blocks              integer NOT NULL DEFAULT 0,
	terms_version       integer NOT NULL DEFAULT 0,
	next_due            date,
	opened_on           date,
	closed_on           date,
	overdue             boolean NOT NULL DEFAULT false,
	temporary_limit     bigint  NOT NULL DEFAULT 0,
	due_day             integer NOT NULL DEFAULT 0,
	temporary_until     date,
	grade               text COLLATE "C" NOT NULL DEFAULT 'normal',
	charged_off_unbilled bigint  NOT NULL DEFAULT 0,
	charged_off_billed  bigint  NOT NULL DEFAULT 0,
	charged_off_disputed bigint  NOT NULL DEFAULT 0,
	charged_off_interest bigint  NOT NULL DEFAULT 0,
	charged_off_fee     bigint  NOT NULL DEFAULT 0,
	charged_off_penalty bigint  NOT NULL DEFAULT 0,
	id                  text COLLATE "C" NOT NULL,
	platform            text COLLATE "C" NOT NULL,
	customer            text COLLATE "C" NOT NULL,
	programme           text COLLATE "C" NOT NULL DEFAULT '',
	currency            text COLLATE "C" NOT NULL DEFAULT '',
	status              text COLLATE "C" NOT NULL DEFAULT 'unopened',
	PRIMARY KEY (partition, id)
) WITH (fillfactor = 70);
-- Only for what is due: an index that holds every account would be taken for a look-up by id, too.
CREATE INDEX account_next_due ON account (partition, next_due, id) WHERE next_due IS NOT NULL;

CREATE TABLE application (
	partition    integer NOT NULL,
	number       bigint  NOT NULL,
	time         bigint  NOT NULL,
	position     bigint  NOT NULL,
	credit_limit bigint  NOT NULL,
	day          date    NOT NULL,
	decided_on   date,
	until        date,
	expected_by  date,
	appealed_on  date,
	account      text COLLATE "C" NOT NULL,
	decision     text COLLATE "C" NOT NULL,
	reasons      text COLLATE "C" NOT NULL,
	id           text COLLATE "C" GENERATED ALWAYS AS ('app_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE agreement (
	partition    integer NOT NULL,
	application  bigint  NOT NULL,
	version      integer NOT NULL,
	shown_at     bigint  NOT NULL,
	accepted_at  bigint  NOT NULL,
	read_seconds bigint  NOT NULL,
	account      text COLLATE "C" NOT NULL,
	document     text COLLATE "C" NOT NULL,
	hash         text COLLATE "C" NOT NULL,
	act          text COLLATE "C" NOT NULL,
	channel      text COLLATE "C" NOT NULL,
	language     text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, application, document)
);

CREATE TABLE authorisation (
	partition integer NOT NULL,
	number    bigint  NOT NULL,
	time      bigint  NOT NULL,
	position  bigint  NOT NULL,
	amount    bigint  NOT NULL,
	held      bigint  NOT NULL,
	captured  bigint  NOT NULL,
	day       date    NOT NULL,
	last_day  date,
	account   text COLLATE "C" NOT NULL,
	status    text COLLATE "C" NOT NULL,
	reasons   text COLLATE "C" NOT NULL,
	plan      text COLLATE "C" NOT NULL,
	scene     text COLLATE "C" NOT NULL,
	merchant  text COLLATE "C" NOT NULL,
	reference text COLLATE "C" NOT NULL,
	id        text COLLATE "C" GENERATED ALWAYS AS ('aut_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
) WITH (fillfactor = 85);

CREATE TABLE purchase (
	partition     integer NOT NULL,
	number        bigint  NOT NULL,
	authorisation bigint  NOT NULL,
	time          bigint  NOT NULL,
	position      bigint  NOT NULL,
	amount        bigint  NOT NULL,
	refunded      bigint  NOT NULL,
	interest      bigint  NOT NULL,
	fee           bigint  NOT NULL,
	subsidised    bigint  NOT NULL,
	periods       integer NOT NULL,
	day           date    NOT NULL,
	charged_off_on date,
	account       text COLLATE "C" NOT NULL,
	scene         text COLLATE "C" NOT NULL,
	merchant      text COLLATE "C" NOT NULL,
	plan          text COLLATE "C" NOT NULL,
	plan_kind     text COLLATE "C" NOT NULL,
	id            text COLLATE "C" GENERATED ALWAYS AS ('pur_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE instalment (
	partition          integer NOT NULL,
	number             integer NOT NULL,
	late_of            integer NOT NULL,
	purchase           bigint  NOT NULL,
	principal          bigint  NOT NULL,
	interest           bigint  NOT NULL,
	fee                bigint  NOT NULL,
	subsidised         bigint  NOT NULL,
	principal_refunded bigint  NOT NULL,
	principal_converted bigint  NOT NULL,
	conversion         bigint  NOT NULL,
	interest_cancelled bigint  NOT NULL,
	fee_cancelled      bigint  NOT NULL,
	subsidy_cancelled  bigint  NOT NULL,
	principal_disputed bigint NOT NULL,
	interest_disputed  bigint NOT NULL,
	fee_disputed       bigint NOT NULL,
	subsidy_disputed   bigint NOT NULL,
	principal_early    bigint  NOT NULL,
	interest_early     bigint  NOT NULL,
	fee_early          bigint  NOT NULL,
	statement_day      date    NOT NULL,
	account            text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, purchase, number)
);

CREATE TABLE purchase_funding (
	partition integer NOT NULL,
	purchase  bigint  NOT NULL,
	share     bigint  NOT NULL,
	principal bigint  NOT NULL,
	claim     bigint  NOT NULL,
	collected bigint  NOT NULL,
	funder    text COLLATE "C" NOT NULL,
	account   text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, purchase, funder)
);

CREATE TABLE statement (
	partition    integer NOT NULL,
	bucket       integer NOT NULL,
	number       bigint  NOT NULL,
	time         bigint  NOT NULL,
	position     bigint  NOT NULL,
	total        bigint  NOT NULL,
	principal    bigint  NOT NULL,
	interest     bigint  NOT NULL,
	fee          bigint  NOT NULL,
	refunded     bigint  NOT NULL,
	converted    bigint  NOT NULL,
	deferral_fee bigint  NOT NULL,
	disputed     bigint NOT NULL,
	paid         bigint  NOT NULL,
	penalty      bigint  NOT NULL,
	penalty_paid bigint  NOT NULL,
	penalty_cut  bigint  NOT NULL,
	day          date    NOT NULL,
	due          date    NOT NULL,
	deferred_from date,
	overdue_on   date,
	paid_on      date,
	charged_off_on date,
	account      text COLLATE "C" NOT NULL,
	status       text COLLATE "C" NOT NULL,
	id           text COLLATE "C" GENERATED ALWAYS AS ('stm_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
) WITH (fillfactor = 85);

-- Which bills are due on a date, for reminders: those that are unpaid and not late.
CREATE INDEX statement_due ON statement (partition, due, account, number) WHERE status = 'open';

CREATE TABLE statement_line (
	partition      integer NOT NULL,
	instalment     integer NOT NULL,
	statement      bigint  NOT NULL,
	purchase       bigint  NOT NULL,
	principal      bigint  NOT NULL,
	interest       bigint  NOT NULL,
	fee            bigint  NOT NULL,
	subsidised     bigint  NOT NULL,
	refunded       bigint  NOT NULL,
	disputed       bigint NOT NULL,
	converted      bigint  NOT NULL,
	principal_paid bigint  NOT NULL,
	interest_paid  bigint  NOT NULL,
	fee_paid       bigint  NOT NULL,
	account        text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, statement, purchase, instalment)
) WITH (fillfactor = 85);

CREATE TABLE conversion (
	partition  integer NOT NULL,
	periods    integer NOT NULL,
	number     bigint  NOT NULL,
	statement  bigint  NOT NULL,
	time       bigint  NOT NULL,
	position   bigint  NOT NULL,
	amount     bigint  NOT NULL,
	interest   bigint  NOT NULL,
	fee        bigint  NOT NULL,
	subsidised bigint  NOT NULL,
	day        date    NOT NULL,
	account    text COLLATE "C" NOT NULL,
	plan       text COLLATE "C" NOT NULL,
	plan_kind  text COLLATE "C" NOT NULL,
	id         text COLLATE "C" GENERATED ALWAYS AS ('cnv_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE repayment (
	partition integer NOT NULL,
	number    bigint  NOT NULL,
	time      bigint  NOT NULL,
	position  bigint  NOT NULL,
	amount    bigint  NOT NULL,
	surplus   bigint  NOT NULL,
	from_credit bigint  NOT NULL,
	waived    bigint  NOT NULL,
	early     boolean NOT NULL,
	day       date    NOT NULL,
	reversed_on date,
	account   text COLLATE "C" NOT NULL,
	source    text COLLATE "C" NOT NULL,
	id        text COLLATE "C" GENERATED ALWAYS AS ('rep_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE repayment_share (
	partition  integer NOT NULL,
	number     integer NOT NULL,
	instalment integer NOT NULL,
	position   bigint  NOT NULL,
	repayment  bigint  NOT NULL,
	statement  bigint  NOT NULL,
	purchase   bigint  NOT NULL,
	penalty    bigint  NOT NULL,
	fee        bigint  NOT NULL,
	interest   bigint  NOT NULL,
	principal  bigint  NOT NULL,
	day        date    NOT NULL,
	charged_off boolean NOT NULL,
	account    text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, position, number)
);

CREATE TABLE refund (
	partition      integer NOT NULL,
	number         bigint  NOT NULL,
	purchase       bigint  NOT NULL,
	time           bigint  NOT NULL,
	position       bigint  NOT NULL,
	amount         bigint  NOT NULL,
	to_credit      bigint  NOT NULL,
	contested      bigint NOT NULL,
	day            date    NOT NULL,
	off_loss bigint NOT NULL,
	account        text COLLATE "C" NOT NULL,
	merchant       text COLLATE "C" NOT NULL,
	id             text COLLATE "C" GENERATED ALWAYS AS ('ref_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE refund_cut (
	partition      integer NOT NULL,
	number         integer NOT NULL,
	instalment     integer NOT NULL,
	refund         bigint NOT NULL,
	dispute        bigint NOT NULL,
	statement      bigint NOT NULL,
	principal      bigint NOT NULL,
	interest       bigint NOT NULL,
	fee            bigint NOT NULL,
	principal_left bigint NOT NULL,
	interest_left  bigint NOT NULL,
	fee_left       bigint NOT NULL,
	by_merchant    bigint NOT NULL,
	by_platform    bigint NOT NULL,
	by_funder      bigint NOT NULL,
	account        text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, refund, number)
);

CREATE TABLE refund_funding (
	partition integer NOT NULL,
	refund    bigint NOT NULL,
	principal bigint NOT NULL,
	account   text COLLATE "C" NOT NULL,
	funder    text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, refund, funder)
);

CREATE TABLE dispute (
	partition  integer NOT NULL,
	number     bigint NOT NULL,
	purchase   bigint NOT NULL,
	time       bigint NOT NULL,
	position   bigint NOT NULL,
	amount     bigint NOT NULL,
	paid       bigint NOT NULL,
	refunded   bigint NOT NULL,
	refund     bigint NOT NULL,
	day        date NOT NULL,
	settled_on date,
	account    text COLLATE "C" NOT NULL,
	reason     text COLLATE "C" NOT NULL,
	status     text COLLATE "C" NOT NULL,
	reviewer   text COLLATE "C" NOT NULL,
	id         text COLLATE "C" GENERATED ALWAYS AS ('dsp_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE credit_return (
	partition integer NOT NULL,
	number    bigint  NOT NULL,
	time      bigint  NOT NULL,
	position  bigint  NOT NULL,
	amount    bigint  NOT NULL,
	day       date    NOT NULL,
	account   text COLLATE "C" NOT NULL,
	reference text COLLATE "C" NOT NULL,
	id        text COLLATE "C" GENERATED ALWAYS AS ('ret_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE block (
	partition integer NOT NULL,
	position  bigint  NOT NULL,
	since     date    NOT NULL,
	lifted_on date,
	account   text COLLATE "C" NOT NULL,
	kind      text COLLATE "C" NOT NULL,
	note      text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, kind, position)
);

CREATE TABLE closure (
	partition    integer NOT NULL,
	number       bigint  NOT NULL,
	time         bigint  NOT NULL,
	position     bigint  NOT NULL,
	requested_on date    NOT NULL,
	review_by    date    NOT NULL,
	opened_on    date,
	decided_position bigint NOT NULL,
	kind         text COLLATE "C" NOT NULL,
	decided_on   date,
	breached     boolean NOT NULL,
	account      text COLLATE "C" NOT NULL,
	status       text COLLATE "C" NOT NULL,
	reviewer     text COLLATE "C" NOT NULL,
	reason       text COLLATE "C" NOT NULL,
	id           text COLLATE "C" GENERATED ALWAYS AS ('clo_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);
CREATE INDEX closure_open ON closure (partition, review_by) WHERE status = 'requested';

CREATE TABLE limit_change (
	partition integer NOT NULL,
	position  bigint  NOT NULL,
	time      bigint  NOT NULL,
	before    bigint  NOT NULL,
	amount    bigint  NOT NULL,
	day       date    NOT NULL,
	last_day  date,
	account   text COLLATE "C" NOT NULL,
	event     text COLLATE "C" NOT NULL,
	reason    text COLLATE "C" NOT NULL,
	operator  text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, position)
);

CREATE TABLE autopay (
	partition   integer NOT NULL,
	version     integer NOT NULL,
	number      bigint  NOT NULL,
	time        bigint  NOT NULL,
	position    bigint  NOT NULL,
	accepted_at bigint  NOT NULL,
	day         date    NOT NULL,
	ended_on    date,
	account     text COLLATE "C" NOT NULL,
	source      text COLLATE "C" NOT NULL,
	hash        text COLLATE "C" NOT NULL,
	end_reason  text COLLATE "C" NOT NULL,
	id          text COLLATE "C" GENERATED ALWAYS AS ('apy_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE debit (
	partition  integer NOT NULL,
	lapsed     boolean NOT NULL,
	attempt    integer NOT NULL,
	number     bigint  NOT NULL,
	time       bigint  NOT NULL,
	position   bigint  NOT NULL,
	statement  bigint  NOT NULL,
	amount     bigint  NOT NULL,
	purchase   bigint  NOT NULL,
	repayment  bigint  NOT NULL,
	day        date    NOT NULL,
	decided_on date,
	account    text COLLATE "C" NOT NULL,
	source     text COLLATE "C" NOT NULL,
	purpose    text COLLATE "C" NOT NULL,
	quote      text COLLATE "C" NOT NULL,
	status     text COLLATE "C" NOT NULL,
	reason     text COLLATE "C" NOT NULL,
	id         text COLLATE "C" GENERATED ALWAYS AS ('deb_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);
-- What the payment service has to be asked about.
CREATE INDEX debit_pending ON debit (partition, account, number) WHERE status = 'pending';

-- When each bucket and each grade was entered.
CREATE TABLE overdue_history (
	partition     integer NOT NULL,
	number        integer NOT NULL,
	bucket        integer NOT NULL,
	days_past_due integer NOT NULL,
	position      bigint  NOT NULL,
	statement     bigint  NOT NULL,
	day           date    NOT NULL,
	account       text COLLATE "C" NOT NULL,
	what          text COLLATE "C" NOT NULL,
	grade         text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, position, number)
);

CREATE TABLE account_setting (
	partition    integer NOT NULL,
	number       integer NOT NULL,
	due_day      integer NOT NULL,
	lock_from    integer NOT NULL,
	lock_until   integer NOT NULL,
	position     bigint  NOT NULL,
	time         bigint  NOT NULL,
	amount       bigint  NOT NULL,
	day          date    NOT NULL,
	takes_effect date,
	none         boolean NOT NULL,
	account      text COLLATE "C" NOT NULL,
	event        text COLLATE "C" NOT NULL,
	scene        text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, position, number)
);

CREATE TABLE charge_off (
	partition     integer NOT NULL,
	days_past_due integer NOT NULL,
	position      bigint NOT NULL,
	time          bigint NOT NULL,
	principal     bigint NOT NULL,
	interest      bigint NOT NULL,
	fee           bigint NOT NULL,
	penalty       bigint NOT NULL,
	day           date NOT NULL,
	account       text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, account, position)
);

CREATE TABLE contact (
	partition integer NOT NULL,
	minute    integer NOT NULL,
	effective boolean NOT NULL,
	number    bigint  NOT NULL,
	time      bigint  NOT NULL,
	position  bigint  NOT NULL,
	day       date    NOT NULL,
	account   text COLLATE "C" NOT NULL,
	channel   text COLLATE "C" NOT NULL,
	purpose   text COLLATE "C" NOT NULL,
	id        text COLLATE "C" GENERATED ALWAYS AS ('con_' || substr(account, 5) || '_' || number::text) STORED,
	PRIMARY KEY (partition, account, number)
);

CREATE TABLE posting (
	partition    integer NOT NULL,
	number       integer NOT NULL,
	position     bigint  NOT NULL,
	amount       bigint  NOT NULL,
	day          date    NOT NULL,
	event        text COLLATE "C" NOT NULL,
	debit_class  text COLLATE "C" NOT NULL,
	debit_of     text COLLATE "C" NOT NULL,
	credit_class text COLLATE "C" NOT NULL,
	credit_of    text COLLATE "C" NOT NULL,
	currency     text COLLATE "C" NOT NULL,
	PRIMARY KEY (partition, position, number)
);

-- The general ledger, one row a class. A customer's sub-ledger is the account's
-- own columns: a second row for each balance would double what a checkout writes.
CREATE TABLE ledger_balance (
	partition integer NOT NULL,
	class     text COLLATE "C" NOT NULL,
	currency  text COLLATE "C" NOT NULL,
	debit     bigint  NOT NULL,
	credit    bigint  NOT NULL,
	PRIMARY KEY (partition, class, currency)
) WITH (fillfactor = 20);

-- The sub-ledgers of merchants and funders.
CREATE TABLE subledger_balance (
	partition integer NOT NULL,
	class     text COLLATE "C" NOT NULL,
	owner     text COLLATE "C" NOT NULL,
	currency  text COLLATE "C" NOT NULL,
	debit     bigint  NOT NULL,
	credit    bigint  NOT NULL,
	PRIMARY KEY (partition, class, owner, currency)
) WITH (fillfactor = 50);

CREATE VIEW trial_balance AS
	SELECT class, currency, CAST(sum(debit) AS bigint) AS debit, CAST(sum(credit) AS bigint) AS credit, CAST(sum(debit) - sum(credit) AS bigint) AS balance
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
