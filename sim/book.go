package sim

import (
	"fmt"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// book is what a customer writes down for themselves, from answers alone. What the
// lender says is owed has to agree with it.
type book struct {
	orders   map[string]*order
	bought   map[string]*bought
	charged  int64 // what purchases ask for in all, cost included
	taken    int64 // what refunds took off that, or gave back
	repaid   int64
	returned int64 // credit balance paid back

	contested int64 // that nobody asks for until its dispute is settled
	penalty   int64 // as statements say
}

// order is an authorisation that nothing final happened to.
type order struct {
	held  int64
	last  calendar.Date
	quote client.Quote
}

// bought is a purchase.
type bought struct {
	amount      int64
	refunded    int64
	instalments []client.Instalment // less what refunds took off before they were billed
}

// held is what open orders hold on a date.
func (b *book) held(on calendar.Date) (sum int64) {
	for _, o := range b.orders {
		if o.last >= on {
			sum += o.held
		}
	}
	return sum
}

func (b *book) capture(hold string, p client.Purchase, final bool) {
	b.bought[p.ID] = &bought{amount: p.Amount, instalments: p.Instalments}
	for _, in := range p.Instalments {
		b.charged += in.Amount
	}
	if o := b.orders[hold]; final || o.held == p.Amount {
		delete(b.orders, hold)
	} else {
		o.held -= p.Amount
	}
}

func (b *book) refund(r client.Refund) error {
	p := b.bought[r.Purchase]
	p.refunded += r.Amount
	b.taken += r.Amount
	for _, cut := range r.Cuts {
		if cut.Dispute != "" { // a dispute had taken it out of the instalments
			b.taken += cut.Interest + cut.Fee
			b.contested -= cut.Principal + cut.Interest + cut.Fee
			continue
		}
		if cut.Instalment < 1 || cut.Instalment > len(p.instalments) {
			return fmt.Errorf("a refund cuts instalment %d of %d", cut.Instalment, len(p.instalments))
		}
		in := &p.instalments[cut.Instalment-1]
		b.taken += cut.Interest + cut.Fee
		in.Principal -= cut.Principal
		in.Interest -= cut.Interest
		in.Fee -= cut.Fee
		in.Amount -= cut.Principal + cut.Interest + cut.Fee
		if in.Principal < 0 || in.Interest < 0 || in.Fee < 0 {
			return fmt.Errorf("a refund cuts more than instalment %d has: %+v", cut.Instalment, *in)
		}
	}
	return nil
}

// falling lists what has to stand on the statement of a date.
func (b *book) falling(on calendar.Date) map[string]client.Instalment {
	lines := map[string]client.Instalment{}
	for id, p := range b.bought {
		for _, in := range p.instalments {
			if in.StatementOn == on && in.Amount > 0 {
				lines[fmt.Sprintf("%s/%d", id, in.Number)] = in
			}
		}
	}
	return lines
}

// unbilled is what will be asked for by statements after a date.
func (b *book) unbilled(after calendar.Date) (sum int64) {
	for _, p := range b.bought {
		for _, in := range p.instalments {
			if in.StatementOn > after {
				sum += in.Amount
			}
		}
	}
	return sum
}

// net is what is owed less what is owed to the customer.
func (b *book) net() int64 {
	return b.charged + b.penalty + b.returned - b.taken - b.repaid - b.contested
}
