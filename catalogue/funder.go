package catalogue

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
)

// Funder (资金方) is a licensed institution whose money purchases are.
type Funder struct {
	Platform string    `json:"platform"`
	ID       string    `json:"id"`
	Names    Label     `json:"names"`
	Licence  string    `json:"licence"`         // number of its licence, as its supervisor has it
	Bureau   string    `json:"bureau,omitzero"` // the bureau that it reports to, if its agreement says so
	Rooms    []Room    `json:"rooms,omitempty"` // what customers may owe of its money at most; a currency that is missing has no bound
	Changed  time.Time `json:"changed"`
}

// Room (出资额度) is how much of a funder's money may be out in a currency.
type Room struct {
	Currency money.Currency `json:"currency"`
	Amount   money.Amount   `json:"amount"` // 0: nothing more
}

// Room says how much of the funder's money may be out in a currency, if there is a bound.
func (f *Funder) Room(currency money.Currency) (most money.Amount, bounded bool) {
	for _, r := range f.Rooms {
		if r.Currency == currency {
			return r.Amount, true
		}
	}
	return 0, false
}

func (f *Funder) check() error {
	if err := checkIdentifier("id", f.ID); err != nil {
		return err
	}
	if err := f.Names.check("names"); err != nil {
		return err
	}
	if err := checkName("licence", f.Licence); err != nil {
		return err
	}
	for i, r := range f.Rooms {
		if _, err := r.Currency.Decimals(); err != nil {
			return invalid("rooms: %v", err)
		}
		if r.Amount < 0 || slices.ContainsFunc(f.Rooms[:i], func(o Room) bool { return o.Currency == r.Currency }) {
			return invalid("rooms: %s stands twice, or is negative", r.Currency)
		}
	}
	return nil
}

// PutFunder adds a platform's funder, or changes it. Contracts keep the shares and the
// bureau that they were signed under. An id that another platform has is taken: the
// books know a funder by it.
func (c *Catalogue) PutFunder(ctx context.Context, by string, f Funder) (Funder, error) {
	if err := f.check(); err != nil {
		return Funder{}, err
	}
	err := c.change(ctx, Entry{Actor: by, Action: "funder.put", Platform: f.Platform, Subject: f.ID}, func(tx *sql.Tx, e *Entry) error {
		if err := platformExists(ctx, tx, f.Platform); err != nil {
			return err
		}
		f.Changed = e.At
		known, err := query(ctx, tx, scanFunder, sqlFunder, f.ID)
		if err != nil {
			return err
		}
		var before any
		if len(known) > 0 {
			if known[0].Platform != f.Platform {
				return ErrExists
			}
			before = known[0]
		}
		body, err := json.Marshal(f)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlPutFunder, f.ID, f.Platform, string(body)); err != nil {
			return err
		}
		return e.record(before, f)
	})
	return f, err
}

// Funders lists a platform's funders, in order of id. It answers from memory.
func (c *Catalogue) Funders(platform string) []Funder { return c.fresh(Age).funders[platform] }

// Funder finds one of a platform's funders.
func (c *Catalogue) Funder(platform, id string) (Funder, error) {
	for _, f := range c.Funders(platform) {
		if f.ID == id {
			return f, nil
		}
	}
	return Funder{}, notFound("there is no funder %s", id)
}

// BoundedFunders lists the funders of all platforms that have a bound in some currency.
func (c *Catalogue) BoundedFunders() (bounded []Funder) {
	for _, list := range c.fresh(Age).funders {
		for _, f := range list {
			if len(f.Rooms) > 0 {
				bounded = append(bounded, f)
			}
		}
	}
	return bounded
}

func scanFunder(rows *sql.Rows, f *Funder) error {
	var body string
	if err := rows.Scan(&body); err != nil {
		return err
	}
	return json.Unmarshal([]byte(body), f)
}

// agree pins what the funders of a version's routes agreed to: each has to be known,
// and brings the bureau that it reports to.
func agree(ctx context.Context, tx *sql.Tx, platform string, t *credit.Terms) error {
	t.Routes = slices.Clone(t.Routes)
	for i := range t.Routes {
		t.Routes[i].Shares = slices.Clone(t.Routes[i].Shares)
		for k := range t.Routes[i].Shares {
			s := &t.Routes[i].Shares[k]
			known, err := query(ctx, tx, scanFunder, sqlFunder, s.Funder)
			if err != nil {
				return err
			}
			if len(known) == 0 || known[0].Platform != platform {
				return invalid("routes: there is no funder %q", s.Funder)
			}
			s.Bureau = known[0].Bureau
		}
	}
	return nil
}
