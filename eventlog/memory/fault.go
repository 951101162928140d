package memory

import (
	"context"
	"errors"
	"fmt"

	"github.com/yuefu/yuefu/eventlog"
)

// Fault is what goes wrong with an append.
type Fault int

// The faults of an append, in each way that a database's can fail.
const (
	None       Fault = iota
	Refused          // nothing is added, and that is known: a full disk
	LostBefore       // the connection broke before the commit: nothing is added, and nobody knows
	LostAfter        // the commit happened, and its answer was lost on the way
	Overtaken        // somebody else's append came first
)

// ErrBroken is what a store that does not work says of everything asked of it.
var ErrBroken = errors.New("memory: the store does not answer")

// Faults decide what goes wrong. Both are asked while the store is not locked, so
// that what they do may use it: another writer who is faster, a wait. Either may be nil.
type Faults struct {
	Append func(entries []eventlog.Entry) Fault // before each append
	Read   func() error                         // before everything else: an error is what the caller gets
}

// OpenFaulty returns the log of a store that fails as faults say.
func OpenFaulty(store *Store, faults Faults) *Log { return &Log{store: store, faults: faults} }

func (l *Log) appending(entries []eventlog.Entry) Fault {
	if l.faults.Append == nil {
		return None
	}
	return l.faults.Append(entries)
}

func (l *Log) reading(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if l.faults.Read == nil {
		return nil
	}
	return l.faults.Read()
}

// before is what a fault makes of an append that is not to happen.
func (f Fault) before() error {
	switch f {
	case Refused:
		return ErrBroken
	case LostBefore:
		return fmt.Errorf("%w: the connection broke before the commit", eventlog.ErrUnknown)
	case Overtaken:
		return eventlog.ErrFenced
	case None, LostAfter:
	}
	return nil
}

// after is what a fault makes of an append that happened.
func (f Fault) after() error {
	if f == LostAfter {
		return fmt.Errorf("%w: the connection broke after the commit", eventlog.ErrUnknown)
	}
	return nil
}
