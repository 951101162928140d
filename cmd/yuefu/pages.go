package main

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/yuefu/yuefu/api"
	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/web"
	"github.com/yuefu/yuefu/web/checkout"
	"github.com/yuefu/yuefu/web/page"
	"github.com/yuefu/yuefu/web/wallet"
)

// pages are the pages of an office by the paths that they are mounted at. Live
// figures are shown for a sandbox only: a real book's sums are nobody's affair who
// can merely reach the server.
func pages(o *office.Office, f front, as func(session.Session) *client.Client, suggest welcome) (map[string]http.Handler, error) {
	book := o.DB.Book()
	config := web.Config{
		Version: version(), HTTPS: f.https(), Zone: book.Zone, Sandbox: book.Sandbox, Spec: api.Contract(), Try: suggest.try, Shop: suggest.shop, Now: time.Now,
		Day: func() calendar.Date { return o.Desk.Today().Day },
	}
	if book.Sandbox {
		config.Figures = (&figures{office: o}).read
	}
	handler, err := web.Handler(config)
	if err != nil {
		return nil, err
	}
	mounted := map[string]http.Handler{}
	for _, path := range web.Pages {
		mounted[path] = handler
	}
	return mounted, hosted(o, f, as, mounted)
}

// hosted mounts the pages for customers.
func hosted(o *office.Office, f front, as func(session.Session) *client.Client, mounted map[string]http.Handler) error {
	files, err := page.ReadAssets(page.Static)
	if err != nil {
		return err
	}
	gate := &page.Gate{Sessions: o.Sessions, API: as, Now: o.Clock.Now, Zone: o.Zone, Secure: f.https(), Guesses: f.guesses, Log: slog.Default()}
	pages, err := wallet.Handler(gate, files)
	if err != nil {
		return err
	}
	mounted[wallet.Path], mounted[wallet.Path+"/"] = pages, pages
	if pages, err = checkout.Handler(gate, files); err != nil {
		return err
	}
	for _, path := range []string{checkout.Path, checkout.OpenPath} {
		mounted[path], mounted[path+"/"] = pages, pages
	}
	return nil
}

// figures puts live figures together. The sums of the whole book are read at most
// every few seconds: they take a look at every account.
type figures struct {
	office *office.Office

	mu       sync.Mutex
	summed   time.Time
	sums     []web.Sum
	accounts int64
}

const sumsAge = 3 * time.Second

func (f *figures) read(ctx context.Context) (web.Figures, error) {
	desk := f.office.Desk.Figures()
	figures := web.Figures{
		Day: desk.Day.String(), Closing: desk.Closing.String(), Closed: desk.Closed,
		Commands: desk.Commands, Refusals: desk.Refusals, Replays: desk.Replays, Busy: desk.Busy, Queued: desk.Queued,
		Batches: desk.Batches, BatchSizes: desk.BatchSizes[:],
	}
	heads, err := f.office.Log.Heads(ctx, f.office.Log.Partitions())
	if err != nil {
		return web.Figures{}, err
	}
	for _, head := range heads {
		figures.Partitions = append(figures.Partitions, web.Partition{
			Number: head.Partition, Head: head.Position, Tables: f.office.Tables.Position(head.Partition),
		})
	}
	figures.Sums, figures.Accounts, err = f.totals(ctx)
	return figures, err
}

func (f *figures) totals(ctx context.Context) ([]web.Sum, int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if time.Since(f.summed) < sumsAge {
		return f.sums, f.accounts, nil
	}
	totals, err := f.office.Tables.Totals(ctx)
	if err != nil {
		return nil, 0, err
	}
	f.sums, f.accounts, f.summed = nil, 0, time.Now()
	for _, t := range totals {
		decimals, err := money.Currency(t.Currency).Decimals()
		if err != nil {
			return nil, 0, err
		}
		f.accounts += t.Accounts
		f.sums = append(f.sums, web.Sum{
			Currency: string(t.Currency), Decimals: decimals, Limit: int64(t.Limit), Held: int64(t.Held),
			Outstanding: int64(t.Outstanding), Billed: int64(t.Billed), Overdue: int64(t.Overdue),
		})
	}
	return f.sums, f.accounts, nil
}
