package view

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// asked checks that what was asked for is what moved.
func asked(command credit.Command, events []credit.Event) *Violation {
	var wanted, moved money.Amount
	switch c := command.(type) {
	case credit.Authorise:
		wanted = c.Amount
	case credit.Capture:
		wanted = c.Amount
	case credit.Refund:
		wanted = c.Amount
	case credit.OpenDispute:
		wanted = c.Amount
	case credit.EarlyRepay:
		wanted = c.Amount
	case credit.Repay:
		wanted = c.Amount
	case credit.RequestDebit:
		wanted = c.Amount
	default:
		return nil
	}
	found := 0
	for _, event := range events {
		switch e := event.(type) {
		case credit.Authorised:
			moved = e.Amount
		case credit.Declined:
			moved = e.Amount
		case credit.PurchaseCaptured:
			moved = e.Amount
		case credit.PurchaseRefunded:
			moved = e.Amount
		case credit.DisputeOpened:
			moved = e.Amount
		case credit.EarlyRepaymentReceived:
			moved = e.Amount
		case credit.RepaymentReceived:
			moved = e.Amount
		case credit.DebitRequested:
			moved = e.Amount
		default:
			continue
		}
		found++
	}
	if found != 1 || moved != wanted {
		return wrong(CheckAmounts, "%s of %d came to %d in %d events", command.Name(), wanted, moved, found)
	}
	return nil
}

// bounded checks that an event's amounts are within what the product accepts: those
// that move something above 0, their parts not below it.
func bounded(event credit.Event) *Violation {
	whole, parts := amountsOf(event)
	for _, amount := range whole {
		if amount <= 0 || amount > money.Max {
			return wrong(CheckAmounts, "%s of %d", event.Name(), amount)
		}
	}
	for _, amount := range parts {
		if amount < 0 || amount > money.Max {
			return wrong(CheckAmounts, "%s with a part of %d", event.Name(), amount)
		}
	}
	return nil
}

func amountsOf(event credit.Event) (whole, parts []money.Amount) {
	borne := func(list []credit.Borne) {
		for _, b := range list {
			parts = append(parts, b.Amount)
		}
	}
	shares := func(list []credit.Share) {
		for _, s := range list {
			whole = append(whole, shareSum(s))
			parts = append(parts, s.Penalty, s.Fee, s.Interest, s.Principal)
		}
	}
	instalments := func(list []credit.Instalment) {
		for _, in := range list {
			parts = append(parts, in.Principal, in.Interest, in.Fee)
			borne(in.Borne)
		}
	}
	switch e := event.(type) {
	case credit.AccountOpened:
		parts = append(parts, e.Limit)
	case credit.LimitChanged:
		parts = append(parts, e.Before, e.Limit)
	case credit.SceneLimitSet:
		parts = append(parts, e.Limit)
	case credit.SpendingCapSet:
		parts = append(parts, e.Amount)
	case credit.SpendingCapRaiseRequested:
		parts = append(parts, e.Amount)
	case credit.TemporaryLimitGranted:
		whole = append(whole, e.Amount)
	case credit.Authorised:
		whole = append(whole, e.Amount)
	case credit.Declined:
		whole = append(whole, e.Amount)
	case credit.HoldVoided:
		whole = append(whole, e.Amount)
	case credit.HoldExpired:
		whole = append(whole, e.Amount)
	case credit.PurchaseCaptured:
		whole, parts = append(whole, e.Amount), append(parts, e.Released)
		for _, p := range e.Parts {
			parts = append(parts, p.Principal, p.Interest, p.Fee)
			borne(p.Borne)
		}
	case credit.PurchaseRefunded:
		whole, parts = append(whole, e.Amount), append(parts, e.Credit)
		for _, c := range e.Cuts {
			parts = append(parts, c.Principal, c.Interest, c.Fee, c.PrincipalLeft, c.InterestLeft, c.FeeLeft)
			borne(c.Borne)
		}
		for _, c := range e.Conceded {
			whole = append(whole, c.Amount)
		}
	case credit.DisputeOpened:
		whole, parts = append(whole, e.Amount), append(parts, e.Paid)
		instalments(e.Parts)
	case credit.DisputeSettled:
		instalments(e.Restored)
		instalments(e.Late)
	case credit.StatementIssued:
		whole = append(whole, e.Total)
		for _, l := range e.Lines {
			parts = append(parts, l.Principal, l.Interest, l.Fee)
			borne(l.Borne)
		}
	case credit.StatementConverted:
		whole = append(whole, e.Amount)
		for _, l := range e.Lines {
			whole = append(whole, l.Principal)
		}
		for _, p := range e.Purchases {
			whole = append(whole, p.Amount)
			for _, part := range p.Parts {
				parts = append(parts, part.Principal, part.Interest, part.Fee)
				borne(part.Borne)
			}
		}
	case credit.StatementDeferred:
		parts = append(parts, e.Fee, e.Cut)
	case credit.PenaltyCharged:
		whole, parts = append(whole, e.Amount), append(parts, e.Cut)
	case credit.RepaymentReceived:
		whole, parts = append(whole, e.Amount), append(parts, e.Credit)
		shares(e.Shares)
	case credit.RepaymentReversed:
		whole = append(whole, e.Amount) // its differences may go either way
		if e.Owed != nil {
			whole = append(whole, e.Owed.Amount)
		}
	case credit.DebitRequested:
		whole = append(whole, e.Amount)
	case credit.EarlyRepaymentReceived:
		parts = append(parts, e.Amount, e.FromCredit, e.Earned)
		shares(e.Shares)
		for _, w := range e.Waived {
			parts = append(parts, w.Interest, w.Fee)
			borne(w.Borne)
		}
	case credit.CreditUsed:
		whole = append(whole, e.Amount)
		shares(e.Shares)
	case credit.CreditReturned:
		whole = append(whole, e.Amount)
	}
	return whole, parts
}

func shareSum(s credit.Share) money.Amount { return s.Penalty + s.Fee + s.Interest + s.Principal }
