// Package eventlog is the seam to the append-only log that is the truth of the
// product. It knows partitions, positions and keys; it refuses to know what an
// entry means. Each implementation (eventlog/sqlite, eventlog/postgres, eventlog/memory) passes
// the one conformance suite in eventlog/logtest.
package eventlog

import (
	"context"
	"errors"
)

// Entry is one executed command: what was asked, what happened, what was
// answered. Entries are never changed and never removed.
type Entry struct {
	Partition int32  // stored number of the partition, see Partitions
	Position  int64  // 1, 2, 3, … within its partition, without gaps
	Account   string // the account it is about; empty for the partition's own entries (day opened)
	Key       string // idempotency key; unique for its partition and account, for ever
	Time      int64  // microseconds since 1970 in UTC; never goes backwards within a partition
	Day       int32  // business date as days since 1970; never goes backwards within a partition
	Due       int32  // the day on which the account has next something due after this entry; 0: nothing, -1: as before
	Name      string // the command's wire name, such as "authorise"
	Command   []byte // what was asked, as JSON
	Events    []byte // what happened, as JSON
	Answer    []byte // what was answered, byte for byte

	// Decoded may be what Events says as values, from whoever wrote it, so that those to whom
	// the entry is handed need not read it again. No store keeps it, and an entry that is
	// read has none: a shortcut, without which everything is the same.
	Decoded any
}

// Head is the newest entry of a partition: its position, time and day; zero
// values for an empty partition.
type Head struct {
	Partition int32
	Position  int64
	Time      int64
	Day       int32
}

// Snapshot is an account's state after the entry at Position: a cache, which
// may be missing or old, never a truth.
type Snapshot struct {
	Partition int32
	Account   string
	Position  int64
	Format    int32 // the version of the state's encoding; a reader ignores one that it does not know
	State     []byte
}

// History is what an account's state is made from: its newest snapshot, if any,
// and every entry after it, oldest first.
type History struct {
	Account  string
	Snapshot *Snapshot
	Entries  []Entry
}

// KeyRef names one key of one account.
type KeyRef struct {
	Account, Key string
}

// ErrFenced says that somebody else appended first: nothing was added; read
// what was missed and decide again.
var ErrFenced = errors.New("eventlog: another writer appended first")

// ErrKeyTaken says that an entry with one of the keys exists already: nothing
// was added; ByKeys tells which.
var ErrKeyTaken = errors.New("eventlog: a key was used before")

// ErrUnknown says that the append may or may not have happened, since the
// connection was lost around the commit: look the keys up before answering anyone.
var ErrUnknown = errors.New("eventlog: outcome of the append is unknown")

// Log is the append-only log. All its methods are safe for concurrent use.
type Log interface {
	// Partitions returns the stored numbers of the partitions, fixed when the
	// database was created, in an order that is the same for ever: the index in
	// it is what an account's id is hashed to.
	Partitions() []int32

	// Heads returns the heads of the given partitions, in that order.
	Heads(ctx context.Context, partitions []int32) ([]Head, error)

	// Append adds entries of one or more partitions, all or none, durably. expected
	// has the head of each partition that occurs; entries of a partition stand in
	// order and carry positions head+1, head+2, … Errors: ErrFenced, ErrKeyTaken,
	// ErrUnknown, or one that says that surely nothing was added.
	Append(ctx context.Context, expected []Head, entries []Entry) error

	// Read returns up to limit entries of a partition with positions after the given one, oldest first.
	Read(ctx context.Context, partition int32, after int64, limit int) ([]Entry, error)

	// Histories returns the history of each account of one partition, in the order
	// asked; an account that the log does not know has an empty one.
	Histories(ctx context.Context, partition int32, accounts []string) ([]History, error)

	// ByKeys returns the entries that exist for the given keys of one partition, in any order.
	ByKeys(ctx context.Context, partition int32, keys []KeyRef) ([]Entry, error)

	// SaveSnapshots keeps snapshots; one with a lower position never replaces a newer one.
	SaveSnapshots(ctx context.Context, snapshots []Snapshot) error

	// Close releases what the log holds; the database handle stays its owner's.
	Close() error
}
