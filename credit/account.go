package credit

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Account (月付账户) is one customer's credit line in one programme, for ever: before
// it is opened, while it is used, after it is closed, and when it is opened again.
// Its exported fields are its whole state. Lists that are empty are left out of its JSON, whether they
// never had anything in them or have no more: the same facts have to give the same bytes.
type Account struct {
	ID           ID              `json:"id"`
	Platform     string          `json:"platform,omitzero"`
	Customer     string          `json:"customer,omitzero"` // the platform's own id of the person
	Status       Status          `json:"status,omitzero"`
	Grade        Grade           `json:"grade,omitzero"`         // 五级分类
	Terms        *Terms          `json:"terms,omitzero"`         // those that hold: see FormerTerms
	Agreed       *Terms          `json:"agreed,omitzero"`        // the newest agreement, while something runs of former ones
	Former       []FormerTerms   `json:"former,omitempty"`       // those, oldest first
	Limit        money.Amount    `json:"limit,omitzero"`         // 额度, the permanent one
	LimitChanges int             `json:"limit_changes,omitzero"` // how often it was changed
	Temporary    *TemporaryLimit `json:"temporary,omitzero"`     // 临时额度
	OpenedOn     calendar.Date   `json:"opened_on,omitzero"`

	SceneLimits []SceneLimit  `json:"scene_limits,omitempty"` // 场景额度 of this account's own
	ScenesOff   []SceneOff    `json:"scenes_off,omitempty"`   // in which the customer does not want to spend
	SpendingCap *SpendingCap  `json:"spending_cap,omitzero"`  // 自设消费上限
	NightLock   *NightLock    `json:"night_lock,omitzero"`    // 夜间锁
	Month       calendar.Date `json:"month,omitzero"`         // the first day of the newest authorisation's month
	Spent       money.Amount  `json:"spent,omitzero"`         // what counts against a spending cap in it

	DueDay        int             `json:"due_day,omitzero"`        // 还款日 that the customer chose; 0: the terms'
	DueDayBefore  int             `json:"due_day_before,omitzero"` // the one before, until a statement is issued by the new one
	DueDayChanges []calendar.Date `json:"due_day_changes,omitempty"`

	ClosedOn     calendar.Date   `json:"closed_on,omitzero"`
	Numbers      int64           `json:"numbers,omitzero"`       // how many numbers were given to things of this account
	Applications []calendar.Date `json:"applications,omitempty"` // when one was assessed, as long as it counts
	Application  *Application    `json:"application,omitzero"`   // the newest
	Blocks       []Block         `json:"blocks,omitempty"`
	Holds        []Hold          `json:"holds,omitempty"`      // open ones
	Purchases    []Purchase      `json:"purchases,omitempty"`  // those with an instalment not paid
	Settled      []Settled       `json:"settled,omitempty"`    // the others: a refund may still come
	Disputes     []Dispute       `json:"disputes,omitempty"`   // open ones
	Statements   []Statement     `json:"statements,omitempty"` // unpaid ones, the first due first
	Deferrals    []calendar.Date `json:"deferrals,omitempty"`  // when one was granted, as long as it counts
	Credit       money.Amount    `json:"credit,omitzero"`      // 溢缴款: owed to the customer
	Spared       calendar.Date   `json:"spared,omitzero"`      // nothing is charged off through this day
	Contacts     Contacts        `json:"contacts,omitzero"`    // of the newest day with one
	Autopay      *Autopay        `json:"autopay,omitzero"`     // the standing instruction in force
	Debits       []Debit         `json:"debits,omitempty"`     // pending ones, and the newest with a result
	Closure      *Closure        `json:"closure,omitzero"`     // under review
	ApplyFrom    calendar.Date   `json:"apply_from,omitzero"`  // de-registered: when an application is assessed again

	// While a history is told again, see Retell. They are no part of the state.
	telling      bool         // nobody is debited in the past
	quiet        bool         // nothing is charged off in books that are closed
	overreturned money.Amount // credit balance that was paid back and would not have been there
}

// Status says whether an account can be used.
type Status string

// The statuses of an account. Before it is opened the first time it is Unopened.
const (
	Unopened     Status = ""
	Active       Status = "active"
	Closing      Status = "closing" // a request to close is under review; spending has stopped
	Closed       Status = "closed"
	Deregistered Status = "deregistered" // closed, and the contract has ended
)

// Over says whether the credit line was given back.
func (s Status) Over() bool { return s == Closed || s == Deregistered }

// Hold (额度占用) is an authorisation that has not been captured, voided or expired.
type Hold struct {
	Number   int64         `json:"n"`
	Amount   money.Amount  `json:"amount"` // what is still held
	Plan     string        `json:"plan"`
	Scene    string        `json:"scene"`
	Merchant string        `json:"merchant"`
	On       calendar.Date `json:"on"`             // when it was authorised
	LastDay  calendar.Date `json:"last_day"`       // the last day on which it can be captured
	Route    int           `json:"route,omitzero"` // the place of its route in the contract's list
}

// Purchase (消费) is a captured amount with an instalment that is not paid, or contested.
type Purchase struct {
	Number      int64         `json:"n"`
	Amount      money.Amount  `json:"amount"`
	On          calendar.Date `json:"on,omitzero"` // when it was captured
	Refunded    money.Amount  `json:"refunded,omitzero"`
	ChargedOff  bool          `json:"charged_off,omitzero"` // 核销: off the books, and still owed
	Merchant    string        `json:"merchant"`
	Plan        Plan          `json:"plan"`
	Funding     []Funded      `json:"funding,omitempty"`     // whose money it is
	Last        int           `json:"last,omitzero"`         // the highest number of an instalment, if some were added to the plan's
	Conversions []Conversion  `json:"conversions,omitempty"` // of bills that it stood on
	Instalments []Instalment  `json:"instalments"`

	Scene   string        `json:"scene,omitzero"`
	Ordered calendar.Date `json:"ordered,omitzero"` // when it was authorised
}

// Settled is what is kept of a purchase that nothing is owed for.
type Settled struct {
	Number   int64         `json:"n"`
	Amount   money.Amount  `json:"amount"`
	Refunded money.Amount  `json:"refunded,omitzero"`
	Merchant string        `json:"merchant"`
	Ordered  calendar.Date `json:"ordered,omitzero"` // when it was authorised
}

// Instalment (期) is what one part of a purchase still asks for.
type Instalment struct {
	Number    int           `json:"k"`
	Of        int           `json:"of,omitzero"`        // the one of the plan that it is a late part of: see DisputeSettled
	On        calendar.Date `json:"on"`                 // the date of its statement
	Statement int64         `json:"statement,omitzero"` // 0 until it is billed
	Principal money.Amount  `json:"principal"`
	Interest  money.Amount  `json:"interest,omitzero"`
	Fee       money.Amount  `json:"fee,omitzero"`
	Borne     []Borne       `json:"borne,omitempty"`
}

func (i *Instalment) owed() money.Amount { return i.Principal + i.Interest + i.Fee }

// period is the instalment of the plan by which it is priced.
func (i *Instalment) period() int {
	if i.Of != 0 {
		return i.Of
	}
	return i.Number
}

// Statement (账单) is a monthly bill that is not paid.
type Statement struct {
	Number     int64         `json:"n"`
	Date       calendar.Date `json:"date"`
	Due        calendar.Date `json:"due"`
	Overdue    bool          `json:"overdue,omitzero"`
	ChargedOff bool          `json:"charged_off,omitzero"` // nothing of it is on the books
	Late       money.Amount  `json:"late,omitzero"`        // the principal that became overdue
	Bucket     int           `json:"bucket,omitzero"`      // 1 for M1 (1–30 days past due), 2 for M2, …
	Accrued    calendar.Date `json:"accrued,omitzero"`     // the penalty base is counted up to here
	Base       money.Amount  `json:"base,omitzero"`        // Σ overdue principal × days, in minor units × days
	Charged    money.Amount  `json:"charged,omitzero"`     // penalty charged so far
	Cut        money.Amount  `json:"cut,omitzero"`         // penalty that caps have cut off so far
	Penalty    money.Amount  `json:"penalty,omitzero"`     // charged and not paid yet
	Funding    []Weight      `json:"funding,omitempty"`    // by how much each funder's money stands on it

	Attempts int           `json:"attempts,omitzero"` // how often it was debited
	Debited  calendar.Date `json:"debited,omitzero"`  // when it was last asked for, or the result came: a next debit is later

	Fee       money.Amount  `json:"fee,omitzero"`       // for its deferral, not paid yet
	Deferred  calendar.Date `json:"deferred,omitzero"`  // when it was due before it was deferred
	Converted money.Amount  `json:"converted,omitzero"` // principal that left it as instalments
}

// Held is the sum of open holds.
func (a *Account) Held() (sum money.Amount) {
	for i := range a.Holds {
		sum += a.Holds[i].Amount
	}
	return sum
}

// Outstanding is the principal that uses the limit: owed, billed or not, or contested.
func (a *Account) Outstanding() (sum money.Amount) {
	for i := range a.Disputes {
		sum += a.Disputes[i].principal()
	}
	for i := range a.Purchases {
		for _, in := range a.Purchases[i].Instalments {
			sum += in.Principal
		}
	}
	return sum
}

// Available (可用额度) is limit + temporary limit − held − outstanding principal, never below 0.
func (a *Account) Available() money.Amount {
	return max(0, a.Limit+a.temporary()-a.Held()-a.Outstanding())
}

// Owed is everything that the customer owes today: billed, unbilled, penalty. What
// is contested is not owed until it is settled.
func (a *Account) Owed() (sum money.Amount) {
	for i := range a.Purchases {
		for _, in := range a.Purchases[i].Instalments {
			sum += in.owed()
		}
	}
	for i := range a.Statements {
		sum += a.Statements[i].Penalty + a.Statements[i].Fee
	}
	return sum
}

// Billed is what unpaid statements ask for, with penalty.
func (a *Account) Billed() (sum money.Amount) {
	for i := range a.Statements {
		sum += a.remaining(&a.Statements[i])
	}
	return sum
}

// OverdueAmount is what overdue statements ask for, with penalty.
func (a *Account) OverdueAmount() (sum money.Amount) {
	for i := range a.Statements {
		if a.Statements[i].Overdue {
			sum += a.remaining(&a.Statements[i])
		}
	}
	return sum
}

// Remaining is what is still owed on the statement with a number: 0 if it is paid.
func (a *Account) Remaining(statement int64) money.Amount {
	if s := a.statement(statement); s != nil {
		return a.remaining(s)
	}
	return 0
}

// remaining is what is still owed on a statement.
func (a *Account) remaining(s *Statement) money.Amount {
	sum := s.Penalty + s.Fee
	for _, in := range a.lines(s.Number) {
		sum += in.owed()
	}
	return sum
}

// accruing is the principal still owed on a statement that a penalty grows on: not
// what was charged off.
func (a *Account) accruing(s *Statement) (sum money.Amount) {
	if s.ChargedOff {
		return 0
	}
	for i := range a.Purchases {
		p := &a.Purchases[i]
		if p.ChargedOff {
			continue
		}
		for k := range p.Instalments {
			if in := &p.Instalments[k]; in.Statement == s.Number {
				sum += in.Principal
			}
		}
	}
	return sum
}

// lines walks the unpaid instalments on a statement with the numbers of their
// purchases, in the order of the statement's lines.
func (a *Account) lines(statement int64) iter.Seq2[int64, *Instalment] {
	return func(yield func(int64, *Instalment) bool) {
		for i := range a.Purchases {
			p := &a.Purchases[i]
			for k := range p.Instalments {
				if in := &p.Instalments[k]; in.Statement == statement && !yield(p.Number, in) {
					return
				}
			}
		}
	}
}

func (a *Account) statement(number int64) *Statement {
	for i := range a.Statements {
		if a.Statements[i].Number == number {
			return &a.Statements[i]
		}
	}
	return nil
}

func (a *Account) purchase(number int64) *Purchase {
	i, ok := slices.BinarySearchFunc(a.Purchases, number, func(p Purchase, n int64) int { return int(p.Number - n) })
	if !ok {
		return nil
	}
	return &a.Purchases[i]
}

func (a *Account) hold(number int64) *Hold {
	i, ok := slices.BinarySearchFunc(a.Holds, number, func(h Hold, n int64) int { return int(h.Number - n) })
	if !ok {
		return nil
	}
	return &a.Holds[i]
}

// tidy drops what is paid: instalments and statements with nothing left to pay;
// a purchase without instalments becomes a settled one, unless they may come back.
func (a *Account) tidy() {
	done := func(p *Purchase) bool { return len(p.Instalments) == 0 && a.contested(p.Number) == 0 }
	for i := range a.Purchases {
		p := &a.Purchases[i]
		p.Instalments = slices.DeleteFunc(p.Instalments, func(in Instalment) bool { return in.owed() == 0 })
		if done(p) {
			a.Settled = append(a.Settled, Settled{Number: p.Number, Amount: p.Amount, Refunded: p.Refunded, Merchant: p.Merchant, Ordered: p.Ordered})
		}
	}
	a.Purchases = slices.DeleteFunc(a.Purchases, func(p Purchase) bool { return done(&p) })
	a.Statements = slices.DeleteFunc(a.Statements, func(s Statement) bool { return a.remaining(&s) == 0 })
}

// opened refuses commands that need an account to have been opened.
func (a *Account) opened() error {
	if a.Terms == nil {
		return refuse(NotFound, "there is no such account")
	}
	return nil
}

// Check returns the first invariant of the account that does not hold. The desk
// asks after every command: an account that fails is stopped, the others go on.
func (a *Account) Check() error {
	if a.Credit < 0 || a.Credit > 0 && len(a.Statements) > 0 {
		return fmt.Errorf("credit balance is %d with %d statements unpaid", a.Credit, len(a.Statements))
	}
	if t := a.Temporary; a.Limit < 0 || t != nil && (t.Amount <= 0 || t.LastDay == 0) {
		return fmt.Errorf("limit is %d, and the temporary one %+v", a.Limit, t)
	}
	if a.DueDayBefore != 0 && (a.DueDayBefore == a.DueDay || len(a.DueDayChanges) == 0) {
		return fmt.Errorf("due day %d is to replace %d, after changes on %v", a.DueDay, a.DueDayBefore, a.DueDayChanges)
	}
	if err := a.checkFormer(); err != nil {
		return err
	}
	if err := a.checkSpending(); err != nil {
		return err
	}
	if err := a.checkNightLock(); err != nil {
		return err
	}
	for i := range a.Holds {
		if a.Holds[i].Amount <= 0 {
			return fmt.Errorf("hold %d holds %d", a.Holds[i].Number, a.Holds[i].Amount)
		}
	}
	for i := range a.Purchases {
		p := &a.Purchases[i]
		if p.Refunded < 0 || p.Refunded > p.Amount {
			return fmt.Errorf("purchase %d of %d is refunded by %d", p.Number, p.Amount, p.Refunded)
		}
		left := money.Amount(0)
		for _, in := range p.Instalments {
			if in.Principal < 0 || in.Interest < 0 || in.Fee < 0 {
				return fmt.Errorf("purchase %d has instalment %d with a negative part", p.Number, in.Number)
			}
			if in.Statement != 0 && a.statement(in.Statement) == nil {
				return fmt.Errorf("purchase %d has instalment %d on a statement that is not open", p.Number, in.Number)
			}
			left += in.Principal
		}
		for k := range a.Disputes {
			if d := &a.Disputes[k]; d.Purchase == p.Number {
				left += d.principal()
			}
		}
		claimed := money.Amount(0)
		for _, f := range p.Funding {
			if f.Principal < 0 {
				return fmt.Errorf("%s has a claim of %d on purchase %d", f.Funder, f.Principal, p.Number)
			}
			claimed += f.Principal
		}
		if len(p.Funding) > 0 && claimed != left {
			return fmt.Errorf("purchase %d owes %d, and its funders claim %d", p.Number, left, claimed)
		}
		if left > p.Amount-p.Refunded {
			return fmt.Errorf("purchase %d of %d, refunded %d, owes %d", p.Number, p.Amount, p.Refunded, left)
		}
	}
	for i := range a.Statements {
		s := &a.Statements[i]
		if s.Penalty < 0 || s.Penalty > s.Charged {
			return fmt.Errorf("statement %d owes a penalty of %d of %d", s.Number, s.Penalty, s.Charged)
		}
		if s.Fee < 0 || s.Fee > 0 && s.Deferred == 0 || s.Deferred >= s.Due {
			return fmt.Errorf("statement %d, deferred from %q to %s, owes a fee of %d", s.Number, s.Deferred, s.Due, s.Fee)
		}
		if i > 0 && s.Due < a.Statements[i-1].Due {
			return fmt.Errorf("statement %d due on %s stands after one due on %s", s.Number, s.Due, a.Statements[i-1].Due)
		}
	}
	if err := a.checkDebits(); err != nil {
		return err
	}
	if err := a.checkDisputes(); err != nil {
		return err
	}
	if overdue := a.overdue() || a.chargedOff(); overdue != a.blocked(BlockOverdue) {
		return fmt.Errorf("something is overdue: %t, and the account is blocked for it: %t", overdue, !overdue)
	}
	if overdue := a.overdue() || a.chargedOff(); overdue == (a.Grade == Normal) {
		return fmt.Errorf("something is overdue: %t, and the account's grade is %q", overdue, a.Grade)
	}
	if a.Status == Closing && a.Closure == nil || a.Closure != nil && a.Status != Closing && (a.Status != Closed || a.Closure.Kind != Deregister) {
		return fmt.Errorf("account is %q, and a closure is under review: %t", a.Status, a.Closure != nil)
	}
	if a.Status.Over() && (a.Owed() != 0 || a.Outstanding() != 0 || len(a.Holds) != 0 || a.Limit+a.temporary() != 0) {
		return fmt.Errorf("closed account owes %d, with %d of principal, %d holds and a limit of %d", a.Owed(), a.Outstanding(), len(a.Holds), a.Limit+a.temporary())
	}
	return nil
}

func sortedDues(byDate map[calendar.Date]money.Amount) []Due {
	dues := make([]Due, 0, len(byDate))
	for _, on := range slices.Sorted(maps.Keys(byDate)) {
		if byDate[on] > 0 {
			dues = append(dues, Due{On: on, Amount: byDate[on]})
		}
	}
	return dues
}
