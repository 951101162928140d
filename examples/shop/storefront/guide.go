package storefront

// step is one of what a newcomer to a sandbox may try, from opening to closing.
type step struct {
	Name string
	Done bool
	Path string // where it is done
}

// guide is the way of a customer through monthly pay, with how far this visitor is, as
// orders and events tell.
func (v *visit) guide() []step {
	if !v.sandbox {
		return nil
	}
	w := v.wallet()
	v.mu.Lock()
	defer v.mu.Unlock()
	last := "/#goods"
	for _, o := range v.newest {
		if o.Customer == v.customer && (o.Stage == held || o.Stage == shipped) {
			last = "/orders/" + o.ID
		}
	}
	opened := w.Status == "open" || w.Status == "closing" || w.Status == "closed"
	steps := []step{
		{"open", opened, "/me"},
		{"buy", w.Happened["authorisation.approved"], "/#goods"},
		{"ship", w.Happened["purchase.captured"], last},
		{"bill", w.Happened["statement.issued"], "/sandbox"},
		{"repay", w.Happened["repayment.received"], "/me"},
		{"close", w.Status == "closing" || w.Status == "closed", "/me"},
	}
	if v.lender {
		steps = append(steps, step{"approve", w.Status == "closed", "/sandbox"})
	}
	return steps
}
