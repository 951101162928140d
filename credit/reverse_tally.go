package credit

import (
	"cmp"
	"maps"
	"slices"

	"github.com/yuefu/yuefu/money"
)

// line names an instalment on a statement, or a statement's own cost.
type line struct {
	statement, purchase int64
	instalment          int
}

func (l line) compare(o line) int {
	return cmp.Or(cmp.Compare(l.statement, o.statement), cmp.Compare(l.purchase, o.purchase), cmp.Compare(l.instalment, o.instalment))
}

// tally adds up what events paid, cut, charged and gave back.
type tally struct {
	paid    map[line]Share
	refund  map[int64]RefundRestated
	charged map[int64]PenaltyCharged
	waived  map[line]Waiver
	earned  money.Amount
	bills   map[int64]StatementIssued // without their lines
	billed  map[line]Line
}

// add takes events in. A reversal of before is a difference that counts as well.
func (t *tally) add(events []Event) {
	if t.paid == nil {
		*t = tally{
			paid: map[line]Share{}, refund: map[int64]RefundRestated{}, charged: map[int64]PenaltyCharged{},
			waived: map[line]Waiver{}, bills: map[int64]StatementIssued{}, billed: map[line]Line{},
		}
	}
	for _, e := range events {
		switch e := e.(type) {
		case RepaymentReceived:
			t.pay(e.Shares)
		case CreditUsed:
			t.pay(e.Shares)
		case EarlyRepaymentReceived:
			t.pay(e.Shares)
			t.waive(e.Waived, e.Earned)
		case StatementIssued:
			t.bill(e)
		case PurchaseRefunded:
			t.recut(RefundRestated{Refund: e.Number, Purchase: e.Purchase, Merchant: e.Merchant, Cuts: e.Cuts, Credit: e.Credit})
		case PenaltyCharged:
			t.charge(e)
		case RepaymentReversed:
			t.pay(e.Shares)
			t.waive(e.Waived, e.Earned)
			for _, s := range slices.Concat(e.Issued, e.Rebilled) {
				t.bill(s)
			}
			for _, r := range e.Refunds {
				t.recut(r)
			}
			for _, p := range e.Penalties {
				t.charge(p)
			}
		}
	}
}

func (t *tally) waive(list []Waiver, earned money.Amount) {
	t.earned += earned
	for _, w := range list {
		key := line{0, w.Purchase, w.Instalment}
		was := t.waived[key]
		w.Interest, w.Fee, w.Borne = w.Interest+was.Interest, w.Fee+was.Fee, sumBorne(was.Borne, w.Borne, 1)
		t.waived[key] = w
	}
}

func (t *tally) bill(e StatementIssued) {
	for _, l := range e.Lines {
		t.billed[line{e.Number, l.Purchase, l.Instalment}] = l
	}
	e.Lines, e.Total = nil, 0
	t.bills[e.Number] = e
}

// issued lists the bills that there were not, and what is new on those that there were. What
// stood on a bill stands on it: a past that bills anything else cannot be told.
func (t *tally) issued(before tally) (fresh, more []StatementIssued, err error) {
	for key, l := range before.billed {
		if is, ok := t.billed[key]; !ok || !is.same(l) {
			return nil, nil, refuse(NotReversible, "the bill of %s would have asked for something else for purchase %d", before.bills[key.statement].Date, key.purchase)
		}
	}
	lists := map[int64]StatementIssued{}
	for key, l := range t.billed {
		if _, ok := before.billed[key]; !ok {
			e, ok := lists[key.statement]
			if !ok {
				e = t.bills[key.statement]
			}
			e.Lines, e.Total = append(e.Lines, l), e.Total+l.Principal+l.Interest+l.Fee
			lists[key.statement] = e
		}
	}
	for _, n := range slices.Sorted(maps.Keys(lists)) {
		e := lists[n]
		slices.SortFunc(e.Lines, func(a, b Line) int {
			return line{n, a.Purchase, a.Instalment}.compare(line{n, b.Purchase, b.Instalment})
		})
		if _, ok := before.bills[n]; ok {
			more = append(more, e)
		} else {
			fresh = append(fresh, e)
		}
	}
	return fresh, more, nil
}

func (l Line) same(o Line) bool {
	return l.Principal == o.Principal && l.Interest == o.Interest && l.Fee == o.Fee && l.ChargedOff == o.ChargedOff && slices.Equal(l.Borne, o.Borne)
}

func (t *tally) waivers(before tally) (diff []Waiver) {
	for key, w := range t.waived {
		was := before.waived[key]
		w.Interest, w.Fee, w.Borne = w.Interest-was.Interest, w.Fee-was.Fee, sumBorne(w.Borne, was.Borne, -1)
		diff = append(diff, w)
	}
	for key, was := range before.waived {
		if _, ok := t.waived[key]; !ok {
			was.Interest, was.Fee, was.Borne = -was.Interest, -was.Fee, sumBorne(nil, was.Borne, -1)
			diff = append(diff, was)
		}
	}
	diff = slices.DeleteFunc(diff, func(w Waiver) bool { return w.Interest == 0 && w.Fee == 0 && len(w.Borne) == 0 })
	slices.SortFunc(diff, func(a, b Waiver) int {
		return line{0, a.Purchase, a.Instalment}.compare(line{0, b.Purchase, b.Instalment})
	})
	return diff
}

func (t *tally) charge(e PenaltyCharged) {
	e.Amount += t.charged[e.Statement].Amount
	t.charged[e.Statement] = e
}

func (t *tally) pay(shares []Share) {
	for _, s := range shares {
		key := line{s.Statement, s.Purchase, s.Instalment}
		t.paid[key] = sumShares(t.paid[key], s, 1)
	}
}

func (t *tally) recut(r RefundRestated) {
	was, ok := t.refund[r.Refund]
	if ok {
		r.Credit += was.Credit
		r.Cuts = sumCuts(was.Cuts, r.Cuts, 1)
	}
	t.refund[r.Refund] = r
}

func (t *tally) shares(before tally) (diff []Share) {
	keys := map[line]bool{}
	for k := range t.paid {
		keys[k] = true
	}
	for k := range before.paid {
		keys[k] = true
	}
	for k := range keys {
		s := sumShares(t.paid[k], before.paid[k], -1)
		s.Statement, s.Purchase, s.Instalment = k.statement, k.purchase, k.instalment
		if s.Penalty != 0 || s.Fee != 0 || s.Interest != 0 || s.Principal != 0 || len(s.Funders) > 0 {
			diff = append(diff, s)
		}
	}
	slices.SortFunc(diff, func(a, b Share) int {
		return line{a.Statement, a.Purchase, a.Instalment}.compare(line{b.Statement, b.Purchase, b.Instalment})
	})
	return diff
}

func (t *tally) refunds(before tally) (diff []RefundRestated) {
	for n, r := range t.refund {
		was := before.refund[n]
		r.Credit -= was.Credit
		r.Cuts = sumCuts(r.Cuts, was.Cuts, -1)
		if r.Credit != 0 || len(r.Cuts) > 0 {
			diff = append(diff, r)
		}
	}
	slices.SortFunc(diff, func(a, b RefundRestated) int { return cmp.Compare(a.Refund, b.Refund) })
	return diff
}

func (t *tally) penalties(before tally) (diff []PenaltyCharged) {
	keys := map[int64]bool{}
	for n := range t.charged {
		keys[n] = true
	}
	for n := range before.charged {
		keys[n] = true
	}
	for n := range keys {
		e := PenaltyCharged{Statement: n, Amount: t.charged[n].Amount - before.charged[n].Amount, Through: max(t.charged[n].Through, before.charged[n].Through)}
		if e.Amount != 0 {
			diff = append(diff, e)
		}
	}
	slices.SortFunc(diff, func(a, b PenaltyCharged) int { return cmp.Compare(a.Statement, b.Statement) })
	return diff
}

func sumShares(a, b Share, sign money.Amount) Share {
	a.Penalty += sign * b.Penalty
	a.Fee += sign * b.Fee
	a.Interest += sign * b.Interest
	a.Principal += sign * b.Principal
	a.ChargedOff = a.ChargedOff || b.ChargedOff // for its whole time: see ReverseRepayment
	a.Funders = sumParts(a.Funders, b.Funders, sign)
	return a
}

func sumParts(a, b []FunderPart, sign money.Amount) []FunderPart {
	sum := slices.Clone(a)
	for _, part := range b {
		i := slices.IndexFunc(sum, func(p FunderPart) bool { return p.Funder == part.Funder })
		if i < 0 {
			sum = append(sum, FunderPart{Funder: part.Funder})
			i = len(sum) - 1
		}
		sum[i].Principal += sign * part.Principal
		sum[i].Cost += sign * part.Cost
	}
	return slices.DeleteFunc(sum, func(p FunderPart) bool { return p.Principal == 0 && p.Cost == 0 })
}

func sumCuts(a, b []Cut, sign money.Amount) []Cut {
	sum := slices.Clone(a)
	for _, cut := range b {
		i := slices.IndexFunc(sum, func(c Cut) bool {
			return c.Instalment == cut.Instalment && c.Statement == cut.Statement && c.Dispute == cut.Dispute
		})
		if i < 0 {
			sum = append(sum, Cut{Dispute: cut.Dispute, Instalment: cut.Instalment, Statement: cut.Statement})
			i = len(sum) - 1
		}
		c := &sum[i]
		c.ChargedOff = c.ChargedOff || cut.ChargedOff
		c.Principal += sign * cut.Principal
		c.Interest += sign * cut.Interest
		c.Fee += sign * cut.Fee
		c.Funders = sumParts(c.Funders, cut.Funders, sign)
		c.Borne = sumBorne(c.Borne, cut.Borne, sign)
	}
	return slices.DeleteFunc(sum, func(c Cut) bool {
		return c.Principal == 0 && c.Interest == 0 && c.Fee == 0 && len(c.Borne) == 0 && len(c.Funders) == 0
	})
}

// sumBorne adds up what is borne, or takes it off (sign −1), by bearer.
func sumBorne(a, b []Borne, sign money.Amount) []Borne {
	sum := slices.Clone(a)
	for _, borne := range b {
		i := slices.IndexFunc(sum, func(o Borne) bool { return o.Bearer == borne.Bearer })
		if i < 0 {
			sum = append(sum, Borne{Bearer: borne.Bearer})
			i = len(sum) - 1
		}
		sum[i].Amount += sign * borne.Amount
	}
	return slices.DeleteFunc(sum, func(o Borne) bool { return o.Amount == 0 })
}
