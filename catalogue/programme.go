package catalogue

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
)

// Version is one version of a programme (产品方案): the conditions of its contracts,
// whom its lender lends to, and what it and its parties are called. It never
// changes, and everybody shares one copy: nobody may write to Terms.
type Version struct {
	Platform  string        `json:"platform"`
	Programme string        `json:"programme"`
	Number    int           `json:"version"`
	Names     Names         `json:"names"`
	Terms     *credit.Terms `json:"terms"`
	Policy    risk.Policy   `json:"policy"`
	Material  *Material     `json:"material,omitzero"`
	Created   time.Time     `json:"created"`
}

// Names are what a customer reads.
type Names struct {
	Programme Label `json:"programme"`
	Funder    Label `json:"funder"` // 资金方
	Bureau    Label `json:"bureau,omitzero"`
}

// Label is a name in both languages.
type Label struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

func (l Label) check(field string) error {
	if err := checkName(field+".zh", l.ZH); err != nil {
		return err
	}
	return checkName(field+".en", l.EN)
}

// Draft is what a version is made from. Its Terms name the texts to agree to,
// apart from the cost disclosure, which is worked out; programme and version are
// filled in.
type Draft struct {
	Names  Names        `json:"names"`
	Terms  credit.Terms `json:"terms"`
	Policy risk.Policy  `json:"policy"`

	Material *Material `json:"material,omitzero"` // nil: only those who apply from now on get it
}

// CreateProgramme adds a programme to a platform with its first version. Nobody
// can apply before a version is activated.
func (c *Catalogue) CreateProgramme(ctx context.Context, by, platform, id string, d Draft) (*Version, error) {
	if err := checkIdentifier("id", id); err != nil {
		return nil, err
	}
	return c.addVersion(ctx, Entry{Actor: by, Action: "programme.created", Platform: platform, Subject: id}, d, func(tx *sql.Tx, e *Entry) error {
		if err := platformExists(ctx, tx, platform); err != nil {
			return err
		}
		return created(tx.ExecContext(ctx, sqlInsertProgramme, platform, id, e.At.UnixMicro()))
	})
}

// CreateVersion adds the next version to a programme.
func (c *Catalogue) CreateVersion(ctx context.Context, by, platform, id string, d Draft) (*Version, error) {
	return c.addVersion(ctx, Entry{Actor: by, Action: "programme.version_created", Platform: platform, Subject: id}, d, func(tx *sql.Tx, _ *Entry) error {
		_, err := activeIn(ctx, tx, platform, id)
		return err
	})
}

// addVersion numbers, completes, checks and keeps a version, after first.
func (c *Catalogue) addVersion(ctx context.Context, entry Entry, d Draft, first func(*sql.Tx, *Entry) error) (*Version, error) {
	var v Version
	err := c.change(ctx, entry, func(tx *sql.Tx, e *Entry) error {
		if err := first(tx, e); err != nil {
			return err
		}
		terms := d.Terms
		v = Version{Platform: e.Platform, Programme: e.Subject, Names: d.Names, Terms: &terms, Policy: d.Policy, Material: d.Material, Created: e.At}
		if err := tx.QueryRowContext(ctx, sqlNewestVersion, v.Platform, v.Programme).Scan(&v.Number); err != nil {
			return err
		}
		v.Number++
		if err := v.complete(ctx, tx, e, c.today()); err != nil {
			return err
		}
		return v.insert(ctx, tx, e)
	})
	if err != nil {
		return nil, err
	}
	// What is shared by all is read back, so that nothing of it is the caller's draft.
	return c.Version(ctx, v.Platform, v.Programme, v.Number)
}

// keepsCurrency refuses a version in another currency than the ones before: an account
// that is opened again keeps its id, its history and its ledger accounts, which are in one.
func (v *Version) keepsCurrency(ctx context.Context, tx *sql.Tx) error {
	if v.Number == 1 {
		return nil
	}
	before, err := versionIn(ctx, tx, v.Platform, v.Programme, v.Number-1)
	if err != nil {
		return err
	}
	if in := before.Terms.Currency; v.Terms.Currency != in {
		return invalid("terms: currency is %s, and the programme is in %s for good: make another programme", v.Terms.Currency, in)
	}
	return nil
}

// complete fills in what is worked out, the cost disclosure above all, and
// refuses a version that could never be activated.
func (v *Version) complete(ctx context.Context, tx *sql.Tx, e *Entry, day calendar.Date) error {
	v.Terms.Programme, v.Terms.Version = v.Programme, v.Number
	if err := agree(ctx, tx, v.Platform, v.Terms); err != nil {
		return err
	}
	documents := slices.DeleteFunc(slices.Clone(v.Terms.Documents), func(d credit.Document) bool { return d.Name == CostDisclosure })
	// The disclosure is worked out of terms that hold: until then its hash is not known.
	v.Terms.Documents = append(documents, credit.Document{Name: CostDisclosure, Version: v.Number, Hash: "not worked out yet"})
	if err := v.Terms.Validate(); err != nil { // before anything is worked out of them
		return invalid("terms: %v", err)
	}
	if err := v.keepsCurrency(ctx, tx); err != nil {
		return err
	}
	if err := v.matters(ctx, tx, day); err != nil {
		return err
	}
	if err := v.pin(day); err != nil {
		return err
	}
	if err := v.check(); err != nil {
		return err
	}
	for _, d := range documents {
		kept, err := textIn(ctx, tx, d.Hash)
		if err != nil {
			return invalid("documents: %s: %v", d.Name, err)
		}
		if kept.Document() != d {
			return invalid("documents: %s, version %d: the text with this hash is %s, version %d", d.Name, d.Version, kept.Name, kept.Version)
		}
	}
	disclosure := v.disclosure()
	if err := insertText(ctx, tx, &disclosure, e); err != nil {
		return err
	}
	v.Terms.Documents[len(documents)] = disclosure.Document()
	return nil
}

// check says what keeps a version from being activated.
func (v *Version) check() error {
	if err := v.Terms.Validate(); err != nil {
		return invalid("terms: %v", err)
	}
	if err := v.assessable(); err != nil {
		return err
	}
	if most := v.Terms.LimitCap; most > 0 && v.Policy.MaximumLimit > most {
		return invalid("policy: maximum_limit is %d, above the terms' limit_cap of %d", v.Policy.MaximumLimit, most)
	}
	if err := v.Names.Programme.check("names.programme"); err != nil {
		return err
	}
	if err := v.Names.Funder.check("names.funder"); err != nil {
		return err
	}
	if v.Terms.Funder == "" {
		return invalid("terms: funder is missing")
	}
	seen := map[string]bool{}
	for _, d := range v.Terms.Documents {
		if seen[d.Name] {
			return invalid("documents: %s stands twice", d.Name)
		}
		seen[d.Name] = true
	}
	if v.Terms.Bureau == "" {
		return nil
	}
	// Nobody's file at the bureau is opened, or written in, without their word for each.
	for _, needed := range []string{BureauQuery, BureauReport} {
		if !seen[needed] {
			return invalid("documents: a programme whose funder reports to a bureau needs %s", needed)
		}
	}
	return v.Names.Bureau.check("names.bureau")
}

func (v *Version) insert(ctx context.Context, tx *sql.Tx, e *Entry) error {
	names, err := json.Marshal(v.Names)
	if err != nil {
		return err
	}
	terms, err := json.Marshal(v.Terms)
	if err != nil {
		return err
	}
	policy, err := json.Marshal(v.Policy)
	if err != nil {
		return err
	}
	var material []byte
	if v.Material != nil {
		if material, err = json.Marshal(v.Material); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, sqlInsertVersion, v.Platform, v.Programme, v.Number, string(names), string(terms), string(policy), string(material), v.Created.UnixMicro()); err != nil {
		return err
	}
	return e.record(nil, v)
}

// activation is what the audit trail keeps of one.
type activation struct {
	Active int `json:"active"`
}

// Activate makes a version the one that applicants get. Running contracts keep
// the version that they were signed under.
func (c *Catalogue) Activate(ctx context.Context, by, platform, id string, number int) error {
	return c.change(ctx, Entry{Actor: by, Action: "programme.activated", Platform: platform, Subject: id}, func(tx *sql.Tx, e *Entry) error {
		before, err := activeIn(ctx, tx, platform, id)
		if err != nil {
			return err
		}
		if before == number {
			return errUnchanged
		}
		v, err := versionIn(ctx, tx, platform, id, number)
		if err != nil {
			return err
		}
		// The rules, and the law, may have become stricter since it was made.
		if err := v.check(); err != nil {
			return err
		}
		if err := v.lawful(c.today()); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, sqlActivate, platform, id, number); err != nil {
			return err
		}
		return e.record(activation{before}, activation{number})
	})
}

func activeIn(ctx context.Context, tx *sql.Tx, platform, id string) (int, error) {
	active, err := query(ctx, tx, func(rows *sql.Rows, n *int) error { return rows.Scan(n) }, sqlProgramme, platform, id)
	if err != nil {
		return 0, err
	}
	if len(active) == 0 {
		return 0, notFound("there is no programme %s", id)
	}
	return active[0], nil
}
