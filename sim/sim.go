// Package sim is a small made-up world that lives on yuefu's public API: people of
// several temperaments who apply, read, shop, return, pay, forget and leave, and a
// lender's reviewers. It knows the contract and what a careful client would check;
// it refuses to know anything that the API does not tell.
//
// A world comes from one seed and is the same every time. It needs a sandbox, whose
// clock it moves, and an operator's key.
package sim

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// World says which world. The zero value of each field is a good one.
type World struct {
	Seed      uint64
	Customers int    // default 40
	Months    int    // default 7
	Programme string // the one that all apply for; default "default"
}

func (w World) withDefaults() World {
	if w.Customers <= 0 {
		w.Customers = 40
	}
	if w.Months <= 0 {
		w.Months = 7
	}
	if w.Programme == "" {
		w.Programme = "default"
	}
	return w
}

// world is a World while it lives.
type world struct {
	World
	api       *client.Client
	terms     client.Terms
	documents []client.DocumentToAgree
	debits    bool // a payment service carries debits out
	people    []*customer
	clock     client.Clock
	first     calendar.Date
	last      calendar.Date
}

// Run lets the world live and returns its story. progress is told how many of its
// days have passed. The first thing that a careful client finds wrong ends it.
func Run(ctx context.Context, api *client.Client, w World, progress func(days, of int)) (Story, error) {
	live := &world{World: w.withDefaults(), api: api}
	if err := live.begin(ctx); err != nil {
		return Story{}, err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	days := int(live.last - live.first)
	for {
		progress(int(live.clock.BusinessDate-live.first), days)
		if err := live.day(ctx); err != nil {
			return Story{}, fmt.Errorf("sim: %s: %w", live.clock.BusinessDate, err)
		}
		if live.clock.BusinessDate == live.last {
			break
		}
		// Days on which nobody has plans pass in one request.
		next := live.last
		for _, c := range live.people {
			next = min(next, c.wakes())
		}
		var err error
		if live.clock, err = api.AdvanceClock(ctx, client.AdvanceRequest{To: next}); err != nil {
			return Story{}, fmt.Errorf("sim: advance the clock to %s: %w", next, err)
		}
		if live.clock.BusinessDate != next {
			return Story{}, fmt.Errorf("sim: the clock went to %s, not to %s", live.clock.BusinessDate, next)
		}
	}
	return live.story(ctx)
}

// begin looks around: the clock, the programme, what has to be read before one applies.
func (w *world) begin(ctx context.Context) (err error) {
	if w.clock, err = w.api.GetClock(ctx); err != nil {
		return fmt.Errorf("sim: read the clock: %w", err)
	}
	if !w.clock.Sandbox {
		return errors.New("sim: a made-up world needs a sandbox: its people would be in the way of real ones")
	}
	figures, err := w.api.GetFigures(ctx)
	if err != nil {
		return fmt.Errorf("sim: read the figures: %w", err)
	}
	w.debits = figures.Payments.Connected
	programme, err := w.api.GetProgramme(ctx, w.Programme)
	if err != nil {
		return fmt.Errorf("sim: read the programme: %w", err)
	}
	w.terms = programme.Terms
	disclosure, err := w.api.GetDisclosure(ctx, w.Programme, client.GetDisclosureQuery{})
	if err != nil {
		return fmt.Errorf("sim: read what it costs: %w", err)
	}
	w.documents = disclosure.Documents
	if err := w.read(ctx, disclosure); err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	w.first = w.clock.BusinessDate
	year, month, day := w.first.Split()
	w.last = calendar.OnDay(year, month+monthsOf(w.Months), day)
	w.populate()
	return nil
}

// workers is how many people act at once.
const workers = 24

// day lets everybody do what they had planned for today.
func (w *world) day(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan *customer)
	var all sync.WaitGroup
	for range min(workers, len(w.people)) {
		all.Go(func() {
			for c := range queue {
				if ctx.Err() != nil {
					continue
				}
				if err := c.live(ctx); err != nil {
					cancel(fmt.Errorf("%s, who %s: %w", c.name, c.nature.name, err))
				}
			}
		})
	}
	for _, c := range w.people {
		if c.wakes() <= w.clock.BusinessDate {
			queue <- c
		}
	}
	close(queue)
	all.Wait()
	return context.Cause(ctx)
}
