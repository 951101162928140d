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
	first int64 // the place of the first fresh one
	fresh []tlog.Hash
}

func (o *overlay) get(place int64) (tlog.Hash, bool) {
	if n := place - o.first; n >= 0 && n < int64(len(o.fresh)) {
		return o.fresh[n], true
	}
	hash, ok := o.known[place]
	return hash, ok
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
		if _, ok := o.get(place); !ok {
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
		list[i], _ = o.get(place)
	}
	return list, nil
}

// readPlaces finds the run of each place, and in it the hash.
var readPlaces = map[database.Dialect]string{
	database.SQLite: `SELECT p.value, (SELECT substr(r.hashes, 1 + 32 * (p.value - r.place), 32) FROM consent_run r WHERE r.place <= p.value ORDER BY r.place DESC LIMIT 1)
		FROM json_each($1) p`,
	database.PostgreSQL: `SELECT p, (SELECT substring(r.hashes FROM (1 + 32 * (p - r.place))::int FOR 32) FROM consent_run r WHERE r.place <= p ORDER BY r.place DESC LIMIT 1)
		FROM unnest($1::bigint[]) p`,
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
