package servicing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
)

// background is the context of what a lane does for everybody in a batch: no
// single caller may cancel it.
var background = context.Background()

// append adds the batch's entries to the log, durably.
func (b *batch) append() error {
	b.expected = b.expected[:0]
	for partition, head := range b.heads {
		if before := b.lane.heads[partition]; head.Position != before.Position {
			b.expected = append(b.expected, *before)
		}
	}
	slices.SortFunc(b.expected, func(x, y eventlog.Head) int { return int(x.Partition) - int(y.Partition) })
	return b.lane.desk.log.Append(background, b.expected, b.entries)
}

// keep moves what was appended into memory.
func (b *batch) keep() {
	l := b.lane
	for partition, head := range b.heads {
		*l.heads[partition] = *head
	}
	for i := range b.entries {
		if e := &b.entries[i]; e.Account != "" {
			l.moved[e.Partition] = e.Position
		}
	}
	for _, id := range b.order {
		if c := b.accounts[id]; !b.suspect[id] && l.stopped[id] == nil && c.position > 0 {
			l.accounts.put(id, c)
		}
	}
	l.desk.counters.entries.Add(int64(len(b.entries)))
	if due := l.desk.options.Due; due != nil {
		due.Appended(b.entries)
	}
	b.snapshot()
}

// snapshot saves accounts whose history since the last snapshot has grown long. It
// is a cache: when it fails nothing is lost but time.
func (b *batch) snapshot() {
	l := b.lane
	var snapshots []eventlog.Snapshot
	for _, id := range b.order {
		c := b.accounts[id]
		if c.since < l.desk.options.Snapshot || b.suspect[id] {
			continue
		}
		state, err := wire.EncodeState(c.account)
		if err != nil {
			l.desk.options.Log.Error("encode snapshot", "account", id, "error", err)
			continue
		}
		partition := l.desk.partitions[id.Slot(len(l.desk.partitions))]
		snapshots = append(snapshots, eventlog.Snapshot{Partition: partition, Account: string(id), Position: c.position, Format: wire.StateFormat, State: state})
		c.since = 0
	}
	if len(snapshots) == 0 {
		return
	}
	if err := l.desk.log.SaveSnapshots(background, snapshots); err != nil {
		l.desk.options.Log.Error("save snapshots", "error", err)
	}
}

// answer tells everybody in the batch, now that it is durable.
func (b *batch) answer() {
	l := b.lane
	for _, t := range b.looks {
		if b.suspect[t.account] {
			b.again = append(b.again, t)
			continue
		}
		c := b.accounts[t.account]
		at, err := b.moment(t.partition)
		if err == nil {
			err = look(t, c, at)
		}
		t.finish(err)
	}
	for _, t := range b.decided {
		if t.request != nil {
			l.answers.put(keyed{t.account, t.request.Key}, executed{t.request.Command.Name(), t.command, t.answer.Body, t.answer.Position})
		}
		t.finish(nil)
	}
	l.desk.counters.commands.Add(int64(len(b.decided)))
	for _, t := range b.repeats {
		first := b.answered[keyed{t.account, t.request.Key}]
		l.desk.counters.replays.Add(1)
		t.repeat(executed{first.request.Command.Name(), first.command, first.answer.Body, first.answer.Position})
	}
	b.refuse()
}

// stale finds the partitions of refused commands to which another server has added
// entries, and makes the lane know them.
func (b *batch) stale() (map[int32]bool, error) {
	l := b.lane
	known := map[int32]int64{}
	refused := map[int32]bool{}
	for _, t := range b.refused {
		known[t.partition] = l.heads[t.partition].Position
		refused[t.partition] = true
	}
	if err := l.freshen(refused); err != nil {
		l.lost = true
		return nil, err
	}
	stale := map[int32]bool{}
	for partition, position := range known {
		stale[partition] = l.heads[partition].Position != position
	}
	return stale, nil
}

func look(t *task, c *cached, at credit.Moment) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrPanicked, p)
		}
	}()
	t.look(c.account, at, c.position)
	return nil
}

// refuse answers refused commands. A refusal adds nothing to the log, so no
// compare-and-set tells that it stands on old state: where another server has been
// meanwhile, the command is decided again. And what looks like a refusal may be a repeat: a
// capture that was carried out once is refused the second time, yet whoever
// repeats its key gets the first answer.
func (b *batch) refuse() {
	if len(b.refused) == 0 {
		return
	}
	stale, err := b.stale()
	if err != nil {
		b.lane.fail(b.refused, ErrUnavailable)
		return
	}
	byPartition := map[int32][]eventlog.KeyRef{}
	b.refused = slices.DeleteFunc(b.refused, func(t *task) bool {
		if stale[t.partition] {
			t.err = nil
			b.again = append(b.again, t)
			return true
		}
		byPartition[t.partition] = append(byPartition[t.partition], eventlog.KeyRef{Account: string(t.account), Key: t.request.Key})
		return false
	})
	past, err := b.lane.executed(byPartition)
	if err != nil {
		b.lane.fail(b.refused, ErrUnavailable)
		return
	}
	for _, t := range b.refused {
		if found, ok := past[keyed{t.account, t.request.Key}]; ok && !b.elsewhere(t) {
			b.lane.desk.counters.replays.Add(1)
			t.repeat(found)
			continue
		}
		b.lane.desk.counters.refusals.Add(1)
		t.finish(t.err)
	}
}

// failed deals with an append that did not simply succeed, and returns the tasks
// to decide again. Nothing in memory was changed.
func (b *batch) failed(tasks []*task, err error) (again []*task) {
	l := b.lane
	open := func() (open []*task) {
		for _, t := range tasks {
			select {
			case <-t.done:
			default:
				t.err, t.answer = nil, Answer{}
				open = append(open, t)
			}
		}
		return open
	}
	switch {
	case errors.Is(err, eventlog.ErrFenced):
		l.desk.counters.fenced.Add(1)
		l.lost = true
		return open()
	case errors.Is(err, eventlog.ErrKeyTaken):
		return b.takeKnown(open())
	case errors.Is(err, eventlog.ErrUnknown):
		l.desk.options.Log.Warn("outcome of an append is unknown", "error", err)
		return b.lookUp(open(), err)
	default:
		l.desk.options.Log.Error("append", "error", err)
		l.lost = true
		l.fail(open(), ErrUnavailable)
		return nil
	}
}

// takeKnown answers the tasks whose key the log knows, and returns the others. A
// taken key that belongs to none of them (a day closed by another server) means
// that what is in memory is old.
func (b *batch) takeKnown(tasks []*task) (again []*task) {
	b.lane.lost = true
	known, err := b.known()
	if err != nil {
		b.lane.fail(tasks, ErrUnavailable)
		return nil
	}
	again = b.tell(tasks, known)
	b.lane.desk.counters.replays.Add(int64(len(tasks) - len(again)))
	return again
}

// tell answers the tasks whose key is known with what was answered then, and
// returns the others.
func (b *batch) tell(tasks []*task, known map[keyed]executed) (others []*task) {
	for _, t := range tasks {
		if t.request != nil {
			if past, ok := known[keyed{t.account, t.request.Key}]; ok && !b.elsewhere(t) {
				t.repeat(past)
				continue
			}
		}
		others = append(others, t)
	}
	return others
}

// known returns which keys of the batch's entries the log has.
func (b *batch) known() (map[keyed]executed, error) {
	byPartition := map[int32][]eventlog.KeyRef{}
	for _, e := range b.entries {
		byPartition[e.Partition] = append(byPartition[e.Partition], eventlog.KeyRef{Account: e.Account, Key: e.Key})
	}
	return b.lane.executed(byPartition)
}

// executed returns what the log has under the given keys of each partition.
func (l *lane) executed(byPartition map[int32][]eventlog.KeyRef) (map[keyed]executed, error) {
	found := map[keyed]executed{}
	for partition, keys := range byPartition {
		entries, err := l.desk.log.ByKeys(background, partition, keys)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			found[keyed{credit.ID(e.Account), e.Key}] = executed{e.Name, e.Command, e.Answer, e.Position}
		}
	}
	return found, nil
}

// lookUp finds out what became of an append whose outcome is unknown before
// anybody is answered. While the log cannot be reached, callers wait for a while
// and are then told to ask again with the same key.
func (b *batch) lookUp(tasks []*task, cause error) (again []*task) {
	l := b.lane
	l.lost = true
	clock := l.desk.options.Clock
	for start := clock.Elapsed(); clock.Elapsed()-start < l.desk.options.Wait; l.desk.options.Sleep(20 * time.Millisecond) {
		if known, err := b.known(); err == nil {
			return b.tell(tasks, known)
		}
	}
	l.desk.options.Log.Error("outcome of an append stays unknown", "error", cause)
	l.fail(tasks, ErrOutcomeUnknown)
	return nil
}

// recover reads the heads again after the log was lost or another writer was
// faster, and forgets the accounts that others changed meanwhile.
func (l *lane) recover() error {
	if !l.lost {
		return nil
	}
	if err := l.refresh(l.partitions); err != nil {
		return err
	}
	l.lost = false
	return nil
}

// freshen makes sure, before accounts are looked at, that no other server has
// added to their partitions.
func (l *lane) freshen(looked map[int32]bool) error {
	if len(looked) == 0 {
		return nil
	}
	partitions := make([]int32, 0, len(looked))
	for p := range looked {
		partitions = append(partitions, p)
	}
	return l.refresh(partitions)
}

// refresh reads heads, and forgets the accounts that have entries which this lane did not add.
func (l *lane) refresh(partitions []int32) error {
	heads, err := l.desk.log.Heads(background, partitions)
	if err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	for _, head := range heads {
		known := l.heads[head.Partition]
		const page = 1000
		for after := known.Position; after < head.Position; {
			if head.Position-after > 20*page {
				l.accounts.clear()
				break
			}
			missed, err := l.desk.log.Read(background, head.Partition, after, page)
			if err != nil {
				return fmt.Errorf("read what was missed: %w", err)
			}
			if len(missed) == 0 {
				break
			}
			for _, e := range missed {
				l.accounts.drop(credit.ID(e.Account))
				after = e.Position
			}
		}
		if head.Position > known.Position {
			l.moved[head.Partition] = head.Position
		}
		*known = head
	}
	return nil
}

// halt stops one account and raises the alarm.
func (l *lane) halt(id credit.ID, cause error) {
	l.desk.counters.stopped.Add(1)
	l.stopped[id] = cause
	l.accounts.drop(id)
	l.desk.options.Log.Error("account stopped: an invariant does not hold", "account", id, "error", cause)
}
