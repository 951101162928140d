package view

import (
	"github.com/yuefu/yuefu/database"
)

// The tables that rows are only written to or changed by key.
var (
	applicationTable   = describe[Application]("application")
	agreementTable     = describe[Agreement]("agreement")
	authorisationTable = describe[Authorisation]("authorisation")
	purchaseTable      = describe[Purchase]("purchase")
	instalmentTable    = describe[Instalment]("instalment")
	fundingTable       = describe[Funding]("purchase_funding")
	statementTable     = describe[Statement]("statement")
	lineTable          = describe[Line]("statement_line")
	conversionTable    = describe[Conversion]("conversion")
	repaymentTable     = describe[Repayment]("repayment")
	shareTable         = describe[Share]("repayment_share")
	refundTable        = describe[Refund]("refund")
	refundCutTable     = describe[RefundCut]("refund_cut")
	refundFundingTable = describe[RefundFunding]("refund_funding")
	disputeTable       = describe[Dispute]("dispute")
	returnTable        = describe[Return]("credit_return")
	blockTable         = describe[Block]("block")
	closureTable       = describe[Closure]("closure")
	settingTable       = describe[Setting]("account_setting")
	limitChangeTable   = describe[LimitChange]("limit_change")
	autopayTable       = describe[Autopay]("autopay")
	debitTable         = describe[Debit]("debit")
	postingTable       = describe[Posting]("posting")
)

// accountTable's statements differ: an account is made when somebody applies the
// first time, and it is changed in two ways, of which one is rare.
var (
	openingColumns  = columnsOf[opening]()
	balancesColumns = columnsOf[balances]()
	contractColumns = columnsOf[contract]()
	liftColumns     = columnsOf[lift]()
	freedColumns    = columnsOf[freed]()
	sumColumns      = columnsOf[total]()
	ownedColumns    = columnsOf[owned]()
)

const (
	balancesSet = `last_position = u.last_position, held = t.held + u.held,
		principal_unbilled = t.principal_unbilled + u.principal_unbilled, principal_billed = t.principal_billed + u.principal_billed, principal_disputed = t.principal_disputed + u.principal_disputed,
		cost_unbilled = t.cost_unbilled + u.cost_unbilled, interest = t.interest + u.interest, fee = t.fee + u.fee,
		penalty = t.penalty + u.penalty, credit_balance = t.credit_balance + u.credit_balance,
		next_due = CASE WHEN u.due_known THEN u.next_due ELSE t.next_due END`

	contractSet = `status = COALESCE(NULLIF(u.status, ''), t.status), programme = COALESCE(NULLIF(u.programme, ''), t.programme),
		terms_version = COALESCE(NULLIF(u.terms_version, 0), t.terms_version), currency = COALESCE(NULLIF(u.currency, ''), t.currency),
		opened_on = COALESCE(u.opened_on, t.opened_on),
		credit_limit = CASE WHEN u.limit_known THEN u.credit_limit ELSE t.credit_limit END,
		closed_on = CASE WHEN u.limit_known THEN u.closed_on ELSE t.closed_on END,
		blocks = CASE WHEN u.blocks_gone THEN 0 ELSE t.blocks END + u.blocks,
		overdue = CASE WHEN u.overdue_known THEN u.overdue ELSE t.overdue END,
		due_day = COALESCE(NULLIF(u.due_day, 0), t.due_day),
		temporary_limit = CASE WHEN u.temporary_known THEN u.temporary_limit ELSE t.temporary_limit END,
		temporary_until = CASE WHEN u.temporary_known THEN u.temporary_until ELSE t.temporary_until END,
		grade = COALESCE(NULLIF(u.grade, ''), t.grade),
		charged_off_unbilled = t.charged_off_unbilled + u.charged_off_unbilled, charged_off_billed = t.charged_off_billed + u.charged_off_billed, charged_off_interest = t.charged_off_interest + u.charged_off_interest,
		charged_off_fee = t.charged_off_fee + u.charged_off_fee, charged_off_penalty = t.charged_off_penalty + u.charged_off_penalty,
		charged_off_disputed = t.charged_off_disputed + u.charged_off_disputed`
)

var (
	openAccounts = map[database.Dialect]string{
		database.PostgreSQL: `INSERT INTO account (partition, id, platform, customer) SELECT c.partition, u.* FROM checkpoint c CROSS JOIN ` +
			unnest(openingColumns) + ` WHERE c.partition = $1 AND c.reader = 'tables' ON CONFLICT DO NOTHING`,
		database.SQLite: `INSERT INTO account (partition, id, platform, customer) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
	}

	moveBalances = map[database.Dialect]string{
		database.PostgreSQL: `UPDATE account t SET ` + balancesSet + ` FROM ` + unnest(balancesColumns) + ` WHERE t.partition = $1 AND t.id = u.id`,
		database.SQLite: `UPDATE account SET last_position = ?3, held = held + ?4, principal_unbilled = principal_unbilled + ?5,
			principal_billed = principal_billed + ?6, cost_unbilled = cost_unbilled + ?7, interest = interest + ?8, fee = fee + ?9,
			penalty = penalty + ?10, credit_balance = credit_balance + ?11, principal_disputed = principal_disputed + ?12,
			next_due = CASE WHEN ?13 THEN ?14 ELSE next_due END
			WHERE partition = ?1 AND id = ?2`,
	}

	changeContracts = map[database.Dialect]string{
		database.PostgreSQL: `UPDATE account t SET ` + contractSet + ` FROM ` + unnest(contractColumns) + ` WHERE t.partition = $1 AND t.id = u.id`,
		database.SQLite: `UPDATE account SET status = COALESCE(NULLIF(?3, ''), status), programme = COALESCE(NULLIF(?4, ''), programme),
			terms_version = COALESCE(NULLIF(?5, 0), terms_version), currency = COALESCE(NULLIF(?6, ''), currency),
			opened_on = COALESCE(?7, opened_on), credit_limit = CASE WHEN ?8 THEN ?9 ELSE credit_limit END,
			closed_on = CASE WHEN ?8 THEN ?10 ELSE closed_on END, blocks = CASE WHEN ?11 THEN 0 ELSE blocks END + ?12,
			overdue = CASE WHEN ?13 THEN ?14 ELSE overdue END, temporary_limit = CASE WHEN ?15 THEN ?16 ELSE temporary_limit END,
			temporary_until = CASE WHEN ?15 THEN ?17 ELSE temporary_until END, grade = COALESCE(NULLIF(?18, ''), grade),
			due_day = COALESCE(NULLIF(?19, 0), due_day),
			charged_off_unbilled = charged_off_unbilled + ?20, charged_off_billed = charged_off_billed + ?21,
			charged_off_interest = charged_off_interest + ?22, charged_off_fee = charged_off_fee + ?23, charged_off_penalty = charged_off_penalty + ?24,
			charged_off_disputed = charged_off_disputed + ?25
			WHERE partition = ?1 AND id = ?2`,
	}

	liftBlocks = map[database.Dialect]string{
		database.PostgreSQL: `UPDATE block t SET lifted_on = u.lifted_on FROM ` + unnest(liftColumns) +
			` WHERE t.partition = $1 AND t.account = u.account AND t.kind = u.kind AND t.lifted_on IS NULL`,
		database.SQLite: `UPDATE block SET lifted_on = ?4 WHERE partition = ?1 AND account = ?2 AND kind = ?3 AND lifted_on IS NULL`,
	}

	freeAccounts = map[database.Dialect]string{
		database.PostgreSQL: `UPDATE block t SET lifted_on = u.lifted_on FROM ` + unnest(freedColumns) +
			` WHERE t.partition = $1 AND t.account = u.account AND t.lifted_on IS NULL`,
		database.SQLite: `UPDATE block SET lifted_on = ?3 WHERE partition = ?1 AND account = ?2 AND lifted_on IS NULL`,
	}

	addToLedger = map[database.Dialect]string{
		database.PostgreSQL: `INSERT INTO ledger_balance (partition, class, currency, debit, credit) SELECT c.partition, u.* FROM checkpoint c CROSS JOIN ` +
			unnest(sumColumns) + ` WHERE c.partition = $1 AND c.reader = 'tables'
			ON CONFLICT (partition, class, currency) DO UPDATE SET debit = ledger_balance.debit + excluded.debit, credit = ledger_balance.credit + excluded.credit`,
		database.SQLite: `INSERT INTO ledger_balance (partition, class, currency, debit, credit) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (partition, class, currency) DO UPDATE SET debit = ledger_balance.debit + excluded.debit, credit = ledger_balance.credit + excluded.credit`,
	}

	addToSubledgers = map[database.Dialect]string{
		database.PostgreSQL: `INSERT INTO subledger_balance (partition, class, owner, currency, debit, credit) SELECT c.partition, u.* FROM checkpoint c CROSS JOIN ` +
			unnest(ownedColumns) + ` WHERE c.partition = $1 AND c.reader = 'tables'
			ON CONFLICT (partition, class, owner, currency) DO UPDATE SET debit = subledger_balance.debit + excluded.debit, credit = subledger_balance.credit + excluded.credit`,
		database.SQLite: `INSERT INTO subledger_balance (partition, class, owner, currency, debit, credit) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (partition, class, owner, currency) DO UPDATE SET debit = subledger_balance.debit + excluded.debit, credit = subledger_balance.credit + excluded.credit`,
	}
)

const (
	// moveCheckpoint is the compare-and-set of a reader.
	moveCheckpoint = `UPDATE checkpoint SET position = $1 WHERE partition = $2 AND reader = 'tables' AND position = $3`

	makeCheckpoint = `INSERT INTO checkpoint (partition, reader, position) VALUES ($1, 'tables', 0) ON CONFLICT DO NOTHING`
)
