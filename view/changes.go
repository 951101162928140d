package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// changes are what some entries of one partition do to the tables: rows to
// write, and what to add to rows that are there. However often an account is
// touched, its rows are written once.
type changes struct {
	opened   []opening
	accounts []balances
	byID     map[credit.ID]int32
	contract rows[contract, *contract]

	applications   rows[Application, *Application]
	agreements     []Agreement
	authorisations rows[Authorisation, *Authorisation]
	purchases      rows[Purchase, *Purchase]
	instalments    rows[Instalment, *Instalment]
	funding        rows[Funding, *Funding]
	statements     rows[Statement, *Statement]
	lines          rows[Line, *Line]
	conversions    []Conversion
	repayments     rows[Repayment, *Repayment]
	shares         []Share
	refunds        []Refund
	cuts           []RefundCut
	lowered        []RefundFunding
	disputes       rows[Dispute, *Dispute]
	returns        []Return
	blocks         []Block
	blocksOf       map[credit.ID][]int32
	lifts          []lift
	freed          []freed
	closures       rows[Closure, *Closure]
	limitChanges   []LimitChange
	autopays       rows[Autopay, *Autopay]
	debits         rows[Debit, *Debit]
	overdue        []OverdueStep
	chargeOffs     []ChargeOff
	contacts       []Contact
	settings       []Setting
	postings       []Posting
	posted         []credit.ID // whose entry each posting is of

	currencies map[credit.ID]money.Currency // as far as these entries tell
}

// opening makes an account's row when somebody applies the first time.
type opening struct {
	ID       credit.ID
	Platform string
	Customer string
}

// balances are what an account's amounts grow by.
type balances struct {
	ID                credit.ID     `view:"key"`
	LastPosition      int64         `view:"set"`
	Held              money.Amount  `view:"add"`
	PrincipalUnbilled money.Amount  `view:"add"`
	PrincipalBilled   money.Amount  `view:"add"`
	CostUnbilled      money.Amount  `view:"add"`
	Interest          money.Amount  `view:"add"`
	Fee               money.Amount  `view:"add"`
	Penalty           money.Amount  `view:"add"`
	CreditBalance     money.Amount  `view:"add"`
	PrincipalDisputed money.Amount  `view:"add"`
	DueKnown          bool          // NextDue replaces the row's, by none too
	NextDue           calendar.Date //
}

// contract is what seldom changes of an account.
type contract struct {
	ID           credit.ID      `view:"key"`
	Status       credit.Status  `view:"set"`
	Programme    string         `view:"set"`
	TermsVersion int32          `view:"set"`
	Currency     money.Currency `view:"set"`
	OpenedOn     calendar.Date  `view:"set"`
	LimitKnown   bool           // CreditLimit and ClosedOn replace the row's, by 0 and none too
	CreditLimit  money.Amount   //
	ClosedOn     calendar.Date  //
	BlocksGone   bool           // all blocks before these
	Blocks       int32          //
	OverdueKnown bool           //
	Overdue      bool           //

	TemporaryKnown bool // as LimitKnown
	TemporaryLimit money.Amount
	TemporaryUntil calendar.Date
	Grade          string `view:"set"`
	DueDay         int32

	ChargedOffUnbilled money.Amount `view:"add"`
	ChargedOffBilled   money.Amount `view:"add"`
	ChargedOffInterest money.Amount `view:"add"`
	ChargedOffFee      money.Amount `view:"add"`
	ChargedOffPenalty  money.Amount `view:"add"`
	ChargedOffDisputed money.Amount `view:"add"`
}

func (r *contract) rowKey() rowKey { return rowKey{account: r.ID} }

// lift ends the one block of a kind that is in force.
type lift struct {
	Account  credit.ID
	Kind     credit.BlockKind
	LiftedOn calendar.Date
}

// freed ends all blocks that are in force.
type freed struct {
	Account  credit.ID
	LiftedOn calendar.Date
}

// keyed is a row that is found by its key.
type keyed[R any] interface {
	*R
	rowKey() rowKey
}

// rows are new rows of a table, and what to do to rows that are there already. A
// row that is new changes in place, so that nothing is written twice.
type rows[R any, P keyed[R]] struct {
	made    []R
	changed []R
	index   map[rowKey]int32 // made[i], or changed[^i]; built only when a row changes
}

// at finds the row with r's key among the new ones and the changes, or begins a change with r.
func (s *rows[R, P]) at(r R) *R {
	if s.index == nil {
		s.index = make(map[rowKey]int32)
		for i := range s.made {
			s.index[P(&s.made[i]).rowKey()] = int32(i)
		}
	}
	key := P(&r).rowKey()
	switch i, ok := s.index[key]; {
	case !ok:
		s.index[key] = ^int32(len(s.changed))
		s.changed = append(s.changed, r)
		return &s.changed[len(s.changed)-1]
	case i >= 0:
		return &s.made[i]
	default:
		return &s.changed[^i]
	}
}

// add makes a new row.
func (s *rows[R, P]) add(r R) {
	if s.index != nil {
		s.index[P(&r).rowKey()] = int32(len(s.made))
	}
	s.made = append(s.made, r)
}

func (s *rows[R, P]) size() int { return len(s.made) + len(s.changed) }

func newChanges() *changes {
	return &changes{
		byID: make(map[credit.ID]int32), blocksOf: make(map[credit.ID][]int32), currencies: make(map[credit.ID]money.Currency),
	}
}

// account finds what the entries do to an account's amounts.
func (c *changes) account(id credit.ID) *balances {
	i, ok := c.byID[id]
	if !ok {
		i = int32(len(c.accounts))
		c.byID[id] = i
		c.accounts = append(c.accounts, balances{ID: id})
	}
	return &c.accounts[i]
}

// post writes transfers down and moves the customer's balances by them.
func (c *changes) post(at place, account *balances, event credit.Event, transfers []ledger.Transfer, number *int32) {
	for _, t := range transfers {
		*number++
		account.move(t.Debit.Class, t.Amount)
		account.move(t.Credit.Class, -t.Amount)
		c.moveOff(at, t.Debit.Class, t.Amount)
		c.moveOff(at, t.Credit.Class, -t.Amount)
		c.postings = append(c.postings, Posting{
			Position: at.position, Number: *number, Day: at.day, Event: event.Name(),
			DebitClass: t.Debit.Class, DebitOf: t.Debit.Of, CreditClass: t.Credit.Class, CreditOf: t.Credit.Of,
			Amount: t.Amount, Currency: c.currencies[at.account],
		})
		c.posted = append(c.posted, at.account)
	}
}

// move changes the balance that a customer's class has in the account's row. What
// is owed to the customer counts upwards there.
func (b *balances) move(class ledger.Class, debit money.Amount) {
	switch class {
	case ledger.PrincipalUnbilled:
		b.PrincipalUnbilled += debit
	case ledger.PrincipalBilled:
		b.PrincipalBilled += debit
	case ledger.PrincipalDisputed:
		b.PrincipalDisputed += debit
	case ledger.InterestBilled:
		b.Interest += debit
	case ledger.FeeBilled:
		b.Fee += debit
	case ledger.Penalty:
		b.Penalty += debit
	case ledger.CreditBalance:
		b.CreditBalance -= debit
	default: // not the customer's
	}
}

// size is how many rows will be written, the ledger's few apart.
func (c *changes) size() int {
	sum := 0
	for _, n := range []int{
		len(c.opened), len(c.accounts), len(c.contract.changed),
		c.applications.size(), len(c.agreements),
		c.authorisations.size(),
		c.purchases.size(), c.instalments.size(), c.funding.size(),
		c.statements.size(), c.lines.size(), len(c.conversions),
		c.repayments.size(), len(c.shares),
		len(c.refunds), len(c.cuts), len(c.lowered), len(c.returns),
		c.disputes.size(),
		len(c.blocks), len(c.lifts), len(c.freed),
		c.closures.size(),
		len(c.limitChanges),
		len(c.settings),
		len(c.overdue),
		len(c.chargeOffs),
		len(c.contacts),
		c.autopays.size(), c.debits.size(),
		len(c.postings),
	} {
		sum += n
	}
	return sum
}

// unpriced are the accounts of postings whose currency these entries do not tell.
func (c *changes) unpriced() []credit.ID {
	seen := map[credit.ID]bool{}
	var accounts []credit.ID
	for i := range c.postings {
		if id := c.posted[i]; c.postings[i].Currency == "" && !seen[id] {
			seen[id] = true
			accounts = append(accounts, id)
		}
	}
	return accounts
}

// price fills in currencies.
func (c *changes) price(currency func(credit.ID) money.Currency) {
	for i := range c.postings {
		if p := &c.postings[i]; p.Currency == "" {
			p.Currency = currency(c.posted[i])
		}
	}
}
