package consent

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/database"
)

// overlay reads hashes, and knows those that are about to be written.
type overlay struct {
	read  func(places []int64) ([]tlog.Hash, error)
	known map[int64]tlog.Hash
}

func (o *overlay) put(place int64, h tlog.Hash) {
	if o.known == nil {
		o.known = map[int64]tlog.Hash{}
	}
	o.known[place] = h
}

// ReadHashes returns hashes in the order of their places.
func (o *overlay) ReadHashes(places []int64) ([]tlog.Hash, error) {
	var missing []int64
	for _, place := range places {
		if _, ok := o.known[place]; !ok {
			missing = append(missing, place)
		}
	}
	if len(missing) > 0 {
		found, err := o.read(missing)
		if err != nil {
			return nil, err
		}
		for i, place := range missing {
			o.put(place, found[i])
		}
	}
	list := make([]tlog.Hash, len(places))
	for i, place := range places {
		list[i] = o.known[place]
	}
	return list, nil
}

var readPlaces = map[database.Dialect]string{
	database.SQLite:     `SELECT place, hash FROM consent_hash WHERE place IN (SELECT value FROM json_each($1))`,
	database.PostgreSQL: `SELECT place, hash FROM consent_hash WHERE place = ANY($1::bigint[])`,
}

// readHashes reads hashes of the tree by their places, in that order.
func readHashes(ctx context.Context, from rower, dialect database.Dialect, places []int64) ([]tlog.Hash, error) {
	found, err := findHashes(ctx, from, dialect, places)
	if err != nil {
		return nil, err
	}
	list := make([]tlog.Hash, len(places))
	for i, place := range places {
		hash, ok := found[place]
		if !ok {
			return nil, fmt.Errorf("consent: hash %d of the tree is missing", place)
		}
		list[i] = hash
	}
	return list, nil
}

// findHashes reads those hashes that are there, by their places.
func findHashes(ctx context.Context, from rower, dialect database.Dialect, places []int64) (map[int64]tlog.Hash, error) {
	var wanted any = places
	if dialect == database.SQLite {
		b, err := json.Marshal(places)
		if err != nil {
			return nil, err
		}
		wanted = string(b)
	}
	rows, err := from.QueryContext(ctx, readPlaces[dialect], wanted)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := make(map[int64]tlog.Hash, len(places))
	for rows.Next() {
		var place int64
		var hash []byte
		if err := rows.Scan(&place, &hash); err != nil {
			return nil, err
		}
		if len(hash) == tlog.HashSize { // or it is none
			found[place] = tlog.Hash(hash)
		}
	}
	return found, rows.Err()
}
