package credit_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// Any life: random commands on random days under random terms. After each step
// the account is held against what its events, counted naively, say.
func TestAnyLife(t *testing.T) { rapid.Check(t, anyLife) }

// The same story teller, led by a fuzzer.
func FuzzAnyLife(f *testing.F) { f.Fuzz(rapid.MakeFuzz(anyLife)) }

func anyLife(t *rapid.T) {
	l := newLife(t)
	t.Repeat(l.acts())
}

// acts are what may happen next.
func (l *life) acts() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"":          func(*rapid.T) { l.check() },
		"pass":      l.pass,
		"authorise": l.authorise,
		"capture":   l.capture,
		"buy":       l.buy,
		"repay":     l.repay,
		"early":     l.early,
		"refund":    l.refund,
		"dispute":   l.dispute,
		"settle":    l.settle,
		"autopay":   l.autopay,
		"debit":     l.debit,
		"pay now":   l.payNow,
		"defer":     l.postpone,
		"convert":   l.convert,
		"close":     l.close,
		"other":     l.other,
		"contact":   l.contact,
		"limits":    l.limits,
		"choices":   l.choices,
	}
}

// life drives two accounts by the same commands: one is looked at every night,
// the other only when it is touched.
type life struct {
	t             *rapid.T
	story, nights *story
	terms         *credit.Terms

	books     map[ledger.Account]money.Amount // debits − credits
	captured  map[int64]money.Amount          // by purchase
	billed    map[int64]money.Amount          // principal that ever stood on a statement
	cut       map[int64]money.Amount          // principal that refunds took off, of what was not billed or is contested, or that was paid early
	refunded  map[int64]money.Amount
	contested map[int64]money.Amount // principal that is contested, by purchase
	claimed   map[int64]money.Amount // what is contested, paid or not, by dispute
	about     map[int64]int64        // the purchase of a dispute
	cost      map[int64]money.Amount // what the customer agreed to beside the principal, less what was billed and what refunds cancelled
	stands    map[string]int64       // "purchase/instalment" → its one statement
	holds     map[int64]money.Amount
	numbers   int64                   // given
	principal money.Amount            // owed
	balance   money.Amount            // owed to the customer
	bases     map[int64]money.Amount  // overdue principal × days, by statement
	contacts  map[calendar.Date]int   // effective ones
	gone      map[int64]bool          // purchases that were charged off
	off       map[int64]bool          // statements whose penalty was
	stillOwed money.Amount            // of what was charged off, and billed since
	late      map[int64]money.Amount  // the principal with which a statement became overdue
	claims    map[string]money.Amount // "purchase/funder" → principal still owed

	debits map[int64]debited // every debit ever asked for
	source string            // of the standing instruction in force
	relief relief

	limiting
}

func newLife(t *rapid.T) *life {
	terms := anyTerms(t)
	l := &life{
		t: t, story: stranger(t, "2026-01-20"), nights: stranger(t, "2026-01-20"), terms: terms,
		books: map[ledger.Account]money.Amount{}, captured: map[int64]money.Amount{}, billed: map[int64]money.Amount{}, cut: map[int64]money.Amount{},
		refunded: map[int64]money.Amount{}, stands: map[string]int64{}, holds: map[int64]money.Amount{}, bases: map[int64]money.Amount{}, late: map[int64]money.Amount{},
		contacts: map[calendar.Date]int{}, gone: map[int64]bool{}, off: map[int64]bool{},
		claims: map[string]money.Amount{}, debits: map[int64]debited{},
		contested: map[int64]money.Amount{}, claimed: map[int64]money.Amount{}, about: map[int64]int64{}, cost: map[int64]money.Amount{},
	}
	l.orders, l.spent = map[int64]ordered{}, map[string]money.Amount{}
	l.forget()
	l.do(l.story.application(terms))
	return l
}

func anyTerms(t *rapid.T) *credit.Terms {
	terms := contract()
	terms.StatementDay, terms.DueDay = rapid.IntRange(1, 31).Draw(t, "statement day"), rapid.IntRange(1, 31).Draw(t, "due day")
	limitTerms(t, terms)
	terms.GraceDays = rapid.SampledFrom([]int{0, 0, 1, 3, 31}).Draw(t, "grace")
	terms.HoldDays = rapid.SampledFrom([]int{1, 7, 60}).Draw(t, "hold days")
	terms.PenaltyRate = credit.Rate(rapid.IntRange(0, 400_000).Draw(t, "penalty"))
	terms.ChargeOffDays = rapid.SampledFrom([]int{0, 32, 60, 180}).Draw(t, "charge off")
	terms.AutopayRetries = rapid.SampledFrom([][]int{nil, {2}, {1, 3, 28}}).Draw(t, "retries")
	terms.PenaltyCap = credit.Rate(rapid.SampledFrom([]int{0, 0, 1, 50_000, 1_000_000}).Draw(t, "penalty cap"))
	terms.CostCap = credit.Rate(rapid.SampledFrom([]int{240_000, 360_000}).Draw(t, "cost cap"))
	terms.Grades = rapid.SampledFrom([]credit.Grades{{}, {}, {Substandard: 1, Doubtful: 2, Loss: 3}, {Substandard: 30, Doubtful: 60, Loss: 120}}).Draw(t, "grades")
	terms.DeregisterCoolDown = rapid.SampledFrom([]int{0, 20, 100}).Draw(t, "cool-down")
	terms.EarlyFees = rapid.SampledFrom([]credit.EarlyFees{credit.EarlyFeesWaived, credit.EarlyFeesNextPeriod, credit.EarlyFeesAll}).Draw(t, "early fees")
	terms.PrincipalFirst = rapid.SampledFrom([]int{0, 1, 91}).Draw(t, "principal first")
	terms.RateMethod = rapid.SampledFrom([]credit.RateMethod{credit.MonthlyTimesTwelve, credit.EffectiveOnDays, credit.UnitPeriod}).Draw(t, "method")
	terms.Routes = rapid.SampledFrom([][]credit.Route{
		nil,
		{{Shares: []credit.FunderShare{{Funder: "bank", Share: 700_000}, {Funder: "trust", Share: 300_000}}}},
		{{Shares: []credit.FunderShare{{Funder: "trust", Share: credit.Whole}}}, {Shares: []credit.FunderShare{{Funder: "a", Share: 333_333}, {Funder: "b", Share: 333_333}, {Funder: "c", Share: 333_334}}}},
	}).Draw(t, "routes")
	for i := 1; i < len(terms.Plans); i++ {
		p := &terms.Plans[i]
		p.Kind = rapid.SampledFrom([]credit.PlanKind{credit.Flat, credit.Annuity}).Draw(t, "kind")
		p.Periods = rapid.IntRange(1, 12).Draw(t, "periods")
		p.Rate = credit.Rate(rapid.IntRange(0, 19_000).Draw(t, "rate"))
		if p.Kind == credit.Annuity {
			p.Rate *= 12
		}
		p.Subsidies = nil
		left := credit.Whole
		for _, bearer := range []credit.Bearer{credit.Merchant, credit.Platform, credit.Funder} {
			if share := credit.Rate(rapid.SampledFrom([]int{0, 0, 1, 150_000, 333_333, 500_000, 1_000_000}).Draw(t, "share")); share > 0 && share <= left {
				p.Subsidies = append(p.Subsidies, credit.Subsidy{Bearer: bearer, Share: share})
				left -= share
			}
		}
	}
	anyRelief(t, terms)
	if terms.Validate() != nil {
		terms.CostCap = 10 * credit.Whole // by other methods, or if soon due, a plan may be dearer than China allows
	}
	if err := terms.Validate(); err != nil {
		t.Skip(err)
	}
	return terms
}

// do gives a command to both accounts and counts its events. A refusal is fine.
func (l *life) do(c credit.Command) ([]credit.Event, error) {
	events, err := l.story.try(c)
	_, again := l.nights.try(c)
	if fmt.Sprint(err) != fmt.Sprint(again) {
		l.t.Fatalf("%s: got %v, and %v on the account that was looked at every night", c.Name(), err, again)
	}
	var refusal *credit.Error
	if err != nil && !errors.As(err, &refusal) {
		l.t.Fatal(err)
	}
	l.count(events)
	return events, err
}

func (l *life) count(events []credit.Event) {
	for _, e := range events {
		l.countLimits(e)
		if n := reflect.ValueOf(e).FieldByName("Number"); n.IsValid() && e.Name() != "application.refused" && e.Name() != "application.referred" {
			l.numbers++ // of this account's things, whatever they are, without a gap
			same(l.t, "number of "+e.Name(), n.Int(), l.numbers)
		}
		for _, transfer := range ledger.Post(l.story.a.ID, e) {
			if transfer.Amount <= 0 || transfer.Debit == transfer.Credit && transfer.Debit.Class != ledger.MerchantPayable {
				l.t.Fatalf("%s posts %+v", e.Name(), transfer)
			}
			l.books[transfer.Debit] += transfer.Amount
			l.books[transfer.Credit] -= transfer.Amount
		}
		switch e := e.(type) {
		case credit.Authorised:
			l.holds[e.Number] = e.Amount
		case credit.HoldVoided:
			l.resolve(e.Hold, e.Amount)
		case credit.HoldExpired:
			l.resolve(e.Hold, e.Amount)
		case credit.PurchaseCaptured:
			l.relief.bought(e)
			l.holds[e.Hold] -= e.Amount
			if e.Resolved {
				l.resolve(e.Hold, e.Released)
			}
			l.captured[e.Number] = e.Amount
			for _, f := range e.Funding {
				l.claims[fmt.Sprint(e.Number, f.Funder)] = f.Principal
			}
			for _, part := range e.Parts {
				l.cost[e.Number] += part.Interest + part.Fee
			}
			l.principal += e.Amount
		case credit.PurchaseRefunded:
			sum := e.Credit
			for _, c := range e.Cuts {
				same(l.t, "a cut off the books", c.ChargedOff, l.gone[e.Purchase])
				if c.ChargedOff {
					l.stillOwed -= c.Principal
				}
				sum += c.Principal
				l.principal -= c.Principal
				l.share(e.Purchase, c.Principal, 0, c.Funders)
				if c.Principal|c.Interest|c.Fee == 0 && len(c.Borne) == 0 || min(c.Principal, c.Interest, c.Fee) < 0 {
					l.t.Fatalf("a cut of %+v", c)
				}
				if slices.ContainsFunc(c.Borne, func(b credit.Borne) bool { return b.Amount <= 0 }) {
					l.t.Fatalf("a cut of %+v", c)
				}
				l.cost[e.Purchase] -= c.Interest + c.Fee
				if c.Dispute != 0 {
					l.contested[e.Purchase] -= c.Principal
				}
				if c.Dispute != 0 || c.Statement == 0 {
					l.cut[e.Purchase] += c.Principal
				}
				if c.Statement != 0 && (c.Interest+c.Fee != 0 || len(c.Borne) > 0) {
					l.t.Fatalf("a refund cancels cost that was billed: %+v", c)
				}
			}
			if sum != e.Amount {
				l.t.Fatalf("of a refund of %d %d went somewhere", e.Amount, sum)
			}
			l.refunded[e.Purchase] += e.Amount
			l.balance += e.Credit
			l.conceded(e)
		case credit.DisputeOpened:
			l.disputed(e)
		case credit.DisputeSettled:
			l.relief.late(e)
			l.disputeSettled(e)
		case credit.StatementIssued:
			total := money.Amount(0)
			for _, line := range e.Lines {
				where := fmt.Sprintf("%d/%d", line.Purchase, line.Instalment)
				if l.stands[where] != 0 {
					l.t.Fatalf("instalment %s stands on statements %d and %d", where, l.stands[where], e.Number)
				}
				l.stands[where] = e.Number
				l.billed[line.Purchase] += line.Principal
				l.cost[line.Purchase] -= line.Interest + line.Fee
				total += line.Principal + line.Interest + line.Fee
				same(l.t, "a line off the books", line.ChargedOff, l.gone[line.Purchase])
				if line.ChargedOff {
					l.stillOwed += line.Interest + line.Fee
				}
			}
			l.off[e.Number] = !slices.ContainsFunc(e.Lines, func(line credit.Line) bool { return !l.gone[line.Purchase] })
			if total != e.Total || total <= 0 {
				l.t.Fatalf("statement of %d has lines of %d", e.Total, total)
			}
		case credit.StatementDeferred:
			l.relief.deferrals = append(l.relief.deferrals, l.story.day)
		case credit.StatementConverted:
			l.convertedBy(e)
		case credit.RepaymentReceived:
			l.pay(e.Shares, e.Amount-e.Credit)
			l.balance += e.Credit
		case credit.EarlyRepaymentReceived:
			l.paidEarly(e)
		case credit.CreditUsed:
			if e.Amount <= 0 {
				l.t.Fatalf("a credit balance of %d was used", e.Amount)
			}
			l.pay(e.Shares, e.Amount)
			l.balance -= e.Amount
		case credit.CreditReturned:
			l.balance -= e.Amount
		case credit.DebtChargedOff:
			l.chargedOff(e)
		case credit.AutopayInstructed:
			l.source = e.Source
		case credit.AutopayEnded:
			l.source = ""
		case credit.DebitRequested:
			l.requested(e)
		case credit.DebitSkipped:
			l.skipped(e)
		case credit.DebitSettled:
			l.decided(e.Debit, credit.SettledDebit)
		case credit.DebitRefused:
			l.decided(e.Debit, credit.RefusedDebit)
		}
	}
}

func (l *life) resolve(hold int64, left money.Amount) {
	if l.holds[hold] != left {
		l.t.Fatalf("hold %d ends with %d, and %d were left", hold, left, l.holds[hold])
	}
	delete(l.holds, hold)
}

func (l *life) pay(shares []credit.Share, amount money.Amount) {
	for _, s := range shares {
		if min(s.Penalty, s.Fee, s.Interest, s.Principal) < 0 {
			l.t.Fatalf("a share of %+v", s)
		}
		same(l.t, "a recovery", s.ChargedOff, s.Purchase != 0 && l.gone[s.Purchase] || s.Purchase == 0 && l.off[s.Statement])
		if s.ChargedOff {
			l.stillOwed -= s.Penalty + s.Fee + s.Interest + s.Principal
		}
		amount -= s.Penalty + s.Fee + s.Interest + s.Principal
		l.share(s.Purchase, s.Principal, s.Penalty+s.Fee+s.Interest, s.Funders)
		l.principal -= s.Principal
	}
	if amount != 0 {
		l.t.Fatalf("%d of a payment went nowhere", amount)
	}
}

// share takes an amount off the funders' claims: its parts add up, and no claim falls below 0.
func (l *life) share(purchase int64, principal, cost money.Amount, parts []credit.FunderPart) {
	for _, part := range parts {
		where := fmt.Sprint(purchase, part.Funder)
		principal -= part.Principal
		cost -= part.Cost
		if l.claims[where] -= part.Principal; l.claims[where] < 0 || part.Principal < 0 || part.Cost < 0 || part.Principal+part.Cost == 0 {
			l.t.Fatalf("%s gets %+v and then claims %d", where, part, l.claims[where])
		}
	}
	if principal != 0 || cost != 0 {
		l.t.Fatalf("%d of principal and %d of cost are no funder's", principal, cost)
	}
}

// check holds the account's state against what its events add up to.
func (l *life) check() {
	a := l.story.a
	if lazily, nightly := string(encoded(l.t, a)), string(encoded(l.t, l.nights.a)); lazily != nightly {
		l.t.Fatalf("looked at when touched\n%s\nlooked at every night\n%s", lazily, nightly)
	}
	if !slices.Equal(l.story.events, l.nights.events) {
		l.t.Fatalf("looked at when touched\n%v\nlooked at every night\n%v", l.story.events, l.nights.events)
	}
	held := money.Amount(0)
	for _, h := range a.Holds {
		held += h.Amount
		if h.Amount != l.holds[h.Number] || h.LastDay < l.story.day {
			l.t.Fatalf("hold %+v on %s, and events say %d", h, l.story.day, l.holds[h.Number])
		}
	}
	same(l.t, "holds", int64(len(a.Holds)), int64(len(l.holds)))
	same(l.t, "outstanding", a.Outstanding(), l.principal)
	l.checkLimits(held)
	same(l.t, "credit balance", a.Credit, l.balance)
	shown, coming := a.AsOf(l.story.day), money.Amount(0)
	for i, due := range shown.Coming() {
		coming += due.Amount
		if due.Amount <= 0 || i > 0 && due.On <= shown.Coming()[i-1].On {
			l.t.Fatalf("coming: %v", shown.Coming())
		}
	}
	same(l.t, "what is coming", coming, shown.Owed())
	l.checkPurchases()
	l.checkLedger()
	l.checkPenalties()
	l.checkDebits()
}

// checkLedger compares the customer's ledger accounts with the account's own figures.
func (l *life) checkLedger() {
	a := l.story.a
	own := map[ledger.Class]money.Amount{ledger.CreditBalance: -a.Credit}
	stillOwed := money.Amount(0)
	promised := money.Amount(0)
	for _, p := range a.Purchases {
		for _, in := range p.Instalments {
			if p.ChargedOff {
				stillOwed += in.Principal
				if in.Statement == 0 {
					own[ledger.ChargedOffUnbilled] += in.Principal
				} else {
					own[ledger.ChargedOffBilled] += in.Principal
					own[ledger.ChargedOffInterest] += in.Interest
					own[ledger.ChargedOffFee] += in.Fee
					stillOwed += in.Interest + in.Fee
					continue
				}
			} else if in.Statement == 0 {
				own[ledger.PrincipalUnbilled] += in.Principal
			}
			if in.Statement == 0 {
				for _, b := range in.Borne {
					promised += b.Amount
				}
				continue
			}
			own[ledger.PrincipalBilled] += in.Principal
			own[ledger.InterestBilled] += in.Interest
			own[ledger.FeeBilled] += in.Fee
		}
	}
	for _, d := range a.Disputes {
		for _, part := range d.Parts {
			if l.gone[d.Purchase] {
				own[ledger.ChargedOffDisputed] += part.Principal
				stillOwed += part.Principal
			} else {
				own[ledger.PrincipalDisputed] += part.Principal
			}
			for _, b := range part.Borne {
				promised += b.Amount
			}
		}
	}
	for _, s := range a.Statements {
		if s.ChargedOff {
			own[ledger.ChargedOffPenalty] += s.Penalty
			own[ledger.ChargedOffFee] += s.Fee
			stillOwed += s.Penalty + s.Fee
			continue
		}
		own[ledger.Penalty] += s.Penalty
		own[ledger.FeeBilled] += s.Fee
	}
	same(l.t, "owed of what was charged off", stillOwed, l.stillOwed)
	sum := money.Amount(0)
	for account, balance := range l.books {
		sum += balance
		if account.Of == string(a.ID) {
			same(l.t, string(account.Class), balance, own[account.Class])
		}
	}
	same(l.t, "sum of the ledger", sum, 0)
	same(l.t, "promised subsidies", -l.books[ledger.Account{Class: ledger.DeferredSubsidy}], promised)
}

func same[T comparable](t *rapid.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
