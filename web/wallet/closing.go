package wallet

import (
	"encoding/json"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// closePage is the way out: what stands in the way and what settles it, the request
// under review, the certificate.
type closePage struct {
	Account    client.Account
	Deregister bool
	Conditions client.ClosingConditions
	Sources    []client.Source
	Cashier    string
	Requests   []client.Closure // the newest first
	Key        string
	Problem    *client.Problem
}

// Pending is the request under review, or nothing.
func (p closePage) Pending() *client.PendingClosure {
	if p.Account.Closure.ID == "" {
		return nil
	}
	return &p.Account.Closure
}

// Over says that the account is closed.
func (p closePage) Over() bool {
	return p.Account.Status == client.Closed || p.Account.Status == client.Deregistered
}

func readClosing(v *page.Visit) (p closePage, err error) {
	if p.Account, err = v.API.GetAccount(v.Context(), v.Account); err != nil {
		return p, err
	}
	requests, err := v.API.ListClosures(v.Context(), v.Account, client.ListClosuresQuery{Limit: 20})
	if err != nil {
		return p, err
	}
	p.Requests, p.Key = requests.Data, v.Key()
	if p.Over() || p.Pending() != nil {
		return p, nil
	}
	if p.Conditions, err = v.API.GetClosingConditions(v.Context(), v.Account); err != nil {
		return p, err
	}
	sources, err := v.API.ListSources(v.Context(), v.Account)
	p.Sources, p.Cashier = sources.Data, v.Cashier
	return p, err
}

// closing shows the way to close, or to de-register.
func closing(deregister bool) func(*page.Visit) error {
	return func(v *page.Visit) error {
		p, err := readClosing(v)
		if isMissing(err) {
			return v.Show("none", nil)
		}
		if err != nil {
			return err
		}
		p.Deregister = deregister
		return v.Show("close", p)
	}
}

// closeIt does one step on the way: ask, withdraw, settle, or have the balance returned.
func closeIt(deregister bool) func(*page.Visit) error {
	return func(v *page.Visit) error {
		key, err := v.FormKey()
		if err != nil {
			return err
		}
		path, done := "/wallet/close", "asked"
		if deregister {
			path = "/wallet/deregister"
		}
		switch v.R.PostFormValue("do") {
		case "withdraw":
			done = "stay"
			_, err = v.API.WithdrawClosure(v.Context(), v.R.PostFormValue("closure"), key)
		case "return":
			done = "returned"
			_, err = v.API.ReturnCreditBalance(v.Context(), v.Account, key, client.CreditBalanceReturnRequest{Reference: key})
		case "settle":
			var p closePage
			if p, err = readClosing(v); err != nil {
				return err
			}
			// The sum that stood on the page: whether it still holds the rule says.
			var debit client.Debit
			debit, err = v.API.RequestDebit(v.Context(), v.Account, key, client.DebitRequest{
				Amount: int64(p.Conditions.Settlement.Amount), Currency: p.Account.Currency, Source: v.R.PostFormValue("source"), Quote: v.R.PostFormValue("quote"),
			})
			if err == nil {
				return v.Go("/wallet/debits/"+debit.ID, "")
			}
		case "ask":
			ask := v.API.RequestClosure
			if deregister {
				ask = v.API.RequestDeregistration
			}
			_, err = ask(v.Context(), v.Account, key)
		default:
			return errForm
		}
		if err == nil {
			return v.Go(path, done)
		}
		var problem *client.Problem
		if !asProblem(err, &problem) {
			return err
		}
		p, err := readClosing(v)
		if err != nil {
			return err
		}
		p.Problem, p.Deregister = problem, deregister
		return v.ShowAgain("close", problem, p)
	}
}

// certificate shows the proof that nothing is owed, and gives it as a file.
func certificate(v *page.Visit) error {
	c, err := v.API.GetClosingCertificate(v.Context(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	if v.R.URL.Query().Get("file") == "" {
		return v.Show("certificate", c)
	}
	return download(v, "certificate-"+c.Certificate.Closure+".json", c)
}

// download gives a value as a JSON file.
func download(v *page.Visit, name string, value any) error {
	body, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Cache-Control", "no-store")
	_, err = v.W.Write(append(body, '\n'))
	return err
}
