// Package checkout is the hosted pages at which a customer pays for one order of a
// platform's (收银台), and those on which they open an account, which is a step of its own
// (开通). Pay-later is one means among others, none is chosen for the customer,
// and to use it is an act of its own on a page that shows all it costs. It knows how
// to ask the public API for one customer and one checkout; it refuses to know anything
// that the API does not tell, and decides nothing.
package checkout

import (
	"embed"
	"errors"
	"maps"
	"net/http"
	"net/url"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the pages are: it and everything below.
const Path = "/checkout"

// channel is where a consent was given.
const channel = "checkout"

// payLater is the id of pay-later among the means.
const payLater = "pay_later"

// Handler serves the pages below Path and OpenPath to whom the gate lets in.
func Handler(gate *page.Gate, files *page.Assets) (http.Handler, error) {
	all := maps.Clone(messages)
	maps.Copy(all, openMessages)
	set, err := page.NewSet(files, gate.Zone, templates, all)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /checkout/enter", gate.Enter(set, func(session.Session) string { return Path }))
	for pattern, handle := range pages {
		mux.Handle(pattern, gate.For(set, func(v *page.Visit) error { return at(v, handle) }))
	}
	for pattern, handle := range opens {
		mux.Handle(pattern, gate.For(set, func(v *page.Visit) error { return atOpening(v, handle) }))
	}
	mux.Handle("/open/", gate.For(set, func(*page.Visit) error { return errNothing }))
	mux.Handle("/checkout/", gate.For(set, func(*page.Visit) error { return errNothing }))
	return page.Secure(mux, gate.Secure), nil
}

// pages are the pages by their patterns: GET shows, POST does.
var pages = map[string]func(*visit) error{
	"GET /checkout":          choose,
	"POST /checkout":         chosen,
	"GET /checkout/plans":    plans,
	"GET /checkout/confirm":  confirm,
	"POST /checkout/confirm": confirmed,
	"GET /checkout/result":   result,
	"POST /checkout/cancel":  cancel,
}

// visit is a customer's request at a checkout.
type visit struct {
	*page.Visit
	Checkout client.CheckoutSession
}

var errNothing error = &client.Problem{Status: http.StatusNotFound, Kind: client.NotFound, Title: "there is no such page"}

// at reads the checkout that the session is for, as it is now.
func at(v *page.Visit, handle func(*visit) error) error {
	if v.Session.Checkout == "" {
		return errNothing // a wallet's session has no order to pay
	}
	found, err := v.API.GetCheckoutSession(v.Context(), v.Session.Checkout)
	if err != nil {
		return err
	}
	return handle(&visit{v, found})
}

// undecided says whether there is something to choose still.
func (v *visit) undecided() bool {
	return v.Checkout.Status == client.CheckoutOpen || v.Checkout.Status == client.CheckoutDeclined
}

// order is what every page tells of the order.
type order struct {
	client.CheckoutSession
	Back   string // where the customer goes when they are done
	Leave  string // and where, if they don't want it
	Others []client.Means
}

func (v *visit) order() order {
	o := order{CheckoutSession: v.Checkout, Back: named(v.Checkout.ReturnURL, v.Checkout.ID)}
	o.Leave = o.Back
	if v.Checkout.CancelURL != "" {
		o.Leave = named(v.Checkout.CancelURL, v.Checkout.ID)
	}
	for _, m := range v.Checkout.Means {
		if m.ID != payLater {
			o.Others = append(o.Others, m)
		}
	}
	return o
}

// named adds the checkout's id to an address of the platform's, which asks the API what
// came of it: the address proves nothing.
func named(address, id string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	q.Set("checkout", id)
	u.RawQuery = q.Encode()
	return u.String()
}

// choosePage is the means of payment, none of them chosen.
type choosePage struct {
	order
	Against []string // in words, what stands against pay-later now
	Problem *client.Problem
	Missing bool // nothing was chosen
}

func choose(v *visit) error {
	if !v.undecided() {
		return v.Go("/checkout/result", "")
	}
	p := choosePage{order: v.order()}
	var err error
	p.Against, err = v.against(v.Checkout.PayLater.Reasons)
	if err != nil {
		return err
	}
	return v.Show("choose", p)
}

// chosen takes what the customer chose.
func chosen(v *visit) error {
	if !v.undecided() {
		return v.Go("/checkout/result", "")
	}
	means := v.R.PostFormValue("means")
	switch {
	case means == "":
		p := choosePage{order: v.order(), Missing: true}
		var err error
		if p.Against, err = v.against(v.Checkout.PayLater.Reasons); err != nil {
			return err
		}
		return v.ShowAgain("choose", &client.Problem{Status: http.StatusUnprocessableEntity}, p)
	case means == payLater && v.Checkout.PayLater.Status == client.PayLaterNotOpened:
		return v.Go("/open", "") // credit is opened for its own sake, not within a purchase
	case means == payLater:
		return v.Go("/checkout/plans", "")
	}
	_, err := v.API.ChooseOtherMeans(v.Context(), v.Checkout.ID, client.CheckoutChoice{Means: means})
	if decided(err) {
		err = nil // in another window
	}
	if err != nil {
		return err
	}
	return v.Go("/checkout/result", "")
}

// decided says that something else was decided first.
func decided(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Kind == client.CheckoutDecided
}
