package credit

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Convert turns what is unpaid of a statement, or a part of it, into instalments
// (账单分期). Consent names the quote that the customer saw.
type Convert struct {
	Statement int64        `json:"statement"`
	Plan      string       `json:"plan"`
	Amount    money.Amount `json:"amount,omitzero"` // 0: all that can be
	Consent   Consent      `json:"consent"`
}

// ConversionDocument is the name under which a customer consents to a quoted conversion.
const ConversionDocument = "conversion_quote"

// StatementConverted says which principal left a statement, and the instalments
// that ask for it instead, in each purchase that it is of. Costs that were billed stay billed.
type StatementConverted struct {
	Number    int64               `json:"n"`
	Statement int64               `json:"statement"`
	Amount    money.Amount        `json:"amount"`
	Plan      Plan                `json:"plan"`
	Quote     string              `json:"quote"`
	Agreement Agreement           `json:"agreement"`
	Lines     []ConvertedLine     `json:"lines"`
	Purchases []ConvertedPurchase `json:"purchases"`
}

// ConvertedLine is the principal that left one line of a statement.
type ConvertedLine struct {
	Purchase   int64        `json:"purchase"`
	Instalment int          `json:"k"`
	Principal  money.Amount `json:"principal"`
}

// ConvertedPurchase is what a purchase has of a conversion: further instalments,
// the first of them number First, priced by the conversion's plan on Amount.
type ConvertedPurchase struct {
	Purchase int64        `json:"purchase"`
	Merchant string       `json:"merchant"`
	First    int          `json:"k"`
	Amount   money.Amount `json:"amount"`
	Parts    []Part       `json:"parts"`
}

// Conversion is how a purchase's further instalments were agreed to. They keep their
// plan and their amount, as the purchase keeps its own: a refund works by both.
type Conversion struct {
	Number int64        `json:"n"`
	First  int          `json:"k"`
	Amount money.Amount `json:"amount"`
	Plan   Plan         `json:"plan"`
}

func (Convert) Name() string            { return "convert" }
func (StatementConverted) Name() string { return "statement.converted" }

// ConversionQuote is the whole cost of turning a statement into instalments by one
// plan, before it is agreed to.
type ConversionQuote struct {
	Statement   int64
	Day         calendar.Date
	Plan        Plan
	Convertible money.Amount // the most that could be converted
	Amount      money.Amount
	Lines       []ConvertedLine
	Purchases   []ConvertedPurchase
	Parts       []Part       // the purchases' together, one for each coming statement
	Total       money.Amount // what the customer pays in the end
	Cost        money.Amount // Total − Amount
	Subsidised  money.Amount // what others pay so that the customer does not
	AnnualRate  Rate
	Token       string

	from calendar.Date // since when the customer has the money for longer
}

// Conversion returns the plan for bills with the given id.
func (t *Terms) Conversion(id string) (Plan, bool) {
	for _, p := range t.Conversions {
		if p.ID == id {
			return p, true
		}
	}
	return Plan{}, false
}

// convertible returns the statement that can be converted on a day. That is until its
// due date, and only where the contract says so after it; not while it is deferred,
// something on it is contested, or a debit for it is on its way, which would take what is no longer due; and once, so that no
// debt is put off for ever.
func (a *Account) convertible(number int64, day calendar.Date) (*Statement, error) {
	s, err := a.openStatement(number)
	if err != nil {
		return nil, err
	}
	_, asked := a.asking()
	switch {
	case len(a.Terms.Conversions) == 0:
		return nil, refuse(ConversionNotOffered, "the contract turns no bill into instalments")
	case s.Converted > 0:
		return nil, refuse(AlreadyConverted, "%s of it became instalments", s.Converted.Format(a.Terms.Currency))
	case s.DeferralRuns(day):
		return nil, refuse(DeferralRunning, "it is deferred until %s", s.Due)
	case day > s.Due && !a.Terms.ConvertOverdue:
		return nil, refuse(ConversionTooLate, "it was due on %s", s.Due)
	case slices.ContainsFunc(a.Disputes, func(d Dispute) bool {
		return slices.ContainsFunc(d.Parts, func(in Instalment) bool { return in.Statement == number })
	}):
		return nil, refuse(DisputeRunning, "a dispute about what stands on it is not settled")
	case a.pending(number) || asked > 0:
		return nil, refuse(DebitPending, "the result of a debit for it is not known yet")
	}
	return s, nil
}

// QuoteConversion works out what it costs to turn a statement into instalments by a
// plan, or says why that can't be done. An amount of 0 asks for all that can be
// converted: the billed principal that is unpaid, without what was converted once
// before. For a smaller amount lines are taken from the last one backwards, so that the
// newest purchases are put off and the oldest stay due, the last line taken as far as is needed.
func (a *Account) QuoteConversion(statement int64, plan string, amount money.Amount, day calendar.Date) (ConversionQuote, error) {
	q, err := a.quoteConversion(statement, plan, amount, day)
	if err == nil {
		q.AnnualRate = AnnualRate(a.OwnTerms(), q.Amount, q.from, q.Parts)
	}
	return q, err
}

// quoteConversion is QuoteConversion without the annual rate, which follows from the
// rest and takes long to work out.
func (a *Account) quoteConversion(statement int64, plan string, amount money.Amount, day calendar.Date) (ConversionQuote, error) {
	s, err := a.convertible(statement, day)
	if err != nil {
		return ConversionQuote{}, err
	}
	p, ok := a.Terms.Conversion(plan)
	if !ok {
		return ConversionQuote{}, &Error{Kind: UnknownPlan, Field: "plan", Detail: "the contract has no such plan for bills"}
	}
	lines, sum := a.convertibleLines(s)
	switch {
	case sum == 0:
		return ConversionQuote{}, refuse(NothingToConvert, "it asks for no principal that was not converted before")
	case amount < 0:
		return ConversionQuote{}, &Error{Kind: InvalidAmount, Field: "amount", Detail: "an amount is above 0; left out, it is all that can be converted"}
	case amount > sum:
		return ConversionQuote{}, &Error{Kind: ConversionTooLarge, Field: "amount", Detail: "more than the " + sum.Format(a.Terms.Currency) + " that can be converted"}
	case amount == 0:
		amount = sum
	}
	q := ConversionQuote{Statement: statement, Day: day, Plan: p, Convertible: sum, Amount: amount, Lines: lastBackwards(lines, amount)}
	q.price(a, s)
	q.Token = a.conversionToken(&q)
	return q, nil
}

// convertibleLines are the lines of a statement whose principal can be converted:
// no instalments of a conversion, no money that was paid back by mistake, and nothing
// that the books gave up.
func (a *Account) convertibleLines(s *Statement) (lines []ConvertedLine, sum money.Amount) {
	for n, in := range a.lines(s.Number) {
		if p := a.purchase(n); in.Principal > 0 && in.period() <= p.Plan.Periods && p.Plan.ID != RestitutionPlan && !p.ChargedOff {
			lines = append(lines, ConvertedLine{Purchase: n, Instalment: in.Number, Principal: in.Principal})
			sum += in.Principal
		}
	}
	return lines, sum
}

// lastBackwards takes an amount off lines, the last one first.
func lastBackwards(lines []ConvertedLine, amount money.Amount) []ConvertedLine {
	for i := len(lines) - 1; i >= 0; i-- {
		lines[i].Principal = min(lines[i].Principal, amount)
		amount -= lines[i].Principal
	}
	return slices.DeleteFunc(lines, func(l ConvertedLine) bool { return l.Principal == 0 })
}

// price lays the instalments out, for each purchase on its own, so that each adds up to
// its own amount exactly and a refund of one leaves the others alone.
func (q *ConversionQuote) price(a *Account, s *Statement) {
	terms := a.OwnTerms()
	q.from = convertedFrom(terms, s, q.Day)
	for _, line := range q.Lines {
		if n := len(q.Purchases); n > 0 && q.Purchases[n-1].Purchase == line.Purchase {
			q.Purchases[n-1].Amount += line.Principal
			continue
		}
		p := a.purchase(line.Purchase)
		q.Purchases = append(q.Purchases, ConvertedPurchase{Purchase: p.Number, Merchant: p.Merchant, First: p.last() + 1, Amount: line.Principal})
	}
	q.Parts = make([]Part, q.Plan.Periods)
	for i := range q.Purchases {
		p := &q.Purchases[i]
		p.Parts = terms.scheduleFrom(q.Plan, p.Amount, q.Day, q.from)
		for k, part := range p.Parts {
			q.Total += part.Sum()
			for _, b := range part.Borne {
				q.Subsidised += b.Amount
			}
			q.Parts[k] = q.Parts[k].plus(part)
		}
	}
	q.Cost = q.Total - q.Amount
}

// convertedFrom is the day from which the customer has the money for longer: the due
// date, on which it would have been paid, or the day itself once that has passed.
func convertedFrom(t *Terms, s *Statement, day calendar.Date) calendar.Date {
	first := calendar.NextOnDay(calendar.NthOnDay(day, t.StatementDay, 1), t.DueDay)
	if s.Due > day && s.Due < first {
		return s.Due
	}
	return day // also where short months let both fall due on one day
}

// plus adds up what two purchases ask for on the same statement.
func (p Part) plus(o Part) Part {
	sum := Part{On: o.On, Principal: p.Principal + o.Principal, Interest: p.Interest + o.Interest, Fee: p.Fee + o.Fee, Borne: slices.Clone(p.Borne)}
	for _, b := range o.Borne {
		if i := slices.IndexFunc(sum.Borne, func(s Borne) bool { return s.Bearer == b.Bearer }); i >= 0 {
			sum.Borne[i].Amount += b.Amount
		} else {
			sum.Borne = append(sum.Borne, b)
		}
	}
	slices.SortFunc(sum.Borne, func(x, y Borne) int { return cmp.Compare(x.Bearer, y.Bearer) })
	return sum
}

// conversionToken seals what was shown: the lines that go, and what comes instead.
func (a *Account) conversionToken(q *ConversionQuote) string {
	b := fmt.Appendf(nil, "%s%s\x00%s\x00%s\x00", a.ID, a.Terms.Programme, ConversionDocument, q.Plan.ID)
	number := func(list ...int64) {
		for _, v := range list {
			b = binary.BigEndian.AppendUint64(b, uint64(v))
		}
	}
	number(int64(a.Terms.Version), q.Statement, int64(q.Day), int64(a.dueDay()), int64(q.Amount), int64(len(q.Lines)))
	for _, l := range q.Lines {
		number(l.Purchase, int64(l.Instalment), int64(l.Principal))
	}
	for _, p := range q.Purchases {
		for _, part := range p.Parts {
			number(int64(part.On), int64(part.Principal), int64(part.Interest), int64(part.Fee))
		}
	}
	sum := sha256.Sum256(b)
	return "qt_" + crockford.EncodeToString(sum[:17])[:26]
}

func (c Convert) do(a *Account, at Moment, emit func(Event)) error {
	q, err := a.quoteConversion(c.Statement, c.Plan, c.Amount, at.Day)
	if err != nil {
		return err
	}
	shown := Document{Name: ConversionDocument, Version: a.Terms.Version, Hash: q.Token}
	if err := checkConsent(c.Consent, a.Customer, shown, a.Terms.reading(), at); err != nil {
		return err
	}
	// What penalty grew until now was for being late until now: it stays.
	a.chargePenalties(at.Day, emit)
	a.settling(emit, func() {
		emit(StatementConverted{
			Number: a.number(), Statement: q.Statement, Amount: q.Amount, Plan: q.Plan, Quote: q.Token, Agreement: c.Consent.Kept(shown), Lines: q.Lines, Purchases: q.Purchases,
		})
	})
	return nil
}

// again converts the same principal of the same lines, at what that costs under the
// contract. In books that are only corrected it has to fit: what was owed without a
// repayment that bounced is no less than what was owed with it.
func (c Convert) again(a *Account, f Fact, emit func(Event)) error {
	for _, e := range f.Events {
		e, ok := e.(StatementConverted)
		if !ok {
			continue
		}
		s, err := a.openStatement(e.Statement)
		if err == nil && (s.Converted > 0 || !a.owes(e.Statement, e.Lines)) {
			err = refuse(NothingToConvert, "it asks for less than was converted")
		}
		if err != nil {
			if a.quiet {
				panic(err)
			}
			return err
		}
		if plan, ok := a.Terms.Conversion(e.Plan.ID); ok {
			e.Plan = plan
		}
		q := ConversionQuote{Statement: e.Statement, Day: f.At.Day, Plan: e.Plan, Amount: e.Amount, Lines: e.Lines}
		q.price(a, s)
		e.Purchases = q.Purchases
		a.chargePenalties(f.At.Day, emit)
		a.settling(emit, func() { emit(e) })
	}
	return nil
}

// owes says whether a statement asks for the principal of some lines.
func (a *Account) owes(statement int64, lines []ConvertedLine) bool {
	for _, line := range lines {
		owed := money.Amount(0)
		for n, in := range a.lines(statement) {
			if n == line.Purchase && in.Number == line.Instalment {
				owed = in.Principal
			}
		}
		if owed < line.Principal {
			return false
		}
	}
	return true
}

func (e StatementConverted) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.accrue(on)
	a.statement(e.Statement).Converted += e.Amount
	for _, line := range e.Lines {
		p := a.purchase(line.Purchase)
		for i := range p.Instalments {
			if p.Instalments[i].Number == line.Instalment {
				p.Instalments[i].Principal -= line.Principal
			}
		}
	}
	for _, c := range e.Purchases {
		p := a.purchase(c.Purchase)
		p.Conversions = append(slices.Clone(p.Conversions), Conversion{Number: e.Number, First: c.First, Amount: c.Amount, Plan: e.Plan})
		p.restore(nil, instalments(c.First, c.Parts))
		p.Last = c.First + e.Plan.Periods - 1 // also where the last ones ask for nothing
	}
	a.tidy()
}
