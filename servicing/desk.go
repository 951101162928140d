// Package servicing is the desk: one command in, one entry of the log out, one
// answer back. It knows queues, batches, caches and the business date; it refuses
// to know rules (credit), SQL (eventlog) and HTTP (api).
//
// Each account has one writer: a lane, which leads a group of partitions. A lane
// drains its queue, decides each command on the state in memory, appends all that
// was decided as one batch, and only then answers. An idle lane answers in one
// append; a busy one makes bigger batches by itself.
package servicing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
)

// Request is a command for one account, from one platform.
type Request struct {
	Account  credit.ID
	Platform string // only this platform's accounts are there for it
	Key      string // idempotency key
	Command  credit.Command

	// Answer writes the answer to a decided command. It is pure, it is called once,
	// and its bytes are kept in the log: whoever repeats the key gets them again.
	Answer func(a *credit.Account, events []credit.Event, at credit.Moment) []byte

	// Own says that the house itself asks, under one of the keys that no caller may take.
	Own bool

	// Gone says whether the caller has gone away. It may be nil; it is asked before a
	// command that waited is decided, never after.
	Gone func() bool

	// Expect, if it is not 0, is the position of the account's newest entry on which
	// the command was prepared: should there be a newer one, it is not decided (ErrMoved).
	Expect int64

	// Refused, if it is not nil, is why the command is not decided, found out by who
	// asks: it is the answer, unless the key was used before.
	Refused *credit.Error
}

// Answer is what a command was answered, and where its entry stands in the log.
type Answer struct {
	Body      []byte
	Replayed  bool // the key had been used before: this is the first answer again
	Partition int32
	Position  int64
}

// The errors of the desk. Everything else that Do returns is a *credit.Error, the
// caller's own context error, or ours.
var (
	ErrBusy           = errors.New("the queue is full")
	ErrKeyMissing     = errors.New("the idempotency key is missing")
	ErrKeyReserved    = errors.New("the idempotency key begins as those of the house itself do")
	ErrKeyReused      = errors.New("the idempotency key was used for another command")
	ErrMoved          = errors.New("something else happened to the account while the command was prepared")
	ErrStopped        = errors.New("the account is stopped: an invariant of it does not hold")
	ErrOutcomeUnknown = errors.New("the outcome is not known yet: ask again with the same key")
	ErrUnavailable    = errors.New("the log cannot be written at the moment: nothing was changed")
	ErrPanicked       = errors.New("the command could not be decided")
	ErrClosed         = errors.New("the desk is closed")
	ErrGone           = errors.New("the caller has gone away while the command waited: nothing was changed")
)

// DueIndex finds the accounts that have something due. The tables implement it.
type DueIndex interface {
	// WaitFor returns when everything up to a position of a partition is in the tables.
	WaitFor(ctx context.Context, partition int32, position int64) error
	// Due returns up to limit accounts of a partition whose next due day is on or
	// before day, in the order of their ids, after the given one.
	Due(ctx context.Context, partition int32, day calendar.Date, after credit.ID, limit int) ([]credit.ID, error)
	// Appended hands over entries that were just appended: in order within each
	// partition, and never changed any more.
	Appended(entries []eventlog.Entry)
}

// Options are the desk's settings; the zero value of each is a good one.
type Options struct {
	Clock    Clock         // the instant that entries are stamped with; default: the machine's
	Lanes    int           // writers; default 2
	Queue    int           // commands that may wait for one lane; default 4,096
	Batch    int           // entries that one append adds at most; default 512
	Accounts int           // accounts kept in memory; default 200,000
	Snapshot int           // entries of an account between two snapshots of it; default 64
	MaxJump  int           // days that the clock may have moved ahead unasked; default 3
	Due      DueIndex      // nil: close of business runs only for accounts that are touched
	Log      *slog.Logger  // default: slog.Default()
	Evening  Evening       // nil: nothing happens between two days of a sandbox
	Wait     time.Duration // how long an unknown outcome is looked up before callers are told; default 5 s

	Sleep func(time.Duration) // waits a moment before the log is asked again; default: time.Sleep
}

// Evening is what a sandbox waits for before its next day begins: what has a whole
// day's time where days are real, such as the debits that the day asked for.
type Evening func(ctx context.Context, day calendar.Date)

func (o Options) withDefaults() Options {
	set := func(v *int, standard int) {
		if *v <= 0 {
			*v = standard
		}
	}
	set(&o.Lanes, 2)
	set(&o.Queue, 4096)
	set(&o.Batch, 512)
	set(&o.Accounts, 200_000)
	set(&o.Snapshot, 64)
	set(&o.MaxJump, 3)
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Wait <= 0 {
		o.Wait = 5 * time.Second
	}
	if o.Sleep == nil {
		o.Sleep = time.Sleep
	}
	return o
}

// Desk takes commands. All its methods are safe for concurrent use.
type Desk struct {
	log        eventlog.Log
	options    Options
	partitions []int32
	lanes      []*lane
	stop       chan struct{}
	stopping   sync.Once
	running    sync.WaitGroup
	days       days
	counters   counters
}

// Open starts a desk on a log. Before it takes commands the business date must be
// open: see OpenDay, Advance and RunClock.
func Open(ctx context.Context, log eventlog.Log, options Options) (*Desk, error) {
	d := &Desk{log: log, options: options.withDefaults(), partitions: log.Partitions(), stop: make(chan struct{})}
	if d.options.Clock == nil {
		return nil, errors.New("servicing: a desk needs a clock")
	}
	heads, err := log.Heads(ctx, d.partitions)
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	lanes := min(d.options.Lanes, len(d.partitions))
	for range lanes {
		d.lanes = append(d.lanes, newLane(d))
	}
	for i, head := range heads {
		l := d.lanes[i%lanes]
		l.partitions = append(l.partitions, head.Partition)
		l.heads[head.Partition] = &head
		l.moved[head.Partition] = head.Position
		d.days.seen(calendar.Date(head.Day))
	}
	for _, l := range d.lanes {
		d.running.Add(1)
		go l.run()
	}
	return d, nil
}

// Close answers what was taken and stops. The log stays its owner's.
func (d *Desk) Close() {
	d.stopping.Do(func() { close(d.stop) })
	d.running.Wait()
}

// closeKey begins the keys of due days that are closed. They are the account's
// own: if a caller could take one, that day could never be closed.
const closeKey = "close:"

// DebitKey begins the keys under which results of debits are told to the desk. A
// caller who took one could keep a result from being told.
const DebitKey = "debit:"

// CheckoutKey begins the keys under which checkouts authorise. A caller who took one
// could keep a customer's order from being decided.
const CheckoutKey = "checkout:"

// NoticeKey begins the keys under which messages about debts are counted as contacts.
const NoticeKey = "notice:"

// Do carries out a command and returns its answer once it is durable. A refusal
// (*credit.Error) changed nothing. When ctx ends first the command may or may not
// be carried out: the same key tells.
func (d *Desk) Do(ctx context.Context, r Request) (Answer, error) {
	if r.Key == "" {
		return Answer{}, ErrKeyMissing
	}
	if strings.HasPrefix(r.Key, closeKey) || !r.Own && (strings.HasPrefix(r.Key, DebitKey) || strings.HasPrefix(r.Key, CheckoutKey) || strings.HasPrefix(r.Key, NoticeKey)) {
		return Answer{}, ErrKeyReserved
	}
	command, err := wire.EncodeCommand(r.Command)
	if err != nil {
		return Answer{}, err
	}
	t := &task{ctx: ctx, request: &r, account: r.Account, command: command}
	if err := d.submit(ctx, t); err != nil {
		return Answer{}, err
	}
	return t.answer, t.err
}

// Look shows the live, durable state of an account of a platform. read runs on the
// account's lane: it must be quick and must keep nothing of a.
func (d *Desk) Look(ctx context.Context, account credit.ID, platform string, read func(a *credit.Account, at credit.Moment, position int64)) error {
	t := &task{ctx: ctx, account: account, platform: platform, look: read}
	if err := d.submit(ctx, t); err != nil {
		return err
	}
	return t.err
}

// Idle returns when each lane has done with everything that it was given before. A
// caller may have their answer while a lane still keeps what it has learnt: whoever
// wants one thing at a time waits for that, too.
func (d *Desk) Idle(ctx context.Context) error {
	for _, l := range d.lanes {
		if err := l.do(ctx, &task{touch: []credit.ID{}}); err != nil {
			return err
		}
	}
	return nil
}

// submit queues a task and waits until it is done. A full queue is said at once.
func (d *Desk) submit(ctx context.Context, t *task) error {
	if !t.account.Valid() {
		return &credit.Error{Kind: credit.NotFound, Detail: "there is no such account"}
	}
	slot := t.account.Slot(len(d.partitions))
	t.partition = d.partitions[slot]
	t.done = make(chan struct{})
	t.taken = d.options.Clock.Elapsed()
	l := d.lanes[slot%len(d.lanes)]
	select {
	case <-d.stop:
		return ErrClosed
	default:
	}
	select {
	case l.queue <- t:
	default:
		d.counters.busy.Add(1)
		return ErrBusy
	}
	select {
	case <-t.done:
		return nil
	case <-ctx.Done():
		select {
		case <-t.done:
			return nil
		default:
			return ctx.Err()
		}
	}
}
