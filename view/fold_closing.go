package view

import (
	"slices"

	"github.com/yuefu/yuefu/credit"
)

// reviewed is what was decided about a request to close.
func (c *changes) reviewed(at place, number int64, status, reviewer, reason string) *Closure {
	r := c.closures.at(Closure{Account: at.account, Number: number})
	r.Status, r.DecidedOn, r.Reviewer, r.Reason = status, at.day, reviewer, reason
	return r
}

// kept ends a request to close without closing. An account that was closed before stays so.
func (c *changes) kept(at place, number int64, status, reviewer, reason string, ended bool) {
	c.reviewed(at, number, status, reviewer, reason)
	if !ended {
		c.contractOf(at).Status = credit.Active
	}
}

// closureKind is the kind of a closure in a word: see credit.ClosureKind.
func closureKind(k credit.ClosureKind) string {
	if k == credit.Close {
		return "close"
	}
	return string(k)
}

// closed ends the account. The blocks that are left, the customer's own, end with it.
func (c *changes) closed(at place, e credit.ClosureApproved) {
	r := c.reviewed(at, e.Closure, ClosureApproved, e.Reviewer, "")
	r.OpenedOn, r.DecidedPosition = e.OpenedOn, at.position
	if e.Ended {
		return
	}
	k := c.contractOf(at)
	k.Status, k.LimitKnown, k.CreditLimit, k.ClosedOn = credit.Closed, true, 0, at.day
	k.Blocks, k.BlocksGone, k.OverdueKnown, k.Overdue = 0, true, true, false
	c.temporary(at, 0, 0)
	for _, i := range c.blocksOf[at.account] {
		if b := &c.blocks[i]; b.LiftedOn == 0 {
			b.LiftedOn = at.day
		}
	}
	// Once is enough: what these entries add after it was ended above.
	if !slices.ContainsFunc(c.freed, func(f freed) bool { return f.Account == at.account }) {
		c.freed = append(c.freed, freed{Account: at.account, LiftedOn: at.day})
	}
}
