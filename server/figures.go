package server

import (
	"context"
	"sync"
	"time"

	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/web"
)

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
