package storefront

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/yuefu/yuefu/api/client"
)

// visit is one request of somebody before a browser.
type visit struct {
	*Shop
	w        http.ResponseWriter
	r        *http.Request
	lang     client.PageLanguage
	customer string // empty: they have done nothing yet that needs a name
}

// visitorCookie holds a token that stands for the customer here. The customer's id is
// no secret: it is in every answer and event of yuefu's.
const visitorCookie = "shop-visitor"

// errNothing is for addresses that lead nowhere, and for what is another's.
var errNothing error = &client.Problem{Status: http.StatusNotFound, Kind: client.NotFound, Title: "there is nothing here"}

// page makes a handler of what returns an error instead of answering.
func (s *Shop) page(handle func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		v := &visit{Shop: s, w: w, r: r.WithContext(ctx), lang: language(w, r)}
		if c, err := r.Cookie(visitorCookie); err == nil {
			s.mu.Lock()
			v.customer = s.visitors[c.Value]
			s.mu.Unlock()
		}
		err := v.takePart()
		if err == nil {
			err = handle(v)
		}
		if err != nil {
			v.fail(err)
		}
	}
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// fail tells what went wrong. What yuefu would not do is told in its words: this page is
// read by engineers too.
func (v *visit) fail(err error) {
	var problem *client.Problem
	if !errors.As(err, &problem) {
		v.Log.Error("a page of the shop failed", "page", v.r.Pattern, "error", err)
		problem = &client.Problem{Status: http.StatusBadGateway, Title: "yuefu could not be asked"}
	}
	if err := v.show(problem.Status, "problem", problem); err != nil {
		v.Log.Error("a page of the shop failed", "page", v.r.Pattern, "error", err)
		http.Error(v.w, problem.Title, problem.Status)
	}
}

// goTo leads on after a form was carried out, so that loading the page again repeats nothing.
func (v *visit) goTo(path string) error {
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// known makes sure that the visitor has a name: who had none is a new customer.
func (v *visit) known() error {
	if v.customer != "" {
		return nil
	}
	customer := "s-" + strings.ToLower(token()[:10])
	if v.sandbox {
		if _, err := v.API.PutPerson(v.ctx(), customer, madeUp()); err != nil {
			return err
		}
	}
	v.signIn(customer)
	return nil
}

// signIn makes this browser a customer's. It gets a new token, so that one that was
// planted before is worth nothing.
func (v *visit) signIn(customer string) {
	t := token()
	v.mu.Lock()
	if old, err := v.r.Cookie(visitorCookie); err == nil {
		delete(v.visitors, old.Value)
	}
	v.visitors[t] = customer
	v.mu.Unlock()
	v.customer = customer
	http.SetCookie(v.w, &http.Cookie{
		Name: visitorCookie, Value: t, Path: "/", MaxAge: 30 * 24 * 3600,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: strings.HasPrefix(v.Public, "https:"),
	})
}

// takePart lets a visitor of a sandbox be one of its people: ?as=u-1001.
func (v *visit) takePart() error {
	as := v.r.URL.Query().Get("as")
	if as == "" || as == v.customer || v.r.Method != http.MethodGet {
		return nil
	}
	return v.be(as)
}

// be makes the visitor one of the sandbox's people. There is no password here: whoever
// builds a real shop has a log-in in this place.
func (v *visit) be(customer string) error {
	for _, p := range v.People {
		if v.sandbox && p.Customer == customer {
			if err := v.learn(v.ctx(), customer); err != nil {
				return err
			}
			v.signIn(customer)
			return nil
		}
	}
	return errNothing
}
