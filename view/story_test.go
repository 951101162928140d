package view_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/money"
)

// failer is what a story needs of a test, of rapid's too.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// story writes entries as a desk would, by the real rules.
type story struct {
	t        failer
	log      eventlog.Log
	day      calendar.Date
	heads    map[int32]*eventlog.Head
	accounts map[credit.ID]*credit.Account
	due      map[credit.ID]calendar.Date
	order    []credit.ID
	pending  []eventlog.Entry
	expected []eventlog.Head
	keys     int
	platform string
	facts    map[credit.ID][]credit.Fact
	scene    string // of orders; empty: the mall
}

func newStory(t failer, log eventlog.Log, first calendar.Date) *story {
	s := &story{t: t, log: log, heads: map[int32]*eventlog.Head{}, accounts: map[credit.ID]*credit.Account{}, due: map[credit.ID]calendar.Date{}, platform: "shop", facts: map[credit.ID][]credit.Fact{}}
	heads, err := log.Heads(context.Background(), log.Partitions())
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range heads {
		s.heads[head.Partition] = &head
		if head.Day != 0 { // a story goes on where another ended, among people of its own
			first = max(first, calendar.Date(head.Day)+1)
			s.platform = fmt.Sprintf("shop of %s", first)
			s.keys = int(head.Position) * 1000
		}
	}
	s.expected = heads
	s.openDay(first)
	return s
}

// now is noon of the business date, and a little later with each entry.
func (s *story) now() int64 {
	return s.day.Time().Add(4*time.Hour).UnixMicro() + int64(s.keys)
}

func (s *story) openDay(day calendar.Date) {
	s.day = day
	for _, partition := range s.log.Partitions() {
		s.append(partition, eventlog.Entry{Key: "day:" + day.String(), Name: "open_day", Command: []byte("{}"), Events: []byte("[]"), Due: -1})
	}
}

func (s *story) append(partition int32, e eventlog.Entry) {
	s.keys++
	head := s.heads[partition]
	head.Position++
	head.Time, head.Day = max(head.Time, s.now()), int32(s.day)
	e.Partition, e.Position, e.Time, e.Day = partition, head.Position, head.Time, head.Day
	s.pending = append(s.pending, e)
	if len(s.pending) >= 500 {
		s.flush()
	}
}

// flush appends what the story has told so far.
func (s *story) flush() {
	s.t.Helper()
	if len(s.pending) == 0 {
		return
	}
	if err := s.log.Append(context.Background(), s.expected, s.pending); err != nil {
		s.t.Fatal(err)
	}
	s.pending, s.expected = nil, nil
	for _, partition := range s.log.Partitions() {
		s.expected = append(s.expected, *s.heads[partition])
	}
}

func (s *story) partition(id credit.ID) int32 {
	partitions := s.log.Partitions()
	return partitions[id.Slot(len(partitions))]
}

func (s *story) account(id credit.ID) *credit.Account {
	a := s.accounts[id]
	if a == nil {
		a = &credit.Account{ID: id}
		s.accounts[id] = a
		s.order = append(s.order, id)
	}
	return a
}

// catchUp closes an account's missed days.
func (s *story) catchUp(a *credit.Account) {
	s.t.Helper()
	for next := a.NextDue(); next != 0 && next <= s.day; next = a.NextDue() {
		if err := s.decide(a, "close:"+next.String(), credit.CloseDay{Day: next}, next); err != nil {
			s.t.Fatal(err)
		}
	}
}

// do closes the account's missed days and carries out a command; a refusal changes nothing.
func (s *story) do(id credit.ID, command credit.Command) error {
	s.t.Helper()
	a := s.account(id)
	s.catchUp(a)
	s.keys++
	return s.decide(a, "key-"+strconv.Itoa(s.keys), command, s.day)
}

func (s *story) decide(a *credit.Account, key string, command credit.Command, day calendar.Date) error {
	s.t.Helper()
	events, err := a.Do(command, credit.Moment{Day: day, Time: s.now()})
	var refusal *credit.Error
	if errors.As(err, &refusal) {
		return err
	}
	if err != nil {
		s.t.Fatal(err)
	}
	if err := a.Check(); err != nil {
		s.t.Fatal(err)
	}
	s.facts[a.ID] = append(s.facts[a.ID], credit.Fact{Command: command, Events: events, At: credit.Moment{Day: day, Time: s.now()}})
	s.record(a, key, command, events)
	return nil
}

// record adds the entry for events, whoever decided them.
func (s *story) record(a *credit.Account, key string, command credit.Command, events []credit.Event) {
	s.t.Helper()
	encoded, err := wire.EncodeEvents(events)
	if err != nil {
		s.t.Fatal(err)
	}
	asked, err := wire.EncodeCommand(command)
	if err != nil {
		s.t.Fatal(err)
	}
	e := eventlog.Entry{Account: string(a.ID), Key: key, Due: -1, Name: command.Name(), Command: asked, Events: encoded, Answer: []byte("{}")}
	if due := a.NextDue(); due != s.due[a.ID] {
		e.Due, s.due[a.ID] = int32(due), due
	}
	s.append(s.partition(a.ID), e)
}

// closeAll closes what is due of every account, as close of business does.
func (s *story) closeAll() {
	s.t.Helper()
	for _, id := range s.order {
		a := s.accounts[id]
		for next := a.NextDue(); next != 0 && next <= s.day; next = a.NextDue() {
			if err := s.decide(a, "close:"+next.String(), credit.CloseDay{Day: next}, next); err != nil {
				s.t.Fatal(err)
			}
		}
	}
}

// termsOf is a contract with every kind of plan.
func termsOf(programme string, currency money.Currency) *credit.Terms {
	return &credit.Terms{
		Programme: programme, Version: 3, Currency: currency, StatementDay: 31, DueDay: 10, GraceDays: 2, HoldDays: 7,
		PenaltyRate: 180_000, CostCap: 240_000, RateMethod: credit.MonthlyTimesTwelve, PrincipalFirst: 91,
		ReadingSeconds: 3, ReviewDays: 3, SceneLimits: []credit.SceneLimit{{Scene: "live", Limit: 60_000}}, Merchants: credit.MerchantRule{Blocked: []string{"pawn shop"}}, LimitCap: 1_000_000, DueDays: []int{10, 20, 31}, Applications: 3, WindowDays: 30, Funder: "bank",
		Scenes: []string{"mall", "live"},
		Plans: []credit.Plan{
			{ID: "next", Kind: credit.PayNextMonth, Periods: 1},
			{ID: "flat3", Kind: credit.Flat, Periods: 3, Rate: 8_000},
			{ID: "annuity6", Kind: credit.Annuity, Periods: 6, Rate: 140_000},
			{ID: "free3", Kind: credit.Flat, Periods: 3, Rate: 9_000, Subsidies: []credit.Subsidy{
				{Bearer: credit.Merchant, Share: 500_000}, {Bearer: credit.Platform, Share: 300_000}, {Bearer: credit.Funder, Share: 200_000},
			}},
			{ID: "part3", Kind: credit.Flat, Periods: 3, Rate: 9_000, Subsidies: []credit.Subsidy{
				{Bearer: credit.Merchant, Share: 400_000}, {Bearer: credit.Platform, Share: 300_000},
			}},
			{ID: "half12", Kind: credit.Annuity, Periods: 12, Rate: 160_000, Subsidies: []credit.Subsidy{{Bearer: credit.Merchant, Share: 500_000}}},
		},
		Deferral: &credit.DeferralTerms{MostDays: 14, AYear: 2, Rate: 8_000},
		Conversions: []credit.Plan{
			{ID: "bill3", Kind: credit.Flat, Periods: 3, Rate: 8_000, Subsidies: []credit.Subsidy{{Bearer: credit.Platform, Share: 250_000}}},
			{ID: "bill6", Kind: credit.Annuity, Periods: 6, Rate: 120_000},
		},
		ConvertOverdue: programme == "euro",
		Documents:      []credit.Document{{Name: "credit_agreement", Version: 2, Hash: "aa11"}, {Name: "bureau_authorisation", Version: 1, Hash: "bb22"}},
	}
}

// euro is a contract that gives debts up early.
func euro() *credit.Terms {
	terms := termsOf("euro", "EUR")
	terms.ChargeOffDays = 35
	return terms
}

var ticked = false

func (s *story) consent(person string, document credit.Document) credit.Consent {
	now := time.UnixMicro(s.now()).UTC()
	return credit.Consent{
		Person: person, Document: document.Name, Version: document.Version, Hash: document.Hash,
		ShownAt: now.Add(-time.Minute), AcceptedAt: now.Add(-30 * time.Second), Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: new(30), Preselected: &ticked,
	}
}

// apply asks for an account; the assessment decides as told.
func (s *story) apply(customer string, terms *credit.Terms, assessment credit.Assessment) credit.ID {
	s.t.Helper()
	id := credit.AccountID(s.platform, terms.Programme, customer)
	yes, no := true, false
	command := credit.Apply{
		Platform: s.platform, Programme: terms.Programme, Customer: customer,
		Declared: credit.Declared{Adult: &yes, Student: &no}, Terms: terms, Assessment: assessment,
	}
	for _, document := range terms.Documents {
		command.Consents = append(command.Consents, s.consent(customer, document))
	}
	_ = s.do(id, command)
	return id
}

// open opens an account with a limit.
func (s *story) open(customer string, limit money.Amount) credit.ID {
	s.t.Helper()
	id := s.apply(customer, termsOf("monthly", "CNY"), credit.Assessment{Decision: credit.Approved, Limit: limit})
	if s.accounts[id].Status != credit.Active {
		s.t.Fatalf("%s was not opened", customer)
	}
	return id
}

// authorise asks for a hold on what was quoted, and returns its number.
func (s *story) authorise(id credit.ID, amount money.Amount, plan, merchant string) int64 {
	s.t.Helper()
	a := s.account(id)
	p, _ := a.Terms.Plan(plan)
	quote := a.Quote(p, amount, s.day)
	s.keys++
	_ = s.do(id, credit.Authorise{
		Amount: amount, Currency: a.Terms.Currency, Plan: plan, Scene: cmp.Or(s.scene, "mall"), Merchant: merchant, Order: fmt.Sprintf("order %d", s.keys),
		Consent: s.consent(a.Customer, credit.Document{Name: credit.QuoteDocument, Version: a.Terms.Version, Hash: quote.Token}),
	})
	return a.Numbers
}

// buy authorises and captures at once, and returns the purchase's number.
func (s *story) buy(id credit.ID, amount money.Amount, plan string) int64 {
	s.t.Helper()
	hold := s.authorise(id, amount, plan, "tea house")
	if err := s.do(id, credit.Capture{Hold: hold, Amount: amount}); err != nil {
		s.t.Fatal(err)
	}
	return s.accounts[id].Numbers
}

// autopay is the instruction that an account's customer agrees to.
func (s *story) autopay(a *credit.Account, source string) credit.SetAutopay {
	return credit.SetAutopay{Source: source, Consent: s.consent(a.Customer, a.AutopayText(source))}
}

func (s *story) must(id credit.ID, command credit.Command) {
	s.t.Helper()
	if err := s.do(id, command); err != nil {
		s.t.Fatal(err)
	}
}

// payNow has a customer ask for a debit: of a part of what is billed, or of all that is owed.
func (s *story) payNow(t *rapid.T, a *credit.Account) {
	if a.Terms == nil {
		return
	}
	c := credit.RequestDebit{Amount: a.AsOf(s.day).Billed(), Currency: a.Terms.Currency, Source: "tok now", Bound: true}
	if q, err := a.AsOf(s.day).EarlyQuote(0, s.day); err == nil && rapid.Bool().Draw(t, "everything") {
		c.Amount, c.Quote = q.Sum, q.Token
	}
	_ = s.do(a.ID, c)
}

// any lets chance choose what happens next.
func (s *story) any(t *rapid.T) {
	customers := []string{"ann", "bob", "cai", "dan"}
	terms := []*credit.Terms{termsOf("monthly", "CNY"), euro()}[rapid.IntRange(0, 5).Draw(t, "programme")/5]
	customer := rapid.SampledFrom(customers).Draw(t, "customer")
	id := credit.AccountID(s.platform, terms.Programme, customer)
	a := s.account(id)
	if a.Status.Over() && rapid.IntRange(0, 2).Draw(t, "what of it") == 0 {
		s.leaving(t, a)
		return
	}
	if a.Status == credit.Unopened || a.Status.Over() {
		if a.Application != nil && a.Application.Decision == credit.Referred {
			_ = s.do(id, credit.Review{Application: a.Application.Number, Approve: rapid.Bool().Draw(t, "approve"), Limit: 300_000, Reasons: []string{"income"}, Reviewer: "rita"})
			return
		}
		decision := rapid.SampledFrom([]credit.Decision{credit.Approved, credit.Approved, credit.Approved, credit.Refused, credit.Referred}).Draw(t, "decision")
		s.apply(customer, terms, credit.Assessment{Decision: decision, Limit: money.Amount(rapid.IntRange(1, 500_000).Draw(t, "limit")), Reasons: []string{"age", "income"}})
		return
	}
	amount := money.Amount(rapid.IntRange(1, 200_000).Draw(t, "amount"))
	number := rapid.Int64Range(1, max(1, a.Numbers)).Draw(t, "number")
	switch what := rapid.IntRange(0, 34).Draw(t, "what"); what {
	case 0, 1, 2, 3, 4:
		plan := rapid.SampledFrom(a.Terms.Plans).Draw(t, "plan").ID
		s.scene = rapid.SampledFrom([]string{"mall", "mall", "live", "moon"}).Draw(t, "scene")
		s.authorise(id, amount, plan, rapid.SampledFrom([]string{"tea house", "书店", "a:b; c", "pawn shop"}).Draw(t, "merchant"))
	case 5, 6, 7:
		if len(a.Holds) > 0 {
			h := rapid.SampledFrom(a.Holds).Draw(t, "hold")
			_ = s.do(id, credit.Capture{Hold: h.Number, Amount: max(1, min(amount, h.Amount)), Final: rapid.Bool().Draw(t, "final")})
		}
	case 8:
		if len(a.Holds) > 0 {
			_ = s.do(id, credit.Void{Hold: a.Holds[0].Number})
		}
	case 9, 10:
		if n := len(a.Purchases); n > 0 && what == 9 {
			number = a.Purchases[n-1].Number
		}
		_ = s.do(id, credit.Refund{Purchase: number, Amount: amount/4 + 1})
	case 11, 12:
		_ = s.do(id, credit.Repay{Amount: amount, Currency: a.Terms.Currency, Source: "psp"})
	case 13:
		if owed := a.Billed(); owed > 0 {
			_ = s.do(id, credit.Repay{Amount: owed, Currency: a.Terms.Currency, Source: "psp all"})
		}
	case 14:
		_ = s.do(id, credit.ReturnCredit{Reference: "back"})
	case 15:
		_ = s.do(id, credit.Freeze{Kind: rapid.SampledFrom(credit.BlockKinds).Draw(t, "block"), Note: "why"})
	case 16:
		_ = s.do(id, credit.Unfreeze{Kind: rapid.SampledFrom(credit.BlockKinds).Draw(t, "block")})
	case 17:
		_ = s.do(id, credit.RequestClosure{Kind: rapid.SampledFrom([]credit.ClosureKind{credit.Close, credit.Deregister}).Draw(t, "how")})
	case 18:
		if a.Closure != nil {
			n := a.Closure.Number
			_ = s.do(id, rapid.SampledFrom([]credit.Command{
				credit.ApproveClosure{Closure: n, Reviewer: "rita"}, credit.ApproveClosure{Closure: n, Reviewer: "rita"},
				credit.RefuseClosure{Closure: n, Reviewer: "rita", Reason: "a claim"}, credit.WithdrawClosure{Closure: n},
			}).Draw(t, "review"))
		}
	case 27:
		_ = s.bounce(id, rapid.IntRange(0, 3).Draw(t, "which"))
	case 20, 21, 22:
		s.choose(t, a, amount)
	case 23, 24:
		if a.Autopay == nil || what == 23 && a.Status == credit.Active {
			_ = s.do(id, s.autopay(a, rapid.SampledFrom([]string{"tok a", "tok b"}).Draw(t, "source")))
		} else {
			_ = s.do(id, credit.CancelAutopay{})
		}
	case 25:
		if rapid.Bool().Draw(t, "pays now") {
			s.payNow(t, a)
		}
		if n := len(a.Debits); n > 0 {
			_ = s.do(id, rapid.SampledFrom([]credit.Command{
				credit.SettleDebit{Debit: a.Debits[n-1].Number}, credit.RefuseDebit{Debit: a.Debits[n-1].Number, Reason: "funds"},
			}).Draw(t, "result"))
		}
	case 26:
		if n := len(a.Statements); n > 0 {
			st := a.Statements[n-1]
			_ = s.do(id, s.deferring(a, st.Number, st.Due+calendar.Date(rapid.IntRange(1, 15).Draw(t, "later"))))
		}
	case 28, 29, 30:
		s.contest(t, a, amount)
	case 31, 32:
		if n := len(a.Statements); n > 0 {
			_ = s.do(id, s.converting(a, a.Statements[n-1].Number, rapid.SampledFrom([]string{"bill3", "bill6"}).Draw(t, "bill plan"), rapid.SampledFrom([]money.Amount{0, amount}).Draw(t, "part")))
		}
	case 33:
		if rapid.Bool().Draw(t, "everything") {
			number = 0
		} else if n := len(a.Purchases); n > 0 {
			number = a.Purchases[n-1].Number
		}
		_ = s.repayEarly(id, number)
	case 34:
		_ = s.do(id, credit.MakeContact{
			Channel: credit.ByCall, Purpose: rapid.SampledFrom([]credit.ContactPurpose{credit.Collection, credit.Reminder}).Draw(t, "purpose"),
			Party: credit.TheCustomer, Effective: rapid.Bool().Draw(t, "effective"), Offset: s.noon() + 60*rapid.IntRange(-720, 719).Draw(t, "minute"),
		})
	case 19:
		s.openDay(s.day + calendar.Date(rapid.IntRange(1, 40).Draw(t, "days")))
		if rapid.Bool().Draw(t, "close of business") {
			s.closeAll()
		}
	}
}

// noon is the offset of where it is noon in the story, now.
func (s *story) noon() int { return 12*3600 - int(s.now()/1e6%86400) }

// badDebt is an account whose debt is charged off 60 days past due, with instalments
// that are billed after it.
func (s *story) badDebt() credit.ID {
	s.t.Helper()
	terms := termsOf("monthly", "CNY")
	terms.ChargeOffDays = 60
	id := s.apply("gus", terms, credit.Assessment{Decision: credit.Approved, Limit: 200_000})
	s.buy(id, 45_000, "next")
	s.buy(id, 66_000, "annuity6")
	return id
}
