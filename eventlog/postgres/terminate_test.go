package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/eventlog"
)

// TestServerEndsConnections ends the writers' connections again and again while
// they append. An append that was answered is there, one whose outcome is unknown
// is found by its key or is not there, and no position is left out or given twice.
func TestServerEndsConnections(t *testing.T) {
	dsn := pgtest.NewWith(t, pgtest.Options{NoSync: true})
	log := open(t, dsn)
	admin, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	ctx, cancel := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	var mu sync.Mutex
	unknown, stood := 0, 0
	for n := range 2 {
		writers.Go(func() {
			partition := log.Partitions()[n]
			head := eventlog.Head{Partition: partition}
			for i := 0; ctx.Err() == nil; i++ {
				e := eventlog.Entry{Partition: partition, Position: head.Position + 1, Account: "acc_a", Key: fmt.Sprint(n, "/", i), Name: "authorise"}
				err := log.Append(context.Background(), []eventlog.Head{head}, []eventlog.Entry{e})
				if errors.Is(err, eventlog.ErrUnknown) {
					found, lookErr := lookup(log, partition, e.Key)
					if lookErr != nil {
						t.Error(lookErr)
						return
					}
					mu.Lock()
					unknown++
					stood += found
					mu.Unlock()
					head.Position += int64(found)
					continue
				}
				if err != nil { // a connection that was refused, after some tries: nothing was added
					continue
				}
				head.Position++
			}
			entries, err := log.Read(context.Background(), partition, 0, 1_000_000)
			if err != nil || int64(len(entries)) != head.Position {
				t.Errorf("partition %d: %d entries where %d were acknowledged or found, %v", partition, len(entries), head.Position, err)
			}
			for i, e := range entries {
				if e.Position != int64(i)+1 {
					t.Errorf("position %d stands at place %d", e.Position, i+1)
					return
				}
			}
		})
	}
	for range 60 {
		if _, err := admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Error(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	cancel()
	writers.Wait()
	t.Logf("%d outcomes were unknown, of which %d had been committed", unknown, stood)
}

// lookup tells how many entries have the key, once a connection can be had. It
// has to wait until the lost transaction is over: here the server ended it.
func lookup(log eventlog.Log, partition int32, key string) (n int, err error) {
	for range 100 {
		var found []eventlog.Entry
		if found, err = log.ByKeys(context.Background(), partition, []eventlog.KeyRef{{Account: "acc_a", Key: key}}); err == nil {
			return len(found), nil
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0, err
}
