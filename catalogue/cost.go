package catalogue

import (
	"strings"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// CostTable (综合融资成本明示表) is the cost of one plan in words that a customer reads.
type CostTable struct {
	credit.CostTable
	Charges     []CostCharge
	NothingElse Label
}

// CostCharge is one row of the table: what is charged, how, at what rate, who gets it, and when at all.
type CostCharge struct {
	credit.Charge
	Name, How, When, Payee Label
}

// nothingElse ends every table.
var nothingElse = Label{"除上述项目外，不收取任何其他费用。", "Nothing is charged beyond these."}

var charges = map[credit.ChargeKind]struct{ name, how, when Label }{
	credit.InstalmentFee: {
		Label{"分期手续费", "instalment fee"},
		Label{"每期按本金收取", "with each instalment, of the principal"}, Label{"按期", "with each instalment"},
	},
	credit.Interest: {
		Label{"利息", "interest"},
		Label{"每期按剩余本金计收，为年利率", "with each instalment, on the principal that is left, a year"}, Label{"按期", "with each instalment"},
	},
	credit.PenaltyCharge: {
		Label{"罚息", "penalty interest"},
		Label{"按逾期本金逐日计收，为年利率（一年 360 天）", "for each day overdue, on the overdue principal, a year of 360 days"}, Label{"仅逾期时", "only if you pay late"},
	},
	credit.DeferralFee: {
		Label{"延期手续费", "deferral fee"},
		Label{"每次延期收取一次，按延期本金", "once for each deferral, of the principal deferred"}, Label{"仅申请延期时", "only if you ask to pay later"},
	},
}

// fixedFee is how a fee that is an amount is charged.
var fixedFee = Label{"每次延期收取一次，为固定金额", "once for each deferral, a fixed amount"}

// NewCostTable puts what a plan costs into words, with who is paid. The words and the figures are those of the
// cost disclosure.
func NewCostTable(t *credit.Terms, names Names, p credit.Plan, parts []credit.Part, annual credit.Rate, lenders []credit.FunderShare) CostTable {
	c := CostTable{CostTable: t.CostTable(p, parts, annual), NothingElse: nothingElse}
	to := payee(t, names, lenders)
	for _, charge := range c.CostTable.Charges {
		words := charges[charge.Kind]
		row := CostCharge{Charge: charge, Name: words.name, How: words.how, When: words.when, Payee: to}
		if charge.Fixed > 0 {
			row.How = fixedFee
		}
		c.Charges = append(c.Charges, row)
	}
	return c
}

// payee names who gets what is charged: those whose money it is, and nobody else.
func payee(t *credit.Terms, names Names, lenders []credit.FunderShare) Label {
	if len(lenders) == 0 {
		for _, route := range t.Routing() {
			lenders = append(lenders, route.Shares...)
		}
	}
	var zh, en []string
	seen := map[string]bool{}
	for _, s := range lenders {
		if seen[s.Funder] {
			continue
		}
		seen[s.Funder] = true
		name := Label{s.Funder, s.Funder}
		if s.Funder == t.Funder {
			name = names.Funder
		}
		zh, en = append(zh, name.ZH), append(en, name.EN)
	}
	return Label{strings.Join(zh, "、"), strings.Join(en, ", ")}
}

// charged says at what rate, or by which amount.
func (in sums) charged(c CostCharge) Label {
	if c.Fixed > 0 {
		return in.label(c.Fixed)
	}
	return Label{c.Rate.String(), c.Rate.String()}
}

// costRow is a row of the table in the text of a cost disclosure.
type costRow struct{ Plan, Name, How, Rate, Amount, Payee, When Label }

// costRows are the rows of several plans' tables, in which what comes only with paying late or
// later stands once.
func (in sums) costRows(tables []CostTable, plans []disclosedPlan) (rows []costRow) {
	for i, table := range tables {
		for _, c := range table.Charges {
			if c.Kind != credit.InstalmentFee && c.Kind != credit.Interest {
				continue
			}
			amount := in.label(c.Amount)
			rows = append(rows, costRow{plans[i].Name, c.Name, c.How, in.charged(c), amount, c.Payee, c.When})
		}
	}
	if len(tables) > 0 {
		for _, c := range tables[0].Charges {
			if c.Kind != credit.InstalmentFee && c.Kind != credit.Interest {
				rows = append(rows, costRow{Label{"所有还款方式", "every plan"}, c.Name, c.How, in.charged(c), in.label(money.Amount(0)), c.Payee, c.When})
			}
		}
	}
	return rows
}
