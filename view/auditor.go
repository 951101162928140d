package view

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
)

// Auditor holds a partition's log against the rules while it grows: what Verify
// does to a whole database, entry by entry and without tables. It is for who wants to
// know of a wrong entry at once, and has the entries in their order.
type Auditor struct {
	audit  *audit
	report Report
}

// NewAuditor begins at the beginning of a partition.
func NewAuditor(partition int32) *Auditor {
	a := new(Auditor)
	a.audit = newAudit(partition, &a.report, 0, 1)
	return a
}

// Entry takes the next entry of the partition.
func (a *Auditor) Entry(e *eventlog.Entry) { a.audit.entry(e) }

// Account is an account as its entries fold to, or nil if it has none. It is for reading only.
func (a *Auditor) Account(id credit.ID) *credit.Account {
	if x := a.audit.accounts[id]; x != nil {
		return x.state
	}
	return nil
}

// Settle holds what is owed on accounts, and the rows they would have, against
// their state: for those that have just changed.
func (a *Auditor) Settle(changed ...credit.ID) {
	all := a.audit.order
	a.audit.order, a.audit.only = changed, changed
	a.audit.finish()
	a.audit.order, a.audit.only = all, nil
}

// Finish does to all accounts what Settle does to some.
func (a *Auditor) Finish() { a.audit.finish() }

// Report is what was found so far.
func (a *Auditor) Report() *Report { return &a.report }
