// Package relay tells platforms what happened: it reads the log and sends each event
// to the endpoints that asked for it, signed, in order for each account, at least once.
// It knows how far each receiver has come, when to try again and which addresses are
// none; it refuses to know what an event means.
//
// Each endpoint has a cursor of its own in each partition, and is led by one server
// at a time. An account whose event is not taken falls behind the cursor and is caught
// up with later, from the log, while the others go on: what is kept is one row for the
// account, not one for each event that waits. See docs/decisions/0022-webhooks.md.
package relay

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"database/sql"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/view"
)

// Options are the relay's settings; the zero value of each but the clocks is a good one.
type Options struct {
	Now     func() time.Time     // the machine's clock, not a sandbox's: receivers live in real time
	Elapsed func() time.Duration // monotonic time since some start

	Sandbox     bool          // loopback and plain http are allowed
	Sealer      Sealer        // nil: secrets lie in the database as they are
	Concurrency int           // attempts at the same time at one endpoint; default 32
	Timeout     time.Duration // of one attempt; default 15 s
	Poll        time.Duration // how often to look for what other servers appended or changed; default 500 ms
	Lease       time.Duration // after how long without a sign of life another server takes an endpoint over; default 20 s
	Patience    time.Duration // how long a round waits for slow answers before it goes on without them; default 2 s
	Batch       int           // entries that are read at once, at most; default 1,000
	Most        int           // accounts of one endpoint that may be behind, before its cursor waits; default 10,000
	Log         *slog.Logger  // default: slog.Default()

	roots *x509.CertPool // tests trust their own
}

func (o Options) withDefaults() Options {
	set := func(v *time.Duration, standard time.Duration) {
		if *v <= 0 {
			*v = standard
		}
	}
	count := func(v *int, standard int) {
		if *v <= 0 {
			*v = standard
		}
	}
	set(&o.Timeout, 15*time.Second)
	set(&o.Poll, 500*time.Millisecond)
	set(&o.Lease, 20*time.Second)
	set(&o.Patience, 2*time.Second)
	count(&o.Concurrency, 32)
	count(&o.Batch, 1000)
	count(&o.Most, 10_000)
	if o.Sealer == nil {
		o.Sealer = plainly{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Relay (事件投递) sends events. All methods are safe for concurrent use.
type Relay struct {
	db      *database.DB
	log     eventlog.Log
	tables  *view.Tables
	owners  *event.Owners
	options Options
	name    string // of this process, as the holder of endpoints
	wake    chan struct{}
	figures counters

	mu      sync.Mutex
	runners map[string]*runner

	heads map[int32]*atomic.Int64 // by partition, as far as this process knows
	alive atomic.Int64            // until when what is held is surely ours, in elapsed time
}

// New makes a relay. It can be asked and told at once; it sends once Run is called.
func New(db *database.DB, log eventlog.Log, tables *view.Tables, owners *event.Owners, options Options) *Relay {
	r := &Relay{
		db: db, log: log, tables: tables, owners: owners, options: options.withDefaults(), name: rand.Text(),
		wake: make(chan struct{}, 1), runners: map[string]*runner{},
	}
	r.heads = map[int32]*atomic.Int64{}
	for _, partition := range log.Partitions() {
		r.heads[partition] = new(atomic.Int64)
	}
	return r
}

func (r *Relay) elapsed() time.Duration { return r.options.Elapsed() }

// look has Run look at the endpoints at once.
func (r *Relay) look() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Appended tells what the desk of this process appended. It is cheap: a checkout waits for it.
func (r *Relay) Appended(entries []eventlog.Entry) {
	for i := range entries {
		if i+1 == len(entries) || entries[i+1].Partition != entries[i].Partition {
			r.reached(entries[i].Partition, entries[i].Position)
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, run := range r.runners {
		run.nudge()
	}
}

// reached notes how far a partition goes.
func (r *Relay) reached(partition int32, position int64) {
	head := r.heads[partition]
	for before := head.Load(); before < position && !head.CompareAndSwap(before, position); before = head.Load() {
	}
}

// Run sends events until ctx ends. What fails is tried again; the error is logged.
func (r *Relay) Run(ctx context.Context) {
	defer r.stop()
	poll := time.NewTicker(r.options.Poll)
	defer poll.Stop()
	for held := time.Duration(-1); ; {
		now := r.elapsed()
		if held < 0 || now-held >= r.options.Lease/4 {
			if err := r.hold(ctx); err == nil {
				held = now
			} else if ctx.Err() == nil {
				r.options.Log.Error("webhooks: keep what is held", "error", err)
			}
		}
		if err := r.round(ctx); err != nil && ctx.Err() == nil {
			r.options.Log.Error("webhooks", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		case <-r.wake:
		}
	}
}

// hold says that this process lives.
func (r *Relay) hold(ctx context.Context) error {
	now, begun := r.options.Now(), r.elapsed()
	r.mu.Lock()
	none := len(r.runners) == 0
	r.mu.Unlock()
	if !none {
		if err := r.db.Write(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, sqlHold, r.name, now.Add(r.options.Lease).UnixMicro())
			return err
		}); err != nil {
			return err
		}
	}
	r.alive.Store(int64(begun + r.options.Lease*3/4))
	return nil
}

// target is where an endpoint's events go, as it is configured now.
type target struct {
	id, platform, url string
	types             []string
	signer            signer
	changed           int64
}

func (t *target) wants(e *event.Event) bool {
	return len(t.types) == 0 || slices.Contains(t.types, e.Type)
}

// row is an endpoint as the database has it.
type row struct {
	target
	enabled     bool
	secret, old []byte
	oldUntil    int64
	holder      string
	fence       int64
	heldUntil   int64
}

func scanRow(rows *sql.Rows, e *row) error {
	var types string
	err := rows.Scan(&e.id, &e.platform, &e.url, &types, &e.enabled, &e.secret, &e.old, &e.oldUntil, &e.changed, &e.holder, &e.fence, &e.heldUntil)
	e.types = splitTypes(types)
	return err
}

// round learns how far the log goes and which endpoints there are, starts to lead those
// that nobody leads, and tells all that are led here what is new.
func (r *Relay) round(ctx context.Context) error {
	found, err := r.log.Heads(ctx, r.log.Partitions())
	if err != nil {
		return err
	}
	for _, h := range found {
		r.reached(h.Partition, h.Position)
	}
	rows, err := query(ctx, r.db, scanRow, sqlTargets)
	if err != nil {
		return err
	}
	r.mu.Lock()
	gone := maps.Clone(r.runners)
	r.mu.Unlock()
	for i := range rows {
		e := &rows[i]
		runner := gone[e.id]
		if runner != nil && (!e.enabled || e.holder != r.name || e.fence != runner.fence || runner.ended()) {
			continue // it stops below
		}
		delete(gone, e.id)
		switch {
		case runner != nil:
			err = errors.Join(err, r.aim(runner, e))
			runner.nudge()
		case e.enabled:
			err = errors.Join(err, r.lead(ctx, e))
		}
	}
	for id, runner := range gone {
		err = errors.Join(err, r.leave(id, runner))
	}
	return err
}

// aim tells a runner what its endpoint is like now.
func (r *Relay) aim(run *runner, e *row) error {
	if before := run.target.Load(); before != nil && before.changed == e.changed {
		return nil
	}
	open := func(sealed []byte) (string, error) {
		if len(sealed) == 0 {
			return "", nil
		}
		plain, err := r.options.Sealer.Open(sealed, sealedAs(e.id))
		return string(plain), err
	}
	secret, err := open(e.secret)
	if err != nil {
		return err
	}
	old, err := open(e.old)
	if err != nil {
		return err
	}
	t := e.target
	if t.signer, err = newSigner(secret, old, instant(e.oldUntil)); err != nil {
		return err
	}
	run.target.Store(&t)
	return nil
}

// lead claims an endpoint that nobody holds, and starts to send to it.
func (r *Relay) lead(ctx context.Context, e *row) error {
	now, begun := r.options.Now(), r.elapsed()
	if e.holder != r.name && e.heldUntil >= now.UnixMicro() {
		return nil // somebody else leads it
	}
	run := newRunner(r, e.id)
	if err := r.aim(run, e); err != nil {
		return err
	}
	err := r.db.Write(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, sqlClaim, e.id, r.name, now.Add(r.options.Lease).UnixMicro(), e.fence, now.UnixMicro()).Scan(&run.fence)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil // somebody was faster
	}
	if err != nil {
		return err
	}
	if until := int64(begun + r.options.Lease*3/4); until > r.alive.Load() {
		r.alive.Store(until)
	}
	if err := run.load(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	r.runners[e.id] = run
	r.mu.Unlock()
	run.start(ctx)
	return nil
}

// leave stops sending to an endpoint, and lets another server have it at once.
func (r *Relay) leave(id string, run *runner) error {
	run.stop()
	r.mu.Lock()
	delete(r.runners, id)
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return r.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, sqlRelease, id, r.name, run.fence)
		return err
	})
}

// stop leaves everything.
func (r *Relay) stop() {
	r.mu.Lock()
	all := maps.Clone(r.runners)
	r.mu.Unlock()
	for _, run := range all {
		run.cancel()
	}
	for id, run := range all {
		if err := r.leave(id, run); err != nil {
			r.options.Log.Warn("webhooks: leave", "endpoint", id, "error", err)
		}
	}
}

// ours tells whether what this process holds is surely still its own: a server that hangs
// for a while finds out before it sends, and not only when it writes.
func (r *Relay) ours() bool { return int64(r.elapsed()) < r.alive.Load() }
