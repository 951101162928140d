package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/relay"
)

// WebhookOptions say what backlog to measure.
type WebhookOptions struct {
	Options
	Backlog         int // events that wait when it begins
	Filled, Drained func(done, total int)
}

// eventsEach is how many events an account of the backlog has: it applied, was opened, bought, and was
// charged.
const eventsEach = 4

// Webhooks measures how fast a backlog of events is sent to a receiver on loopback that is quick,
// in order for each account, with each attempt recorded.
func Webhooks(ctx context.Context, o WebhookOptions) (*Report, error) {
	o.Accounts = max(1, o.Backlog/eventsEach)
	return o.measure(func(report *Report, list []store) error {
		for _, s := range list {
			if err := report.webhooks(ctx, o, s); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		return nil
	})
}

func (r *Report) webhooks(ctx context.Context, o WebhookOptions, s store) (err error) {
	dsn, err := s.dsn("webhooks")
	if err != nil {
		return err
	}
	receiver, err := receive()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, receiver.close()) }()
	endpoint, err := listenFirst(ctx, dsn, receiver.url)
	if err != nil {
		return err
	}
	o.say("%s: %d events of %d accounts", s.name, o.Accounts*eventsEach, o.Accounts)
	shop, err := fill(ctx, dsn, CloseOptions{Options: o.Options, Purchases: 1, Filled: o.Filled})
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	defer func() { err = errors.Join(err, shop.office.Close()) }()
	if r.Settings[s.name], err = durability(ctx, shop.office.DB); err != nil {
		return err
	}
	if _, err := behind(ctx, shop.office); err != nil {
		return err
	}
	o.say("%s: the backlog is drained", s.name)
	runtime.GC() // of what it took to make the backlog
	memory := watchMemory(ctx)
	on := true
	if _, err := shop.office.Webhooks.Update(ctx, platform, endpoint, relay.Change{Enabled: &on}); err != nil {
		return err
	}
	wanted := int64(o.Accounts * eventsEach)
	row := r.measured(Row{Store: s.name, What: "webhooks, a backlog drained", Callers: 1}, s.processes(ctx, shop.office.DB), func() result {
		begun := time.Now()
		for ctx.Err() == nil && shop.office.Webhooks.Figures().Delivered < wanted {
			time.Sleep(10 * time.Millisecond)
			o.Drained(int(shop.office.Webhooks.Figures().Delivered), int(wanted))
		}
		f := shop.office.Webhooks.Figures()
		return result{Rate: float64(f.Delivered) / time.Since(begun).Seconds(), Count: f.Delivered, Errors: f.Failed}
	})
	first, second := memory()
	r.Notes = append(r.Notes, fmt.Sprintf("%s: %d events sent, %d received; heap in use at most %d MB in the first half and %d MB in the second, the receiver's included",
		s.name, row.Count, receiver.count.Load(), first>>20, second>>20))
	return ctx.Err()
}

// listenFirst adds an endpoint before anything happens, so that everything is its backlog.
func listenFirst(ctx context.Context, dsn, url string) (id string, err error) {
	db, err := database.Open(ctx, dsn, database.Options{Sandbox: true, Start: start.Time().Add(4 * time.Hour).Format(time.RFC3339)})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	log, err := open.Log(db)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	webhooks := relay.New(db, log, nil, nil, relay.Options{Now: time.Now, Sandbox: true}) // it sends nothing
	e, _, err := webhooks.Create(ctx, platform, url, "", nil)
	if err != nil {
		return "", err
	}
	off := false
	_, err = webhooks.Update(ctx, platform, e.ID, relay.Change{Enabled: &off})
	return e.ID, err
}

// receiver takes everything.
type receiver struct {
	url    string
	count  atomic.Int64
	server *fasthttp.Server
}

func receive() (*receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &receiver{url: "http://" + l.Addr().String() + "/"}
	r.server = &fasthttp.Server{Handler: func(ctx *fasthttp.RequestCtx) {
		r.count.Add(1)
		ctx.SetStatusCode(fasthttp.StatusNoContent)
	}}
	go r.server.Serve(l) //nolint:errcheck // it ends when it is closed
	return r, nil
}

func (r *receiver) close() error { return r.server.Shutdown() }

// watchMemory looks at the heap now and then, until the function that it returns is called: that
// tells the most of the first and of the second half of the time.
func watchMemory(ctx context.Context) func() (first, second uint64) {
	ctx, stop := context.WithCancel(ctx)
	seen := make(chan []uint64)
	go func() {
		var all []uint64
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			all = append(all, m.HeapInuse)
			select {
			case <-ctx.Done():
				seen <- all
				return
			case <-tick.C:
			}
		}
	}()
	return func() (first, second uint64) {
		stop()
		all := <-seen
		for i, v := range all {
			if i < len(all)/2 {
				first = max(first, v)
			} else {
				second = max(second, v)
			}
		}
		return first, second
	}
}
