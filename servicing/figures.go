package servicing

import (
	"math/bits"
	"sync/atomic"

	"github.com/yuefu/yuefu/calendar"
)

// Figures are what the desk counts, for operators and the page of live figures.
type Figures struct {
	Commands int64 `json:"commands"` // carried out
	Refusals int64 `json:"refusals"`
	Replays  int64 `json:"replays"` // answered with an earlier answer
	Entries  int64 `json:"entries"` // added to the log
	Batches  int64 `json:"batches"`
	Fenced   int64 `json:"fenced"`  // appends that another writer was faster than
	Busy     int64 `json:"busy"`    // turned away at a full queue
	Gone     int64 `json:"gone"`    // callers that had gone away
	Panics   int64 `json:"panics"`  // commands that failed alone
	Stopped  int64 `json:"stopped"` // accounts stopped by a broken invariant
	Loads    int64 `json:"loads"`   // accounts read from the log
	Queued   int   `json:"queued"`  // waiting now

	// BatchSizes[i] counts batches of 2^i to 2^(i+1)−1 tasks.
	BatchSizes [12]int64 `json:"batch_sizes"`

	Day     calendar.Date `json:"day"`              // the business date
	Closing calendar.Date `json:"closing,omitzero"` // close of business works on it now
	Closed  int64         `json:"closed_accounts"`  // accounts that the running close of business has done
}

type counters struct {
	commands, refusals, replays, entries, batches, fenced, busy, gone, panics, stopped, loads atomic.Int64
	sizes                                                                                     [12]atomic.Int64
}

func (c *counters) batch(size int) {
	c.batches.Add(1)
	c.sizes[min(bits.Len(uint(size))-1, len(c.sizes)-1)].Add(1)
}

// Figures returns the counts so far.
func (d *Desk) Figures() Figures {
	c := &d.counters
	f := Figures{
		Commands: c.commands.Load(), Refusals: c.refusals.Load(), Replays: c.replays.Load(), Entries: c.entries.Load(),
		Batches: c.batches.Load(), Fenced: c.fenced.Load(), Busy: c.busy.Load(), Gone: c.gone.Load(),
		Panics: c.panics.Load(), Stopped: c.stopped.Load(), Loads: c.loads.Load(),
		Day: calendar.Date(d.days.open.Load()), Closing: calendar.Date(d.days.closing.Load()), Closed: d.days.done.Load(),
	}
	for i := range c.sizes {
		f.BatchSizes[i] = c.sizes[i].Load()
	}
	for _, l := range d.lanes {
		f.Queued += len(l.queue)
	}
	return f
}
