package logtest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/yuefu/yuefu/eventlog"
)

func pages(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	partition := log.Partitions()[1]
	var want []eventlog.Entry
	for i := range 23 {
		e := w.entry(partition, 0, "acc_a", fmt.Sprint("k", i))
		w.must(e)
		want = append(want, e)
	}
	w.must(w.entry(log.Partitions()[0], 0, "acc_a", "elsewhere"))
	var got []eventlog.Entry
	for after := int64(0); ; {
		page, err := log.Read(t.Context(), partition, after, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		if len(page) > 5 {
			t.Fatalf("%d entries on a page of 5", len(page))
		}
		got, after = append(got, page...), page[len(page)-1].Position
	}
	same(t, "pages", got, want)
	none, err := log.Read(t.Context(), partition, 0, 0)
	if err != nil || len(none) != 0 {
		t.Errorf("limit 0: %d entries, %v", len(none), err)
	}
}

func histories(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	a, b := log.Partitions()[0], log.Partitions()[1]
	of := make(map[string][]eventlog.Entry)
	for i := range 40 {
		account := fmt.Sprint("acc_", i%4)
		e, elsewhere := w.entry(a, 0, account, fmt.Sprint("k", i%9, "/", i)), w.entry(b, 0, account, fmt.Sprint("k", i))
		w.must(e, elsewhere)
		of[account] = append(of[account], e)
	}
	snap := func(account string, position int64) eventlog.Snapshot {
		return eventlog.Snapshot{Partition: a, Account: account, Position: position, Format: 3, State: []byte("state of " + account)}
	}
	one, all2, ahead := snap("acc_1", of["acc_1"][3].Position), snap("acc_2", of["acc_2"][9].Position), snap("acc_9", 2)
	if err := log.SaveSnapshots(t.Context(), []eventlog.Snapshot{one, all2, ahead}); err != nil {
		t.Fatal(err)
	}
	got, err := log.Histories(t.Context(), a, []string{"acc_2", "acc_unknown", "acc_1", "acc_0", "acc_9", "acc_1"})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "histories", got, []eventlog.History{
		{Account: "acc_2", Snapshot: &all2},
		{Account: "acc_unknown"},
		{Account: "acc_1", Snapshot: &one, Entries: of["acc_1"][4:]},
		{Account: "acc_0", Entries: of["acc_0"]},
		{Account: "acc_9", Snapshot: &ahead},
		{Account: "acc_1", Snapshot: &one, Entries: of["acc_1"][4:]},
	})
	none, err := log.Histories(t.Context(), a, nil)
	if err != nil || len(none) != 0 {
		t.Errorf("histories of nobody: %v, %v", none, err)
	}
	var many []string
	for i := range 700 {
		many = append(many, fmt.Sprint("acc_", i))
	}
	got, err = log.Histories(t.Context(), a, many)
	if err != nil || len(got) != len(many) {
		t.Fatalf("%d histories of %d, %v", len(got), len(many), err)
	}
	same(t, "one of many", got[3], eventlog.History{Account: "acc_3", Entries: of["acc_3"]})
}

func snapshots(t *testing.T, s Store) {
	log := s.Open()
	a := log.Partitions()[0]
	read := func() *eventlog.Snapshot {
		t.Helper()
		got, err := log.Histories(t.Context(), a, []string{"acc_a"})
		if err != nil {
			t.Fatal(err)
		}
		return got[0].Snapshot
	}
	at := func(position int64, state string) eventlog.Snapshot {
		return eventlog.Snapshot{Partition: a, Account: "acc_a", Position: position, Format: 1, State: []byte(state)}
	}
	for i, step := range []struct {
		save []eventlog.Snapshot
		want eventlog.Snapshot
	}{
		{[]eventlog.Snapshot{at(5, "five")}, at(5, "five")},
		{[]eventlog.Snapshot{at(4, "older")}, at(5, "five")},
		{[]eventlog.Snapshot{at(5, "five in another format")}, at(5, "five in another format")},
		{[]eventlog.Snapshot{at(9, "nine"), at(7, "seven")}, at(9, "nine")},
		{[]eventlog.Snapshot{at(10, "")}, at(10, "")},
		{nil, at(10, "")},
	} {
		if err := log.SaveSnapshots(t.Context(), step.save); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		same(t, fmt.Sprint("step ", i), *read(), step.want)
	}
	var many []eventlog.Snapshot
	var accounts []string
	for i := range 1_300 {
		account := fmt.Sprint("acc_", i)
		accounts = append(accounts, account)
		many = append(many, eventlog.Snapshot{Partition: log.Partitions()[i%2], Account: account, Position: int64(i + 1), Format: 2, State: []byte(account)})
	}
	if err := log.SaveSnapshots(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	got, err := log.Histories(t.Context(), log.Partitions()[1], accounts)
	if err != nil {
		t.Fatal(err)
	}
	for i, history := range got {
		if (history.Snapshot != nil) != (i%2 == 1) {
			t.Fatalf("%s: snapshot %v", history.Account, history.Snapshot)
		}
	}
	same(t, "one of many", *got[1299].Snapshot, many[1299])
}

func byKeys(t *testing.T, s Store) {
	log := s.Open()
	w := write(t, log)
	a, b := log.Partitions()[0], log.Partitions()[1]
	one, two, three := w.entry(a, 0, "acc_a", "k1"), w.entry(a, 1, "acc_b", "k1"), w.entry(a, 2, "", `day:"2026"`)
	w.must(one, two, three, w.entry(b, 0, "acc_c", "k1"))
	got, err := log.ByKeys(t.Context(), a, []eventlog.KeyRef{
		{Account: "", Key: `day:"2026"`}, {Account: "acc_a", Key: "k1"}, {Account: "acc_a", Key: "k2"}, {Account: "acc_c", Key: "k1"}, {Account: "", Key: "k1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b eventlog.Entry) int { return int(a.Position - b.Position) })
	same(t, "entries", got, []eventlog.Entry{one, three})
	none, err := log.ByKeys(t.Context(), a, nil)
	if err != nil || len(none) != 0 {
		t.Errorf("no keys: %v, %v", none, err)
	}
}
