package logtest

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yuefu/yuefu/eventlog"
)

// Bench measures an implementation: open returns the log of a new database.
// Rates are of entries of the size that an authorisation has: 200 bytes of
// command, 250 of events, 300 of answer. A writer has partitions of its own, as
// the desk's lanes have.
func Bench(b *testing.B, open func(b *testing.B) eventlog.Log) {
	for _, size := range []int{1, 16, 64, 256} {
		b.Run(fmt.Sprintf("append/writers=2/batch=%d", size), func(b *testing.B) { benchAppend(b, open(b), 2, size) })
	}
	b.Run("append/writers=1/batch=256", func(b *testing.B) { benchAppend(b, open(b), 1, 256) })
	b.Run("histories/accounts=300", func(b *testing.B) { benchHistories(b, open(b), 300) })
}

// benchAppend counts entries, not appends.
func benchAppend(b *testing.B, log eventlog.Log, writers, size int) {
	var left atomic.Int64
	left.Store(int64(b.N))
	partitions := log.Partitions()
	var done sync.WaitGroup
	for n := range writers {
		done.Go(func() {
			own := partitions[n*len(partitions)/writers : (n+1)*len(partitions)/writers]
			w := newFiller(b, log, own, n)
			for left.Add(-int64(size)) > -int64(size) {
				w.fill(size)
			}
		})
	}
	done.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// filler appends entries about accounts that are taken by chance.
type filler struct {
	*writer
	partitions []int32
	random     *rand.Rand
	serial, id int
	command    []byte
	events     []byte
	answer     []byte
}

func newFiller(t testing.TB, log eventlog.Log, partitions []int32, id int) *filler {
	text := func(n int) []byte {
		return bytes.Repeat([]byte(`{"amount":129900,"currency":"CNY","at":"2026-03-10T10:11:12Z"},`), 9)[:n]
	}
	return &filler{
		writer: write(t, log), partitions: partitions, random: rand.New(rand.NewPCG(1, uint64(id))), id: id,
		command: text(200), events: text(250), answer: text(300),
	}
}

func (f *filler) fill(n int) {
	entries := make([]eventlog.Entry, 0, n)
	expected := make([]eventlog.Head, 0, len(f.partitions))
	for i, partition := range f.partitions {
		head := f.heads[partition]
		now := max(time.Now().UnixMicro(), head.Time)
		share := n / len(f.partitions)
		if i < n%len(f.partitions) {
			share++
		}
		if share == 0 {
			continue
		}
		expected = append(expected, head)
		for range share {
			f.serial++
			head.Position++
			entries = append(entries, eventlog.Entry{
				Partition: partition, Position: head.Position, Time: now, Day: head.Day, Due: -1, Name: "authorise",
				Account: fmt.Sprintf("acc_%020d", f.random.IntN(500_000)), Key: fmt.Sprintf("%08x-4a5b-4c3d-8e9f-%04x%08x", f.random.Uint32(), f.id, f.serial),
				Command: f.command, Events: f.events, Answer: f.answer,
			})
		}
		head.Time = now
		f.heads[partition] = head
	}
	if n < len(f.partitions) { // not always the same ones
		f.random.Shuffle(len(f.partitions), func(i, j int) { f.partitions[i], f.partitions[j] = f.partitions[j], f.partitions[i] })
	}
	if err := f.log.Append(context.Background(), expected, entries); err != nil {
		f.t.Error(err)
		panic("the benchmark is void")
	}
}

// benchHistories reads many accounts at once, as close of business does: each
// has a snapshot, ten entries before it and five after it.
func benchHistories(b *testing.B, log eventlog.Log, at int) {
	const accounts = 20_000
	ctx := context.Background()
	partition := log.Partitions()[0]
	f := newFiller(b, log, []int32{partition}, 0)
	name := func(i int) string { return fmt.Sprintf("acc_%020d", i*7919%accounts) }
	append15 := func(from, to int) {
		for round := from; round < to; round++ {
			for i := 0; i < accounts; i += 500 {
				var entries []eventlog.Entry
				for j := range 500 {
					e := f.entry(partition, j, name(i+j), fmt.Sprint("key-of-usual-length-0123456789/", round))
					e.Time, e.Command, e.Events, e.Answer = 0, f.command, f.events, f.answer
					entries = append(entries, e)
				}
				f.must(entries...)
			}
		}
	}
	append15(0, 10)
	var snapshots []eventlog.Snapshot
	for i := range accounts {
		snapshots = append(snapshots, eventlog.Snapshot{Partition: partition, Account: name(i), Position: f.heads[partition].Position, Format: 1, State: bytes.Repeat([]byte("state"), 160)})
	}
	if err := log.SaveSnapshots(ctx, snapshots); err != nil {
		b.Fatal(err)
	}
	append15(10, 15)
	b.ResetTimer()
	for i := 0; i < b.N; i += at {
		asked := make([]string, at)
		for j := range asked {
			asked[j] = fmt.Sprintf("acc_%020d", (i+j)%accounts)
		}
		histories, err := log.Histories(ctx, partition, asked)
		if err != nil || len(histories[at-1].Entries) != 5 {
			b.Fatalf("%d entries, %v", len(histories[at-1].Entries), err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "accounts/s")
}
