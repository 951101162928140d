package logtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/yuefu/yuefu/eventlog"
)

// race lets many writers with two handles append to the same partitions: each
// position is given once, each acknowledged entry is there, losers know it.
func race(t *testing.T, s Store) {
	const writers, each = 8, 15
	logs := []eventlog.Log{s.Open(), s.Open()}
	partitions := logs[0].Partitions()[:3]
	var fenced atomic.Int64
	var mu sync.Mutex
	acknowledged := make(map[string]eventlog.Entry)
	var done sync.WaitGroup
	for n := range writers {
		done.Go(func() {
			w := write(t, logs[n%2])
			for i := range each {
				for try := 0; ; try++ {
					var entries []eventlog.Entry
					for j, partition := range []int32{partitions[0], partitions[n%3], partitions[0]} {
						key := fmt.Sprintf("w%d/%d/%d", n, i, j)
						before := 0
						for _, e := range entries {
							if e.Partition == partition {
								before++
							}
						}
						entries = append(entries, w.entry(partition, before, "acc_a", key))
					}
					err := w.append(entries...)
					if err == nil {
						mu.Lock()
						for _, e := range entries {
							acknowledged[fmt.Sprint(e.Partition, "/", e.Position)] = e
						}
						mu.Unlock()
						break
					}
					if !errors.Is(err, eventlog.ErrFenced) {
						t.Errorf("writer %d: %v", n, err)
						return
					}
					fenced.Add(1)
					w.look()
				}
			}
		})
	}
	done.Wait()
	if t.Failed() {
		return
	}
	if fenced.Load() == 0 {
		t.Log("nobody was fenced: the race was none")
	}
	total := 0
	for _, partition := range partitions {
		entries := all(t, logs[0], partition)
		total += len(entries)
		for i, e := range entries {
			if e.Position != int64(i)+1 {
				t.Fatalf("partition %d: position %d stands at place %d", partition, e.Position, i+1)
			}
			same(t, "entry", e, acknowledged[fmt.Sprint(e.Partition, "/", e.Position)])
		}
		heads, err := logs[1].Heads(context.Background(), []int32{partition})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "head", heads[0].Position, int64(len(entries)))
	}
	same(t, "entries", total, writers*each*3)
}
