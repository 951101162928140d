package view

import (
	"context"
	"fmt"
	"math"

	"github.com/yuefu/yuefu/credit"
)

// Page asks for a part of an account's list, the newest first. Numbers of an
// account only grow, so that a page means the same while new things come.
type Page struct {
	Before int64 // only numbers below it; 0: from the newest on
	Limit  int   // 1 to 1,000; 0: 100
}

func (p Page) bounds() (before int64, limit int) {
	before, limit = p.Before, p.Limit
	if before <= 0 {
		before = math.MaxInt64
	}
	if limit <= 0 {
		limit = 100
	}
	return before, min(limit, 1000)
}

// The statements of the lists: $1 is the partition, $2 the account.
var (
	readApplications   = applicationTable.newest()
	readAuthorisations = authorisationTable.newest()
	readPurchases      = purchaseTable.newest()
	readStatements     = statementTable.newest()
	readRepayments     = repaymentTable.newest()
	readRefunds        = refundTable.newest()
	readDisputes       = disputeTable.newest()
	readReturns        = returnTable.newest()
	readClosures       = closureTable.newest()
	readDebits         = debitTable.newest()

	readApplication   = applicationTable.one()
	readAuthorisation = authorisationTable.one()
	readPurchase      = purchaseTable.one()
	readStatement     = statementTable.one()
	readRepayment     = repaymentTable.one()
	readRefund        = refundTable.one()
	readDispute       = disputeTable.one()
	readReturn        = returnTable.one()
	readClosure       = closureTable.one()
	readDebit         = debitTable.one()

	readAgreements      = agreementTable.read + ` WHERE partition = $1 AND account = $2 ORDER BY application DESC, document`
	readSettings        = settingTable.read + ` WHERE partition = $1 AND account = $2 ORDER BY position DESC, number DESC`
	readLimitChanges    = limitChangeTable.read + ` WHERE partition = $1 AND account = $2 ORDER BY position DESC`
	readBlocks          = blockTable.read + ` WHERE partition = $1 AND account = $2 ORDER BY position DESC, kind`
	readInstalments     = instalmentTable.read + ` WHERE partition = $1 AND account = $2 AND purchase = $3 ORDER BY number`
	readFunding         = fundingTable.read + ` WHERE partition = $1 AND account = $2 AND purchase = $3 ORDER BY funder`
	readLines           = lineTable.read + ` WHERE partition = $1 AND account = $2 AND statement = $3 ORDER BY purchase, instalment`
	readConversions     = conversionTable.read + ` WHERE partition = $1 AND account = $2 AND statement = $3 ORDER BY number`
	readPurchaseLines   = lineTable.read + ` WHERE partition = $1 AND account = $2 AND purchase = $3 ORDER BY instalment`
	readRefundsOf       = refundTable.read + ` WHERE partition = $1 AND account = $2 AND purchase = $3 ORDER BY number`
	readRefundCuts      = refundCutTable.read + ` WHERE partition = $1 AND account = $2 AND refund = $3 ORDER BY number`
	readRefundFunding   = refundFundingTable.read + ` WHERE partition = $1 AND account = $2 AND refund = $3 ORDER BY funder`
	readShares          = shareTable.read + ` WHERE partition = $1 AND account = $2 AND position = $3 AND repayment = $4 ORDER BY number`
	readStatementShares = shareTable.read + ` WHERE partition = $1 AND account = $2 AND statement = $3 ORDER BY position, number`
)

// readOpenClosures counts by the index of those that nobody has decided.
const readOpenClosures = `SELECT count(*), count(CASE WHEN breached THEN 1 END) FROM closure WHERE status = 'requested'`

func (s *schema) newest() string {
	return s.read + ` WHERE partition = $1 AND account = $2 AND number < $3 ORDER BY number DESC LIMIT $4`
}

func (s *schema) one() string {
	return s.read + ` WHERE partition = $1 AND account = $2 AND number = $3`
}

// Applications lists an account's applications.
func (t *Tables) Applications(ctx context.Context, account credit.ID, p Page) ([]Application, error) {
	return newest[Application](ctx, t, readApplications, account, p)
}

// Authorisations lists an account's authorisations, declined ones too.
func (t *Tables) Authorisations(ctx context.Context, account credit.ID, p Page) ([]Authorisation, error) {
	return newest[Authorisation](ctx, t, readAuthorisations, account, p)
}

// Purchases lists an account's purchases.
func (t *Tables) Purchases(ctx context.Context, account credit.ID, p Page) ([]Purchase, error) {
	return newest[Purchase](ctx, t, readPurchases, account, p)
}

// Statements lists an account's statements.
func (t *Tables) Statements(ctx context.Context, account credit.ID, p Page) ([]Statement, error) {
	return newest[Statement](ctx, t, readStatements, account, p)
}

// Repayments lists an account's repayments.
func (t *Tables) Repayments(ctx context.Context, account credit.ID, p Page) ([]Repayment, error) {
	return newest[Repayment](ctx, t, readRepayments, account, p)
}

// Refunds lists the refunds of an account's purchases.
func (t *Tables) Refunds(ctx context.Context, account credit.ID, p Page) ([]Refund, error) {
	return newest[Refund](ctx, t, readRefunds, account, p)
}

// Disputes lists an account's disputes, those that are settled too.
func (t *Tables) Disputes(ctx context.Context, account credit.ID, p Page) ([]Dispute, error) {
	return newest[Dispute](ctx, t, readDisputes, account, p)
}

// Returns lists the credit balances that were paid back to the customer.
func (t *Tables) Returns(ctx context.Context, account credit.ID, p Page) ([]Return, error) {
	return newest[Return](ctx, t, readReturns, account, p)
}

// Closures lists an account's requests to close.
func (t *Tables) Closures(ctx context.Context, account credit.ID, p Page) ([]Closure, error) {
	return newest[Closure](ctx, t, readClosures, account, p)
}

// Agreements lists the texts that an account's applicant agreed to.
func (t *Tables) Agreements(ctx context.Context, account credit.ID) ([]Agreement, error) {
	return find[Agreement](ctx, t, readAgreements, t.PartitionOf(account), account)
}

// Blocks lists an account's blocks, those that were lifted too, the newest first.
func (t *Tables) Blocks(ctx context.Context, account credit.ID) ([]Block, error) {
	return find[Block](ctx, t, readBlocks, t.PartitionOf(account), account)
}

// Settings lists what was chosen for an account, the newest first.
func (t *Tables) Settings(ctx context.Context, account credit.ID) ([]Setting, error) {
	return find[Setting](ctx, t, readSettings, t.PartitionOf(account), account)
}

// LimitChanges lists what was done to an account's limits, the newest first.
func (t *Tables) LimitChanges(ctx context.Context, account credit.ID) ([]LimitChange, error) {
	return find[LimitChange](ctx, t, readLimitChanges, t.PartitionOf(account), account)
}

// Application finds one application.
func (t *Tables) Application(ctx context.Context, id credit.ID) (Application, error) {
	return one[Application](ctx, t, readApplication, credit.PrefixApplication, id)
}

// Authorisation finds one authorisation.
func (t *Tables) Authorisation(ctx context.Context, id credit.ID) (Authorisation, error) {
	return one[Authorisation](ctx, t, readAuthorisation, credit.PrefixHold, id)
}

// Purchase finds one purchase.
func (t *Tables) Purchase(ctx context.Context, id credit.ID) (Purchase, error) {
	return one[Purchase](ctx, t, readPurchase, credit.PrefixPurchase, id)
}

// Statement finds one statement.
func (t *Tables) Statement(ctx context.Context, id credit.ID) (Statement, error) {
	return one[Statement](ctx, t, readStatement, credit.PrefixStatement, id)
}

// Repayment finds one repayment.
func (t *Tables) Repayment(ctx context.Context, id credit.ID) (Repayment, error) {
	return one[Repayment](ctx, t, readRepayment, credit.PrefixRepayment, id)
}

// Refund finds one refund.
func (t *Tables) Refund(ctx context.Context, id credit.ID) (Refund, error) {
	return one[Refund](ctx, t, readRefund, credit.PrefixRefund, id)
}

// Dispute finds one dispute.
func (t *Tables) Dispute(ctx context.Context, id credit.ID) (Dispute, error) {
	return one[Dispute](ctx, t, readDispute, credit.PrefixDispute, id)
}

// Return finds one return of a credit balance.
func (t *Tables) Return(ctx context.Context, id credit.ID) (Return, error) {
	return one[Return](ctx, t, readReturn, credit.PrefixReturn, id)
}

// ClosuresUnderReview counts the requests to close that nobody has decided, and those of
// them that are past their working days.
func (t *Tables) ClosuresUnderReview(ctx context.Context) (open, breached int64, err error) {
	err = t.db.Reader().QueryRowContext(ctx, readOpenClosures).Scan(&open, &breached)
	if err != nil {
		return 0, 0, fmt.Errorf("view: closures under review: %w", err)
	}
	return open, breached, nil
}

// Closure finds one request to close.
func (t *Tables) Closure(ctx context.Context, id credit.ID) (Closure, error) {
	return one[Closure](ctx, t, readClosure, credit.PrefixClosure, id)
}

// Instalments lists a purchase's instalments, in order.
func (t *Tables) Instalments(ctx context.Context, account credit.ID, purchase int64) ([]Instalment, error) {
	return find[Instalment](ctx, t, readInstalments, t.PartitionOf(account), account, purchase)
}

// FundingOf lists whose money a purchase is, by funder.
func (t *Tables) FundingOf(ctx context.Context, account credit.ID, purchase int64) ([]Funding, error) {
	return find[Funding](ctx, t, readFunding, t.PartitionOf(account), account, purchase)
}

// Lines lists a statement's lines, in order.
func (t *Tables) Lines(ctx context.Context, account credit.ID, statement int64) ([]Line, error) {
	return find[Line](ctx, t, readLines, t.PartitionOf(account), account, statement)
}

// ConversionsOf lists what of a statement became instalments.
func (t *Tables) ConversionsOf(ctx context.Context, account credit.ID, statement int64) ([]Conversion, error) {
	return find[Conversion](ctx, t, readConversions, t.PartitionOf(account), account, statement)
}

// PurchaseLines lists the statement lines that a purchase's instalments stand on.
func (t *Tables) PurchaseLines(ctx context.Context, account credit.ID, purchase int64) ([]Line, error) {
	return find[Line](ctx, t, readPurchaseLines, t.PartitionOf(account), account, purchase)
}

// RefundsOf lists a purchase's refunds, in order.
func (t *Tables) RefundsOf(ctx context.Context, account credit.ID, purchase int64) ([]Refund, error) {
	return find[Refund](ctx, t, readRefundsOf, t.PartitionOf(account), account, purchase)
}

// RefundCuts lists what a refund took off which instalment, in order.
func (t *Tables) RefundCuts(ctx context.Context, account credit.ID, refund int64) ([]RefundCut, error) {
	return find[RefundCut](ctx, t, readRefundCuts, t.PartitionOf(account), account, refund)
}

// RefundFunding lists by how much a refund lowered whose claims, by funder.
func (t *Tables) RefundFunding(ctx context.Context, account credit.ID, refund int64) ([]RefundFunding, error) {
	return find[RefundFunding](ctx, t, readRefundFunding, t.PartitionOf(account), account, refund)
}

// RefundShares lists what else the money of a refund paid, as it was on the credit balance.
func (t *Tables) RefundShares(ctx context.Context, r Refund) ([]Share, error) {
	return find[Share](ctx, t, readShares, t.PartitionOf(r.Account), r.Account, r.Position, 0)
}

// Shares lists where a repayment went.
func (t *Tables) Shares(ctx context.Context, r Repayment) ([]Share, error) {
	return find[Share](ctx, t, readShares, t.PartitionOf(r.Account), r.Account, r.Position, r.Number)
}

// StatementShares lists what paid a statement, oldest first.
func (t *Tables) StatementShares(ctx context.Context, account credit.ID, statement int64) ([]Share, error) {
	return find[Share](ctx, t, readStatementShares, t.PartitionOf(account), account, statement)
}
