package catalogue

import (
	"context"
	"database/sql"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// Material (重大变更) says that a version matters to whoever has an account already:
// they are asked to agree to it, or may leave free of charge. Until they do, nothing
// that they agreed to changes.
type Material struct {
	From    calendar.Date `json:"from"`    // the date from which it asks
	Until   calendar.Date `json:"until"`   // the last date on which it may wait: after it, nothing new is bought without an answer
	Changes Label         `json:"changes"` // what is different, in a few sentences
}

// leastNotice is how many days a customer has at least to think a change over.
const leastNotice = 7

const maxChanges = 2000 // bytes, in each language

// matters checks what a version says of running accounts. Once one asked them, none
// after it may have a calendar that they can't take over.
func (v *Version) matters(ctx context.Context, tx *sql.Tx, day calendar.Date) error {
	asked := v.Material != nil
	var before []*Version
	for number := 1; number < v.Number; number++ {
		one, err := versionIn(ctx, tx, v.Platform, v.Programme, number)
		if err != nil {
			return err
		}
		asked = asked || one.Material != nil
		before = append(before, one)
	}
	if asked {
		for i := range before {
			if !v.Terms.Continues(before[i].Terms) {
				return invalid("terms: version %d has another statement_day, due_day, due_days or rate_method, which its accounts can't take over: make another programme", before[i].Number)
			}
		}
	}
	m := v.Material
	switch {
	case m == nil:
		return nil
	case v.Number == 1:
		return invalid("material: nobody has an account yet who could be asked")
	case m.From < day:
		return invalid("material: from is %s, and today is %s", m.From, day)
	case m.Until < m.From+leastNotice:
		return invalid("material: until is less than %d days after from", leastNotice)
	case m.Changes.ZH == "" || m.Changes.EN == "" || len(m.Changes.ZH) > maxChanges || len(m.Changes.EN) > maxChanges:
		return invalid("material: changes says in both languages, in at most %d bytes, what is different", maxChanges)
	}
	return nil
}

// Pending is what an account under an older version is asked to agree to.
type Pending struct {
	Terms   *credit.Terms // of the active version
	Changes []Label       // of each version that matters, in order
	Since   calendar.Date
	Until   calendar.Date
}

// Pending says what an account under a version of a programme is asked on a day, or nil.
func (c *Catalogue) Pending(platform, programme string, version int, day calendar.Date) *Pending {
	s := c.fresh(Age)
	active := s.programmes[programmeKey{platform, programme}]
	if active == nil {
		return nil
	}
	var p *Pending
	for _, v := range s.material[platform] {
		if v.Programme != programme || v.Number <= version || v.Number > active.Number || v.Material.From > day {
			continue
		}
		if p == nil {
			p = &Pending{Terms: active.Terms, Since: v.Material.From, Until: v.Material.Until}
		}
		p.Since, p.Until = min(p.Since, v.Material.From), min(p.Until, v.Material.Until)
		p.Changes = append(p.Changes, v.Material.Changes)
	}
	return p
}

// Asking says by programme which version is the newest that asks on a day, and which
// is the oldest that can be bought under. Mostly no version asks anything: then both are nil.
func (c *Catalogue) Asking(platform string, day calendar.Date) (asks, must map[string]int) {
	s := c.fresh(Age)
	for _, v := range s.material[platform] {
		active := s.programmes[programmeKey{platform, v.Programme}]
		if active == nil || v.Number > active.Number || v.Material.From > day {
			continue
		}
		if asks == nil {
			asks, must = map[string]int{}, map[string]int{}
		}
		asks[v.Programme] = v.Number
		if v.Material.Until < day {
			must[v.Programme] = v.Number
		}
	}
	return asks, must
}
