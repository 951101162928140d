package eventlog

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Move is what one append does to the head of one partition: it goes from a
// position to another if it stands at the first one, and if neither the time nor
// the day of the first new entry is before the head's.
type Move struct {
	Partition           int32
	From, To            int64 // positions
	FirstTime, LastTime int64
	FirstDay, LastDay   int32
}

// Moves checks the arguments of Append, without the database, and returns the
// moves of the heads in order of their partitions: an order in which two writers
// that lock several heads can't wait for each other.
func Moves(expected []Head, entries []Entry) ([]Move, error) {
	if len(entries) == 0 {
		return nil, errors.New("eventlog: an append without entries")
	}
	moves := make([]Move, len(expected))
	for i, head := range expected {
		moves[i] = Move{
			Partition: head.Partition, From: head.Position, To: head.Position,
			FirstTime: head.Time, LastTime: head.Time, FirstDay: head.Day, LastDay: head.Day,
		}
		for _, other := range moves[:i] {
			if other.Partition == head.Partition {
				return nil, fmt.Errorf("eventlog: partition %d is expected at two heads", head.Partition)
			}
		}
	}
	at := 0 // entries of a partition mostly stand together
	for i := range entries {
		e := &entries[i]
		if at >= len(moves) || moves[at].Partition != e.Partition {
			at = slices.IndexFunc(moves, func(m Move) bool { return m.Partition == e.Partition })
			if at < 0 {
				return nil, fmt.Errorf("eventlog: entry %d is of partition %d, of which no head is expected", i, e.Partition)
			}
		}
		if err := moves[at].take(e); err != nil {
			return nil, err
		}
	}
	moves = slices.DeleteFunc(moves, func(m Move) bool { return m.To == m.From })
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.Partition, b.Partition) })
	return moves, nil
}

// take moves on to the next entry.
func (m *Move) take(e *Entry) error {
	switch {
	case e.Position != m.To+1:
		return fmt.Errorf("eventlog: entry %d of partition %d stands after %d: positions have no gaps", e.Position, m.Partition, m.To)
	case e.Time < m.LastTime:
		return fmt.Errorf("eventlog: time goes backwards at entry %d of partition %d", e.Position, m.Partition)
	case e.Day < m.LastDay:
		return fmt.Errorf("eventlog: the day goes backwards at entry %d of partition %d", e.Position, m.Partition)
	case e.Due < -1:
		return fmt.Errorf("eventlog: entry %d of partition %d has the due day %d", e.Position, m.Partition, e.Due)
	case e.Key == "" || e.Name == "":
		return fmt.Errorf("eventlog: entry %d of partition %d has no key or no name", e.Position, m.Partition)
	case !text(e.Account) || !text(e.Key) || !text(e.Name):
		return fmt.Errorf("eventlog: entry %d of partition %d has text that is not UTF-8 or has a zero byte", e.Position, m.Partition)
	}
	if m.To == m.From {
		m.FirstTime, m.FirstDay = e.Time, e.Day
	}
	m.To, m.LastTime, m.LastDay = e.Position, e.Time, e.Day
	return nil
}

// text tells whether PostgreSQL would take the string as text: SQLite takes
// anything, and the two have to be the same.
func text(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// Refused tells why heads can't be moved, or nil when they could: found are the heads as they are.
func Refused(moves []Move, found []Head) error {
	for _, move := range moves {
		i := slices.IndexFunc(found, func(h Head) bool { return h.Partition == move.Partition })
		switch {
		case i < 0:
			return fmt.Errorf("eventlog: partition %d has no head", move.Partition)
		case found[i].Position != move.From:
			return fmt.Errorf("%w: partition %d is at %d, not %d", ErrFenced, move.Partition, found[i].Position, move.From)
		}
	}
	for _, move := range moves {
		i := slices.IndexFunc(found, func(h Head) bool { return h.Partition == move.Partition })
		if move.FirstTime < found[i].Time || move.FirstDay < found[i].Day {
			return fmt.Errorf("eventlog: time or day goes backwards at entry %d of partition %d", move.From+1, move.Partition)
		}
	}
	return nil
}

// Order puts heads as they were found into the order in which they were asked for.
func Order(partitions []int32, found []Head) ([]Head, error) {
	byPartition := make(map[int32]Head, len(found))
	for _, head := range found {
		byPartition[head.Partition] = head
	}
	heads := make([]Head, len(partitions))
	for i, partition := range partitions {
		head, ok := byPartition[partition]
		if !ok {
			return nil, fmt.Errorf("eventlog: no partition %d", partition)
		}
		heads[i] = head
	}
	return heads, nil
}

// Distinct drops what is there twice; a list of accounts mostly has nothing twice.
func Distinct(accounts []string) []string {
	seen := make(map[string]bool, len(accounts))
	for _, account := range accounts {
		seen[account] = true
	}
	if len(seen) == len(accounts) {
		return accounts
	}
	return slices.Collect(maps.Keys(seen))
}

// Assemble makes histories, in the order of accounts, of entries in any order and
// of snapshots that were read after them. A snapshot may be newer than the one the
// entries were chosen by: what it covers is dropped. To sort here costs less than
// in the database, which would carry whole rows about.
func Assemble(accounts []string, snapshots []Snapshot, entries []Entry) []History {
	histories := make([]History, len(accounts))
	first := make(map[string]int, len(accounts))
	for i, account := range accounts {
		histories[i].Account = account
		if _, again := first[account]; !again {
			first[account] = i
		}
	}
	for i := range snapshots {
		histories[first[snapshots[i].Account]].Snapshot = &snapshots[i]
	}
	for _, entry := range entries {
		history := &histories[first[entry.Account]]
		if history.Snapshot == nil || entry.Position > history.Snapshot.Position {
			history.Entries = append(history.Entries, entry)
		}
	}
	for i := range histories {
		slices.SortFunc(histories[i].Entries, func(a, b Entry) int { return cmp.Compare(a.Position, b.Position) })
	}
	for i, account := range accounts { // an account that was asked for twice
		histories[i] = histories[first[account]]
	}
	return histories
}

// Newest keeps the newest snapshot of each account, in an order in which two
// writers of many can't wait for each other.
func Newest(snapshots []Snapshot) []Snapshot {
	kept := slices.Clone(snapshots)
	slices.SortStableFunc(kept, func(a, b Snapshot) int {
		return cmp.Or(cmp.Compare(a.Partition, b.Partition), cmp.Compare(a.Account, b.Account), cmp.Compare(b.Position, a.Position))
	})
	return slices.CompactFunc(kept, func(a, b Snapshot) bool { return a.Partition == b.Partition && a.Account == b.Account })
}
