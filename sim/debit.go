package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// instruct gives a standing instruction, where a payment service is connected: where
// none is, nobody would be debited, and whoever counts on it pays by hand.
func (c *customer) instruct(ctx context.Context) error {
	if c.nature.pays != onDueDay || !c.world.debits {
		return nil
	}
	source := c.source()
	c.met.Requests++
	shown, err := c.world.api.PreviewAutopay(ctx, c.account, client.AutopayPreviewRequest{Source: source})
	if err != nil {
		return err
	}
	accepted := c.world.clock.Now.Add(-5 * time.Second)
	request := client.AutopayRequest{Source: source, Consent: client.AutopayConsent{
		Document: client.AutopayDocument(shown.Text.Document), Version: shown.Text.Version, Hash: shown.Text.Hash, Person: c.name, Act: "tap_autopay",
		ShownAt: accepted.Add(-time.Duration(shown.ReadingSeconds+3) * time.Second), AcceptedAt: accepted, ReadSeconds: shown.ReadingSeconds + 3,
		Channel: "api", Language: client.LanguageZhHans,
	}}
	if oneIn(c.chance, 4) {
		sly := request
		sly.Consent.Preselected = true
		c.met.Requests++
		_, err := c.world.api.SetAutopay(ctx, c.account, c.name+"-sly-autopay-"+c.today().String(), sly)
		if err := refused(err, "consent_preselected", "a standing instruction ticked beforehand"); err != nil {
			return err
		}
	}
	a, err := ask(c, func(key string) (client.Account, error) { return c.world.api.SetAutopay(ctx, c.account, key, request) })
	if err != nil {
		return err
	}
	if a.Autopay.Source != source || a.Autopay.Since != c.today() || len(a.Autopay.DebitDays) != len(shown.DebitDays) {
		return fmt.Errorf("agreed to %+v, and the instruction is %+v", shown, a.Autopay)
	}
	c.met.Instructed++
	return nil
}

// debited looks what became of a debit on its day: a statement that was unpaid the day
// before was debited once, and after a refusal it is again, until the customer pays by hand.
func (c *customer) debited(ctx context.Context, statement string, seen int) error {
	if err := c.look(ctx); err != nil {
		return err
	}
	c.met.Requests += 2
	s, err := c.world.api.GetStatement(ctx, statement)
	if err != nil {
		return err
	}
	list, err := c.world.api.ListDebits(ctx, c.account, client.ListDebitsQuery{Limit: 10})
	if err != nil {
		return err
	}
	var debits []client.Debit // of this statement, the newest first
	for _, d := range list.Data {
		if d.Statement == statement {
			debits = append(debits, d)
		}
	}
	switch {
	case len(debits) == seen && s.Remaining == 0:
		return nil // a refund was faster
	case len(debits) != seen+1:
		return fmt.Errorf("%s remains on a statement due on %s, which was debited %d times before and %d since", yuan(s.Remaining), s.DueOn, seen, len(debits)-seen)
	}
	d := debits[0]
	if d.RequestedOn != c.today() || d.Attempt != seen+1 || len(c.now.PendingDebits) > 0 {
		return fmt.Errorf("today's debit is %+v, on their way are %+v", d, c.now.PendingDebits)
	}
	switch d.Status {
	case client.DebitStatusSettled:
		c.met.Debited++
		c.met.Repaid += d.Amount
		c.book.repaid += d.Amount
		if d.Repayment == "" || s.Remaining != 0 {
			return fmt.Errorf("a debit of %s succeeded, and %s remains: %+v", yuan(d.Amount), yuan(s.Remaining), d)
		}
		return nil
	case client.DebitStatusRefused:
		c.met.DebitsRefused++
	default:
		return fmt.Errorf("a debit of %s has no result in the evening: %+v", d.RequestedOn, d)
	}
	if days := c.now.Autopay.DebitDays; seen+1 < len(days) {
		c.plan(s.DueOn+calendar.Date(days[seen+1]), "be debited again", func(ctx context.Context) error { return c.debited(ctx, statement, seen+1) })
		return nil
	}
	return c.pay(ctx, func(a *client.Account) int64 { return a.Billed })
}
