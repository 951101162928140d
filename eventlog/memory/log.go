package memory

import (
	"context"

	"github.com/yuefu/yuefu/eventlog"
)

// Log is a store as one process has it open.
type Log struct {
	store  *Store
	faults Faults
}

var _ eventlog.Log = (*Log)(nil)

// Open returns the log of a store that works.
func Open(store *Store) *Log { return &Log{store: store} }

// Partitions returns the stored numbers of the partitions.
func (l *Log) Partitions() []int32 { return l.store.partitions }

// Heads returns the heads of the given partitions.
func (l *Log) Heads(ctx context.Context, partitions []int32) ([]eventlog.Head, error) {
	if err := l.reading(ctx); err != nil {
		return nil, err
	}
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	heads := make([]eventlog.Head, len(partitions))
	for i, number := range partitions {
		p, err := l.store.find(number)
		if err != nil {
			return nil, err
		}
		heads[i] = p.head
	}
	return heads, nil
}

// Append adds entries, all or none.
func (l *Log) Append(ctx context.Context, expected []eventlog.Head, entries []eventlog.Entry) error {
	moves, err := eventlog.Moves(expected, entries)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	fault := l.appending(entries)
	if err := fault.before(); err != nil {
		return err
	}
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	if err := l.store.append(moves, entries); err != nil {
		return err
	}
	return fault.after()
}

// Read returns entries of a partition after a position.
func (l *Log) Read(ctx context.Context, partition int32, after int64, limit int) ([]eventlog.Entry, error) {
	if err := l.reading(ctx); err != nil {
		return nil, err
	}
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	p, err := l.store.find(partition)
	if err != nil {
		return nil, err
	}
	rest := p.entries[min(max(after, 0), int64(len(p.entries))):]
	return append([]eventlog.Entry(nil), rest[:min(limit, len(rest))]...), nil
}

// Histories returns the history of each account.
func (l *Log) Histories(ctx context.Context, partition int32, accounts []string) ([]eventlog.History, error) {
	if err := l.reading(ctx); err != nil {
		return nil, err
	}
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	p, err := l.store.find(partition)
	if err != nil {
		return nil, err
	}
	histories := make([]eventlog.History, len(accounts))
	for i, account := range accounts {
		histories[i].Account = account
		after := int64(0)
		if snapshot, ok := p.snapshots[account]; ok {
			histories[i].Snapshot, after = &snapshot, snapshot.Position
		}
		histories[i].Entries = p.tail(account, after)
	}
	return histories, nil
}

// ByKeys returns the entries with the given keys.
func (l *Log) ByKeys(ctx context.Context, partition int32, keys []eventlog.KeyRef) ([]eventlog.Entry, error) {
	if err := l.reading(ctx); err != nil {
		return nil, err
	}
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	p, err := l.store.find(partition)
	if err != nil {
		return nil, err
	}
	var found []eventlog.Entry
	for _, key := range keys {
		if i, ok := p.byKey[key]; ok {
			found = append(found, p.entries[i])
		}
	}
	return found, nil
}

// SaveSnapshots keeps snapshots that are not older than what is kept.
func (l *Log) SaveSnapshots(ctx context.Context, snapshots []eventlog.Snapshot) error {
	if err := l.reading(ctx); err != nil {
		return err
	}
	l.store.mu.Lock()
	defer l.store.mu.Unlock()
	for _, snapshot := range snapshots {
		if _, err := l.store.find(snapshot.Partition); err != nil {
			return err
		}
	}
	for _, snapshot := range snapshots {
		kept := l.store.kept[snapshot.Partition].snapshots
		if old, ok := kept[snapshot.Account]; !ok || snapshot.Position >= old.Position {
			kept[snapshot.Account] = snapshot
		}
	}
	return nil
}

// Close releases nothing: the store stays.
func (l *Log) Close() error { return nil }
