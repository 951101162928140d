package view

import (
	"context"
	"encoding/json"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
)

// Owner says whose an account is, which stays so for ever.
type Owner struct {
	Account  credit.ID
	Platform string
	Customer string
}

var readOwners = map[database.Dialect]string{
	database.PostgreSQL: `SELECT a.id, a.platform, a.customer FROM json_array_elements_text($2::json) AS w(id) JOIN account a ON a.partition = $1 AND a.id = w.id`,
	database.SQLite:     `SELECT a.id, a.platform, a.customer FROM json_each(?2) w CROSS JOIN account a ON a.partition = ?1 AND a.id = w.value`,
}

// Owners returns the owners of accounts of one partition, in any order, as far as
// the tables have come: an account of the last moment may be missing.
func (t *Tables) Owners(ctx context.Context, partition int32, accounts []credit.ID) ([]Owner, error) {
	list, err := json.Marshal(accounts)
	if err != nil {
		return nil, err
	}
	return find[Owner](ctx, t, readOwners[t.db.Dialect], partition, string(list))
}
