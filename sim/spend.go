package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// shop is a day on which somebody wants something.
func (c *customer) shop(ctx context.Context) error {
	if c.leaving || c.now.Status != client.Active {
		return nil
	}
	c.plan(soon(c.chance, c.today(), 1, 2*c.nature.pace-1), "shop", c.shop)
	if err := c.look(ctx); err != nil {
		return err
	}
	if c.now.CanSpend && oneIn(c.chance, 50) {
		return c.lose(ctx)
	}
	wanted := browse(c.chance)
	if c.nature.name == "buys in instalments" {
		wanted.amount *= 3
	}
	quotes, err := c.quote(ctx, wanted.amount)
	if err != nil {
		return fmt.Errorf("quote: %w", err)
	}
	if wanted.amount > c.now.Available && !oneIn(c.chance, 3) {
		return nil // too dear; now and then somebody tries all the same
	}
	if !c.now.CanSpend && !oneIn(c.chance, 4) {
		return nil
	}
	return c.checkout(ctx, wanted, c.choose(quotes.Data, wanted.amount))
}

// quote asks what a purchase would cost by every plan, side by side.
func (c *customer) quote(ctx context.Context, amount int64) (client.QuoteList, error) {
	c.met.Requests++
	c.met.Quotes++
	quotes, err := c.world.api.Quote(ctx, client.QuoteRequest{Account: c.account, Amount: amount, Currency: c.now.Currency})
	if err != nil {
		return quotes, err
	}
	if quotes.Day != c.today() || quotes.Available != c.now.Available || len(quotes.Data) != len(c.world.terms.Plans) {
		return quotes, fmt.Errorf("%d quotes of %s with %s available, for %d plans on %s with %s available",
			len(quotes.Data), quotes.Day, yuan(quotes.Available), len(c.world.terms.Plans), c.today(), yuan(c.now.Available))
	}
	for _, q := range quotes.Data {
		if err := checkCost(amount, q.Total, q.Cost, q.AnnualRate, c.world.terms.CostCap, q.Instalments); err != nil {
			return quotes, fmt.Errorf("plan %s: %w", q.Plan, err)
		}
		if err := c.checkDates(q.Instalments); err != nil {
			return quotes, fmt.Errorf("plan %s: %w", q.Plan, err)
		}
	}
	return quotes, nil
}

// choose picks a plan: next month for small things, instalments for who likes them.
func (c *customer) choose(quotes []client.Quote, amount int64) client.Quote {
	if c.nature.instalments > 0 && amount >= 60_00 && oneIn(c.chance, c.nature.instalments) {
		return quotes[c.chance.IntN(len(quotes))]
	}
	for _, q := range quotes {
		if q.Kind == client.PayNextMonth {
			return q
		}
	}
	return quotes[0]
}

// checkout uses the credit, by consent to the quote.
func (c *customer) checkout(ctx context.Context, g goods, q client.Quote) error {
	accepted := c.world.clock.Now.Add(-2 * time.Second)
	read := 3 + c.chance.IntN(60)
	request := client.AuthorisationRequest{
		Account: c.account, Amount: g.amount, Currency: c.now.Currency, Plan: q.Plan, Scene: g.scene, Merchant: g.merchant,
		Order: fmt.Sprintf("o-%s-%d", c.name, c.keys),
		Consent: client.QuoteConsent{
			Document: q.Text.Document, Version: q.Text.Version, Hash: q.Text.Hash, Person: c.name,
			ShownAt: accepted.Add(-time.Duration(read) * time.Second), AcceptedAt: accepted, ReadSeconds: read,
			Act: "tap_pay", Channel: "api", Language: client.LanguageZhHans,
		},
	}
	before := c.now
	a, err := ask(c, func(key string) (client.Authorisation, error) { return c.world.api.Authorise(ctx, key, request) })
	if err != nil {
		return fmt.Errorf("authorise: %w", err)
	}
	fits := before.CanSpend && g.amount <= before.Available
	switch {
	case a.Amount != g.amount || a.Order != request.Order || a.Plan != q.Plan || a.AuthorisedOn != c.today():
		return fmt.Errorf("asked for %+v, got %+v", request, a)
	case !fits && a.Status == client.AuthorisationStatusDeclined && a.DeclineReason != "":
		c.met.Declined++
		return c.look(ctx)
	case fits != (a.Status == client.AuthorisationStatusApproved):
		return fmt.Errorf("%s with %s available and can_spend %v is %s (%s)", yuan(g.amount), yuan(before.Available), before.CanSpend, a.Status, a.DeclineReason)
	}
	c.met.Authorised++
	c.book.orders[a.ID] = &order{held: a.Amount, last: a.LastCaptureOn, quote: q}
	if err := c.look(ctx); err != nil {
		return err
	}
	if c.now.Available != before.Available-g.amount {
		return fmt.Errorf("a hold of %s left %s available of %s", yuan(g.amount), yuan(c.now.Available), yuan(before.Available))
	}
	return c.expect(ctx, a, g)
}

// expect plans what becomes of an order.
func (c *customer) expect(ctx context.Context, a client.Authorisation, g goods) error {
	switch {
	case g.scene == "tipping", g.scene == "membership":
		return c.deliver(ctx, a, a.Amount, true)
	case oneIn(c.chance, c.nature.forgets):
		c.plan(a.LastCaptureOn+1, "find a hold expired", func(ctx context.Context) error { return c.expired(ctx, a) })
		return nil
	case oneIn(c.chance, 15):
		c.plan(soon(c.chance, c.today(), 0, 3), "cancel an order", func(ctx context.Context) error { return c.cancel(ctx, a) })
		return nil
	}
	on := soon(c.chance, c.today(), 0, 4)
	part := a.Amount
	if oneIn(c.chance, 9) && a.Amount >= 2_00 {
		part = a.Amount/3 + 1 // it comes in two parcels
	}
	c.plan(on, "get a delivery", func(ctx context.Context) error { return c.deliver(ctx, a, part, part == a.Amount) })
	if part < a.Amount {
		rest := a.Amount - part
		if oneIn(c.chance, 2) && rest > 1_00 {
			rest -= 50 // something was out of stock: the final capture gives it back
		}
		c.plan(soon(c.chance, on, 0, 2), "get the other parcel", func(ctx context.Context) error { return c.deliver(ctx, a, rest, true) })
	}
	return nil
}

// deliver captures an order, or a part of it.
func (c *customer) deliver(ctx context.Context, a client.Authorisation, amount int64, final bool) error {
	ordered := c.book.orders[a.ID]
	if ordered.held == a.Amount && oneIn(c.chance, 12) {
		c.met.Requests++
		_, err := c.world.api.Capture(ctx, a.ID, a.ID+"-greedy", client.CaptureRequest{Amount: a.Amount + 1})
		if err := refused(err, "capture_too_large", "a capture of more than is held"); err != nil {
			return err
		}
	}
	p, err := ask(c, func(key string) (client.Purchase, error) {
		return c.world.api.Capture(ctx, a.ID, key, client.CaptureRequest{Amount: amount, Final: final})
	})
	if err != nil {
		return fmt.Errorf("capture %s of %s: %w", yuan(amount), yuan(a.Amount), err)
	}
	if err := c.checkPurchase(a, p, amount, ordered.quote); err != nil {
		return err
	}
	c.met.Captured++
	c.met.Spent += amount
	c.book.capture(a.ID, p, final)
	if oneIn(c.chance, c.nature.returns) {
		back := amount
		if oneIn(c.chance, 3) && amount > 1 {
			back = 1 + c.chance.Int64N(amount)
		}
		c.plan(soon(c.chance, c.today(), 1, 45), "send something back", func(ctx context.Context) error { return c.sendBack(ctx, p.ID, back) })
	} else if !c.nature.comesBack && oneIn(c.chance, 20) {
		contested := amount
		if oneIn(c.chance, 3) && amount > 1 {
			contested = 1 + c.chance.Int64N(amount)
		}
		c.plan(soon(c.chance, c.today(), 1, 60), "contest a purchase", func(ctx context.Context) error { return c.contest(ctx, p.ID, contested) })
	}
	return nil
}

// cancel voids an order.
func (c *customer) cancel(ctx context.Context, a client.Authorisation) error {
	v, err := ask(c, func(key string) (client.Void, error) { return c.world.api.Void(ctx, a.ID, key) })
	if err != nil {
		return err
	}
	if v.Released != a.Amount || v.Status != client.AuthorisationStatusVoided || v.Authorisation != a.ID {
		return fmt.Errorf("a hold of %s was voided: %+v", yuan(a.Amount), v)
	}
	c.met.Voided++
	delete(c.book.orders, a.ID)
	c.met.Requests++
	_, err = c.world.api.Capture(ctx, a.ID, a.ID+"-after-void", client.CaptureRequest{Amount: 1})
	return refused(err, "hold_not_open", "a capture after a void")
}

// expired finds that nobody captured an order in time.
func (c *customer) expired(ctx context.Context, a client.Authorisation) error {
	c.met.Requests++
	now, err := c.world.api.GetAuthorisation(ctx, a.ID)
	if err != nil {
		return err
	}
	if now.Status != client.AuthorisationStatusExpired || now.Held != 0 {
		return fmt.Errorf("a hold that could be captured until %s is %s on %s and holds %s", a.LastCaptureOn, now.Status, c.today(), yuan(now.Held))
	}
	c.met.Expired++
	delete(c.book.orders, a.ID)
	return nil
}

// sendBack returns a purchase, or a part of it.
func (c *customer) sendBack(ctx context.Context, id string, amount int64) error {
	p := c.book.bought[id]
	r, err := ask(c, func(key string) (client.Refund, error) {
		return c.world.api.Refund(ctx, id, key, client.RefundRequest{Amount: amount})
	})
	if err != nil {
		return fmt.Errorf("refund %s of %s: %w", yuan(amount), yuan(p.amount), err)
	}
	cut := int64(0)
	for _, k := range r.Cuts {
		cut += k.Principal
	}
	if r.Purchase != id || r.Amount != amount || cut+r.Credited != amount || r.RefundedOn != c.today() {
		return fmt.Errorf("a refund of %s came to %+v", yuan(amount), r)
	}
	if err := c.book.refund(r); err != nil {
		return err
	}
	c.met.Refunds++
	c.met.Refunded += amount
	if oneIn(c.chance, 4) {
		c.met.Requests++
		_, err = c.world.api.Refund(ctx, id, id+"-greedy", client.RefundRequest{Amount: p.amount - p.refunded + 1})
		return refused(err, "refund_too_large", "a refund of more than was captured")
	}
	return nil
}
