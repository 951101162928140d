package sim

import (
	"context"
	"fmt"

	"github.com/yuefu/yuefu/api/client"
)

// contest disputes a purchase that went wrong, or a part of it, and waits for how it ends.
func (c *customer) contest(ctx context.Context, id string, amount int64) error {
	p := c.book.bought[id]
	if err := c.look(ctx); err != nil {
		return err
	}
	before := c.now
	reasons := []client.DisputeReason{client.NotReceived, client.NotAsDescribed, client.ChargedTwice}
	request := client.DisputeRequest{Amount: amount, Reason: reasons[c.chance.IntN(len(reasons))]}
	d, err := ask(c, func(key string) (client.Dispute, error) { return c.world.api.OpenDispute(ctx, id, key, request) })
	if err != nil {
		return fmt.Errorf("contest %s of %s: %w", yuan(amount), yuan(p.amount), err)
	}
	out := d.Paid
	for _, part := range d.TakenOut {
		out += part.Principal
	}
	if d.Purchase != id || d.Amount != amount || out != amount || d.OpenedOn != c.today() {
		return fmt.Errorf("a dispute of %s came to %+v", yuan(amount), d)
	}
	if err := c.book.contest(d); err != nil {
		return err
	}
	c.met.Disputes++
	if err := c.look(ctx); err != nil {
		return err
	}
	if c.now.Contested != before.Contested+amount || c.now.Outstanding != before.Outstanding || c.now.Owed > before.Owed || c.now.CreditBalance != before.CreditBalance {
		return fmt.Errorf("contesting %s made of %+v this: %+v", yuan(amount), before, c.now)
	}
	if oneIn(c.chance, 4) {
		c.met.Requests++
		_, err := c.world.api.OpenDispute(ctx, id, id+"-greedy-dispute-"+c.today().String(), client.DisputeRequest{Amount: p.amount - p.refunded - amount + 1, Reason: client.NotReceived})
		if err := refused(err, "dispute_too_large", "a dispute about more than was captured"); err != nil {
			return err
		}
	}
	c.plan(soon(c.chance, c.today(), 1, 70), "hear how a dispute ends", func(ctx context.Context) error { return c.heard(ctx, d) })
	return nil
}

// heard is how a dispute ends: by decision of the lender, by the customer's second thoughts, or
// because the merchant gives the money back.
func (c *customer) heard(ctx context.Context, d client.Dispute) (err error) {
	var ended client.DisputeSettlement
	want := client.DisputeStatusForMerchant
	switch c.chance.IntN(5) {
	case 0:
		if err := c.sendBack(ctx, d.Purchase, d.Amount); err != nil {
			return err
		}
		c.met.Requests++
		_, err := c.world.api.WithdrawDispute(ctx, d.ID, d.ID+"-too-late")
		return refused(err, "dispute_not_open", "withdrawing a dispute that a refund ended")
	case 1:
		want = client.DisputeStatusWithdrawn
		ended, err = ask(c, func(key string) (client.DisputeSettlement, error) { return c.world.api.WithdrawDispute(ctx, d.ID, key) })
	case 2, 3:
		want = client.DisputeStatusForCustomer
		ended, err = c.settle(ctx, d, client.DisputePartyCustomer)
	default:
		ended, err = c.settle(ctx, d, client.DisputePartyMerchant)
	}
	switch {
	case err != nil:
		return fmt.Errorf("end a dispute of %s: %w", yuan(d.Amount), err)
	case ended.ID != d.ID || ended.Status != want || ended.SettledOn != c.today() || want == client.DisputeStatusForCustomer != (ended.Refund.Amount == d.Amount):
		return fmt.Errorf("a dispute of %s ended as %+v", yuan(d.Amount), ended)
	case want == client.DisputeStatusForCustomer:
		c.met.Refunds++
		c.met.Refunded += d.Amount
		return c.book.refund(ended.Refund)
	}
	return c.book.lose(d.Purchase, ended)
}

func (c *customer) settle(ctx context.Context, d client.Dispute, party client.DisputeParty) (client.DisputeSettlement, error) {
	return ask(c, func(key string) (client.DisputeSettlement, error) {
		return c.world.api.SettleDispute(ctx, d.ID, key, client.DisputeSettlementRequest{InFavourOf: party})
	})
}

// contest takes what is contested out of the book's instalments.
func (b *book) contest(d client.Dispute) error {
	p := b.bought[d.Purchase]
	for _, part := range d.TakenOut {
		b.contested += part.Principal + part.Interest + part.Fee
		if part.Instalment < 1 || part.Instalment > len(p.instalments) {
			return fmt.Errorf("a dispute takes something out of instalment %d of %d", part.Instalment, len(p.instalments))
		}
		p.instalments[part.Instalment-1] = less(p.instalments[part.Instalment-1], part, 1)
	}
	return nil
}

// lose puts back what a lost dispute had taken out, and adds what comes late.
func (b *book) lose(purchase string, ended client.DisputeSettlement) error {
	p := b.bought[purchase]
	for _, part := range ended.Restored {
		b.contested -= part.Principal + part.Interest + part.Fee
		p.instalments[part.Instalment-1] = less(p.instalments[part.Instalment-1], part, -1)
	}
	for _, part := range ended.Late {
		b.contested -= part.Principal + part.Interest + part.Fee
		if part.Instalment != len(p.instalments)+1 {
			return fmt.Errorf("what comes late is instalment %d of a purchase with %d", part.Instalment, len(p.instalments))
		}
		p.instalments = append(p.instalments, client.Instalment{
			Number: part.Instalment, StatementOn: part.StatementOn, Principal: part.Principal, Interest: part.Interest, Fee: part.Fee,
			Amount: part.Principal + part.Interest + part.Fee,
		})
	}
	return nil
}

func less(in client.Instalment, part client.InstalmentPart, times int64) client.Instalment {
	in.Principal -= times * part.Principal
	in.Interest -= times * part.Interest
	in.Fee -= times * part.Fee
	in.Amount -= times * (part.Principal + part.Interest + part.Fee)
	return in
}
