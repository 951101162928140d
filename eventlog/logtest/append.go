package logtest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/eventlog"
)

func empty(t *testing.T, s Store) {
	log := s.Open()
	partitions := log.Partitions()
	if len(partitions) < 4 {
		t.Fatalf("%d partitions: the suite needs 4", len(partitions))
	}
	asked := []int32{partitions[2], partitions[0], partitions[2]}
	heads, err := log.Heads(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "heads", heads, []eventlog.Head{{Partition: asked[0]}, {Partition: asked[1]}, {Partition: asked[2]}})
	for _, partition := range partitions {
		same(t, "entries", all(t, log, partition), []eventlog.Entry{})
	}
	history, err := log.Histories(t.Context(), partitions[0], []string{"acc_a"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "history", history, []eventlog.History{{Account: "acc_a"}})
	const nowhere = -7
	_, err1 := log.Heads(t.Context(), []int32{nowhere})
	_, err2 := log.Read(t.Context(), nowhere, 0, 1)
	_, err3 := log.Histories(t.Context(), nowhere, []string{"acc_a"})
	_, err4 := log.ByKeys(t.Context(), nowhere, []eventlog.KeyRef{{Account: "acc_a", Key: "k"}})
	err5 := log.SaveSnapshots(t.Context(), []eventlog.Snapshot{{Partition: nowhere, Account: "acc_a", Position: 1}})
	for i, err := range []error{err1, err2, err3, err4, err5} {
		if err == nil {
			t.Errorf("call %d on a partition that is not there succeeded", i+1)
		}
	}
}

func whole(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	a, b := log.Partitions()[0], log.Partitions()[1]
	first := w.entry(a, 0, "", "day:2026-03-10")
	first.Time, first.Day, first.Due = 1_773_100_800_000_000, 20_522, 0
	second := w.entry(b, 0, "acc_二", "k/1")
	second.Due = 20_530
	third := w.entry(a, 1, "acc_a", "k/1")
	third.Time, third.Day = first.Time, first.Day
	w.must(first, second, third)
	fourth := w.entry(a, 0, "acc_a", "k/2")
	w.must(fourth)
	same(t, "partition a", all(t, log, a), []eventlog.Entry{first, third, fourth})
	same(t, "partition b", all(t, log, b), []eventlog.Entry{second})
	heads, err := log.Heads(t.Context(), []int32{b, a})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "heads", heads, []eventlog.Head{
		{Partition: b, Position: 1, Time: second.Time, Day: second.Day},
		{Partition: a, Position: 3, Time: fourth.Time, Day: fourth.Day},
	})
}

func binary(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	partition := log.Partitions()[3]
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	e := w.entry(partition, 0, "acc_a", "every byte")
	e.Command, e.Events, e.Answer = every, nil, []byte{0}
	big := w.entry(partition, 1, "acc_a", strings.Repeat("键", 300))
	big.Command, big.Events, big.Answer = bytes.Repeat(every, 4_000), bytes.Repeat([]byte{7}, 3_000_000), bytes.Repeat([]byte(`{"a":1}`), 1_000)
	w.must(e, big)
	same(t, "entries", all(t, log, partition), []eventlog.Entry{e, big})
}

func malformed(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	a, b := log.Partitions()[0], log.Partitions()[1]
	w.must(w.entry(a, 0, "acc_a", "k1"), w.entry(a, 1, "acc_a", "k2"))
	good, next := w.entry(a, 0, "acc_a", "k3"), w.entry(a, 1, "acc_a", "k4")
	head, other := w.heads[a], w.heads[b]
	changed := func(change func(*eventlog.Entry)) eventlog.Entry {
		e := good
		change(&e)
		return e
	}
	for name, call := range map[string]struct {
		expected []eventlog.Head
		entries  []eventlog.Entry
	}{
		"no entries":                 {[]eventlog.Head{head}, nil},
		"no head":                    {nil, []eventlog.Entry{good}},
		"head of another partition":  {[]eventlog.Head{other}, []eventlog.Entry{good}},
		"two heads of a partition":   {[]eventlog.Head{head, head}, []eventlog.Entry{good}},
		"no such partition":          {[]eventlog.Head{{Partition: -7}}, []eventlog.Entry{{Partition: -7, Position: 1, Account: "acc_a", Key: "k", Name: "x"}}},
		"a gap at the beginning":     {[]eventlog.Head{head}, []eventlog.Entry{next}},
		"a gap inside":               {[]eventlog.Head{head}, []eventlog.Entry{good, changed(func(e *eventlog.Entry) { e.Position += 2 })}},
		"a position twice":           {[]eventlog.Head{head}, []eventlog.Entry{good, changed(func(e *eventlog.Entry) { e.Key = "k4" })}},
		"out of order":               {[]eventlog.Head{head}, []eventlog.Entry{next, good}},
		"no key":                     {[]eventlog.Head{head}, []eventlog.Entry{changed(func(e *eventlog.Entry) { e.Key = "" })}},
		"no name":                    {[]eventlog.Head{head}, []eventlog.Entry{changed(func(e *eventlog.Entry) { e.Name = "" })}},
		"a key that is not UTF-8":    {[]eventlog.Head{head}, []eventlog.Entry{changed(func(e *eventlog.Entry) { e.Key = "k\xff" })}},
		"an account with a zero":     {[]eventlog.Head{head}, []eventlog.Entry{changed(func(e *eventlog.Entry) { e.Account = "a\x00" })}},
		"a due day before there was": {[]eventlog.Head{head}, []eventlog.Entry{changed(func(e *eventlog.Entry) { e.Due = -2 })}},
		"a head beyond what is there": {
			[]eventlog.Head{{Partition: a, Position: 10, Time: head.Time, Day: head.Day}},
			[]eventlog.Entry{changed(func(e *eventlog.Entry) { e.Position = 11 })},
		},
		"a head far beyond": {
			[]eventlog.Head{{Partition: b, Position: 10}},
			[]eventlog.Entry{changed(func(e *eventlog.Entry) { e.Partition, e.Position = b, 11 })},
		},
	} {
		t.Run(name, func(t *testing.T) {
			unchanged(t, log, func() {
				if err := log.Append(t.Context(), call.expected, call.entries); err == nil {
					t.Error("it was taken")
				}
			})
		})
	}
	w.must(good, next)
}

func allOrNone(t *testing.T, s Store) {
	log := s.Open()
	w, other := write(t, log), write(t, log)
	partitions := log.Partitions()
	other.must(other.entry(partitions[2], 0, "acc_c", "first"))
	for name, stale := range map[string][]int32{
		"the last is stale":   {partitions[0], partitions[1], partitions[2]},
		"the first is stale":  {partitions[2], partitions[0]},
		"one inside is stale": {partitions[3], partitions[2], partitions[0]},
	} {
		unchanged(t, log, func() {
			var entries []eventlog.Entry
			for _, partition := range stale {
				entries = append(entries, w.entry(partition, 0, "acc_a", name), w.entry(partition, 1, "acc_b", name))
			}
			if err := w.append(entries...); !errors.Is(err, eventlog.ErrFenced) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	w.look()
	unchanged(t, log, func() {
		err := w.append(w.entry(partitions[0], 0, "acc_a", "k"), w.entry(partitions[2], 0, "acc_c", "first"))
		if !errors.Is(err, eventlog.ErrKeyTaken) {
			t.Errorf("a key that one of two partitions has: %v", err)
		}
	})
	w.must(w.entry(partitions[0], 0, "acc_a", "k"), w.entry(partitions[2], 0, "acc_c", "second"))
}

func fenced(t *testing.T, s Store) {
	log := s.Open()
	a := log.Partitions()[0]
	for _, n := range []int{1, 3, 5} { // as many as the loser appends, fewer, more: the head may stand where the loser wants it
		w, winner := write(t, log), write(t, log)
		var entries []eventlog.Entry
		for i := range n {
			entries = append(entries, winner.entry(a, i, "acc_a", winner.name(i)))
		}
		winner.must(entries...)
		unchanged(t, log, func() {
			err := w.append(w.entry(a, 0, "acc_b", w.name(0)), w.entry(a, 1, "acc_b", w.name(1)), w.entry(a, 2, "acc_b", w.name(2)))
			if !errors.Is(err, eventlog.ErrFenced) {
				t.Errorf("after %d entries of another writer: %v", n, err)
			}
		})
	}
}

// name is a key that no other call has, for a test where all go to one partition.
func (w *writer) name(i int) string {
	return strings.Repeat("k", int(w.heads[w.log.Partitions()[0]].Position)+i+1)
}

func keys(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	a, b := log.Partitions()[0], log.Partitions()[1]
	w.must(w.entry(a, 0, "acc_a", "k"), w.entry(a, 1, "acc_b", "k"), w.entry(b, 0, "acc_a", "k"), w.entry(a, 2, "", "k"))
	for name, entries := range map[string][]eventlog.Entry{
		"used before":        {w.entry(a, 0, "acc_a", "new"), w.entry(a, 1, "acc_b", "k")},
		"twice in one batch": {w.entry(a, 0, "acc_c", "k"), w.entry(a, 1, "acc_d", "k"), w.entry(a, 2, "acc_c", "k")},
		"of the partition":   {w.entry(a, 0, "", "k")},
	} {
		unchanged(t, log, func() {
			if err := w.append(entries...); !errors.Is(err, eventlog.ErrKeyTaken) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	w.must(w.entry(a, 0, "acc_a", "K"), w.entry(a, 1, "acc_a", "k "), w.entry(a, 2, "acc_c", "k"))
	var names []string
	for _, e := range all(t, log, a) {
		names = append(names, e.Account+"/"+e.Key)
	}
	same(t, "keys", names, []string{"acc_a/k", "acc_b/k", "/k", "acc_a/K", "acc_a/k ", "acc_c/k"})
}

func backwards(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	a, b := log.Partitions()[0], log.Partitions()[1]
	e := w.entry(a, 0, "acc_a", "k1")
	e.Time, e.Day = 1_000, 100
	w.must(e)
	at := func(time int64, day int32) eventlog.Entry {
		e := w.entry(a, 0, "acc_a", "k2")
		e.Time, e.Day = time, day
		return e
	}
	unchanged(t, log, func() {
		for name, e := range map[string]eventlog.Entry{"time": at(999, 100), "day": at(1_000, 99)} {
			if err := w.append(e); err == nil || errors.Is(err, eventlog.ErrFenced) {
				t.Errorf("%s backwards: %v", name, err)
			}
			// A caller that remembers the head's time wrong is stopped by the store.
			lie := eventlog.Head{Partition: a, Position: 1}
			if err := log.Append(t.Context(), []eventlog.Head{lie, w.heads[b]}, []eventlog.Entry{w.entry(b, 0, "acc_a", "k2"), e}); err == nil || errors.Is(err, eventlog.ErrFenced) {
				t.Errorf("%s backwards behind a wrong head: %v", name, err)
			}
		}
		later := at(2_000, 100)
		earlier := at(1_999, 100)
		earlier.Position, earlier.Key = 3, "k3"
		if err := w.append(later, earlier); err == nil {
			t.Error("time backwards inside an append was taken")
		}
	})
	w.must(at(1_000, 100))
	w.must(w.entry(b, 0, "acc_a", "earlier in another partition"))
}

func cancelled(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	partition := log.Partitions()[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	unchanged(t, log, func() {
		e := w.entry(partition, 0, "acc_a", "k")
		err := log.Append(ctx, []eventlog.Head{w.heads[partition]}, []eventlog.Entry{e})
		if !errors.Is(err, context.Canceled) || errors.Is(err, eventlog.ErrUnknown) {
			t.Errorf("append: %v", err)
		}
		if _, err := log.Read(ctx, partition, 0, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("read: %v", err)
		}
	})
	w.must(w.entry(partition, 0, "acc_a", "k"))
}

func again(t *testing.T, s Store) {
	first := s.Open()
	w := write(t, first)
	a, b := first.Partitions()[0], first.Partitions()[1]
	w.must(w.entry(a, 0, "acc_a", "k1"), w.entry(b, 0, "acc_b", "k1"))
	second := s.Open() // while the first one is open, as a second server
	if !slices.Equal(first.Partitions(), second.Partitions()) {
		t.Errorf("partitions %v, then %v", first.Partitions(), second.Partitions())
	}
	w2 := write(t, second)
	same(t, "heads", w2.heads, w.heads)
	w2.must(w2.entry(a, 0, "acc_a", "k2"))
	if err := w.append(w.entry(a, 0, "acc_a", "k3")); !errors.Is(err, eventlog.ErrFenced) {
		t.Errorf("the first handle appends on what it remembers: %v", err)
	}
	w.look()
	w.must(w.entry(a, 0, "acc_a", "k3"))
	want := all(t, first, a)
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Fatal(err)
	}
	same(t, "entries", all(t, s.Open(), a), want)
}

// unknown loses the answer of a commit: the desk has to be told that nobody
// knows, and finds the entries by their keys.
func unknown(t *testing.T, s Store) {
	w := write(t, s.Open())
	cut := s.Cut()
	a, b := w.log.Partitions()[0], w.log.Partitions()[1]
	entries := []eventlog.Entry{w.entry(a, 0, "acc_a", "k1"), w.entry(b, 0, "acc_b", "k1")}
	err := cut.Append(t.Context(), []eventlog.Head{w.heads[a], w.heads[b]}, entries)
	if !errors.Is(err, eventlog.ErrUnknown) {
		t.Fatalf("the answer was lost, and the append says %v", err)
	}
	for _, log := range []eventlog.Log{w.log, cut} { // whoever asks, the one that lost its connection too
		found, err := log.ByKeys(t.Context(), a, []eventlog.KeyRef{{Account: "acc_a", Key: "k1"}})
		if err != nil {
			t.Fatal(err)
		}
		same(t, "found by key", found, entries[:1])
	}
	again := write(t, cut)
	again.must(again.entry(a, 0, "acc_a", "k2"))
	same(t, "entries", len(all(t, w.log, a)), 2)
}
