package sim

import (
	"context"
	"fmt"
	"reflect"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// nextBill is the date of the next statement.
func (c *customer) nextBill() calendar.Date {
	return calendar.NextOnDay(c.today(), c.world.terms.StatementDay)
}

// bill reads the day's statement, holds it against the customer's own book, and
// plans how it is paid.
func (c *customer) bill(ctx context.Context) error {
	if err := c.look(ctx); err != nil {
		return err
	}
	if c.now.Status == client.Closed {
		return nil
	}
	c.plan(c.nextBill(), "read the bill", c.bill)
	c.met.Requests++
	statements, err := c.world.api.ListStatements(ctx, c.account, client.ListStatementsQuery{Limit: 3})
	if err != nil {
		return err
	}
	expected := c.book.falling(c.today())
	issued := len(statements.Data) > 0 && statements.Data[0].StatementOn == c.today()
	switch {
	case issued != (len(expected) > 0):
		return fmt.Errorf("%d instalments fall on %s, and a statement was issued: %v", len(expected), c.today(), issued)
	case !issued:
		return nil
	}
	s := statements.Data[0]
	if err := c.checkStatement(&s, expected); err != nil {
		return fmt.Errorf("statement %s: %w", s.ID, err)
	}
	c.met.Requests++
	alone, err := c.world.api.GetStatement(ctx, s.ID)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(alone, s) {
		return fmt.Errorf("in the list a statement is %+v, by itself %+v", s, alone)
	}
	c.met.Statements++
	c.met.Billed += s.Total
	if s.Remaining > 0 {
		c.planPayment(s)
	}
	return nil
}

// planPayment decides when a statement is paid.
func (c *customer) planPayment(s client.Statement) {
	grace := s.DueOn + calendar.Date(c.world.terms.GraceDays)
	all := func(ctx context.Context) error { return c.pay(ctx, func(a *client.Account) int64 { return a.Billed }) }
	switch c.nature.pays {
	case beforeDue:
		c.plan(soon(c.chance, c.today(), 1, int(s.DueOn-c.today())-1), "pay the bill", all)
	case onDueDay:
		if c.world.debits {
			c.plan(s.DueOn, "be debited", func(ctx context.Context) error { return c.debited(ctx, s.ID, 0) })
			break
		}
		c.plan(s.DueOn, "pay the bill by standing instruction", all)
	case inGrace:
		c.plan(soon(c.chance, s.DueOn, min(1, int(grace-s.DueOn)), int(grace-s.DueOn)), "pay the bill in grace", all)
	case inTwo:
		half := func(a *client.Account) int64 { return a.Billed / 2 }
		c.plan(soon(c.chance, c.today(), 1, 4), "pay half of the bill", func(ctx context.Context) error {
			if c.world.debits {
				return c.payNow(ctx, half)
			}
			return c.pay(ctx, half)
		})
		c.plan(s.DueOn, "pay the rest of the bill", all)
	case tooMuch:
		c.plan(s.DueOn-2, "pay more than the bill", func(ctx context.Context) error {
			return c.pay(ctx, func(a *client.Account) int64 { return (a.Billed/100_00 + 1) * 100_00 })
		})
		if oneIn(c.chance, 2) {
			c.plan(s.DueOn+3, "ask for the surplus", c.askBack)
		}
	case late:
		if c.now.Billed == s.Remaining { // nothing older is open
			c.plan(grace, "still have grace", func(ctx context.Context) error { return c.notice(ctx, s.ID, false) })
		}
		c.plan(grace+1, "be overdue", func(ctx context.Context) error { return c.notice(ctx, s.ID, true) })
		c.plan(soon(c.chance, grace, 5, 60), "pay what is overdue", func(ctx context.Context) error {
			return c.pay(ctx, func(a *client.Account) int64 { return a.Overdue })
		})
	}
}

// pay repays as much as somebody decides on a look at the account, and follows where it went.
func (c *customer) pay(ctx context.Context, much func(*client.Account) int64) error {
	if err := c.look(ctx); err != nil {
		return err
	}
	amount := much(&c.now)
	if c.now.Billed == 0 || amount == 0 {
		return nil // a refund was faster
	}
	before := c.now
	r, err := ask(c, func(key string) (client.Repayment, error) {
		return c.world.api.Repay(ctx, c.account, key, client.RepaymentRequest{Amount: amount, Currency: before.Currency, Source: "pay-" + key})
	})
	if err != nil {
		return err
	}
	went := int64(0)
	for _, share := range r.Shares {
		went += share.Penalty + share.Fee + share.Interest + share.Principal
		c.met.Penalty += share.Penalty
	}
	surplus := max(0, amount-before.Billed)
	if r.Amount != amount || went+r.Credited != amount || r.Credited != surplus || r.ReceivedOn != c.today() {
		return fmt.Errorf("%s on bills of %s came to %s of shares and %s of credit", yuan(amount), yuan(before.Billed), yuan(went), yuan(r.Credited))
	}
	c.met.Repayments++
	c.met.Repaid += amount
	c.book.repaid += amount
	if err := c.look(ctx); err != nil {
		return err
	}
	switch {
	case c.now.Billed != before.Billed-went || c.now.CreditBalance != before.CreditBalance+r.Credited:
		return fmt.Errorf("after %s of shares bills went from %s to %s, credit from %s to %s",
			yuan(went), yuan(before.Billed), yuan(c.now.Billed), yuan(before.CreditBalance), yuan(c.now.CreditBalance))
	case c.now.Billed == 0 && (c.now.DaysPastDue != 0 || c.blocked(client.BlockKindOverdue)):
		return fmt.Errorf("everything billed is paid, and the account is still overdue: %+v", c.now)
	}
	return nil
}

// notice looks on the last day of grace, or on the day after it.
func (c *customer) notice(ctx context.Context, statement string, overdue bool) error {
	if err := c.look(ctx); err != nil {
		return err
	}
	c.met.Requests++
	s, err := c.world.api.GetStatement(ctx, statement)
	if err != nil {
		return err
	}
	if s.Remaining == 0 {
		return nil // a refund paid it
	}
	if is := c.blocked(client.BlockKindOverdue) && c.now.DaysPastDue > 0 && !c.now.CanSpend && s.Status == client.StatementStatusOverdue; is != overdue {
		return fmt.Errorf("a bill due on %s is overdue: %v; the account is %+v, the statement %+v", s.DueOn, is, c.now, s)
	}
	if overdue {
		c.met.Overdue++
	}
	return nil
}

// askBack has the credit balance paid back.
func (c *customer) askBack(ctx context.Context) error {
	if err := c.look(ctx); err != nil {
		return err
	}
	balance := c.now.CreditBalance
	if balance == 0 {
		c.met.Requests++
		_, err := c.world.api.ReturnCreditBalance(ctx, c.account, fmt.Sprintf("%s-nothing-%s", c.name, c.today()), client.CreditBalanceReturnRequest{Reference: "out-0"})
		return refused(err, "no_credit_balance", "a return of nothing")
	}
	r, err := ask(c, func(key string) (client.CreditBalanceReturn, error) {
		return c.world.api.ReturnCreditBalance(ctx, c.account, key, client.CreditBalanceReturnRequest{Reference: "out-" + key})
	})
	if err != nil {
		return err
	}
	if r.Amount != balance {
		return fmt.Errorf("of a credit balance of %s %s was paid back", yuan(balance), yuan(r.Amount))
	}
	c.met.Returns++
	c.book.returned += balance
	return c.look(ctx)
}

func (c *customer) blocked(kind client.BlockKind) bool {
	for _, b := range c.now.Blocks {
		if b.Kind == kind {
			return true
		}
	}
	return false
}
