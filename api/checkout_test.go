package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/session"
)

// order is what a platform asks a checkout for.
func order(customer string, amount int64) client.CheckoutRequest {
	return client.CheckoutRequest{
		Customer: customer, Programme: catalogue.SampleID, Amount: amount, Currency: "CNY", Scene: "mall", Merchant: "m-17", Order: "o-" + customer,
		Description: "蓝色雨伞 Blue umbrella", Language: "en", ReturnURL: "https://shop.example/orders/1", CancelURL: "https://shop.example/cart", PayLaterPosition: 2,
		Means: []client.OtherMeans{{ID: "card", Names: client.Label{Zh: "银行卡", En: "Bank card"}}, {ID: "balance", Names: client.Label{Zh: "余额", En: "Balance"}}},
	}
}

// confirmation is the customer's, of a plan as the checkout shows it.
func (w *world) confirmation(t testing.TB, c client.CheckoutSession, plan string) client.CheckoutConfirmation {
	t.Helper()
	i := slices.IndexFunc(c.PayLater.Quotes.Data, func(q client.Quote) bool { return q.Plan == plan })
	if i < 0 {
		t.Fatalf("there is no quote by %s: %+v", plan, c.PayLater)
	}
	text := c.PayLater.Quotes.Data[i].Text
	return client.CheckoutConfirmation{Plan: plan, Consent: client.QuoteConsent{
		Document: text.Document, Version: text.Version, Hash: text.Hash, Person: c.Customer, Act: "tap_confirm", Channel: "checkout", Language: "en",
		ShownAt: w.clock.Now().Add(-10 * time.Second), AcceptedAt: w.clock.Now(), ReadSeconds: 10,
	}}
}

// holds is what is held of an account's limit, by how many authorisations.
func (s *teller) holds(account string) (held int64, authorisations int) {
	a := ok(s.shop.GetAccount(s.t.Context(), account))(s)
	list := ok(s.shop.ListAuthorisations(s.t.Context(), account, client.ListAuthorisationsQuery{}))(s)
	return a.Held, len(list.Data)
}

func kindOf(err error) client.ProblemKind {
	var problem *client.Problem
	if errors.As(err, &problem) {
		return problem.Kind
	}
	return ""
}

func TestACheckoutTicksNothing(t *testing.T) {
	s := newTeller(t)
	s.w.opened(t, "u-1")
	c := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00)))(s)
	var sorted []string
	for _, m := range c.Means {
		sorted = append(sorted, m.ID)
		if m.Selected || m.Credit != (m.ID == "pay_later") {
			t.Errorf("%+v", m)
		}
	}
	if got := strings.Join(sorted, " "); got != "card pay_later balance" {
		t.Errorf("sorted %s", got)
	}
	if c.Status != client.CheckoutOpen || c.PayLater.Status != client.PayLaterAvailable || len(c.PayLater.Quotes.Data) != 4 || c.PayLater.ReadingSeconds != 3 {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(c.URL, "/checkout/enter?link=") || !strings.HasPrefix(c.ID, "ck_") {
		t.Errorf("%s, %s", c.ID, c.URL)
	}
	if again := ok(s.shop.GetCheckoutSession(t.Context(), c.ID))(s); again.URL != "" {
		t.Error("the link is told again")
	}
	if _, err := s.w.client(s.w.stranger).GetCheckoutSession(t.Context(), c.ID); kindOf(err) != "not_found" {
		t.Errorf("another platform: %v", err)
	}
	if _, err := s.w.as("u-2", true).GetCheckoutSession(t.Context(), c.ID); kindOf(err) != "not_found" {
		t.Errorf("another customer: %v", err)
	}
	if _, err := s.w.as("u-1", false).GetCheckoutSession(t.Context(), c.ID); kindOf(err) != "no_such_route" {
		t.Errorf("a wallet: %v", err)
	}
	if mine, err := s.w.as("u-1", true).GetCheckoutSession(t.Context(), c.ID); err != nil || mine.ID != c.ID {
		t.Errorf("the customer's own: %v", err)
	}
	stranger := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-9", 600_00)))(s)
	if stranger.PayLater.Status != client.PayLaterNotOpened || len(stranger.PayLater.Quotes.Data) != 0 {
		t.Errorf("who has no account: %+v", stranger.PayLater)
	}
}

func TestACheckoutIsRefused(t *testing.T) {
	s := newTeller(t)
	for name, c := range map[string]struct {
		change func(*client.CheckoutRequest)
		kind   client.ProblemKind
		says   string
	}{
		"a script":             {func(r *client.CheckoutRequest) { r.ReturnURL = "javascript:alert(1)" }, "invalid_request", "/return_url"},
		"a file":               {func(r *client.CheckoutRequest) { r.CancelURL = "file:///etc/passwd" }, "invalid_request", "/cancel_url"},
		"means twice":          {func(r *client.CheckoutRequest) { r.Means[1].ID = "card" }, "invalid_request", "/means/1/id"},
		"a means pay-later":    {func(r *client.CheckoutRequest) { r.Means[0].ID = "pay_later" }, "invalid_request", "/means/0/id"},
		"another currency":     {func(r *client.CheckoutRequest) { r.Currency = "USD" }, "currency_mismatch", "/currency"},
		"no such programme":    {func(r *client.CheckoutRequest) { r.Programme = "none" }, "not_found", ""},
		"nothing to pay":       {func(r *client.CheckoutRequest) { r.Amount = 0 }, "invalid_request", "/amount"},
		"nowhere to come back": {func(r *client.CheckoutRequest) { r.ReturnURL = "" }, "invalid_request", "/return_url"},
	} {
		body := order("u-1", 1_00)
		c.change(&body)
		_, err := s.shop.CreateCheckoutSession(t.Context(), body)
		var problem *client.Problem
		if !errors.As(err, &problem) || problem.Kind != c.kind || c.says != "" && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneCheckoutAuthorisesOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		account := s.w.opened(t, "u-1")
		c := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00)))(s)
		pages := s.w.as("u-1", true)

		// Two windows, two plans, and an impatient thumb in each.
		var all sync.WaitGroup
		answers := make(chan client.CheckoutSession, 24)
		for i := range cap(answers) {
			all.Go(func() {
				body := s.w.confirmation(t, c, []string{"flat6", "next"}[i%2])
				body.Consent.ShownAt = body.Consent.ShownAt.Add(-time.Duration(i) * time.Millisecond)
				a, err := pages.ConfirmCheckout(context.WithoutCancel(t.Context()), c.ID, body)
				if err == nil {
					answers <- a
				} else if k := kindOf(err); k != "checkout_decided" && k != "busy" {
					t.Errorf("tap %d: %v", i, err)
				}
			})
		}
		all.Wait()
		close(answers)
		told := map[string]bool{}
		for a := range answers {
			told[string(a.Status)+" "+a.Authorisation+" "+a.Plan] = true
		}
		if held, n := s.holds(account.ID); held != 600_00 || n != 1 || len(told) != 1 {
			t.Fatalf("%d held by %d authorisations; they were told %v", held, n, told)
		}
		done := ok(s.shop.GetCheckoutSession(t.Context(), c.ID))(s)
		if done.Status != client.CheckoutConfirmed || done.Authorisation == "" {
			t.Errorf("%+v", done)
		}
		hold := ok(s.shop.GetAuthorisation(t.Context(), done.Authorisation))(s)
		if hold.Order != "o-u-1" || hold.Plan != done.Plan || hold.Amount != 600_00 {
			t.Errorf("%+v", hold)
		}
		// An order that was confirmed gets no second checkout, until the first is taken back.
		if _, err := s.shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00)); kindOf(err) != "order_confirmed" {
			t.Errorf("a second checkout of the order: %v", err)
		}
		if _, err := pages.ChooseOtherMeans(t.Context(), c.ID, client.CheckoutChoice{Means: "card"}); kindOf(err) != "checkout_decided" {
			t.Errorf("another means after confirming: %v", err)
		}
		for range 2 { // 'I didn't mean to', tapped twice
			if back := ok(pages.CancelCheckout(t.Context(), c.ID))(s); back.Status != client.CheckoutCancelled {
				t.Errorf("cancelled: %+v", back)
			}
		}
		if held, _ := s.holds(account.ID); held != 0 {
			t.Errorf("%d is held", held)
		}
		if again := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00)))(s); again.Status != client.CheckoutOpen {
			t.Errorf("%+v", again)
		}
	})
}

// TestACrashBetweenTwoWrites: what was confirmed is noted and not decided, or decided and not noted.
func TestACrashBetweenTwoWrites(t *testing.T) {
	for _, decided := range []bool{false, true} {
		var store *session.Store
		w := newWorld(t, func(o *Options) { store = o.Sessions })
		s := &teller{t: t, w: w, shop: w.client(w.platform)}
		account := w.opened(t, "u-1")
		c := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 100_00)))(s)
		body := w.confirmation(t, c, "next")
		command := credit.Authorise{Amount: 100_00, Currency: "CNY", Plan: "next", Scene: "mall", Merchant: "m-17", Order: "o-u-1", Consent: credit.Consent{
			Person: "u-1", Document: "quote", Version: body.Consent.Version, Hash: body.Consent.Hash, ShownAt: body.Consent.ShownAt, AcceptedAt: body.Consent.AcceptedAt,
			Act: "tap_confirm", Channel: "checkout", Language: "en", ReadSeconds: new(10), Preselected: new(false),
		}}
		if _, err := store.Confirm(t.Context(), c.ID, []byte(mustJSON(t, command))); err != nil {
			t.Fatal(err)
		}
		if decided {
			if _, err := w.desk.Do(t.Context(), servicing.Request{Account: credit.ID(account.ID), Platform: "shop", Command: command, Own: true, Key: servicing.CheckoutKey + c.ID + ":1",
				Answer: func(a *credit.Account, events []credit.Event, at credit.Moment) []byte {
					var o out
					authorisationAnswer(&o, a, events, at)
					return o.b
				}}); err != nil {
				t.Fatal(err)
			}
		}
		// The platform asks, and that alone brings it to its end.
		if got := ok(s.shop.GetCheckoutSession(t.Context(), c.ID))(s); got.Status != client.CheckoutConfirmed || got.Authorisation == "" {
			t.Errorf("decided %v: %+v", decided, got)
		}
		if held, n := s.holds(account.ID); held != 100_00 || n != 1 {
			t.Errorf("decided %v: %d held by %d", decided, held, n)
		}
	}
}

func TestAConfirmationStandsOnItsEvidence(t *testing.T) {
	s := newTeller(t)
	account := s.w.opened(t, "u-1")
	c := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00)))(s)
	for name, spoil := range map[string]struct {
		change func(*client.CheckoutConfirmation)
		kind   client.ProblemKind
	}{
		"ticked beforehand":    {func(b *client.CheckoutConfirmation) { b.Consent.Preselected = true }, "consent_preselected"},
		"faster than read":     {func(b *client.CheckoutConfirmation) { b.Consent.ReadSeconds = 2 }, "consent_too_fast"},
		"read before shown":    {func(b *client.CheckoutConfirmation) { b.Consent.ShownAt = b.Consent.AcceptedAt }, "consent_too_fast"},
		"by somebody else":     {func(b *client.CheckoutConfirmation) { b.Consent.Person = "u-2" }, "consent_of_another"},
		"another plan's quote": {func(b *client.CheckoutConfirmation) { b.Plan = "next" }, "consent_outdated"},
		"no plan of ours":      {func(b *client.CheckoutConfirmation) { b.Plan = "none" }, "unknown_plan"},
		"an old consent":       {func(b *client.CheckoutConfirmation) { b.Consent.AcceptedAt = b.Consent.AcceptedAt.Add(-25 * time.Hour) }, "consent_too_fast"},
	} {
		body := s.w.confirmation(t, c, "flat6")
		spoil.change(&body)
		if _, err := s.shop.ConfirmCheckout(t.Context(), c.ID, body); kindOf(err) != spoil.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if held, n := s.holds(account.ID); held != 0 || n != 0 {
		t.Errorf("%d is held by %d", held, n)
	}
	// None of it spoilt the checkout.
	if a := ok(s.shop.ConfirmCheckout(t.Context(), c.ID, s.w.confirmation(t, c, "flat6")))(s); a.Status != client.CheckoutConfirmed || a.Plan != "flat6" {
		t.Errorf("%+v", a)
	}
}

func TestADeclineIsAnAnswerAndNotTheEnd(t *testing.T) {
	s := newTeller(t)
	account := s.w.opened(t, "u-1")
	c := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 600_00)))(s)
	body := s.w.confirmation(t, c, "next")
	ok(s.shop.SetSpendingCap(t.Context(), account.ID, s.key(), client.SpendingCapRequest{Amount: 100_00}))(s)
	if got := ok(s.shop.GetCheckoutSession(t.Context(), c.ID))(s).PayLater; got.Status != client.PayLaterUnavailable || len(got.Reasons) != 1 || got.Reasons[0] != "spending_cap_exceeded" {
		t.Errorf("what stands against it is said beforehand: %+v", got)
	}
	for range 2 { // the same once more is another attempt, and declined again
		if a := ok(s.shop.ConfirmCheckout(t.Context(), c.ID, body))(s); a.Status != client.CheckoutDeclined || a.DeclineReason != "spending_cap_exceeded" {
			t.Errorf("%+v", a)
		}
	}
	if a := ok(s.shop.ChooseOtherMeans(t.Context(), c.ID, client.CheckoutChoice{Means: "balance"}))(s); a.Status != client.CheckoutChosenOther || a.Chosen != "balance" {
		t.Errorf("%+v", a)
	}
	for range 2 {
		if _, err := s.shop.ChooseOtherMeans(t.Context(), c.ID, client.CheckoutChoice{Means: "balance"}); err != nil {
			t.Errorf("a second tap: %v", err)
		}
	}
	if _, err := s.shop.ChooseOtherMeans(t.Context(), c.ID, client.CheckoutChoice{Means: "card"}); kindOf(err) != "checkout_decided" {
		t.Errorf("and yet another: %v", err)
	}
	if _, err := s.shop.ConfirmCheckout(t.Context(), c.ID, body); kindOf(err) != "checkout_decided" {
		t.Errorf("confirmed after another means was chosen: %v", err)
	}
	for _, none := range []string{"pay_later", "gold"} {
		if _, err := s.shop.ChooseOtherMeans(t.Context(), c.ID, client.CheckoutChoice{Means: none}); kindOf(err) != "unknown_means" {
			t.Errorf("%s: %v", none, err)
		}
	}
}

func TestCancelling(t *testing.T) {
	s := newTeller(t)
	account := s.w.opened(t, "u-1")
	open := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 10_00)))(s)
	newer := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 10_00)))(s)
	if got := ok(s.shop.GetCheckoutSession(t.Context(), open.ID))(s); got.Status != client.CheckoutCancelled {
		t.Errorf("the older of two checkouts of an order is %s", got.Status)
	}
	confirm := func(c client.CheckoutSession) client.CheckoutSession {
		return ok(s.shop.ConfirmCheckout(t.Context(), c.ID, s.w.confirmation(t, c, "next")))(s)
	}
	done := confirm(newer)
	ok(s.shop.Capture(t.Context(), done.Authorisation, s.key(), client.CaptureRequest{Amount: 4_00}))(s)
	if _, err := s.shop.CancelCheckout(t.Context(), done.ID); kindOf(err) != "hold_not_open" {
		t.Errorf("cancelled after a part was delivered: %v", err)
	}
	if got := ok(s.shop.GetCheckoutSession(t.Context(), done.ID))(s); got.Status != client.CheckoutConfirmed {
		t.Errorf("it is %s", got.Status)
	}
	// What the wallet voids, the checkout hears of.
	body := order("u-1", 20_00)
	body.Order = "o-2"
	second := confirm(ok(s.shop.CreateCheckoutSession(t.Context(), body))(s))
	ok(s.w.as("u-1", false).Void(t.Context(), second.Authorisation, s.key()))(s)
	if got := ok(s.shop.GetCheckoutSession(t.Context(), second.ID))(s); got.Status != client.CheckoutCancelled {
		t.Errorf("it is %s", got.Status)
	}
	body.Order = "o-3"
	third := confirm(ok(s.shop.CreateCheckoutSession(t.Context(), body))(s))
	for range 2 { // it was not meant to be, and the thumb taps twice
		if got := ok(s.shop.CancelCheckout(t.Context(), third.ID))(s); got.Status != client.CheckoutCancelled {
			t.Errorf("it is %s", got.Status)
		}
	}
	if held, _ := s.holds(account.ID); held != 6_00 {
		t.Errorf("%d is held", held)
	}
}

func TestACheckoutExpires(t *testing.T) {
	start := time.Now()
	now := start
	var mutex sync.Mutex
	w := newWorld(t, func(o *Options) {
		o.Sessions = session.Open(databaseOf(t), func() time.Time { mutex.Lock(); defer mutex.Unlock(); return now })
	})
	s := &teller{t: t, w: w, shop: w.client(w.platform)}
	w.opened(t, "u-1")
	c := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 10_00)))(s)
	body := w.confirmation(t, c, "next")
	to := func(d time.Duration) { mutex.Lock(); now = start.Add(d); mutex.Unlock() }
	to(session.CheckoutLife - time.Millisecond)
	if got := ok(s.shop.GetCheckoutSession(t.Context(), c.ID))(s); got.Status != client.CheckoutOpen {
		t.Errorf("a moment before its end it is %s", got.Status)
	}
	to(session.CheckoutLife + time.Millisecond)
	if got := ok(s.shop.GetCheckoutSession(t.Context(), c.ID))(s); got.Status != client.CheckoutExpired {
		t.Errorf("at its end it is %s", got.Status)
	}
	if _, err := s.shop.ConfirmCheckout(t.Context(), c.ID, body); kindOf(err) != "checkout_decided" {
		t.Errorf("confirmed: %v", err)
	}
	if _, err := s.shop.ChooseOtherMeans(t.Context(), c.ID, client.CheckoutChoice{Means: "card"}); kindOf(err) != "checkout_decided" {
		t.Errorf("chosen: %v", err)
	}
	if again := ok(s.shop.CreateCheckoutSession(t.Context(), order("u-1", 10_00)))(s); again.Status != client.CheckoutOpen {
		t.Errorf("a new one is %s", again.Status)
	}
}

// databaseOf opens another database for sessions alone.
func databaseOf(t *testing.T) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), t.TempDir()+"/sessions.db", database.Options{Partitions: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// TestNobodyTakesACheckoutsKey: the keys of checkouts are the house's own.
func TestNobodyTakesACheckoutsKey(t *testing.T) {
	s := newTeller(t)
	a := s.w.opened(t, "u-1")
	r := s.w.post(t, s.w.platform, "checkout:ck_1:1", "/v1/authorisations", mustJSON(t, object(t, s.w.checkout(t, a, 1_00, "next", "o-1"))))
	if !r.isProblem(t, kindKeyInvalid) || r.status != http.StatusBadRequest {
		t.Errorf("%d %s", r.status, r.body)
	}
}
