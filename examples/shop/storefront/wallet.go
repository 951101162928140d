package storefront

import (
	"context"
	"errors"
	"net/http"

	"github.com/yuefu/yuefu/api/client"
)

// wallet is what the shop knows of a customer's monthly pay, from events. Amounts and
// everything that has to be right are on yuefu's own pages.
type wallet struct {
	Account  string
	Status   string          // none, referred, refused, open, closing, closed
	Frozen   bool            // it can't be spent with
	Last     client.Event    // what was heard last
	Happened map[string]bool // types of events, since the account was opened
	Disputed bool
	Bound    bool // yuefu knows the customer's cards
}

// walletOf is a customer's; the caller holds the lock.
func (s *Shop) walletOf(customer string) *wallet {
	w := s.customers[customer]
	if w == nil {
		w = &wallet{Status: "none", Happened: map[string]bool{}}
		s.customers[customer] = w
	}
	return w
}

// statuses are what an account is after an event.
var statuses = map[string]string{
	"application.referred": "referred", "application.refused": "refused", "account.opened": "open",
	"closure.requested": "closing", "closure.refused": "open", "closure.withdrawn": "open",
	"closure.approved": "closed", "account.deregistered": "closed",
}

// hear takes in what an event tells.
func (w *wallet) hear(e client.Event) {
	if e.Type == "account.opened" {
		w.Happened = map[string]bool{}
	}
	if status, ok := statuses[e.Type]; ok {
		w.Status = status
	}
	if e.Type == "dispute.opened" {
		w.Disputed = true
	}
	w.Account, w.Last = e.Account, e
	w.Happened[e.Type] = true
}

// learn asks how things stand with a customer of whom the shop has heard nothing yet.
func (s *Shop) learn(ctx context.Context, customer string) error {
	list, err := s.API.ListAccounts(ctx, client.ListAccountsQuery{Customer: customer, Programme: s.Programme})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.walletOf(customer)
	for _, a := range list.Data {
		if w.Last.ID == "" {
			w.Account = a.ID
			w.Status = map[client.AccountStatus]string{client.Active: "open", client.Closing: "closing", client.Closed: "closed", client.Deregistered: "closed"}[a.Status]
		}
	}
	return nil
}

// me is where a customer finds monthly pay in the shop.
func me(v *visit) error {
	return v.show(http.StatusOK, "me", map[string]any{"Wallet": v.wallet(), "People": v.People})
}

// wallet is the visitor's, as the shop knows it.
func (v *visit) wallet() wallet {
	v.mu.Lock()
	defer v.mu.Unlock()
	if w := v.customers[v.customer]; w != nil && v.customer != "" {
		return *w
	}
	return wallet{Status: "none"}
}

// become makes the visitor one of the sandbox's people, or somebody new.
func become(v *visit) error {
	if !v.sandbox {
		return errNothing
	}
	if as := v.r.PostFormValue("as"); as != "" {
		if err := v.be(as); err != nil {
			return err
		}
		return v.goTo("/me")
	}
	v.customer = ""
	if err := v.known(); err != nil {
		return err
	}
	return v.goTo("/me")
}

// openWallet leads to the customer's own pages at yuefu, by a link that works once.
func openWallet(v *visit) error {
	if err := v.known(); err != nil {
		return err
	}
	if w := v.wallet(); w.Status == "open" && !w.Bound {
		// yuefu could not be told when the account was opened.
		if err := v.bind(v.ctx(), v.customer, w.Account); err != nil {
			return err
		}
	}
	where := client.WalletPage(v.r.URL.Query().Get("page"))
	if where != client.WalletPageOpen && where != client.WalletPageBill && where != client.WalletPageRepay && where != client.WalletPageClose {
		where = client.WalletPageHome
	}
	link, err := v.API.CreateWalletSession(v.ctx(), client.WalletSessionRequest{
		Programme: v.Programme, Customer: v.customer, Language: v.lang, ReturnURL: v.Public + "/me", Page: where,
	})
	if err != nil {
		return err
	}
	return v.goTo(link.URL)
}

// isNothing says that yuefu has no such thing.
func isNothing(err error) bool {
	var problem *client.Problem
	return errors.As(err, &problem) && problem.Status == http.StatusNotFound
}
