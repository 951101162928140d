package servicing_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/servicing"
)

// faulty is a log whose appends fail now and then, in each way that a database's can.
type faulty struct {
	eventlog.Log
	mu     sync.Mutex
	random *rand.Rand
	faults map[string]int
}

func (f *faulty) roll() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.random.IntN(8)
}

func (f *faulty) count(fault string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults[fault]++
}

func (f *faulty) Append(ctx context.Context, expected []eventlog.Head, entries []eventlog.Entry) error {
	switch f.roll() {
	case 0:
		f.count("refused before")
		return errors.New("the disk is full")
	case 1:
		f.count("lost before the commit")
		return fmt.Errorf("%w: connection reset", eventlog.ErrUnknown)
	case 2:
		if err := f.Log.Append(ctx, expected, entries); err != nil {
			return err
		}
		f.count("lost after the commit")
		return fmt.Errorf("%w: connection reset", eventlog.ErrUnknown)
	case 3:
		f.count("another writer")
		return eventlog.ErrFenced
	default:
		return f.Log.Append(ctx, expected, entries)
	}
}

func TestNothingIsLostOrDoneTwiceWhenAppendsFail(t *testing.T) {
	log := &faulty{random: rand.New(rand.NewPCG(1, 2)), faults: map[string]int{}}
	o := openOffice(t)
	id := o.open("anna", 1_000_000)
	log.Log = o.log
	desk, err := servicing.Open(t.Context(), log, servicing.Options{Clock: o.clock, Wait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer desk.Close()

	var all sync.WaitGroup
	for worker := range 16 {
		all.Go(func() {
			for i := range 25 {
				request := o.checkout(id, "anna", fmt.Sprintf("k%d-%d", worker, i), 100)
				for { // as a client would: again with the same key until there is an answer
					_, err := desk.Do(t.Context(), request)
					if err == nil {
						break
					}
					var refusal *credit.Error
					if errors.As(err, &refusal) || errors.Is(err, servicing.ErrPanicked) || errors.Is(err, servicing.ErrStopped) {
						t.Errorf("%s: %v", request.Key, err)
						return
					}
				}
			}
		})
	}
	all.Wait()
	for _, fault := range []string{"refused before", "lost before the commit", "lost after the commit", "another writer"} {
		if log.faults[fault] == 0 {
			t.Errorf("no append was %q: the test shows nothing", fault)
		}
	}
	if a := o.look(id); a.Held() != 16*25*100 {
		t.Errorf("held %d after 400 holds of 100", a.Held())
	}
	o.entries()
}
