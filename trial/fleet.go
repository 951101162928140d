package trial

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
)

// Summary adds up what many worlds came to.
type Summary struct {
	Worlds      int
	Commands    int
	Entries     int
	Faults      int
	AccountDays int
	Acts        map[string]int
}

// AccountYears is how long all accounts of all worlds have lived.
func (s Summary) AccountYears() float64 { return float64(s.AccountDays) / 365 }

func (s *Summary) add(r Result) {
	s.Worlds++
	s.Commands += r.Commands
	s.Entries += r.Entries
	s.Faults += r.Faults
	s.AccountDays += r.AccountDays
	for act, times := range r.Acts {
		s.Acts[act] += times
	}
}

// Many lives through one world after the other, seeds counted up from the first, so
// many at a time, until ctx ends or a world fails; in every other one repayments bounce. told, which may be nil, hears of
// each world that is over. The error is the first *Failure.
func Many(ctx context.Context, first uint64, workers int, told func(Summary)) (Summary, error) {
	var mu sync.Mutex
	var running sync.WaitGroup
	var failed error
	sum := Summary{Acts: map[string]int{}}
	next := atomic.Uint64{}
	for range workers {
		running.Go(func() {
			for ctx.Err() == nil {
				seed := first + next.Add(1) - 1
				result, err := Run(Options{Seed: seed, Bounces: seed%2 == 1})
				mu.Lock()
				sum.add(result)
				if err != nil && failed == nil {
					failed = err
				}
				if told != nil {
					told(Summary{sum.Worlds, sum.Commands, sum.Entries, sum.Faults, sum.AccountDays, maps.Clone(sum.Acts)})
				}
				stop := failed != nil
				mu.Unlock()
				if stop {
					return
				}
			}
		})
	}
	running.Wait()
	return sum, failed
}
