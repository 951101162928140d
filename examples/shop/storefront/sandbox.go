package storefront

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/yuefu/yuefu/api/client"
)

// sandbox is what only a sandbox has: a time machine, and the lender's desk.
func sandbox(v *visit) error {
	clock, err := v.API.GetClock(v.ctx())
	if err != nil {
		return err
	}
	moves, err := v.moves(clock)
	if err != nil {
		return err
	}
	data := map[string]any{"Clock": clock, "Moves": moves, "Lender": v.lender}
	if v.lender {
		if data["Desk"], err = v.desk(); err != nil {
			return err
		}
	}
	return v.show(http.StatusOK, "sandbox", data)
}

// move is a date to go to.
type move struct {
	Name string
	client.AdvanceRequest
}

// moves are the dates at which something happens next.
func (v *visit) moves(clock client.Clock) ([]move, error) {
	today := clock.BusinessDate
	due, statement := v.terms.DueDay, v.terms.StatementDay
	review := client.AdvanceRequest{To: today}
	if w := v.wallet(); w.Status != "none" && w.Account != "" {
		a, err := v.API.GetAccount(v.ctx(), w.Account)
		if err != nil && !isNothing(err) {
			return nil, err
		}
		if a.DueDay > 0 {
			due = a.DueDay
		}
		review.To = max(review.To, a.Closure.ReviewBy)
	}
	list := []move{
		{"day", client.AdvanceRequest{To: today + 1}},
		{"week", client.AdvanceRequest{To: today + 7}},
		{"statement", next(clock, statement)},
		{"due", next(clock, due)},
	}
	if review.To > today {
		list = append(list, move{"review", review})
	}
	return list, nil
}

// next is the next day of a month that has the number, or the month's last.
func next(clock client.Clock, number int) client.AdvanceRequest {
	r := client.AdvanceRequest{To: clock.BusinessDate + 1}
	for {
		_, _, day := r.To.Split()
		_, _, after := (r.To + 1).Split()
		if day == number || after == 1 && number > day {
			return r
		}
		r.To++
	}
}

// moveClock goes to one of the dates. Everybody in the sandbox lives through the days.
func moveClock(v *visit) error {
	clock, err := v.API.GetClock(v.ctx())
	if err != nil {
		return err
	}
	moves, err := v.moves(clock)
	if err != nil {
		return err
	}
	for _, m := range moves {
		// The form has the date that was read: sent twice, it leads to the same day.
		if m.Name == v.r.PostFormValue("move") && fmt.Sprint(m.To) == v.r.PostFormValue("to") {
			if _, err := v.API.AdvanceClock(v.ctx(), m.AdvanceRequest); err != nil {
				return err
			}
		}
	}
	return v.goTo("/sandbox")
}

// matter is something that the lender's people have to decide.
type matter struct {
	Kind     string // application, closure, dispute
	ID       string
	Customer string
	Amount   int64
	By       any // the last day for it, or nil
}

// desk is what waits there.
func (v *visit) desk() (matters []matter, err error) {
	v.mu.Lock()
	var disputed []string
	for customer, w := range v.customers {
		if w.Status == "referred" {
			// An id is what it is of, its account's letters and its number there.
			id := fmt.Sprint("app_", strings.TrimPrefix(w.Account, "acc_"), "_", w.Last.Data["n"])
			matters = append(matters, matter{Kind: "application", ID: id, Customer: customer})
		}
		if w.Disputed {
			disputed = append(disputed, w.Account)
		}
	}
	v.mu.Unlock()
	closing, err := v.API.ListAccounts(v.ctx(), client.ListAccountsQuery{Status: client.Closing, Programme: v.Programme})
	if err != nil {
		return nil, err
	}
	for _, a := range closing.Data {
		disputed = append(disputed, a.ID)
	}
	slices.Sort(disputed)
	for _, id := range slices.Compact(disputed) {
		a, err := v.API.GetAccount(v.ctx(), id)
		if err != nil {
			return nil, err
		}
		if a.Closure.ID != "" {
			matters = append(matters, matter{Kind: "closure", ID: a.Closure.ID, Customer: a.Customer, By: a.Closure.ReviewBy})
		}
		for _, d := range a.Disputes {
			matters = append(matters, matter{Kind: "dispute", ID: d.ID, Customer: a.Customer, Amount: d.Amount})
		}
	}
	return matters, nil
}

// decide carries out what the lender's people decided. The decision is the key: twice is once.
func decide(v *visit) error {
	id, yes := v.r.PostFormValue("id"), v.r.PostFormValue("decision") == "yes"
	key := "desk-" + id
	var err error
	switch kind := v.r.PostFormValue("kind"); {
	case kind == "application" && yes:
		_, err = v.API.ReviewApplication(v.ctx(), id, key, client.ReviewRequest{Approve: true, Limit: 10_000_00})
	case kind == "application":
		_, err = v.API.ReviewApplication(v.ctx(), id, key, client.ReviewRequest{Reasons: []string{"income_too_low"}})
	case kind == "closure" && yes:
		_, err = v.API.ApproveClosure(v.ctx(), id, key)
	case kind == "closure":
		_, err = v.API.RefuseClosure(v.ctx(), id, key, client.ClosureRefusalRequest{Reason: "the customer has to be called first"})
	case kind == "dispute" && yes:
		_, err = v.API.SettleDispute(v.ctx(), id, key, client.DisputeSettlementRequest{InFavourOf: client.DisputePartyCustomer})
	case kind == "dispute":
		_, err = v.API.SettleDispute(v.ctx(), id, key, client.DisputeSettlementRequest{InFavourOf: client.DisputePartyMerchant})
	}
	if err != nil {
		return err
	}
	return v.goTo("/sandbox")
}
