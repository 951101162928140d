package checkout

import (
	"errors"
	"net/http"
	"slices"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// plansPage has all plans side by side, with the price paid now.
type plansPage struct {
	order
	Against []string
	Quotes  client.QuoteList
	Names   client.Names
}

func plans(v *visit) error {
	if !v.undecided() {
		return v.Go("/checkout/result", "")
	}
	later := v.Checkout.PayLater
	if later.Status == client.PayLaterNotOpened {
		return v.Go("/open", "")
	}
	programme, err := v.API.GetProgramme(v.Context(), v.Programme)
	if err != nil {
		return err
	}
	p := plansPage{order: v.order(), Quotes: later.Quotes, Names: programme.Names}
	if p.Against, err = v.against(later.Reasons); err != nil {
		return err
	}
	return v.Show("plans", p)
}

// confirmPage is one plan with all it costs, to be agreed to.
type confirmPage struct {
	order
	Quote   client.Quote
	Months  []month
	Lender  client.Label
	Bureau  client.Label // to whom it is reported; empty: to nobody
	Late    client.Rate
	Wait    int // seconds that it still has to stand before the customer
	Problem *client.Problem
}

// month is what is owed on a due date, without this purchase and with it.
type month struct {
	On            calendar.Date
	Without, With int64
}

func confirm(v *visit) error {
	if !v.undecided() {
		return v.Go("/checkout/result", "")
	}
	return v.showConfirm(v.R.URL.Query().Get("plan"), nil)
}

// showConfirm shows what is to be agreed to, and notes when: from now on it can be read.
func (v *visit) showConfirm(plan string, problem *client.Problem) error {
	p, err := v.confirmPage(plan)
	if err != nil {
		return err
	}
	if p == nil {
		return v.Go("/checkout/plans", "") // it is not offered, or not any more
	}
	if err := v.Showing(p.Quote.Text.Hash); err != nil {
		return err
	}
	p.Problem = problem
	if problem != nil {
		return v.ShowAgain("confirm", problem, p)
	}
	return v.Show("confirm", p)
}

func (v *visit) confirmPage(plan string) (*confirmPage, error) {
	later := v.Checkout.PayLater
	i := slices.IndexFunc(later.Quotes.Data, func(q client.Quote) bool { return q.Plan == plan })
	if i < 0 {
		return nil, nil
	}
	programme, err := v.API.GetProgramme(v.Context(), v.Programme)
	if err != nil {
		return nil, err
	}
	p := &confirmPage{order: v.order(), Quote: later.Quotes.Data[i], Late: later.Quotes.PenaltyRate, Wait: later.ReadingSeconds, Lender: lender(&later.Quotes.Data[i], &programme)}
	p.Months = coming(later.Quotes.Coming, p.Quote.Instalments)
	for _, l := range p.Quote.Lenders {
		if l.Bureau != "" {
			p.Bureau = client.Label{Zh: l.Bureau, En: l.Bureau}
			if programme.Names.Bureau.Zh != "" {
				p.Bureau = programme.Names.Bureau
			}
		}
	}
	return p, nil
}

// lender is whose money it is, by name.
func lender(q *client.Quote, programme *client.Programme) client.Label {
	if len(q.CostTable.Charges) > 0 {
		return q.CostTable.Charges[0].Payee
	}
	if len(q.Lenders) == 1 && q.Lenders[0].Funder == programme.Terms.Funder {
		return programme.Names.Funder
	}
	var all string
	for i, l := range q.Lenders {
		if i > 0 {
			all += ", "
		}
		all += l.Funder
	}
	return client.Label{Zh: all, En: all}
}

// coming adds the instalments to what is owed already in each coming month.
func coming(owed []client.Due, instalments []client.QuotedInstalment) []month {
	var months []month
	at := func(on calendar.Date) *month {
		i, found := slices.BinarySearchFunc(months, on, func(m month, on calendar.Date) int { return int(m.On - on) })
		if !found {
			months = slices.Insert(months, i, month{On: on})
		}
		return &months[i]
	}
	for _, due := range owed {
		m := at(due.DueOn)
		m.Without += due.Amount
		m.With += due.Amount
	}
	for _, part := range instalments {
		at(part.DueOn).With += part.Amount
	}
	return months
}

// confirmed takes the customer's act. What was shown, and for how long, the server knows itself.
func confirmed(v *visit) error {
	if !v.undecided() {
		return v.Go("/checkout/result", "") // a second tap, or another window
	}
	plan, hash := v.R.PostFormValue("plan"), v.R.PostFormValue("quote")
	seen, err := v.Agreed(hash)
	var problem *client.Problem
	if errors.As(err, &problem) {
		return v.showConfirm(plan, problem)
	}
	if err != nil {
		return err
	}
	p, err := v.confirmPage(plan)
	if err != nil || p == nil {
		return errors.Join(err, v.goPlans(err))
	}
	if p.Quote.Text.Hash != hash { // other figures since: a new day, another due day
		return v.showConfirm(plan, &client.Problem{Status: http.StatusConflict, Kind: client.ConsentOutdated, Title: "other figures"})
	}
	if p.Wait -= seen.ReadSeconds; p.Wait > 0 {
		// It goes on being read: the time that it stood there already counts.
		p.Problem = &client.Problem{Status: http.StatusUnprocessableEntity, Kind: client.ConsentTooFast, Title: "too fast to be read"}
		return v.ShowAgain("confirm", p.Problem, p)
	}
	_, err = v.API.ConfirmCheckout(v.Context(), v.Checkout.ID, client.CheckoutConfirmation{Plan: plan, Consent: client.QuoteConsent{
		Document: p.Quote.Text.Document, Version: p.Quote.Text.Version, Hash: hash, Person: v.Customer, Act: "tap_confirm", Channel: channel,
		Language: seen.Language, ReadSeconds: seen.ReadSeconds, ShownAt: seen.ShownAt, AcceptedAt: seen.AcceptedAt,
	}})
	switch {
	case decided(err):
	case errors.As(err, &problem) && problem.Status < http.StatusInternalServerError:
		return v.showConfirm(plan, problem)
	case err != nil:
		return err
	}
	return v.Go("/checkout/result", "")
}

func (v *visit) goPlans(err error) error {
	if err != nil {
		return nil // it is told as it is
	}
	return v.Go("/checkout/plans", "")
}
