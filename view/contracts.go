package view

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/money"
)

// Contracts are the accounts, not closed, that were opened under one version of a programme.
type Contracts struct {
	Platform, Programme string
	Version             int
	Currency            money.Currency
	Accounts            int64
	Owed                money.Amount // billed or not, contested, charged off, with all cost
	Above               int64        // accounts whose limit is above what was asked about, …
	OwedAbove           money.Amount // … and what they owe
}

const readContracts = `SELECT platform, programme, terms_version, currency, COUNT(*), CAST(SUM(owed) AS BIGINT),
	CAST(SUM(CASE WHEN most > $2 THEN 1 ELSE 0 END) AS BIGINT), CAST(SUM(CASE WHEN most > $2 THEN owed ELSE 0 END) AS BIGINT)
	FROM (SELECT platform, programme, terms_version, currency, credit_limit + temporary_limit AS most,
		principal_unbilled + principal_billed + principal_disputed + cost_unbilled + interest + fee + penalty +
		charged_off_unbilled + charged_off_billed + charged_off_disputed + charged_off_interest + charged_off_fee + charged_off_penalty AS owed
		FROM account WHERE partition = $1 AND status IN ('active', 'closing')) AS live
	GROUP BY platform, programme, terms_version, currency`

// Contracts adds up the live contracts of each programme version, and those among
// them whose limit is above an amount. It looks at every account, partition by
// partition: told hears how many are done.
func (t *Tables) Contracts(ctx context.Context, above money.Amount, told func(done, all int64)) ([]Contracts, error) {
	type key struct {
		platform, programme string
		version             int
	}
	sums := map[key]*Contracts{}
	partitions := t.log.Partitions()
	for done, partition := range partitions {
		rows, err := find[Contracts](ctx, t, readContracts, partition, above)
		if err != nil {
			return nil, fmt.Errorf("view: contracts of partition %d: %w", partition, err)
		}
		for _, row := range rows {
			k := key{row.Platform, row.Programme, row.Version}
			sum := sums[k]
			if sum == nil {
				sum = &Contracts{Platform: row.Platform, Programme: row.Programme, Version: row.Version, Currency: row.Currency}
				sums[k] = sum
			}
			sum.Accounts += row.Accounts
			sum.Owed += row.Owed
			sum.Above += row.Above
			sum.OwedAbove += row.OwedAbove
		}
		told(int64(done+1), int64(len(partitions)))
	}
	list := make([]Contracts, 0, len(sums))
	for _, sum := range sums {
		list = append(list, *sum)
	}
	slices.SortFunc(list, func(a, b Contracts) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.Programme, b.Programme), cmp.Compare(a.Version, b.Version))
	})
	return list, nil
}
