// Package trial puts the product through lives that nobody would think of, from one
// seed: a world of a few customers who buy, return, pay late, close and come again,
// on a desk whose log fails, whose answers are lost, whose clock jumps and which
// crashes between an append and its answer. After each step every invariant is
// checked, and every answer and balance is compared with a second telling of the
// contract (trial/reference). The same seed gives the same world, to the byte.
//
// Where the API's handlers decide on the desk alone, requests go through them.
//
// It knows how to drive the desk as the API does, and what must hold; it refuses to
// know how anything is decided.
package trial

import (
	"fmt"
	"io"

	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/memory"
)

// Options choose a world. Worlds with the same options are the same.
type Options struct {
	Seed  uint64
	Steps int // acts and nights; 0: as many as the world is long

	// Bounces lets repayments of some customers bounce, early or late, whatever happened
	// since: conversions, disputes, early repayments.
	Bounces bool

	// After is given the log of a world that went well; it may be nil.
	After func(eventlog.Log) error

	// Trace is told what happens, act by act; it may be nil.
	Trace io.Writer
}

// Result is what became of a world.
type Result struct {
	Steps       int
	Commands    int // answers that were compared
	Entries     int // of the log
	Faults      int
	AccountDays int
	Acts        map[string]int // how often each act or fault happened
	Hash        [32]byte       // of all entries and the final states
}

// Failure is what went wrong in a world, and how to see it again.
type Failure struct {
	Seed    uint64
	Step    int
	Bounces bool
	Says    string
}

func (f *Failure) Error() string {
	again := fmt.Sprintf("go run ./cmd/yuefu simulate --seed %d --steps %d", f.Seed, f.Step)
	if f.Bounces {
		again += " --bounces"
	}
	return fmt.Sprintf("seed %d, step %d: %s\nagain: %s", f.Seed, f.Step, f.Says, again)
}

// Run lives through a world. Its error is a *Failure.
func Run(o Options) (Result, error) {
	w := newWorld(o)
	defer w.end()
	steps := w.length
	if o.Steps > 0 {
		steps = o.Steps
	}
	for w.failure == nil && w.result.Steps < steps {
		w.result.Steps++
		w.step()
	}
	if w.failure == nil {
		w.finish()
	}
	if w.failure == nil && o.After != nil {
		if err := o.After(memory.Open(w.store)); err != nil {
			w.fail("afterwards: %v", err)
		}
	}
	if w.failure != nil {
		return w.result, w.failure
	}
	return w.result, nil
}
