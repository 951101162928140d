// Package memory keeps the log in memory: for simulations and tests that want
// neither files nor a server, and that want each way in which a database can fail
// to happen when they say so. It knows what the seam promises and keeps it to the
// letter; it refuses to know durability.
package memory

import (
	"fmt"
	"slices"
	"sync"

	"github.com/yuefu/yuefu/eventlog"
)

// Store is the database of a log: what is left when a process that had it open is gone.
type Store struct {
	partitions []int32

	mu   sync.Mutex
	kept map[int32]*partition
}

// partition is what a store keeps of one partition.
type partition struct {
	head      eventlog.Head
	entries   []eventlog.Entry
	byAccount map[string][]int // indexes of its entries, oldest first
	byKey     map[eventlog.KeyRef]int
	snapshots map[string]eventlog.Snapshot
}

// NewStore returns an empty store with partitions of the given numbers.
func NewStore(partitions ...int32) *Store {
	s := &Store{partitions: slices.Clone(partitions), kept: make(map[int32]*partition, len(partitions))}
	for _, number := range partitions {
		s.kept[number] = &partition{
			head: eventlog.Head{Partition: number}, byAccount: make(map[string][]int),
			byKey: make(map[eventlog.KeyRef]int), snapshots: make(map[string]eventlog.Snapshot),
		}
	}
	return s
}

// Entries returns what a partition has after a position. It is not asked through a
// log, so that no fault hides what truly happened. Nobody may change it.
func (s *Store) Entries(number int32, after int64) []eventlog.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[number].entries[after:]
}

// find returns a partition; the store is locked.
func (s *Store) find(number int32) (*partition, error) {
	if p := s.kept[number]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("memory: no partition %d", number)
}

// append adds entries, all or none; the store is locked.
func (s *Store) append(moves []eventlog.Move, entries []eventlog.Entry) error {
	heads := make([]eventlog.Head, 0, len(moves))
	for _, move := range moves {
		if p := s.kept[move.Partition]; p != nil {
			heads = append(heads, p.head)
		}
	}
	if err := eventlog.Refused(moves, heads); err != nil {
		return err
	}
	for i := range entries {
		e := &entries[i]
		key := eventlog.KeyRef{Account: e.Account, Key: e.Key}
		_, taken := s.kept[e.Partition].byKey[key]
		for j := 0; j < i && !taken; j++ { // few entries are appended at once
			taken = entries[j].Partition == e.Partition && entries[j].Key == e.Key && entries[j].Account == e.Account
		}
		if taken {
			return fmt.Errorf("%w: %q of account %q in partition %d", eventlog.ErrKeyTaken, e.Key, e.Account, e.Partition)
		}
	}
	for _, e := range entries {
		p, at := s.kept[e.Partition], len(s.kept[e.Partition].entries)
		e.Decoded = nil
		p.entries = append(p.entries, e)
		p.byAccount[e.Account] = append(p.byAccount[e.Account], at)
		p.byKey[eventlog.KeyRef{Account: e.Account, Key: e.Key}] = at
		p.head = eventlog.Head{Partition: e.Partition, Position: e.Position, Time: e.Time, Day: e.Day}
	}
	return nil
}

// tail returns the entries of an account after a position.
func (p *partition) tail(account string, after int64) (tail []eventlog.Entry) {
	indexes := p.byAccount[account]
	first, _ := slices.BinarySearch(indexes, int(after)) // the entry at position n has the index n−1
	for _, i := range indexes[first:] {
		tail = append(tail, p.entries[i])
	}
	return tail
}

// Partitions returns the numbers of the partitions.
func (s *Store) Partitions() []int32 { return s.partitions }

// Head returns the head of a partition, as Entries does the entries.
func (s *Store) Head(number int32) eventlog.Head {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept[number].head
}

// Find returns the entry of an account with a key, as Entries does all of them.
func (s *Store) Find(number int32, account, key string) (eventlog.Entry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.kept[number]
	i, ok := p.byKey[eventlog.KeyRef{Account: account, Key: key}]
	if !ok {
		return eventlog.Entry{}, false
	}
	return p.entries[i], true
}
