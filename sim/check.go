package sim

import (
	"context"
	"errors"
	"fmt"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// checkAccount holds what the lender says of an account against itself and against
// the customer's own book.
func (c *customer) checkAccount(a *client.Account) error {
	var wrong []error
	check := func(what string, is, should int64) {
		if is != should {
			wrong = append(wrong, fmt.Errorf("%s is %s and should be %s", what, yuan(is), yuan(should)))
		}
	}
	check("available", a.Available, max(0, a.Limit+a.TemporaryLimit.Amount-a.Held-a.Outstanding))
	check("held", a.Held, c.book.held(c.today()))
	check("the sum of what is coming", sumDue(a.Coming), a.Owed)
	check("the unbilled part", a.Owed-a.Billed, c.book.unbilled(c.today()))
	next := int64(0)
	for _, in := range c.book.falling(c.nextBill()) {
		next += in.Amount
	}
	if a.NextStatement.StatementOn == c.nextBill() || next > 0 {
		check("the next statement", a.NextStatement.Amount, next)
	}
	if a.AsOf != c.today() || a.Customer != c.name {
		wrong = append(wrong, fmt.Errorf("it is the account of %s as of %s", a.Customer, a.AsOf))
	}
	if a.Overdue > a.Billed || a.Billed > a.Owed || (a.Overdue > 0) != (a.DaysPastDue > 0) {
		wrong = append(wrong, fmt.Errorf("overdue %s, billed %s, owed %s, %d days past due", yuan(a.Overdue), yuan(a.Billed), yuan(a.Owed), a.DaysPastDue))
	}
	if a.CanSpend != (a.Status == client.Active && len(a.Blocks) == 0) {
		wrong = append(wrong, fmt.Errorf("can_spend is %v while it is %s with %d blocks", a.CanSpend, a.Status, len(a.Blocks)))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("account %s: %w", a.ID, errors.Join(wrong...))
	}
	return nil
}

func sumDue(dues []client.Due) (sum int64) {
	for _, d := range dues {
		sum += d.Amount
	}
	return sum
}

// checkCost adds the figures of a plan up, as who compares offers does.
func checkCost(amount, total, cost, rate, cap int64, instalments []client.QuotedInstalment) error {
	principal, all := int64(0), int64(0)
	for i, in := range instalments {
		if in.Number != i+1 || in.Principal < 0 || in.Interest < 0 || in.Fee < 0 || in.Amount != in.Principal+in.Interest+in.Fee {
			return fmt.Errorf("instalment %d of %d is %+v", i+1, len(instalments), in)
		}
		principal += in.Principal
		all += in.Amount
	}
	if principal != amount || all != total || cost != total-amount || rate > cap || (cost == 0) != (rate == 0) {
		return fmt.Errorf("%s in instalments of %s and %s of principal costs %s by an annual rate of %d, of %d at most",
			yuan(amount), yuan(all), yuan(principal), yuan(cost), rate, cap)
	}
	return nil
}

// checkDates counts the months: the k-th instalment falls on the k-th statement after today.
func (c *customer) checkDates(instalments []client.QuotedInstalment) error {
	for _, in := range instalments {
		on := calendar.NthOnDay(c.today(), c.world.terms.StatementDay, in.Number)
		if due := calendar.NextOnDay(on, c.world.terms.DueDay); in.StatementOn != on || in.DueOn != due {
			return fmt.Errorf("instalment %d of a purchase of %s is billed on %s and due on %s, not %s and %s", in.Number, c.today(), in.StatementOn, in.DueOn, on, due)
		}
	}
	return nil
}

// checkPurchase compares what is owed now with what was consented to.
func (c *customer) checkPurchase(a client.Authorisation, p client.Purchase, amount int64, q client.Quote) error {
	if p.Authorisation != a.ID || p.Amount != amount || p.CapturedOn != c.today() || p.Refunded != 0 || len(p.Instalments) != q.Periods {
		return fmt.Errorf("a capture of %s came to %+v", yuan(amount), p)
	}
	principal, borne := int64(0), int64(0)
	for k, in := range p.Instalments {
		principal += in.Principal
		borne += in.Subsidised
		if on := calendar.NthOnDay(c.today(), c.world.terms.StatementDay, k+1); in.Number != k+1 || in.StatementOn != on {
			return fmt.Errorf("instalment %d falls on %s, not on %s", in.Number, in.StatementOn, on)
		}
		if quoted := q.Instalments[k]; amount == a.Amount && (in.Principal != quoted.Principal || in.Interest != quoted.Interest || in.Fee != quoted.Fee) {
			return fmt.Errorf("consented to %+v, and is to pay %+v", quoted, in)
		}
	}
	if principal != amount || amount == a.Amount && borne != q.Subsidised {
		return fmt.Errorf("a purchase of %s has %s of principal, and others bear %s, not %s", yuan(amount), yuan(principal), yuan(borne), yuan(q.Subsidised))
	}
	return nil
}

// checkStatement adds a bill up and looks for every instalment that has to be on it.
func (c *customer) checkStatement(s *client.Statement, expected map[string]client.Instalment) error {
	total := int64(0)
	for _, line := range s.Lines {
		total += line.Amount
		id := fmt.Sprintf("%s/%d", line.Purchase, line.Instalment)
		in, ok := expected[id]
		if !ok || line.Principal != in.Principal || line.Interest != in.Interest || line.Fee != in.Fee || line.Amount != in.Amount {
			return fmt.Errorf("line %+v, where %+v was expected", line, in)
		}
		delete(expected, id)
	}
	due := calendar.NextOnDay(s.StatementOn, c.world.terms.DueDay)
	if len(expected) > 0 || total != s.Total || s.Remaining != s.Total+s.Penalty-s.Paid || s.DueOn != due {
		return fmt.Errorf("total %s of lines of %s, %s paid, %s remains, due on %s; missing: %v",
			yuan(s.Total), yuan(total), yuan(s.Paid), yuan(s.Remaining), s.DueOn, expected)
	}
	return nil
}

// checkConditions holds what stands against closing against the account.
func (c *customer) checkConditions(conditions client.ClosingConditions) error {
	owed, credit, held, contested := int64(0), int64(0), int64(0), int64(0)
	for _, u := range conditions.Unmet {
		switch u.Condition {
		case "credit_balance_unpaid":
			credit += u.Amount
		case "dispute_open":
			contested += u.Amount
		case "hold_open":
			held += u.Amount
		default:
			owed += u.Amount
		}
	}
	if owed != c.now.Owed || credit != c.now.CreditBalance || held != c.now.Held || contested != c.now.Contested || conditions.Clear != (len(conditions.Unmet) == 0) {
		return fmt.Errorf("against closing stand %+v; the account is %+v", conditions.Unmet, c.now)
	}
	return nil
}

// audit reads everything that the lender has on the account, page by page, and
// holds it against the customer's book.
func (c *customer) audit(ctx context.Context) error {
	if c.account == "" {
		return nil
	}
	if err := c.look(ctx); err != nil {
		return err
	}
	purchases := map[string]bool{}
	for q := (client.ListPurchasesQuery{Limit: 7}); ; {
		c.met.Requests++
		page, err := c.world.api.ListPurchases(ctx, c.account, q)
		if err != nil {
			return err
		}
		for _, p := range page.Data {
			mine := c.book.bought[p.ID]
			if purchases[p.ID] || mine == nil || p.Amount != mine.amount || p.Refunded != mine.refunded {
				return fmt.Errorf("the list of purchases has %+v, twice: %v; I know of %+v", p, purchases[p.ID], mine)
			}
			purchases[p.ID] = true
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if len(purchases) != len(c.book.bought) {
		return fmt.Errorf("%d purchases are listed of %d", len(purchases), len(c.book.bought))
	}
	if err := c.auditStatements(ctx); err != nil {
		return err
	}
	if net := c.book.net(); c.now.DaysPastDue == 0 && c.now.Owed-c.now.CreditBalance != net {
		return fmt.Errorf("owed is %s, credit balance %s; by my own book %s is to be paid", yuan(c.now.Owed), yuan(c.now.CreditBalance), yuan(net))
	}
	return nil
}

func (c *customer) auditStatements(ctx context.Context) error {
	remaining, count := int64(0), 0
	c.book.penalty = 0
	for q := (client.ListStatementsQuery{Limit: 2}); ; {
		c.met.Requests++
		page, err := c.world.api.ListStatements(ctx, c.account, q)
		if err != nil {
			return err
		}
		for _, s := range page.Data {
			count++
			remaining += s.Remaining
			c.book.penalty += s.Penalty
			late := s.Remaining > 0 && c.today() > s.DueOn+calendar.Date(c.world.terms.GraceDays)
			if (s.Status == client.StatementStatusPaid) != (s.Remaining == 0) || (s.Status == client.StatementStatusOverdue) != late {
				return fmt.Errorf("statement %s, due on %s with %s remaining, is %s", s.ID, s.DueOn, yuan(s.Remaining), s.Status)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	if count != c.met.Statements || c.now.DaysPastDue == 0 && remaining != c.now.Billed {
		return fmt.Errorf("%d statements of %d are listed; %s remains on them, billed is %s", count, c.met.Statements, yuan(remaining), yuan(c.now.Billed))
	}
	return nil
}
