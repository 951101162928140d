package view

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"unique"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/money"
)

// pricing knows the currency of accounts: an event says amounts only, since the
// contract that the account was opened under says in which currency they are.
// Mostly a partition has accounts in one currency, and nobody has to be asked.
type pricing struct {
	known bool
	only  money.Currency // of all accounts of the partition; empty: none was opened yet
	mixed bool           // accounts are in several currencies
}

const readAllCurrencies = `SELECT DISTINCT currency FROM account WHERE partition = $1 AND currency <> ''`

var readCurrencies = map[database.Dialect]string{
	database.PostgreSQL: `SELECT a.id, a.currency FROM json_array_elements_text($2::json) AS w(id) JOIN account a ON a.partition = $1 AND a.id = w.id`,
	database.SQLite:     `SELECT a.id, a.currency FROM json_each(?2) w CROSS JOIN account a ON a.partition = ?1 AND a.id = w.value`,
}

// price fills in the currencies of the postings.
func (p *pricing) price(ctx context.Context, t *Tables, partition int32, c *changes) error {
	if !p.known {
		if err := p.learn(ctx, t, partition); err != nil {
			return fmt.Errorf("view: currencies of partition %d: %w", partition, err)
		}
	}
	for _, currency := range c.currencies {
		p.add(currency)
	}
	if !p.mixed { // nobody has to be asked
		c.price(func(credit.ID) money.Currency { return p.only })
		return nil
	}
	accounts := c.unpriced()
	asked, err := ask(ctx, t, partition, accounts)
	if err != nil {
		return fmt.Errorf("view: currencies of %d accounts: %w", len(accounts), err)
	}
	c.price(func(id credit.ID) money.Currency { return asked[id] })
	return nil
}

func (p *pricing) add(currency money.Currency) {
	p.mixed = p.mixed || p.only != "" && p.only != currency
	p.only = currency
}

// learn asks for the currencies of all accounts.
func (p *pricing) learn(ctx context.Context, t *Tables, partition int32) error {
	rows, err := t.db.Reader().QueryContext(ctx, readAllCurrencies, partition)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var currency money.Currency
		if err := rows.Scan(&currency); err != nil {
			return err
		}
		p.add(currency)
	}
	p.known = true
	return rows.Err()
}

// ask asks for the currencies of some accounts.
func ask(ctx context.Context, t *Tables, partition int32, accounts []credit.ID) (map[credit.ID]money.Currency, error) {
	asked := make(map[credit.ID]money.Currency, len(accounts))
	if len(accounts) == 0 {
		return asked, nil
	}
	list, err := json.Marshal(accounts)
	if err != nil {
		return nil, err
	}
	var rows *sql.Rows
	if rows, err = t.db.Reader().QueryContext(ctx, readCurrencies[t.db.Dialect], partition, string(list)); err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id credit.ID
		var currency string
		if err := rows.Scan(&id, &currency); err != nil {
			return nil, err
		}
		asked[id] = money.Currency(unique.Make(currency).Value()) // one string for all
	}
	return asked, rows.Err()
}

// forget is for when what was learnt may not have been written.
func (p *pricing) forget() { *p = pricing{} }
