package logtest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/eventlog"
)

// naive is the log as one would write it in a minute: what the real one is compared with.
type naive struct {
	entries   map[int32][]eventlog.Entry
	snapshots map[string]eventlog.Snapshot
	keys      map[string]bool
}

func (n *naive) head(partition int32) eventlog.Head {
	head := eventlog.Head{Partition: partition}
	if entries := n.entries[partition]; len(entries) > 0 {
		last := entries[len(entries)-1]
		head = eventlog.Head{Partition: partition, Position: last.Position, Time: last.Time, Day: last.Day}
	}
	return head
}

// append tells which error the real log has to give, and adds the entries when none.
func (n *naive) append(expected []eventlog.Head, entries []eventlog.Entry) error {
	for _, head := range expected {
		if n.head(head.Partition).Position != head.Position {
			return eventlog.ErrFenced
		}
	}
	name := func(e eventlog.Entry) string { return fmt.Sprintf("%d/%s/%s", e.Partition, e.Account, e.Key) }
	again := make(map[string]bool)
	for _, e := range entries {
		if n.keys[name(e)] || again[name(e)] {
			return eventlog.ErrKeyTaken
		}
		again[name(e)] = true
	}
	for _, e := range entries {
		n.keys[name(e)] = true
	}
	for _, e := range entries {
		n.entries[e.Partition] = append(n.entries[e.Partition], e)
	}
	return nil
}

func (n *naive) history(partition int32, account string) eventlog.History {
	h := eventlog.History{Account: account}
	if s, ok := n.snapshots[fmt.Sprint(partition, account)]; ok {
		h.Snapshot = &s
	}
	for _, e := range n.entries[partition] {
		if e.Account == account && (h.Snapshot == nil || e.Position > h.Snapshot.Position) {
			h.Entries = append(h.Entries, e)
		}
	}
	return h
}

// model does random steps on the log and on the naive one, and compares.
func model(t *testing.T, s Store) {
	log := s.Open()
	ctx := context.Background()
	partitions := log.Partitions()[:3]
	n := &naive{entries: make(map[int32][]eventlog.Entry), snapshots: make(map[string]eventlog.Snapshot), keys: make(map[string]bool)}
	round := 0 // the log can't be emptied: each round has accounts of its own
	rapid.Check(t, func(r *rapid.T) {
		round++
		partition := rapid.SampledFrom(partitions)
		accounts := []string{fmt.Sprint("acc_", round), fmt.Sprint("ac_", round), fmt.Sprint(round)}
		account := rapid.SampledFrom(accounts)
		r.Repeat(map[string]func(*rapid.T){
			"append": func(r *rapid.T) {
				var expected []eventlog.Head
				var entries []eventlog.Entry
				for i, p := range rapid.SliceOfNDistinct(partition, 1, 3, rapid.ID[int32]).Draw(r, "partitions") {
					head := n.head(p)
					if rapid.IntRange(0, 9).Draw(r, "stale") == 0 && head.Position > 0 {
						head.Position--
					}
					expected = append(expected, head)
					for j := range rapid.IntRange(1, 4).Draw(r, "entries") {
						entries = append(entries, eventlog.Entry{
							Partition: p, Position: head.Position + int64(j) + 1,
							Account: account.Draw(r, "account"), Key: fmt.Sprint("k", rapid.IntRange(0, 60).Draw(r, "key")),
							Time: head.Time + int64(j)*rapid.Int64Range(0, 5).Draw(r, "time"), Day: head.Day + rapid.Int32Range(0, 1).Draw(r, "day")*int32(j),
							Due: rapid.Int32Range(-1, 9).Draw(r, "due"), Name: "authorise",
							Command: rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(r, "command"), Events: fmt.Append(nil, i, j),
						})
						if j > 0 { // the draws above may go backwards
							last := &entries[len(entries)-2]
							now := &entries[len(entries)-1]
							now.Time, now.Day = max(now.Time, last.Time), max(now.Day, last.Day)
						}
					}
				}
				want := n.append(expected, entries)
				if err := log.Append(ctx, expected, entries); !errors.Is(err, want) || want == nil && err != nil {
					r.Fatalf("append: %v, want %v", err, want)
				}
			},
			"snapshot": func(r *rapid.T) {
				p, a := partition.Draw(r, "partition"), account.Draw(r, "account")
				s := eventlog.Snapshot{Partition: p, Account: a, Position: rapid.Int64Range(0, n.head(p).Position).Draw(r, "position"), Format: 1, State: []byte(a)}
				if err := log.SaveSnapshots(ctx, []eventlog.Snapshot{s}); err != nil {
					r.Fatal(err)
				}
				if old, ok := n.snapshots[fmt.Sprint(p, a)]; !ok || s.Position >= old.Position {
					n.snapshots[fmt.Sprint(p, a)] = s
				}
			},
			"": func(r *rapid.T) {
				p := partition.Draw(r, "partition")
				after, limit := rapid.Int64Range(0, n.head(p).Position).Draw(r, "after"), rapid.IntRange(1, 50).Draw(r, "limit")
				heads, err := log.Heads(ctx, []int32{p})
				if err != nil {
					r.Fatal(err)
				}
				same(r, "head", heads, []eventlog.Head{n.head(p)})
				page, err := log.Read(ctx, p, after, limit)
				if err != nil {
					r.Fatal(err)
				}
				rest := n.entries[p][after:]
				same(r, "page", page, rest[:min(limit, len(rest))])
				histories, err := log.Histories(ctx, p, accounts)
				if err != nil {
					r.Fatal(err)
				}
				for i, account := range accounts {
					same(r, "history", histories[i], n.history(p, account))
				}
			},
		})
	})
}
