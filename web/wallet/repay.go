package wallet

import (
	"net/url"
	"strconv"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// repayPage is what can be repaid now, and from where.
type repayPage struct {
	Account client.Account
	Bill    *bill                       // the one to pay next
	Early   *client.EarlyRepaymentQuote // of everything, or of one purchase
	Bought  *client.Purchase            // that one
	Sources []client.Source
	Cashier string // an address of the platform's, where it takes the money itself
	Pending []client.Debit
	Key     string
	Problem *client.Problem
}

func repay(v *page.Visit) error {
	p, err := readRepay(v, v.R.URL.Query().Get("purchase"))
	if isMissing(err) {
		return v.Show("none", nil)
	}
	if err != nil {
		return err
	}
	return v.Show("repay", p)
}

// readRepay reads what is owed. A purchase names the one to settle early.
func readRepay(v *page.Visit, purchase string) (p repayPage, err error) {
	if p.Account, err = v.API.GetAccount(v.Context(), v.Account); err != nil {
		return p, err
	}
	if p.Bill, err = nextBill(v, p.Account); err != nil {
		return p, err
	}
	sources, err := v.API.ListSources(v.Context(), v.Account)
	if err != nil {
		return p, err
	}
	p.Sources = sources.Data
	debits, err := v.API.ListDebits(v.Context(), v.Account, client.ListDebitsQuery{})
	if err != nil {
		return p, err
	}
	for _, d := range debits.Data {
		if d.Status == client.DebitStatusPending {
			p.Pending = append(p.Pending, d)
		}
	}
	if purchase != "" {
		bought, err := v.API.GetPurchase(v.Context(), purchase)
		if err != nil {
			return p, err
		}
		p.Bought = &bought
	}
	quote, err := v.API.QuoteEarlyRepayment(v.Context(), v.Account, client.EarlyRepaymentQuoteRequest{Purchase: purchase})
	var problem *client.Problem
	switch {
	case err == nil:
		p.Early = &quote
	case !asProblem(err, &problem):
		return p, err
	case purchase != "":
		p.Problem = problem // that very purchase was asked for
	}
	p.Cashier, p.Key = v.Cashier, v.Key()
	return p, nil
}

// At is the cashier's address with what is to be paid there.
func (p repayPage) At(amount int64) string {
	u, err := url.Parse(p.Cashier)
	if err != nil {
		return p.Cashier
	}
	q := u.Query()
	q.Set("account", p.Account.ID)
	q.Set("amount", strconv.FormatInt(amount, 10))
	q.Set("currency", string(p.Account.Currency))
	u.RawQuery = q.Encode()
	return u.String()
}

// repayIt asks for a debit of what the form says. That money came is not for a page to
// say: the payment service does.
func repayIt(v *page.Visit) error {
	key, err := v.FormKey()
	if err != nil {
		return err
	}
	purchase := v.R.PostFormValue("purchase")
	p, err := readRepay(v, purchase)
	if err != nil {
		return err
	}
	request := client.DebitRequest{Currency: p.Account.Currency, Source: v.R.PostFormValue("source")}
	switch v.R.PostFormValue("what") {
	case "bill":
		request.Amount = p.Account.Billed
	case "part":
		request.Amount, err = v.Amount("amount", string(p.Account.Currency))
	case "covered":
		// The credit balance pays all of it: no money has to come.
		_, err = v.API.RepayEarly(v.Context(), v.Account, key, client.EarlyRepaymentRequest{
			Currency: p.Account.Currency, Purchase: purchase, Quote: v.R.PostFormValue("quote"), Source: "credit_balance",
		})
		if err == nil {
			return v.Go("/wallet/repaid", "covered")
		}
	case "early":
		// The quote that stood on the page, and its sum: whether it still holds the rule says.
		request.Quote, request.Purchase = v.R.PostFormValue("quote"), purchase
		request.Amount, err = strconv.ParseInt(v.R.PostFormValue("sum"), 10, 64)
		if err != nil {
			err = errForm
		}
	default:
		err = errForm
	}
	var debit client.Debit
	if err == nil {
		debit, err = v.API.RequestDebit(v.Context(), v.Account, key, request)
	}
	if asProblem(err, &p.Problem) {
		return v.ShowAgain("repay", p.Problem, p)
	}
	if err != nil {
		return err
	}
	return v.Go("/wallet/debits/"+debit.ID, "")
}

// debitPage is what became of a debit.
type debitPage struct {
	client.Debit
	Label string // what the customer knows its source by
}

func oneDebit(v *page.Visit) error {
	debit, err := v.API.GetDebit(v.Context(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	p := debitPage{Debit: debit, Label: debit.Source}
	sources, err := v.API.ListSources(v.Context(), v.Account)
	if err != nil {
		return err
	}
	for _, s := range sources.Data {
		if s.Source == debit.Source {
			p.Label = s.Label
		}
	}
	return v.Show("debit", p)
}

// repaid lists what was repaid.
func repaid(v *page.Visit) error {
	list, err := v.API.ListRepayments(v.Context(), v.Account, client.ListRepaymentsQuery{Cursor: v.R.URL.Query().Get("older"), Limit: 30})
	if err != nil {
		return err
	}
	return v.Show("repaid", list)
}
