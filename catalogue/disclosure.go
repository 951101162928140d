package catalogue

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

//go:embed texts/cost_disclosure.md.tmpl
var disclosureText string

var disclosureTemplate = template.Must(template.New("cost_disclosure").Funcs(template.FuncMap{"text": asText}).Parse(disclosureText))

// lateDays is how late the example of paying late is.
const lateDays = 30

// disclosed is what a cost disclosure says besides the terms themselves.
type disclosed struct {
	*credit.Terms
	ID                        string
	Names                     Names
	Minimum, Maximum, Example Label
	ReleaseDay                int
	Method                    Label
	Reports                   bool
	Plans                     []disclosedPlan
	Penalty                   credit.Rate
	Daily                     string // the penalty of one day, where it is exact to a millionth
	LateDays                  int
	Late                      Label
	Later                     Label // the fee for deferring the example by as many days as may be
	LaterRate                 credit.Rate
	Bills                     []disclosedPlan // what converting the example costs
	Costs                     []costRow       // 综合融资成本明示表
	Dearest, Default          credit.Rate     // a year: of the dearest plan, and of what is overdue
	NothingElse               Label
}

// disclosedPlan is what a plan costs for the example.
type disclosedPlan struct {
	Name, How, Instalments, Cost, Borne Label
	Rate                                credit.Rate
	table                               CostTable
}

// disclosure works out the cost disclosure (综合成本明示) of a version: everything that its
// contracts can cost, by the rules that later charge it. The terms are valid.
func (v *Version) disclosure() Text {
	t := v.Terms
	in := sums(t.Currency)
	example := in.major(1000)
	rate := min(t.PenaltyRate, t.CostCap) // more is cut
	d := disclosed{
		Terms: t, ID: v.Programme, Names: v.Names,
		Minimum: in.label(v.Policy.MinimumLimit), Maximum: in.label(v.Policy.MaximumLimit), Example: in.label(example),
		ReleaseDay: t.HoldDays + 1,
		Method:     methods[t.RateMethod],
		Reports:    t.Bureau != "",
		Penalty:    rate, LateDays: lateDays,
		Late: in.label((example * lateDays).MulDiv(int64(rate), int64(credit.Whole)*360)),
	}
	if rate%360 == 0 {
		d.Daily = (rate / 360).String()
	}
	for _, p := range t.Conversions {
		d.Bills = append(d.Bills, in.plan(v, p, example))
	}
	if t.Deferral != nil {
		fee, _, rate := t.DeferralFee(example, t.Deferral.MostDays)
		d.Later, d.LaterRate = in.label(fee), rate
	}
	for _, p := range t.Plans {
		d.Plans = append(d.Plans, in.plan(v, p, example))
	}
	var tables []CostTable
	for _, p := range slices.Concat(d.Plans, d.Bills) {
		tables = append(tables, p.table)
		d.Dearest, d.Default, d.NothingElse = max(d.Dearest, p.Rate), p.table.Default, p.table.NothingElse
	}
	d.Costs = in.costRows(tables, slices.Concat(d.Plans, d.Bills))
	var body strings.Builder
	if err := disclosureTemplate.Execute(&body, d); err != nil {
		panic(err) // the template and its data are both of this package
	}
	return newText(Text{Name: CostDisclosure, Version: v.Number, Language: bilingual, Body: body.String()})
}

var methods = map[credit.RateMethod]Label{
	credit.MonthlyTimesTwelve: {"内部收益率（月利率 × 12）", "the internal rate of return (monthly rate × 12)"},
	credit.EffectiveOnDays:    {"实际年利率（按实际天数复利，一年 365 天）", "the effective annual rate (compounded over actual days, a year of 365)"},
	credit.UnitPeriod:         {"精算法年利率（以月为单位期间）", "the actuarial rate (unit-periods of a month)"},
}

var bearers = map[credit.Bearer]Label{
	credit.Merchant: {"商家", "the merchant"},
	credit.Platform: {"平台", "the platform"},
	credit.Funder:   {"资金方", "the funder"},
}

// sums writes amounts of a currency.
type sums money.Currency

// major is n whole units of the currency.
func (in sums) major(n money.Amount) money.Amount {
	places, _ := money.Currency(in).Decimals() // terms name a currency that has them
	for range places {
		n *= 10
	}
	return n
}

func (in sums) label(a money.Amount) Label {
	digits := grouped(a.Format(money.Currency(in)))
	if in == "CNY" {
		return Label{digits + " 元", "CNY " + digits}
	}
	return Label{string(in) + " " + digits, string(in) + " " + digits}
}

// grouped puts a comma between thousands.
func grouped(digits string) string {
	whole, fraction, found := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if !found {
		return whole
	}
	return whole + "." + fraction
}

// plan works out what the example costs by a plan, captured on the eve of a
// statement, which by the methods that count days is the dearest day.
func (in sums) plan(v *Version, p credit.Plan, example money.Amount) disclosedPlan {
	t := v.Terms
	eve := calendar.OnDay(2023, 2, t.StatementDay) - 1
	parts := p.Schedule(example, eve, t.StatementDay)
	total := money.Amount(0)
	borne := map[credit.Bearer]money.Amount{}
	for _, part := range parts {
		total += part.Sum()
		for _, b := range part.Borne {
			borne[b.Bearer] += b.Amount
		}
	}
	d := disclosedPlan{
		Name:        Label{fmt.Sprintf("分 %d 期（%s）", p.Periods, p.ID), fmt.Sprintf("%d instalments (%s)", p.Periods, p.ID)},
		Instalments: in.instalments(parts),
		Cost:        in.label(total - example),
		Rate:        credit.AnnualRate(t, example, eve, parts),
	}
	d.table = NewCostTable(t, v.Names, p, parts, d.Rate, nil)
	switch p.Kind {
	case credit.PayNextMonth:
		d.Name = Label{"下月付（" + p.ID + "）", "pay next month (" + p.ID + ")"}
		d.How = Label{"无费用", "no charge"}
	case credit.Flat:
		d.How = Label{"每期手续费为本金的 " + p.Rate.String(), "each instalment a fee of " + p.Rate.String() + " of the principal"}
	case credit.Annuity:
		d.How = Label{"等额本息，名义年利率 " + p.Rate.String(), "equal payments, nominal annual rate " + p.Rate.String()}
	}
	var zh, en []string
	for _, bearer := range []credit.Bearer{credit.Merchant, credit.Platform, credit.Funder} {
		if amount := borne[bearer]; amount > 0 {
			sum := in.label(amount)
			zh = append(zh, bearers[bearer].ZH+"承担 "+sum.ZH)
			en = append(en, bearers[bearer].EN+" bears "+sum.EN)
		}
	}
	d.Borne = Label{strings.Join(zh, "，"), strings.Join(en, ", ")}
	return d
}

// instalments lists what is paid when; equal payments in a row stand together.
func (in sums) instalments(parts []credit.Part) Label {
	var zh, en []string
	for first := 0; first < len(parts); {
		sum := parts[first].Sum()
		next := slices.IndexFunc(parts[first:], func(p credit.Part) bool { return p.Sum() != sum })
		if next < 0 {
			next = len(parts) - first
		}
		l := in.label(sum)
		switch last := first + next; {
		case next > 1:
			zh = append(zh, fmt.Sprintf("第 %d–%d 期各 %s", first+1, last, l.ZH))
			en = append(en, fmt.Sprintf("%d to %d: %s each", first+1, last, l.EN))
		default:
			zh = append(zh, fmt.Sprintf("第 %d 期 %s", last, l.ZH))
			en = append(en, fmt.Sprintf("%d: %s", last, l.EN))
		}
		first += next
	}
	return Label{strings.Join(zh, "，"), strings.Join(en, ", ")}
}
