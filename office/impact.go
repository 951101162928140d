package office

import (
	"context"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/law"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// Impact (规则影响) is what a rule pack would mean for the contracts that run.
type Impact struct {
	Pack      string            `json:"pack"`
	Edition   int               `json:"edition"`
	On        calendar.Date     `json:"on"`
	NotAdvice law.Label         `json:"not_legal_advice"`
	Versions  int               `json:"programme_versions"` // looked at
	Accounts  int64             `json:"accounts"`           // looked at
	Broken    []BrokenContracts `json:"broken"`
}

// BrokenContracts are the contracts of one programme version that one rule would break.
type BrokenContracts struct {
	Platform  string         `json:"platform"`
	Programme string         `json:"programme"`
	Version   int            `json:"version"`
	Accounts  int64          `json:"accounts"`
	Currency  money.Currency `json:"currency"`
	Owed      money.Amount   `json:"owed"`
	Rule      string         `json:"rule"`
	Mark      law.Mark       `json:"mark"`
	Source    law.Source     `json:"source"`
	Field     string         `json:"field"`
	Says      law.Label      `json:"says"`
}

// ImpactOf holds every live contract in the pack's currency against what the pack
// asks on a date. A contract keeps what it was signed under: this only says what
// would have to be agreed anew. How much one person may owe is held against each
// account's own limit, not against what the programme would let somebody have.
func ImpactOf(ctx context.Context, books *catalogue.Catalogue, tables *view.Tables, pack *law.Pack, on calendar.Date, told func(done, all int64)) (*Impact, error) {
	rules, err := pack.On(on)
	if err != nil {
		return nil, err
	}
	above := rules.MostAPerson
	if above == 0 {
		above = money.Max
	}
	running, err := tables.Contracts(ctx, above, told)
	if err != nil {
		return nil, err
	}
	impact := &Impact{Pack: pack.Name, Edition: pack.Edition, On: on, NotAdvice: law.NotAdvice, Broken: []BrokenContracts{}}
	for _, c := range running {
		if pack.Currency != "" && c.Currency != pack.Currency {
			continue
		}
		v, err := books.Version(ctx, c.Platform, c.Programme, c.Version)
		if err != nil {
			return nil, err
		}
		impact.Versions++
		impact.Accounts += c.Accounts
		offer := v.Offer()
		for _, broken := range rules.Check(offer) {
			b := BrokenContracts{
				Platform: c.Platform, Programme: c.Programme, Version: c.Version, Accounts: c.Accounts, Currency: c.Currency, Owed: c.Owed,
				Rule: broken.Rule.ID, Mark: broken.Rule.Mark, Source: broken.Rule.Source, Field: broken.Field, Says: broken.Says,
			}
			switch broken.Field {
			case "/policy/maximum_limit":
				b.Accounts, b.Owed = c.Above, c.OwedAbove
			case "/terms/limit_cap":
				continue // what the contract would let somebody owe: the line above counts who may
			}
			if b.Accounts > 0 {
				impact.Broken = append(impact.Broken, b)
			}
		}
	}
	return impact, nil
}
