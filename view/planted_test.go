package view_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

var plantedInLog = []plant{
	{"a hold beyond the limit", view.CheckAvailable, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.ordered(a, a.Available()+1)
		return command, []credit.Event{e}
	})},
	{"a hold of a frozen account", view.CheckAvailable, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.ordered(a, 1)
		return command, []credit.Event{e}
	})},

	{"captured after void", view.CheckHolds, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		s.must(a.ID, credit.Void{Hold: command.Hold})
		return command, []credit.Event{e}
	})},
	{"captured beyond what is held", view.CheckHolds, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		plan, _ := a.Terms.Plan("next")
		command.Amount, e.Amount, e.Parts = 101, 101, a.Terms.Schedule(plan, 101, s.day)
		return command, []credit.Event{e}
	})},
	{"voided twice", view.CheckHolds, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, _ := s.buying(a)
		s.must(a.ID, credit.Void{Hold: command.Hold})
		return credit.Void{Hold: command.Hold}, []credit.Event{credit.HoldVoided{Hold: command.Hold, Amount: 100}}
	})},
	{"expired too early", view.CheckHolds, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, _ := s.buying(a)
		return credit.Void{Hold: command.Hold}, []credit.Event{credit.HoldExpired{Hold: command.Hold, Amount: 100}}
	})},

	{"refunded beyond what was captured", view.CheckRefunds, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		p := a.Settled[0]
		e := credit.PurchaseRefunded{Number: a.Numbers + 1, Purchase: p.Number, Amount: p.Amount - p.Refunded + 1, Merchant: p.Merchant}
		e.Credit = e.Amount
		return credit.Refund{Purchase: p.Number, Amount: e.Amount}, []credit.Event{e}
	})},
	{"a refund that gives more than it says", view.CheckRefunds, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		p := a.Settled[0]
		return credit.Refund{Purchase: p.Number, Amount: 1}, []credit.Event{
			credit.PurchaseRefunded{Number: a.Numbers + 1, Purchase: p.Number, Amount: 1, Merchant: p.Merchant, Credit: 2},
		}
	})},

	{"a key twice", view.CheckKeys, bend(func(entries []eventlog.Entry) []eventlog.Entry {
		for i := range entries {
			for j := range entries[:i] {
				if entries[i].Account != "" && entries[i].Account == entries[j].Account {
					entries[i].Key = entries[j].Key
					return entries
				}
			}
		}
		return entries
	})},
	{"no key", view.CheckKeys, bend(func(entries []eventlog.Entry) []eventlog.Entry {
		entries[len(entries)-1].Key = ""
		return entries
	})},

	{"an instalment billed for more", view.CheckBilled, billing(func(e *credit.StatementIssued) { e.Lines[0].Principal++; e.Total++ })},
	{"an instalment billed twice", view.CheckBilled, billing(func(e *credit.StatementIssued) { e.Lines[0].Instalment = 1 })},
	{"an instalment of nothing", view.CheckBilled, billing(func(e *credit.StatementIssued) { e.Lines[0].Purchase = 9999 })},

	{"a total that is not the sum", view.CheckSums, billing(func(e *credit.StatementIssued) { e.Total++ })},
	{"instalments that do not add up", view.CheckSums, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		e.Parts[0].Principal--
		return command, []credit.Event{e}
	})},

	{"paid beyond what is owed", view.CheckPayments, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.paying(a, 100)
		e.Shares[0].Principal += a.Limit
		command.Amount, e.Amount = command.Amount+a.Limit, e.Amount+a.Limit
		return command, []credit.Event{e}
	})},
	{"shares that do not add up", view.CheckPayments, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.paying(a, 100)
		command.Amount, e.Amount = 101, 101
		return command, []credit.Event{e}
	})},
	{"a surplus while something is billed", view.CheckPayments, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.Repay{Amount: 5, Currency: "CNY", Source: "x"}, []credit.Event{credit.RepaymentReceived{Number: a.Numbers + 1, Amount: 5, Source: "x", Credit: 5}}
	})},
	{"a credit balance paid back twice", view.CheckPayments, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.ReturnCredit{Reference: "x"}, []credit.Event{credit.CreditReturned{Number: a.Numbers + 1, Amount: 10, Reference: "x"}}
	})},
	{"a credit balance used that is not there", view.CheckPayments, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		_, e := s.paying(a, 100)
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{credit.CreditUsed{Amount: 100, Shares: e.Shares}}
	})},

	{"a debit beside one on its way", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.onItsWay(a)
		e := s.asking(a)
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{e}
	})},
	{"a debit of more than is owed", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, s.autopay(a, "tok"))
		e := s.asking(a)
		e.Amount++
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{e}
	})},
	{"a debit from another source", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, s.autopay(a, "tok"))
		e := s.asking(a)
		e.Source = "another's"
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{e}
	})},
	{"a debit after the instruction was cancelled", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, s.autopay(a, "tok"))
		e := s.asking(a)
		s.must(a.ID, credit.CancelAutopay{})
		e.Number = a.Numbers + 1
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{e}
	})},
	{"a debit that succeeds after it was refused", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		n := s.onItsWay(a).Number
		s.must(a.ID, credit.RefuseDebit{Debit: n, Reason: "funds"})
		return credit.SettleDebit{Debit: n}, []credit.Event{credit.DebitSettled{Debit: n, Repayment: a.Numbers + 1}}
	})},
	{"a debit that brings more than it asked for", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		d := s.onItsWay(a)
		source := string(a.ID.Part(credit.PrefixDebit, d.Number))
		return credit.SettleDebit{Debit: d.Number}, []credit.Event{
			credit.DebitSettled{Debit: d.Number, Repayment: a.Numbers + 1},
			credit.RepaymentReceived{Number: a.Numbers + 1, Amount: d.Amount + 1, Source: source, Credit: d.Amount + 1},
		}
	})},
	{"a debit that nobody asked for", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{credit.DebitRequested{Number: a.Numbers + 1, Purpose: credit.BillsDebit, Amount: 1, Source: "tok"}}
	})},
	{"a debit of what is on its way by the standing instruction", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.onItsWay(a)
		c := credit.RequestDebit{Amount: a.AsOf(s.day).Billed(), Currency: "CNY", Source: "tok", Bound: true}
		return c, []credit.Event{credit.DebitRequested{Number: a.Numbers + 1, Purpose: credit.BillsDebit, Amount: c.Amount, Source: "tok"}}
	})},
	{"a statement debited that the customer pays already", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, credit.RequestDebit{Amount: 100, Currency: "CNY", Source: "tok", Bound: true})
		s.must(a.ID, s.autopay(a, "tok"))
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{s.asking(a)}
	})},
	{"a statement not debited for no reason", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		s.must(a.ID, s.autopay(a, "tok"))
		return credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{credit.DebitSkipped{Statement: a.Statements[0].Number}}
	})},
	{"an early repayment debited by another quote", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		c, e := s.settling(a)
		c.Quote, e.Quote = "eq_another", "eq_another"
		return c, []credit.Event{e}
	})},
	{"a quote said to have lapsed that holds", view.CheckDebits, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		c, e := s.settling(a)
		s.must(a.ID, c)
		return credit.SettleDebit{Debit: e.Number}, []credit.Event{credit.DebitSettled{Debit: e.Number, Repayment: e.Number + 1, Lapsed: true}}
	})},
	{"debited without having agreed", view.CheckConsent, bend(replaced(named("set_autopay"), `"preselected":false`, `"preselected":true`))},

	{"a statement a day late", view.CheckCycles, billing(func(e *credit.StatementIssued) { e.Date++ })},
	{"a due day of another month", view.CheckCycles, billing(func(e *credit.StatementIssued) { e.Due += 30 })},
	{"an instalment on no statement's date", view.CheckCycles, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		e.Parts[0].On++
		return command, []credit.Event{e}
	})},

	{"a command before what was due", view.CheckDays, func(_ *testing.T, _ *store, s *story) {
		a := s.accounts[s.order[bob]]
		s.openDay(a.NextDue())
		_ = s.decide(a, "too early", credit.Freeze{Kind: credit.BlockCustomer}, s.day)
		s.flush()
	}},
	{"a day closed twice", view.CheckDays, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.CloseDay{Day: a.Statements[0].Date}, nil
	})},
	{"a day closed that is to come", view.CheckDays, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.CloseDay{Day: a.NextDue()}, nil
	})},

	{"closed with a debt", view.CheckClosed, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		requested := credit.ClosureRequested{Number: a.Numbers + 1, ReviewBy: s.day + 3}
		a.Apply(requested, s.day)
		s.record(a, "asked", credit.RequestClosure{}, []credit.Event{requested})
		return credit.ApproveClosure{Closure: requested.Number}, []credit.Event{credit.ClosureApproved{Closure: requested.Number}}
	})},
	{"a block on a closed account", view.CheckClosed, forge(cai, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.Freeze{Kind: credit.BlockRisk}, []credit.Event{credit.BlockAdded{Kind: credit.BlockRisk}}
	})},

	{"opened without one of its agreements", view.CheckConsent, func(t *testing.T, _ *store, s *story) {
		terms := termsOf("monthly", "CNY")
		id := s.apply("eve", terms, credit.Assessment{Decision: credit.Referred})
		terms.Documents = append(terms.Documents, credit.Document{Name: "new", Version: 1, Hash: "cc"})
		a := s.accounts[id]
		events := []credit.Event{credit.AccountOpened{Application: a.Application.Number, Limit: 100, Terms: terms}}
		s.record(a, "forged", credit.Review{Application: a.Application.Number, Approve: true, Limit: 100, Reviewer: "rita"}, events)
		s.flush()
	}},
	{"an application whose consent is another's", view.CheckConsent, bend(replaced(named("apply"), `"person":"ann"`, `"person":"eva"`))},
	{"a checkout of which more reading is kept than was told", view.CheckConsent, bend(replaced(named("authorise"), `"read_seconds":30,"preselected":false}}`, `"read_seconds":29,"preselected":false}}`))},
	{"a checkout read for longer than it was shown", view.CheckConsent, bend(replaced(named("authorise"), `"read_seconds":30`, `"read_seconds":31`))},
	{"a checkout whose channel nobody told", view.CheckConsent, bend(replaced(named("authorise"), `"channel":"api"`, `"channel":""`))},
	{"a checkout that was ticked beforehand", view.CheckConsent, bend(replaced(named("authorise"), `"preselected":false`, `"preselected":true`))},
	{"a checkout whose quote says otherwise", view.CheckConsent, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.ordered(a, 100)
		e.Quote = "qt_another"
		return command, []credit.Event{e}
	})},

	{"an entry is gone", view.CheckOrder, bend(func(entries []eventlog.Entry) []eventlog.Entry {
		for i := range entries {
			// One of the partition itself, so that no account misses it.
			if entries[i].Name == "open_day" && i > 0 && i < len(entries)-1 {
				return slices.Delete(entries, i, i+1)
			}
		}
		return entries
	})},
	{"time goes back", view.CheckOrder, bend(func(entries []eventlog.Entry) []eventlog.Entry {
		last := &entries[len(entries)-1]
		if last.Position > 50 && last.Account == "" || last.Name == "freeze" {
			last.Time = 1
		}
		return entries
	})},
	{"the day goes back", view.CheckOrder, bend(func(entries []eventlog.Entry) []eventlog.Entry {
		i := slices.IndexFunc(entries, func(e eventlog.Entry) bool { return e.Name == "open_day" && e.Position > 10 })
		if i >= 0 {
			entries[i].Day = 5
		}
		return entries
	})},

	{"an event that nobody knows", view.CheckState, bend(replaced(named("freeze"), `block.added`, `block.edited`))},
	{"an event that can't be applied", view.CheckState, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.Freeze{Kind: credit.BlockRisk}, []credit.Event{credit.ClosureBreached{Closure: 1}}
	})},
	{"a due day that is not the account's", view.CheckState, bend(func(entries []eventlog.Entry) []eventlog.Entry {
		for i := range entries {
			if entries[i].Name == "capture" && entries[i].Due > 0 {
				entries[i].Due++
				break
			}
		}
		return entries
	})},
	{"a snapshot of another state", view.CheckState, func(t *testing.T, store *store, s *story) {
		a := clone(t, s.accounts[s.order[ann]])
		a.Limit++
		save(t, store, s, a)
	}},
	{"a snapshot that can't be read", view.CheckState, func(t *testing.T, store *store, s *story) {
		save(t, store, s, clone(t, s.accounts[s.order[ann]]))
		tamper(`UPDATE log_snapshot SET state = x'5b5d'`)(t, store, s)
	}},

	{"a penalty of another height", view.CheckAmounts, forge(bob, penalty(1))},
	{"more moves than was asked for", view.CheckAmounts, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		_, e := s.paying(a, 100)
		return credit.Repay{Amount: 99, Currency: "CNY", Source: "x"}, []credit.Event{e}
	})},
	{"a negative amount", view.CheckAmounts, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.ordered(a, 100)
		command.Amount, e.Amount = -100, -100
		return command, []credit.Event{e}
	})},
	{"a purchase that is partly nobody's money", view.CheckFunding, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		e.Funding = []credit.Funded{{Funder: "bank", Share: credit.Whole, Principal: e.Amount - 1}}
		return command, []credit.Event{e}
	})},
	{"a purchase that is funded by other shares", view.CheckFunding, forge(ann, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.buying(a)
		e.Funding = []credit.Funded{{Funder: "bank", Share: 500_000, Principal: e.Amount - 1}, {Funder: "trust", Share: 500_000, Principal: 1}}
		return command, []credit.Event{e}
	})},
	{"a repayment that no funder gets", view.CheckFunding, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		command, e := s.paying(a, 100)
		e.Shares[0].Funders = nil
		return command, []credit.Event{e}
	})},
	{"an amount beyond all bounds", view.CheckAmounts, forge(bob, func(s *story, a *credit.Account) (credit.Command, []credit.Event) {
		return credit.Repay{Amount: money.Max + 1, Currency: "CNY", Source: "x"}, []credit.Event{
			credit.RepaymentReceived{Number: a.Numbers + 1, Amount: money.Max + 1, Source: "x", Credit: money.Max + 1},
		}
	})},
}

var plantedInTables = []plant{
	{"a posting with another amount", view.CheckPostings, tamper(`UPDATE posting SET amount = amount + 1 WHERE event = 'penalty.charged'`)},
	{"a posting the wrong way round", view.CheckPostings, tamper(`UPDATE posting SET debit_class = credit_class, credit_class = debit_class WHERE event = 'credit_balance.returned'`)},
	{"a posting that is missing", view.CheckPostings, tamper(`DELETE FROM posting WHERE event = 'purchase.refunded'`)},
	{"a posting that no event made", view.CheckPostings, tamper(`UPDATE posting SET position = 100000 + position WHERE event = 'purchase.refunded'`)},
	{"debits that are not credits", view.CheckPostings, tamper(`UPDATE ledger_balance SET debit = debit + 5 WHERE class = 'income:fee'`)},
	{"a ledger beside its postings", view.CheckPostings, tamper(`UPDATE ledger_balance SET debit = debit + 5, credit = credit + 5 WHERE class = 'assets:cash'`)},

	{"an account that holds more", view.CheckAvailable, tamper(`UPDATE account SET held = held + 1 WHERE customer = 'ann'`)},
	{"an account with another limit", view.CheckAvailable, tamper(`UPDATE account SET credit_limit = credit_limit - 1 WHERE customer = 'ann'`)},
	{"an account with another temporary limit", view.CheckAvailable, tamper(`UPDATE account SET temporary_limit = temporary_limit + 1 WHERE customer = 'ann'`)},

	{"a merchant that is owed more", view.CheckSubledgers, tamper(`UPDATE subledger_balance SET credit = credit + 1, debit = debit + 1 WHERE owner = 'tea house'`)},

	{"a funder that claims more", view.CheckSubledgers, tamper(`UPDATE subledger_balance SET debit = debit + 1 WHERE class = 'memo:funder:claim'`)},

	{"account", view.CheckTables, tamper(`UPDATE account SET status = 'active' WHERE customer = 'cai'`)},
	{"account due", view.CheckTables, tamper(`UPDATE account SET next_due = NULL WHERE customer = 'bob'`)},
	{"application", view.CheckTables, tamper(`UPDATE application SET reasons = 'charm'`)},
	{"agreement", view.CheckTables, tamper(`UPDATE agreement SET hash = 'ff' WHERE document = 'credit_agreement'`)},
	{"authorisation", view.CheckTables, tamper(`UPDATE authorisation SET captured = captured + 1 WHERE status = 'captured'`)},
	{"purchase", view.CheckTables, tamper(`DELETE FROM purchase WHERE number = (SELECT max(number) FROM purchase)`)},
	{"instalment", view.CheckTables, tamper(`UPDATE instalment SET fee = fee + 1 WHERE number = 2`)},
	{"purchase funding", view.CheckTables, tamper(`UPDATE purchase_funding SET claim = claim + 1`)},
	{"statement", view.CheckTables, tamper(`UPDATE statement SET status = 'paid' WHERE status = 'overdue'`)},
	{"statement line", view.CheckTables, tamper(`UPDATE statement_line SET principal_paid = 0 WHERE principal_paid > 0`)},
	{"repayment", view.CheckTables, tamper(`UPDATE repayment SET surplus = surplus + 1`)},
	{"repayment share", view.CheckTables, tamper(`DELETE FROM repayment_share WHERE number = 1`)},
	{"refund", view.CheckTables, tamper(`UPDATE refund SET number = number + 1000`)},
	{"account grade", view.CheckTables, tamper(`UPDATE account SET grade = 'normal' WHERE customer = 'bob'`)},
	{"a purchase that is back on the books", view.CheckTables, tamper(`UPDATE purchase SET charged_off_on = NULL`)},
	{"a statement that is back on the books", view.CheckTables, tamper(`UPDATE statement SET charged_off_on = NULL`)},
	{"a refund that is no less of a loss", view.CheckTables, tamper(`UPDATE refund SET off_loss = 0`)},
	{"charge-off", view.CheckTables, tamper(`DELETE FROM charge_off`)},
	{"a recovery that looks like none", view.CheckTables, tamper(`UPDATE repayment_share SET charged_off = NOT charged_off WHERE charged_off`)},
	{"contact", view.CheckTables, tamper(`UPDATE contact SET minute = minute + 1`)},
	{"overdue history", view.CheckTables, tamper(`DELETE FROM overdue_history WHERE what = 'aged'`)},
	{"refund cut", view.CheckTables, tamper(`UPDATE refund_cut SET principal_left = principal_left + 1`)},
	{"refund funding", view.CheckTables, tamper(`DELETE FROM refund_funding`)},
	{"dispute", view.CheckTables, tamper(`UPDATE dispute SET status = 'for_customer' WHERE status = 'for_merchant'`)},
	{"credit return", view.CheckTables, tamper(`UPDATE credit_return SET reference = 'elsewhere'`)},
	{"block", view.CheckTables, tamper(`UPDATE block SET lifted_on = NULL WHERE lifted_on IS NOT NULL`)},
	{"closure", view.CheckTables, tamper(`UPDATE closure SET reviewer = 'nobody'`)},
	{"account setting", view.CheckTables, tamper(`UPDATE account_setting SET takes_effect = NULL`)},
	{"account due day", view.CheckTables, tamper(`UPDATE account SET due_day = 31 WHERE customer = 'ann'`)},
	{"limit change", view.CheckTables, tamper(`UPDATE limit_change SET operator = 'nobody'`)},
	{"autopay", view.CheckTables, tamper(`UPDATE autopay SET ended_on = NULL WHERE ended_on IS NOT NULL`)},
	{"debit", view.CheckTables, tamper(`UPDATE debit SET status = 'pending' WHERE status = 'refused'`)},
	{"a row that stops the reader", view.CheckTables, func(t *testing.T, store *store, s *story) {
		a := s.accounts[s.order[bob]]
		tamper(`DELETE FROM purchase WHERE account = '`+string(a.ID)+`'`)(t, store, s)
		s.must(a.ID, credit.Refund{Purchase: a.Purchases[0].Number, Amount: 1})
		s.flush()
	}},
}

// replaced changes what entries say.
func replaced(in func(eventlog.Entry) bool, old, new string) func([]eventlog.Entry) []eventlog.Entry {
	return func(entries []eventlog.Entry) []eventlog.Entry {
		for i := range entries {
			if in(entries[i]) {
				entries[i].Command = bytes.ReplaceAll(entries[i].Command, []byte(old), []byte(new))
				entries[i].Events = bytes.ReplaceAll(entries[i].Events, []byte(old), []byte(new))
			}
		}
		return entries
	}
}

// paying is a repayment of principal on the first line of the account's oldest statement.
func (s *story) paying(a *credit.Account, amount money.Amount) (credit.Repay, credit.RepaymentReceived) {
	command := credit.Repay{Amount: amount, Currency: "CNY", Source: "x"}
	e := credit.RepaymentReceived{Number: a.Numbers + 1, Amount: amount, Source: "x"}
	for _, p := range a.Purchases {
		for _, in := range p.Instalments {
			if in.Statement != 0 && in.Principal >= amount {
				e.Shares = []credit.Share{{
					Statement: in.Statement, Purchase: p.Number, Instalment: in.Number, Principal: amount,
					Funders: []credit.FunderPart{{Funder: p.Funding[0].Funder, Principal: amount}},
				}}
				return command, e
			}
		}
	}
	s.t.Fatal("nothing is billed")
	return command, e
}

// asking is a debit of the account's oldest statement, as its next one would be.
func (s *story) asking(a *credit.Account) credit.DebitRequested {
	statement, shown, amount := a.Statements[0], a.AsOf(s.day), money.Amount(0)
	if a.Autopay == nil {
		s.t.Fatal("nobody agreed to be debited")
	}
	if a != shown {
		s.must(a.ID, credit.Repay{Amount: 1, Currency: "CNY", Source: "charges the penalty"})
	}
	for _, p := range a.Purchases {
		for _, in := range p.Instalments {
			if in.Statement == statement.Number {
				amount += in.Principal + in.Interest + in.Fee
			}
		}
	}
	return credit.DebitRequested{
		Number: a.Numbers + 1, Statement: statement.Number, Amount: amount + a.Statements[0].Penalty, Attempt: 1, Source: a.Autopay.Source,
	}
}

// settling asks for a debit of all that is owed.
func (s *story) settling(a *credit.Account) (credit.RequestDebit, credit.DebitRequested) {
	q, err := a.AsOf(s.day).EarlyQuote(0, s.day)
	if err != nil {
		s.t.Fatal(err)
	}
	return credit.RequestDebit{Amount: q.Sum, Currency: "CNY", Source: "tok", Bound: true, Quote: q.Token},
		credit.DebitRequested{Number: a.Numbers + 1, Purpose: credit.EarlyDebit, Amount: q.Sum, Source: "tok", Quote: q.Token}
}

// onItsWay has a debit of the account's oldest statement asked for.
func (s *story) onItsWay(a *credit.Account) credit.DebitRequested {
	s.must(a.ID, s.autopay(a, "tok"))
	e := s.asking(a)
	a.Apply(e, s.day)
	s.record(a, "asked", credit.Freeze{Kind: credit.BlockCustomer}, []credit.Event{e})
	return e
}

// save keeps a snapshot of an account.
func save(t *testing.T, store *store, s *story, a *credit.Account) {
	t.Helper()
	state, err := wire.EncodeState(a)
	if err != nil {
		t.Fatal(err)
	}
	partition := s.partition(a.ID)
	if err := store.log.SaveSnapshots(t.Context(), []eventlog.Snapshot{{
		Partition: partition, Account: string(a.ID), Position: s.heads[partition].Position, Format: wire.StateFormat, State: state,
	}}); err != nil {
		t.Fatal(err)
	}
}
