package trial

import (
	"slices"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/trial/reference"
)

// choose says who acts on a new day: seldom anybody, but on days on which something
// changes, and on the days beside them, mostly everybody.
func (w *world) choose() {
	w.plan = w.plan[:0]
	for _, c := range w.customers {
		often := 40
		if w.boundary(c) {
			often = 400
		}
		for w.chance(often) && len(w.plan) < 60 {
			w.plan = append(w.plan, c)
		}
	}
	w.random.Shuffle(len(w.plan), func(i, j int) { w.plan[i], w.plan[j] = w.plan[j], w.plan[i] })
}

// boundary says whether today is a day on which a rule changes its mind about an
// account, or the day before or after one.
func (w *world) boundary(c *customer) bool {
	a := w.auditors[w.partition(c.id)].Account(c.id)
	if a == nil || a.Terms == nil {
		return w.chance(300)
	}
	near := func(day calendar.Date) bool { return day-1 <= w.day && w.day <= day+1 }
	if near(calendar.NextOnDay(w.day-2, a.Terms.StatementDay)) {
		return true
	}
	for _, s := range a.Statements {
		for _, days := range []int{0, a.Terms.GraceDays, 3, 30, 60, 90, 120, 150, 180} {
			if near(s.Due + calendar.Date(days)) {
				return true
			}
		}
	}
	for _, h := range a.Holds {
		if near(h.LastDay) {
			return true
		}
	}
	return a.Closure != nil && near(a.Closure.ReviewBy)
}

// any draws something that a customer might do now, or an operator with their account.
func (w *world) any(c *customer) act {
	a := w.auditors[w.partition(c.id)].Account(c.id)
	if a == nil || a.Terms == nil || a.Status.Over() && w.chance(400) {
		if a != nil && a.Application != nil && a.Application.Decision == credit.Referred {
			return w.review(a)
		}
		if a != nil && a.Application != nil && a.Application.Decision == credit.Refused && w.chance(200) {
			return w.appeal(a)
		}
		return w.apply(c)
	}
	var acts []func(*customer, *credit.Account) act
	add := func(weight int, f func(*customer, *credit.Account) act) {
		for range weight {
			acts = append(acts, f)
		}
	}
	add(8, w.checkout)
	add(2, w.refund)
	add(1, w.closure)
	if len(a.Holds) > 0 {
		add(20, w.capture)
	}
	if len(a.Statements) > 0 {
		add(c.pays, w.repay)
	} else {
		add(1, w.repay)
	}
	if a.Owed() > 0 {
		add(1, w.early)
	}
	if a.Credit > 0 {
		add(3, w.returned)
	}
	if a.Closure != nil {
		add(8, w.closure)
	}
	if a.Owed() == 0 && len(a.Holds) == 0 {
		add(2, w.closure)
	}
	if len(a.Blocks) > 0 {
		add(3, w.unfreeze)
	}
	add(1, w.limits)
	add(1, w.own)
	if w.chance(300) {
		add(1, w.renew)
	}
	if len(c.bought) > 0 {
		add(1, w.dispute)
	}
	if len(a.Disputes) > 0 {
		add(3, w.decide)
	}
	if c.bounces && len(c.repaid) > 0 {
		add(w.bounces, w.bounce)
		if c.model != nil {
			add(2*w.bounces, w.bounce)
		}
	}
	if c.wild {
		if len(a.Statements) > 0 {
			add(2, w.conversion)
		}
	}
	if len(a.Terms.DueDays) > 0 {
		add(1, w.dueDay)
	}
	if len(a.Statements) > 0 && a.Terms.Deferral != nil {
		add(2, w.deferral)
	}
	if len(a.Statements) > 0 && len(a.Terms.Conversions) > 0 {
		add(2, w.conversion)
	}
	if a.Autopay == nil {
		add(1, w.autopay)
	}
	if a.Owed() > 0 {
		add(2, w.payNow)
	}
	if len(a.PendingDebits()) > 0 {
		add(12, w.debited)
	}
	if w.chance(60) {
		return pick(w, w.freeze, w.unfreeze, w.reapply, w.capture, w.returned, w.stray, w.limits, w.dueDay, w.deferral, w.conversion, w.autopay, w.debited, w.dispute, w.decide, w.early, w.payNow)(c, a)
	}
	return pick(w, acts...)(c, a)
}

// amount draws a sum, mostly one that means something.
func (w *world) amount(most money.Amount) money.Amount {
	switch w.random.IntN(8) {
	case 0:
		return pick(w, most+1, most-1, most/2, 1, 7, 0, -1)
	case 1, 2, 3:
		return most
	case 4:
		return most/2 + 1
	default:
		return money.Amount(1 + w.random.Int64N(3_000_00))
	}
}

// today is the business date where a customer's account is: as a night begins it is
// not everywhere the same.
func (w *world) today(c *customer) calendar.Date {
	return calendar.Date(w.store.Head(w.partition(c.id)).Day)
}

// number is mostly one of a few that mean something.
func (w *world) number(a *credit.Account, those []int64) int64 {
	if len(those) == 0 || w.chance(50) {
		return w.random.Int64N(a.Numbers+4) - 1
	}
	return pick(w, those...)
}

func (w *world) apply(c *customer) act {
	yes, no := w.chance(980), w.chance(50)
	declared := credit.Declared{Adult: &yes, Student: &no}
	command := credit.Apply{
		Platform: platform, Programme: w.terms.Programme, Customer: c.name, Declared: declared, Terms: w.terms,
		Wanted: money.Amount(pick(w, 0, 0, 500_00, 5_000_00)),
		Assessment: credit.Assessment{
			Decision: pick(w, credit.Approved, credit.Approved, credit.Approved, credit.Refused, credit.Referred),
			Limit:    money.Amount(pick(w, 1_000_00, 5_000_00, 5_000_00, 20_000_00)),
		},
	}
	model := reference.Application{
		Terms: w.told, Wanted: command.Wanted, Decision: string(command.Assessment.Decision), Limit: command.Assessment.Limit, Minor: !yes,
	}
	for _, d := range w.terms.Documents {
		consent, evidence := w.consent(c, d.Name, d.Version, d.Hash, int64(w.terms.ReadingSeconds)*second)
		command.Consents = append(command.Consents, consent)
		model.Evidence = append(model.Evidence, evidence)
	}
	if w.chance(20) {
		command.Consents, model.Evidence = command.Consents[:1], model.Evidence[:1]
	}
	if w.chance(10) {
		command.Declared.Adult, model.Undeclared = nil, true
	}
	return act{command, func(r *reference.Account, at reference.Moment) reference.Answer { return r.Apply(model, at) }}
}

func (w *world) reapply(c *customer, _ *credit.Account) act { return w.apply(c) }

func (w *world) review(a *credit.Account) act {
	command := credit.Review{Application: a.Application.Number, Approve: w.chance(700), Limit: int64(pick(w, 1_000_00, 5_000_00, 0)), Reviewer: "r1"}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.Review(command.Application, command.Approve, money.Amount(command.Limit))
	}}
}

// appeal asks for a person, at times when there is nothing to ask about.
func (w *world) appeal(a *credit.Account) act {
	command := credit.Appeal{Application: w.number(a, []int64{a.Application.Number}), Ground: pick(w, credit.AppealGrounds...)}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Appeal(command.Application) }}
}

// consent draws evidence: mostly good, at times just good enough or just not.
func (w *world) consent(c *customer, document string, version int, hash string, reading int64) (credit.Consent, reference.Evidence) {
	no := false
	now := max(w.clock.now, w.store.Head(w.partition(c.id)).Time)
	e := reference.Evidence{Shown: now - 60*second, Accepted: now - 20*second}
	if w.chance(50) {
		e.Accepted = now - 24*3600*second - pick(w, -second, 0, 1)
		e.Shown = e.Accepted - 60*second
	} else if w.chance(50) {
		e.Accepted = now + 120*second + pick(w, -1, int64(0), 1)
	} else if w.chance(50) {
		e.Accepted = e.Shown + reading - pick(w, 0, int64(0), 1)
	}
	e.Read = (e.Accepted - e.Shown) / second
	if w.chance(60) {
		e.Read = pick(w, e.Read+1, reading/second, reading/second-1)
	}
	consent := credit.Consent{
		Person: c.name, Document: document, Version: version, Hash: hash, Preselected: &no,
		Act: "tap_agree", Channel: "wallet", Language: "zh-Hans", ReadSeconds: new(int(e.Read)),
		ShownAt: time.UnixMicro(e.Shown).UTC(), AcceptedAt: time.UnixMicro(e.Accepted).UTC(),
	}
	if w.chance(60) {
		switch w.random.IntN(6) {
		case 0:
			e.Missing, consent.Act = true, ""
		case 1:
			e.Missing, consent.Preselected = true, nil
		case 2:
			yes := true
			e.Preselected, consent.Preselected = true, &yes
		case 3:
			e.Another, consent.Person = true, "somebody"
		case 4:
			e.Outdated, consent.Version = true, version+1
		case 5:
			e.Outdated, consent.Hash = true, "of another text"
		}
	}
	return consent, e
}

// ahead is by how many seconds local time is ahead of UTC.
const ahead = 8 * 3600

func (w *world) checkout(c *customer, a *credit.Account) act {
	plan := pick(w, a.Terms.Plans...)
	amount := w.amount(a.Available())
	if w.chance(500) {
		amount = money.Amount(1 + w.random.Int64N(600_00))
	}
	day := w.today(c)
	route := w.random.IntN(len(a.Terms.Routing()))
	token := a.QuoteBy(route, plan, max(amount, 1), day).Token
	var full []string
	if w.chance(50) {
		full = []string{pick(w, "bank", "trust", "nobody")}
	}
	noRoom := false
	for _, s := range a.Terms.Routing()[route].Shares {
		noRoom = noRoom || slices.Contains(full, s.Funder)
	}
	dueDay, version := a.OwnTerms().DueDay, a.Terms.Version
	stale := w.chance(15)
	if stale {
		token = a.Quote(plan, max(amount, 1)+1, day).Token
	}
	consent, evidence := w.consent(c, credit.QuoteDocument, a.Terms.Version, token, int64(a.Terms.ReadingSeconds)*second)
	evidence.Outdated = evidence.Outdated || stale
	command := credit.Authorise{
		Amount: amount, Currency: a.Terms.Currency, Plan: plan.ID, Scene: pick(w, a.Terms.Scenes...), Merchant: pick(w, "m1", "m2", "m2", "m3"), Order: "o", Consent: consent, Full: full, Offset: ahead,
	}
	switch {
	case w.chance(10):
		command.Currency = "USD"
	case w.chance(10):
		command.Scene = "tipping"
	case w.chance(10):
		command.Plan = "of another"
	}
	return act{command, func(r *reference.Account, at reference.Moment) reference.Answer {
		evidence := evidence
		evidence.Outdated = evidence.Outdated || at.Day != day || r.DueDay() != dueDay || r.Version() != version // a quote is good for its day, and for what it showed
		return r.Authorise(reference.Checkout{
			Amount: command.Amount, Foreign: command.Currency != "CNY", Plan: command.Plan, Scene: command.Scene, Merchant: command.Merchant, Evidence: evidence, NoRoom: noRoom,
			Minute: int((at.Time/1_000_000 + ahead) / 60 % 1440),
		}, at)
	}}
}

func (w *world) capture(_ *customer, a *credit.Account) act {
	var open []int64
	for _, h := range a.Holds {
		open = append(open, h.Number)
	}
	n := w.number(a, open)
	if w.chance(150) {
		return act{credit.Void{Hold: n}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Void(n) }}
	}
	most := money.Amount(100_00)
	for _, h := range a.Holds {
		if h.Number == n {
			most = h.Amount
		}
	}
	command := credit.Capture{Hold: n, Amount: w.amount(most), Final: w.chance(300)}
	if w.chance(500) || !slices.Contains(open, n) {
		command.Amount = most
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.Capture(n, command.Amount, command.Final)
	}}
}

func (w *world) refund(c *customer, a *credit.Account) act {
	n := w.number(a, c.bought)
	if l := len(c.bought); l > 6 && w.chance(700) {
		n = c.bought[l-1-w.random.IntN(6)]
	}
	most := money.Amount(100_00)
	for _, p := range a.Purchases {
		if p.Number == n {
			most = p.Amount - p.Refunded
		}
	}
	for _, p := range a.Settled {
		if p.Number == n {
			most = p.Amount - p.Refunded
		}
	}
	command := credit.Refund{Purchase: n, Amount: w.amount(most)}
	if !slices.Contains(c.bought, n) {
		command.Amount = max(command.Amount, 1) // one thing is wrong at a time: which is said first is nobody's promise
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Refund(n, command.Amount) }}
}

func (w *world) repay(c *customer, a *credit.Account) act {
	shown := a.AsOf(w.today(c))
	most := shown.Billed()
	if overdue := shown.OverdueAmount(); overdue > 0 && w.chance(300) {
		most = overdue
	}
	command := credit.Repay{Amount: w.amount(most), Currency: a.Terms.Currency, Source: "p"}
	if w.chance(300) {
		command.Amount = most + money.Amount(w.random.Int64N(200))*pick[money.Amount](w, 0, 0, 1)
	}
	if w.chance(10) {
		command.Currency = "USD"
	}
	return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.Repay(command.Amount, command.Currency != "CNY")
	}}
}

func (w *world) returned(*customer, *credit.Account) act {
	return act{credit.ReturnCredit{Reference: "x"}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.ReturnCredit() }}
}

func (w *world) freeze(*customer, *credit.Account) act {
	kind := pick(w, append(credit.BlockKinds, credit.BlockOverdue)...)
	return act{credit.Freeze{Kind: kind}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Freeze(string(kind)) }}
}

func (w *world) unfreeze(_ *customer, a *credit.Account) act {
	kind := pick(w, append(credit.BlockKinds, credit.BlockOverdue)...)
	if len(a.Blocks) > 0 && w.chance(800) {
		kind = pick(w, a.Blocks...).Kind
	}
	return act{credit.Unfreeze{Kind: kind}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Unfreeze(string(kind)) }}
}

func (w *world) closure(_ *customer, a *credit.Account) act {
	if a.Closure == nil && w.chance(900) {
		kind := pick(w, credit.Close, credit.Close, credit.Deregister)
		return act{credit.RequestClosure{Kind: kind}, func(r *reference.Account, _ reference.Moment) reference.Answer {
			return r.RequestClosure(kind == credit.Deregister)
		}}
	}
	n := w.random.Int64N(a.Numbers+4) - 1
	if a.Closure != nil && w.chance(900) {
		n = a.Closure.Number
	}
	switch w.random.IntN(4) {
	case 0:
		return act{credit.RefuseClosure{Closure: n, Reviewer: "r1", Reason: "x"}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.EndClosure(n) }}
	case 1:
		return act{credit.WithdrawClosure{Closure: n}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.EndClosure(n) }}
	}
	return act{credit.ApproveClosure{Closure: n, Reviewer: "r1"}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.ApproveClosure(n) }}
}

// stray asks for something about things that may not be there.
func (w *world) stray(_ *customer, a *credit.Account) act {
	n := w.random.Int64N(a.Numbers+4) - 1
	return act{credit.Review{Application: n, Approve: true, Limit: 1_000_00, Reviewer: "r1"}, func(r *reference.Account, _ reference.Moment) reference.Answer {
		return r.Review(n, true, 1_000_00)
	}}
}
