package credit_test

import (
	"fmt"

	"github.com/yuefu/yuefu/money"
)

// checkPurchases holds each purchase against what was billed, contested and refunded of it.
func (l *life) checkPurchases() {
	claims := money.Amount(0)
	for _, claim := range l.claims {
		claims += claim
	}
	same(l.t, "claims of funders", claims, l.principal)
	unbilled, cost := map[int64]money.Amount{}, map[int64]money.Amount{}
	for _, p := range l.story.a.Purchases {
		for _, in := range p.Instalments {
			if in.Statement == 0 {
				unbilled[p.Number] += in.Principal
				cost[p.Number] += in.Interest + in.Fee
				if in.On <= l.story.day {
					l.t.Fatalf("instalment of %s is not billed on %s", in.On, l.story.day)
				}
			} else if l.stands[fmt.Sprintf("%d/%d", p.Number, in.Number)] != in.Statement {
				l.t.Fatalf("instalment %d/%d is not on statement %d", p.Number, in.Number, in.Statement)
			}
		}
		same(l.t, "refunded", p.Refunded, l.refunded[p.Number])
	}
	for _, p := range l.story.a.Settled {
		same(l.t, "refunded", p.Refunded, l.refunded[p.Number])
	}
	contested, open := l.checkDisputes(cost)
	for n, amount := range l.captured {
		same(l.t, "captured = billed + unbilled + contested + refunded", l.billed[n]+unbilled[n]+contested[n]+l.cut[n], amount)
		same(l.t, "contested principal", contested[n], l.contested[n])
		same(l.t, "cost as agreed", cost[n], l.cost[n])
		if l.refunded[n]+open[n] > amount {
			l.t.Fatalf("%d refunded and %d contested of %d", l.refunded[n], open[n], amount)
		}
	}
}
