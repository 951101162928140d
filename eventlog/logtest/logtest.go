// Package logtest is the promise of eventlog.Log as a test: each implementation
// runs it. It knows nothing about where a log is kept.
package logtest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/yuefu/yuefu/eventlog"
)

// Store is one new database with four partitions or more, made for one test.
type Store struct {
	// Open opens the log with connections of its own, as another process would.
	// What it opens is closed at the end of the test.
	Open func() eventlog.Log
	// Cut returns a log whose next append is committed, and its answer lost on the way.
	Cut func() eventlog.Log
}

// Run tests an implementation; each test asks for a store of its own.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Store)
	}{
		{"an empty log", empty},
		{"appends are gapless and come back whole", whole},
		{"big and binary values", binary},
		{"malformed calls add nothing", malformed},
		{"all partitions or none", allOrNone},
		{"a stale head is fenced", fenced},
		{"writers race", race},
		{"a key is used once", keys},
		{"time and day never go backwards", backwards},
		{"reading in pages", pages},
		{"histories", histories},
		{"snapshots", snapshots},
		{"entries by their keys", byKeys},
		{"a cancelled context", cancelled},
		{"opening again", again},
		{"an unknown outcome", unknown},
		{"like a naive model", model},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, open(t))
		})
	}
}

// writer appends by the heads that it remembers, as a desk would.
type writer struct {
	t     testing.TB
	log   eventlog.Log
	heads map[int32]eventlog.Head
}

func write(t testing.TB, log eventlog.Log) *writer {
	t.Helper()
	w := &writer{t: t, log: log, heads: make(map[int32]eventlog.Head)}
	w.look()
	return w
}

// look reads the heads.
func (w *writer) look() {
	w.t.Helper()
	heads, err := w.log.Heads(context.Background(), w.log.Partitions())
	if err != nil {
		w.t.Fatal(err)
	}
	for _, head := range heads {
		w.heads[head.Partition] = head
	}
}

// entry makes the next entry of a partition, of which i went before in the same append.
func (w *writer) entry(partition int32, i int, account, key string) eventlog.Entry {
	head := w.heads[partition]
	return eventlog.Entry{
		Partition: partition, Position: head.Position + int64(i) + 1, Account: account, Key: key,
		Time: head.Time + int64(i), Day: head.Day, Due: -1, Name: "authorise",
		Command: fmt.Appendf(nil, `{"account":%q}`, account), Events: fmt.Appendf(nil, `[[%q,1,{}]]`, key), Answer: fmt.Appendf(nil, `{"key":%q}`, key),
	}
}

// append appends, and remembers the heads when it succeeded.
func (w *writer) append(entries ...eventlog.Entry) error {
	var expected []eventlog.Head
	for _, e := range entries {
		if head := w.heads[e.Partition]; !slices.Contains(expected, head) {
			expected = append(expected, head)
		}
	}
	err := w.log.Append(context.Background(), expected, entries)
	if err == nil {
		for _, e := range entries {
			w.heads[e.Partition] = eventlog.Head{Partition: e.Partition, Position: e.Position, Time: e.Time, Day: e.Day}
		}
	}
	return err
}

// must appends and has to succeed.
func (w *writer) must(entries ...eventlog.Entry) {
	w.t.Helper()
	if err := w.append(entries...); err != nil {
		w.t.Fatal(err)
	}
}

// all reads a partition from its beginning.
func all(t testing.TB, log eventlog.Log, partition int32) []eventlog.Entry {
	t.Helper()
	entries, err := log.Read(context.Background(), partition, 0, 1_000_000)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// same compares; no bytes and no entries are what nil is.
func same(t failer, what string, got, want any) {
	t.Helper()
	filled := func(a, b []byte) bool { return len(a) > 0 && len(b) > 0 } // without it a diff of megabytes is looked for
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.FilterValues(filled, cmp.Comparer(bytes.Equal))); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// unchanged fails when a partition has other entries or another head than before.
func unchanged(t testing.TB, log eventlog.Log, act func()) {
	t.Helper()
	look := func() (heads []eventlog.Head, entries [][]eventlog.Entry) {
		heads, err := log.Heads(context.Background(), log.Partitions())
		if err != nil {
			t.Fatal(err)
		}
		for _, partition := range log.Partitions() {
			entries = append(entries, all(t, log, partition))
		}
		return heads, entries
	}
	headsBefore, before := look()
	act()
	headsAfter, after := look()
	same(t, "heads", headsAfter, headsBefore)
	same(t, "entries", after, before)
}

// failer is a test, or one round of a property.
type failer interface {
	Helper()
	Errorf(format string, arguments ...any)
}
