package wallet

import (
	"cmp"
	"slices"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/web/page"
)

// purchasesPage is what was bought, the newest first, and what is only held for.
type purchasesPage struct {
	Holds     []client.Authorisation
	Purchases []client.Purchase
	More      string
}

func purchases(v *page.Visit) error {
	list, err := v.API.ListPurchases(v.Context(), v.Account, client.ListPurchasesQuery{Cursor: v.R.URL.Query().Get("older"), Limit: 30})
	if isMissing(err) {
		return v.Show("none", nil)
	}
	if err != nil {
		return err
	}
	p := purchasesPage{Purchases: list.Data, More: list.Next}
	if v.R.URL.Query().Get("older") == "" {
		if p.Holds, err = openHolds(v); err != nil {
			return err
		}
	}
	return v.Show("purchases", p)
}

// openHolds are the orders that are paid by credit and not delivered yet. Holds live
// for days, so that the newest page has all that are open.
func openHolds(v *page.Visit) ([]client.Authorisation, error) {
	list, err := v.API.ListAuthorisations(v.Context(), v.Account, client.ListAuthorisationsQuery{Limit: 100})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list.Data, func(a client.Authorisation) bool { return a.Held == 0 }), nil
}

// cancel gives an order's hold back before it is delivered: 'I didn't mean to'.
func cancel(v *page.Visit) error {
	key, err := v.FormKey()
	if err != nil {
		return err
	}
	if _, err := v.API.Void(v.Context(), v.R.PathValue("id"), key); err != nil {
		return err
	}
	return v.Go("/wallet/purchases", "cancelled")
}

// purchasePage is one purchase: its instalments, what came back of it, what is contested.
type purchasePage struct {
	client.Purchase
	Refunds   []client.Refund
	Disputes  []client.Dispute
	Early     *client.EarlyRepaymentQuote // nil: nothing of it is owed
	Reasons   []client.DisputeReason
	Contested int64 // by open disputes
	Key       string
	Problem   *client.Problem
}

// Left is what can still be contested.
func (p purchasePage) Left() int64 { return int64(p.Amount) - int64(p.Refunded) - p.Contested }

// Cost is what the customer pays for its plan.
func (p purchasePage) Cost() (sum int64) {
	for _, i := range p.Instalments {
		sum += int64(i.Fee) + int64(i.Interest)
	}
	return sum
}

func purchase(v *page.Visit) error {
	p, err := readPurchase(v, v.R.PathValue("id"))
	if err != nil {
		return err
	}
	return v.Show("purchase", p)
}

func readPurchase(v *page.Visit, id string) (p purchasePage, err error) {
	if p.Purchase, err = v.API.GetPurchase(v.Context(), id); err != nil {
		return p, err
	}
	refunds, err := v.API.ListRefunds(v.Context(), v.Account, client.ListRefundsQuery{Limit: 200})
	if err != nil {
		return p, err
	}
	p.Refunds = slices.DeleteFunc(refunds.Data, func(r client.Refund) bool { return r.Purchase != id })
	disputes, err := v.API.ListDisputes(v.Context(), v.Account, client.ListDisputesQuery{Limit: 200})
	if err != nil {
		return p, err
	}
	p.Disputes = slices.DeleteFunc(disputes.Data, func(d client.Dispute) bool { return d.Purchase != id })
	for _, d := range p.Disputes {
		if d.Status == client.DisputeStatusOpen {
			p.Contested += d.Amount - d.Refunded
		}
	}
	early, err := v.API.QuoteEarlyRepayment(v.Context(), v.Account, client.EarlyRepaymentQuoteRequest{Purchase: id})
	var problem *client.Problem
	switch {
	case err == nil:
		p.Early = &early
	case !asProblem(err, &problem): // else nothing is owed, or something overdue comes first
		return p, err
	}
	p.Reasons = []client.DisputeReason{
		client.NotReceived, client.NotAsDescribed, client.NotRecognised, client.ChargedTwice, client.WrongAmount, client.RefundNotCome, client.SomethingElse,
	}
	p.Key = v.Key()
	return p, nil
}

// dispute contests a purchase or a part of it.
func dispute(v *page.Visit) error {
	key, err := v.FormKey()
	if err != nil {
		return err
	}
	id := v.R.PathValue("id")
	p, err := readPurchase(v, id)
	if err != nil {
		return err
	}
	amount, err := v.Amount("amount", string(p.Currency))
	if err == nil {
		_, err = v.API.OpenDispute(v.Context(), id, key, client.DisputeRequest{Amount: amount, Reason: client.DisputeReason(v.R.PostFormValue("reason"))})
	}
	var problem *client.Problem
	switch {
	case asProblem(err, &problem):
		p.Problem = problem
		return v.ShowAgain("purchase", problem, p)
	case err != nil:
		return err
	}
	return v.Go("/wallet/purchases/"+id, "disputed")
}

// withdraw ends a dispute by the customer's own wish.
func withdraw(v *page.Visit) error {
	key, err := v.FormKey()
	if err != nil {
		return err
	}
	d, err := v.API.WithdrawDispute(v.Context(), v.R.PathValue("id"), key)
	if err != nil {
		return err
	}
	return v.Go("/wallet/purchases/"+d.Purchase, "withdrawn")
}

// month is what falls due in one month, and of that what is billed already.
type month struct {
	On     calendar.Date
	Amount int64
	Share  int // of the largest month, in percent
}

// calendarPage is the coming months as a picture.
type calendarPage struct {
	client.Account
	Months []month
	Total  int64
}

func coming(v *page.Visit, account client.Account) error {
	p := calendarPage{Account: account, Months: inMonths(account.Coming)}
	for _, m := range p.Months {
		p.Total += m.Amount
	}
	return v.Show("coming", p)
}

// inMonths adds up what falls due in each month.
func inMonths(due []client.Due) (months []month) {
	largest := int64(1)
	for _, d := range slices.SortedFunc(slices.Values(due), func(a, b client.Due) int { return cmp.Compare(a.DueOn, b.DueOn) }) {
		year, m, _ := d.DueOn.Split()
		first := calendar.Of(year, m, 1)
		if n := len(months); n == 0 || months[n-1].On != first {
			months = append(months, month{On: first})
		}
		last := &months[len(months)-1]
		last.Amount += int64(d.Amount)
		largest = max(largest, last.Amount)
	}
	for i := range months {
		months[i].Share = int(100 * months[i].Amount / largest)
	}
	return months
}
