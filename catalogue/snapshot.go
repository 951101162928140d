package catalogue

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"time"
)

const (
	// Age is how long a change by another server may stay unseen.
	Age = 2 * time.Second
	// missAge is the same for a key or programme that is not in memory: it may have
	// just been made. Guessed keys still cost no more than four queries a second.
	missAge = 250 * time.Millisecond
)

// snapshot is what is answered from memory. It never changes; a newer one takes its place.
type snapshot struct {
	revision   int64
	checked    time.Time // when the revision was last seen to be the newest
	keys       map[[sha256.Size]byte]Caller
	programmes map[programmeKey]*Version
	listed     map[string][]*Version // by platform, in order of id
	funders    map[string][]Funder   // by platform, in order of id
	material   map[string][]*Version // by platform: those that running accounts are asked to agree to, in order
}

type programmeKey struct{ platform, id string }

type versionKey struct {
	platform, id string
	number       int
}

// fresh returns a snapshot that was checked not longer ago than age. One caller
// goes and looks; the others make do with what there is, unless it is really old.
// While the database can't be reached the last one known holds: nothing can be
// changed then, by whomever.
func (c *Catalogue) fresh(age time.Duration) *snapshot {
	s := c.current.Load()
	old := c.now().Sub(s.checked)
	if old <= age {
		return s
	}
	if old > 10*age {
		c.loading.Lock()
	} else if !c.loading.TryLock() {
		return s
	}
	defer c.loading.Unlock()
	if s = c.current.Load(); c.now().Sub(s.checked) <= age {
		return s
	}
	ctx, cancel := context.WithTimeout(context.Background(), Age)
	defer cancel()
	if err := c.load(ctx); err != nil {
		kept := *s
		kept.checked = c.now()
		c.current.Store(&kept)
	}
	return c.current.Load()
}

// load makes the snapshot of what is in the database now, anew only if something
// changed. The caller holds loading.
func (c *Catalogue) load(ctx context.Context) error {
	// The time and revision are taken first: what is read after them may be newer than they say, never older.
	next := &snapshot{checked: c.now(), keys: map[[sha256.Size]byte]Caller{}, programmes: map[programmeKey]*Version{}, listed: map[string][]*Version{}, funders: map[string][]Funder{}, material: map[string][]*Version{}}
	if err := c.db.Reader().QueryRowContext(ctx, sqlRevision).Scan(&next.revision); err != nil {
		return err
	}
	if s := c.current.Load(); s.revision == next.revision {
		kept := *s
		kept.checked = next.checked
		c.current.Store(&kept)
		return nil
	}
	type live struct {
		Caller
		hash []byte
	}
	keys, err := query(ctx, c.db.Reader(), func(rows *sql.Rows, k *live) error {
		return rows.Scan(&k.KeyID, &k.Platform, &k.Role, &k.hash)
	}, sqlLiveKeys)
	if err != nil {
		return err
	}
	for _, k := range keys {
		next.keys[[sha256.Size]byte(k.hash)] = k.Caller
	}
	active, err := query(ctx, c.db.Reader(), scanVersion, sqlActiveVersions)
	if err != nil {
		return err
	}
	for i := range active {
		v := c.shared(&active[i])
		next.programmes[programmeKey{v.Platform, v.Programme}] = v
		next.listed[v.Platform] = append(next.listed[v.Platform], v)
	}
	material, err := query(ctx, c.db.Reader(), scanVersion, sqlMaterialVersions)
	if err != nil {
		return err
	}
	for i := range material {
		v := c.shared(&material[i])
		next.material[v.Platform] = append(next.material[v.Platform], v)
	}
	funders, err := query(ctx, c.db.Reader(), scanFunder, sqlFunders)
	if err != nil {
		return err
	}
	for _, f := range funders {
		next.funders[f.Platform] = append(next.funders[f.Platform], f)
	}
	c.current.Store(next)
	return nil
}

// shared returns the one copy of a version that everybody points to, so that a
// programme's terms are in memory once and not once for each account.
func (c *Catalogue) shared(v *Version) *Version {
	one, _ := c.versions.LoadOrStore(versionKey{v.Platform, v.Programme, v.Number}, v)
	return one.(*Version)
}
