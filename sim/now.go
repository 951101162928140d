package sim

import (
	"context"
	"fmt"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// source is the payment service's name of the customer's card.
func (c *customer) source() string { return "tok_" + c.name }

// bind has the platform tell of the customer's card, where a payment service is connected.
func (c *customer) bind(ctx context.Context) error {
	if !c.world.debits {
		return nil
	}
	digits := 0
	for _, r := range c.name {
		digits = (digits*31 + int(r)) % 10_000
	}
	label := fmt.Sprintf("招商银行 ···· %04d", digits)
	c.met.Requests++
	list, err := c.world.api.PutSources(ctx, c.account, client.SourcesRequest{Sources: []client.SourceTold{{Source: c.source(), Label: label}}})
	if err != nil {
		return err
	}
	if len(list.Data) != 1 || list.Data[0].Label != label {
		return fmt.Errorf("a card was told of, and there are %+v", list.Data)
	}
	return nil
}

// payNow has a part of what is billed debited at once, and looks at the page until there is
// a result: what came is off the bill, and whoever had no money pays by hand.
func (c *customer) payNow(ctx context.Context, much func(*client.Account) int64) error {
	if err := c.look(ctx); err != nil {
		return err
	}
	before, amount := c.now, much(&c.now)
	if amount == 0 {
		return nil
	}
	d, err := ask(c, func(key string) (client.Debit, error) {
		return c.world.api.RequestDebit(ctx, c.account, key, client.DebitRequest{Amount: amount, Currency: before.Currency, Source: c.source()})
	})
	if err != nil {
		return err
	}
	const patience = 1000
	for range patience {
		if d.Status != client.DebitStatusPending {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
		c.met.Requests++
		if d, err = c.world.api.GetDebit(ctx, d.ID); err != nil {
			return err
		}
	}
	switch d.Status {
	case client.DebitStatusRefused:
		c.met.DebitsRefused++
		return c.pay(ctx, much)
	case client.DebitStatusSettled: // looked at below
	case client.DebitStatusPending:
		return fmt.Errorf("the debit %s of %s has no result", d.ID, yuan(amount))
	}
	c.met.PaidNow++
	c.met.Repaid += amount
	c.book.repaid += amount
	if err := c.look(ctx); err != nil {
		return err
	}
	if d.Paid.Amount != amount || d.Paid.Credited != 0 || c.now.Billed != before.Billed-amount {
		return fmt.Errorf("%s were debited of bills of %s, %+v was paid and %s is billed", yuan(amount), yuan(before.Billed), d.Paid, yuan(c.now.Billed))
	}
	return nil
}
