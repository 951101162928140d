package wallet

import (
	"errors"
	"strconv"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// asProblem says whether the API refused, and how.
func asProblem(err error, problem **client.Problem) bool { return errors.As(err, problem) }

// splitPage offers instalments for a bill (账单分期), each plan with all it costs. Nothing
// is chosen beforehand.
type splitPage struct {
	Statement client.Statement
	Offer     client.ConversionQuoteList
	Chosen    *client.ConversionQuote // on the second page, to be agreed to
	Wait      int                     // seconds that the offer has to be read
	Key       string
	Problem   *client.Problem
}

func split(v *page.Visit) error {
	statement, err := v.API.GetStatement(v.Context(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	p := splitPage{Statement: statement}
	p.Offer, err = v.API.QuoteConversion(v.Context(), statement.ID, client.QuoteConversionQuery{Plan: v.R.URL.Query().Get("plan")})
	if asProblem(err, &p.Problem) {
		return v.ShowAgain("split", p.Problem, p)
	}
	if err != nil {
		return err
	}
	if v.R.URL.Query().Get("plan") == "" || len(p.Offer.Data) != 1 {
		return v.Show("split", p)
	}
	p.Chosen, p.Key = &p.Offer.Data[0], v.Key()
	if p.Wait, err = offering(v, p.Chosen.Text.Hash); err != nil {
		return err
	}
	return v.Show("split", p)
}

func splitIt(v *page.Visit) error {
	a, err := readAgreed(v)
	if err != nil {
		return err
	}
	_, err = v.API.ConvertStatement(v.Context(), a.id, a.key, client.ConversionRequest{
		Plan: v.R.PostFormValue("plan"),
		Consent: client.ConversionConsent{
			Document: client.ConversionDocumentConversionQuote, Version: a.version, Hash: a.hash, Person: v.Customer, Act: "tap_split", Channel: channel,
			Language: a.Language, ReadSeconds: a.ReadSeconds, ShownAt: a.ShownAt, AcceptedAt: a.AcceptedAt,
		},
	})
	if err != nil {
		return err
	}
	return v.Go("/wallet/bills", "split")
}

// deferPage offers to pay a bill later, with its fee.
type deferPage struct {
	Statement client.Statement
	Days      []int
	Offer     *client.DeferralQuote
	Wait      int
	Key       string
	Problem   *client.Problem
}

// deferralDays are what a customer is offered to choose from; the contract has the last word.
var deferralDays = []int{3, 7, 10, 14}

func postpone(v *page.Visit) error {
	statement, err := v.API.GetStatement(v.Context(), v.R.PathValue("id"))
	if err != nil {
		return err
	}
	p := deferPage{Statement: statement}
	if wanted := v.R.URL.Query().Get("days"); wanted == "" {
		for _, days := range deferralDays {
			_, err := v.API.QuoteDeferral(v.Context(), statement.ID, client.QuoteDeferralQuery{Days: days})
			var problem *client.Problem
			switch {
			case err == nil:
				p.Days = append(p.Days, days)
			case !asProblem(err, &problem):
				return err
			case p.Problem == nil:
				p.Problem = problem
			}
		}
		if len(p.Days) > 0 {
			p.Problem = nil
			return v.Show("defer", p)
		}
		return v.ShowAgain("defer", p.Problem, p)
	} else if days, err := strconv.Atoi(wanted); err != nil {
		return errForm
	} else if quote, err := v.API.QuoteDeferral(v.Context(), statement.ID, client.QuoteDeferralQuery{Days: days}); asProblem(err, &p.Problem) {
		return v.ShowAgain("defer", p.Problem, p)
	} else if err != nil {
		return err
	} else {
		p.Offer, p.Key = &quote, v.Key()
	}
	if p.Wait, err = offering(v, p.Offer.Text.Hash); err != nil {
		return err
	}
	return v.Show("defer", p)
}

func postponeIt(v *page.Visit) error {
	a, err := readAgreed(v)
	if err != nil {
		return err
	}
	request := client.DeferralRequest{Consent: client.DeferralConsent{
		Document: client.DeferralDocumentDeferralQuote, Version: a.version, Hash: a.hash, Person: v.Customer, Act: "tap_defer", Channel: channel,
		Language: a.Language, ReadSeconds: a.ReadSeconds, ShownAt: a.ShownAt, AcceptedAt: a.AcceptedAt,
	}}
	if err := request.DueOn.UnmarshalText([]byte(v.R.PostFormValue("due_on"))); err != nil {
		return errForm
	}
	if _, err := v.API.DeferStatement(v.Context(), a.id, a.key, request); err != nil {
		return err
	}
	return v.Go("/wallet/bills/"+a.id, "deferred")
}

// channel is where a consent was given.
const channel = "wallet"

// errForm is the answer to a form that no page of ours has.
var errForm error = &client.Problem{Status: 400, Kind: client.InvalidRequest, Title: "a form of no page"}

// offering notes that a page shows figures to agree to, and tells for how many seconds
// they have to be read.
func offering(v *page.Visit, token string) (seconds int, err error) {
	programme, err := v.API.GetProgramme(v.Context(), v.Programme)
	if err != nil {
		return 0, err
	}
	return programme.Terms.ReadingSeconds, v.Showing(token)
}

// agreed is a form that agrees to figures: what it is about, and the evidence.
type agreed struct {
	page.Evidence
	id, key, hash string
	version       int
}

// readAgreed reads a form that agrees to the figures of a quote.
func readAgreed(v *page.Visit) (a agreed, err error) {
	a.id, a.hash = v.R.PathValue("id"), v.R.PostFormValue("quote")
	if a.key, err = v.FormKey(); err != nil {
		return a, err
	}
	if a.version, err = strconv.Atoi(v.R.PostFormValue("version")); err != nil {
		return a, errForm
	}
	a.Evidence, err = v.Agreed(a.hash)
	return a, err
}
