package view_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/view"
)

// A partition that is woken again at the very moment that its reader takes it up is
// taken up once, and everybody who waits is told.
func TestAStormOfWakesStopsNobody(t *testing.T) {
	both(t, func(t *testing.T, dialect database.Dialect) {
		store := openStore(t, address(t, dialect), view.Options{Pause: time.Millisecond, Poll: time.Hour})
		story := newStory(t, store.log, first)
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		defer all.Wait()
		defer stop()
		all.Go(func() { _ = store.tables.Run(ctx) })
		partitions := store.log.Partitions()
		for range 4 {
			all.Go(func() {
				for ctx.Err() == nil {
					for _, p := range partitions {
						store.tables.Wake(p)
						hurried, cancel := context.WithTimeout(ctx, 10*time.Microsecond)
						_ = store.tables.WaitFor(hurried, p, 1<<40) // of what will never come
						cancel()
					}
				}
			})
		}
		time.Sleep(200 * time.Millisecond) // of storm without anything new
		story.whole()
		heads, err := store.log.Heads(ctx, partitions)
		if err != nil {
			t.Fatal(err)
		}
		patience, enough := context.WithTimeout(ctx, 10*time.Second)
		defer enough()
		for _, head := range heads {
			for range 50 {
				all.Go(func() {
					if err := store.tables.WaitFor(patience, head.Partition, head.Position); err != nil {
						t.Errorf("partition %d: %v", head.Partition, err)
					}
				})
			}
			if err := store.tables.WaitFor(patience, head.Partition, head.Position); err != nil {
				t.Fatalf("partition %d: %v", head.Partition, err)
			}
		}
	})
}
