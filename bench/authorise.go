// Package bench measures the product on the machine that it runs on, beside
// yardsticks that nobody here tuned, in one run. It knows loads, clocks and CPU
// time; what it measures is the real thing, durable settings included.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/servicing"
)

// Options say what to measure.
type Options struct {
	SQLite      bool
	Postgres    bool
	PostgresDSN string        // a server to use; empty: a throw-away one
	Duration    time.Duration // of each measurement
	Accounts    int
	Connections []int // over HTTP
	InProcess   int   // callers in process; 0: leave that out
	Yardsticks  bool
	Progress    io.Writer // what is being done, a line at a time
	// Serve starts a server on a database as a process of its own.
	Serve func(ctx context.Context, dsn string) (Server, error)
}

// Server is a server in a process of its own.
type Server interface {
	Address() string
	Process() int
	Stop() error
}

// store is one database to measure on.
type store struct {
	name     string
	dsn      func(database string) (string, error) // a new, empty database
	pgbench  string                                // a database for pgbench; empty: there is none
	close    func() error
	postgres bool
}

// stores opens what the options ask for.
func (o Options) stores() (list []store, err error) {
	if o.SQLite {
		folder, err := os.MkdirTemp("", "yuefu-bench-")
		if err != nil {
			return nil, err
		}
		list = append(list, store{name: "sqlite", close: func() error { return os.RemoveAll(folder) }, dsn: func(name string) (string, error) {
			return filepath.Join(folder, name+".db"), nil
		}})
	}
	if o.Postgres {
		server, err := pgtest.Start(pgtest.Options{})
		if err != nil {
			return list, err
		}
		list = append(list, store{name: "postgres", postgres: true, close: server.Stop, pgbench: server.DSN("postgres"), dsn: func(name string) (string, error) {
			return server.DSN(name), createDatabase(server.DSN("postgres"), name)
		}})
	}
	return list, nil
}

func (o Options) say(format string, args ...any) {
	if o.Progress != nil {
		fmt.Fprintf(o.Progress, "· "+format+"\n", args...)
	}
}

// Authorise measures checkouts: in process and over HTTP, beside pgbench and a
// transaction for each checkout.
func Authorise(ctx context.Context, o Options) (*Report, error) {
	return o.measure(func(report *Report, list []store) error { return report.authorises(ctx, o, list) })
}

// measure opens the stores, lets something be measured on them, and closes them. The
// report is returned also when something went wrong after part of it.
func (o Options) measure(what func(*Report, []store) error) (report *Report, err error) {
	report = newReport()
	list, err := o.stores()
	for _, s := range list {
		defer func() { err = errors.Join(err, s.close()) }()
	}
	if err != nil {
		return report, err
	}
	return report, what(report, list)
}

func (r *Report) authorises(ctx context.Context, o Options, list []store) error {
	pgbenchDSN := ""
	for _, s := range list {
		if s.pgbench != "" && o.Yardsticks {
			pgbenchDSN = s.pgbench
		}
	}
	if err := r.yardstick(ctx, o, pgbenchDSN, "before"); err != nil {
		return err
	}
	for _, s := range list {
		if err := r.authorise(ctx, o, s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return r.yardstick(ctx, o, pgbenchDSN, "after")
}

func (r *Report) yardstick(ctx context.Context, o Options, dsn, when string) error {
	if dsn == "" {
		return nil
	}
	o.say("pgbench -N with 8, 16 and 32 clients, %s", when)
	rate, err := pgbench(ctx, dsn, o.Duration)
	r.Pgbench = append(r.Pgbench, rate)
	return err
}

// numbers makes keys that no other run of this process uses.
var numbers atomic.Int64

func (r *Report) authorise(ctx context.Context, o Options, s store) error {
	if o.Yardsticks {
		if err := r.baseline(ctx, o, s); err != nil {
			return fmt.Errorf("baseline: %w", err)
		}
	}
	dsn, err := s.dsn("authorise")
	if err != nil {
		return err
	}
	o.say("%s: %d accounts", s.name, o.Accounts)
	shop, err := openShop(ctx, dsn, o.Accounts, func(int) {})
	if err != nil {
		return err
	}
	r.Settings[s.name], err = durability(ctx, shop.office.DB)
	if err == nil && o.InProcess > 0 {
		err = r.inProcess(ctx, o, s, shop)
	}
	if err := errors.Join(err, shop.office.Close()); err != nil {
		return err
	}
	if len(o.Connections) == 0 || o.Serve == nil {
		return nil
	}
	return r.overHTTP(ctx, o, s, shop, dsn)
}

// measured runs a load and counts the CPU time beside it.
func (r *Report) measured(row Row, p processes, load func() result) Row {
	before, begun := p.usage(), time.Now()
	row.result = load()
	used, all := p.usage().since(before), time.Since(begun).Seconds()*float64(r.Cores)
	row.ServerCPU, row.StoreCPU, row.LoadCPU = used.server.Seconds()/all, used.database.Seconds()/all, used.self.Seconds()/all
	row.MicrosEach = float64((used.server + used.database + used.self).Microseconds()) / float64(max(1, row.Count))
	if row.first != nil {
		r.Notes = append(r.Notes, fmt.Sprintf("%s, %s: %d errors, such as: %v", row.Store, row.What, row.Errors, row.first))
	}
	r.Rows = append(r.Rows, row)
	return row
}

func repeat(c call, callers int) []call {
	list := make([]call, callers)
	for i := range list {
		list[i] = c
	}
	return list
}

func (r *Report) baseline(ctx context.Context, o Options, s store) error {
	dsn, err := s.dsn("baseline")
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, dsn, database.Options{})
	if err != nil {
		return err
	}
	b, err := openBaseline(ctx, db)
	if err == nil {
		o.say("%s: one transaction for each authorisation, in process", s.name)
		r.measured(Row{Store: s.name, What: "one transaction each, in process", Callers: 64}, s.processes(ctx, db), func() result {
			return closedLoop(ctx, repeat(func(n int64) error { return b.authorise(ctx, n) }, 64), o.Duration, &numbers)
		})
	}
	return errors.Join(err, db.Close())
}

func (s store) processes(ctx context.Context, db *database.DB) processes {
	if !s.postgres {
		return processes{}
	}
	return processes{postmaster: postmaster(ctx, db.Pool())}
}

// inProcess measures checkouts without HTTP; the load is in the server's process,
// so that its CPU time is counted as the load's.
func (r *Report) inProcess(ctx context.Context, o Options, s store, shop *shop) error {
	p := s.processes(ctx, shop.office.DB)
	callers := repeat(shop.checkout(ctx), o.InProcess)
	o.say("%s: in process, %d callers", s.name, o.InProcess)
	before := shop.office.Desk.Figures()
	// What follows the log belongs to a checkout: its CPU time is counted to the last row.
	var lag time.Duration
	var failed error
	caught := func(r result) result {
		lag, failed = behind(ctx, shop.office)
		return r
	}
	row := r.measured(Row{Store: s.name, What: "checkout, in process", Callers: o.InProcess}, p, func() result {
		return caught(closedLoop(ctx, callers, o.Duration, &numbers))
	})
	r.last().Batch = batchSize(before, shop.office.Desk.Figures())
	if failed != nil {
		return failed
	}
	r.last().Lag = lag.Seconds()
	o.say("%s: in process, open loop at half of it; the tables were %.1f s behind", s.name, lag.Seconds())
	r.measured(Row{Store: s.name, What: "checkout, in process, half the rate", Callers: o.InProcess}, p, func() result {
		return caught(openLoop(ctx, callers, row.Rate/2, o.Duration, &numbers))
	})
	return failed
}

func (r *Report) last() *Row { return &r.Rows[len(r.Rows)-1] }

func batchSize(before, after servicing.Figures) float64 {
	return float64(after.Entries-before.Entries) / float64(max(1, after.Batches-before.Batches))
}

// behind waits until the tables have everything, and the consents' tree, and says how long the tables took.
func behind(ctx context.Context, o *office.Office) (time.Duration, error) {
	begun := time.Now()
	heads, err := o.Log.Heads(ctx, o.Log.Partitions())
	if err != nil {
		return 0, err
	}
	for _, head := range heads {
		if err := o.Tables.WaitFor(ctx, head.Partition, head.Position); err != nil {
			return 0, err
		}
	}
	took := time.Since(begun)
	for _, head := range heads {
		if err := o.Consents.WaitFor(ctx, head.Partition, head.Position); err != nil {
			return 0, err
		}
	}
	return took, nil
}
