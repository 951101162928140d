package servicing

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
)

// batch is what a lane decides together and appends as one. Accounts stay in it
// until the append is known to have happened: only then is memory changed.
type batch struct {
	lane     *lane
	accounts map[credit.ID]*cached
	order    []credit.ID        // the accounts, as they were asked for: what is kept of them must not depend on a map's order
	suspect  map[credit.ID]bool // something panicked half-way: not to be used again in this batch
	expected []eventlog.Head    // of the partitions that get entries
	heads    map[int32]*eventlog.Head
	entries  []eventlog.Entry
	now      int64

	answered map[keyed]*task // commands of this batch with an entry
	repeats  []*task         // commands whose key is among them
	decided  []*task
	refused  []*task // with the refusal in err: the key may still have been used before
	looks    []*task
	again    []*task // to be decided in the next batch
}

// process decides, appends and answers tasks, as often as others were faster.
func (l *lane) process(tasks []*task) {
	const tries = 50
	for try := 0; len(tasks) > 0; try++ {
		if try == tries {
			l.fail(tasks, ErrBusy)
			return
		}
		if err := l.recover(); err != nil {
			l.fail(tasks, ErrUnavailable)
			return
		}
		tasks = l.once(tasks)
	}
}

func (l *lane) fail(tasks []*task, err error) {
	for _, t := range tasks {
		t.finish(err)
	}
}

// once processes tasks as one batch and returns those that must be decided again.
func (l *lane) once(tasks []*task) (again []*task) {
	b := &batch{
		lane:     l,
		accounts: make(map[credit.ID]*cached, len(tasks)),
		heads:    make(map[int32]*eventlog.Head),
		answered: make(map[keyed]*task, len(tasks)),
		now:      l.desk.options.Clock.Now().UnixMicro(),
	}
	switch err := b.load(tasks); {
	case errors.Is(err, errBehind):
		l.lost = true
		return tasks
	case err != nil:
		l.desk.options.Log.Error("load accounts", "error", err)
		l.lost = true
		l.fail(tasks, ErrUnavailable)
		return nil
	}
	for _, t := range tasks {
		b.decide(t)
	}
	if len(b.entries) > 0 {
		if err := b.append(); err != nil {
			for id := range b.accounts {
				l.accounts.drop(id)
			}
			return b.failed(tasks, err)
		}
	}
	b.keep()
	b.answer()
	return b.again
}

// load brings the accounts that the tasks need into the batch: from memory, or
// from the log, all of a partition's in one read.
func (b *batch) load(tasks []*task) error {
	missing := map[int32][]string{}
	want := func(partition int32, id credit.ID) {
		if _, ok := b.accounts[id]; ok {
			return
		}
		b.order = append(b.order, id)
		if c, ok := b.lane.accounts.get(id); ok {
			b.accounts[id] = c
			return
		}
		b.accounts[id] = nil
		missing[partition] = append(missing[partition], string(id))
	}
	looked := map[int32]bool{}
	for _, t := range tasks {
		if t.look != nil {
			looked[t.partition] = true
		}
	}
	if err := b.lane.freshen(looked); err != nil {
		return err
	}
	asked := map[credit.ID]bool{}
	for _, t := range tasks {
		if t.account != "" {
			want(t.partition, t.account)
		}
		if t.request != nil {
			asked[t.account] = true
		}
		for _, id := range t.touch {
			want(t.partition, id)
		}
	}
	for partition, ids := range missing {
		histories, err := b.lane.desk.log.Histories(background, partition, ids)
		if err != nil {
			return err
		}
		b.lane.desk.counters.loads.Add(int64(len(ids)))
		for _, h := range histories {
			if h.Snapshot != nil && h.Snapshot.Format != wire.StateFormat {
				h, err = b.lane.whole(partition, h.Account)
				if err != nil {
					return err
				}
			}
			c, err := restore(h)
			if err != nil {
				// One account that cannot be read stops alone.
				b.lane.halt(credit.ID(h.Account), err)
				c = &cached{account: &credit.Account{ID: credit.ID(h.Account)}}
			}
			if c.position > b.lane.heads[partition].Position {
				return errBehind
			}
			b.accounts[credit.ID(h.Account)] = c
			if asked[c.account.ID] {
				b.lane.remember(h.Entries)
			}
		}
	}
	return nil
}

// remember keeps the answers of an account's newest entries. After a restart,
// callers who never got theirs ask again, and a key that memory knows spoils no batch.
func (l *lane) remember(entries []eventlog.Entry) {
	const newest = 8
	for _, e := range entries[max(0, len(entries)-newest):] {
		l.answers.put(keyed{credit.ID(e.Account), e.Key}, executed{e.Name, e.Command, e.Answer, e.Position})
	}
}

// restore makes an account from what the log holds of it.
func restore(h eventlog.History) (*cached, error) {
	c := &cached{account: &credit.Account{ID: credit.ID(h.Account)}}
	if s := h.Snapshot; s != nil {
		account, err := wire.DecodeState(s.State)
		if err != nil {
			return nil, err
		}
		c.account, c.position = account, s.Position
		c.due = account.NextDue()
	}
	for _, entry := range h.Entries {
		if err := replay(c.account, entry); err != nil {
			return nil, fmt.Errorf("entry %d/%d: %w", entry.Partition, entry.Position, err)
		}
		c.position = entry.Position
		c.since++
		if entry.Due >= 0 {
			c.due = calendar.Date(entry.Due)
		}
	}
	return c, nil
}

// whole reads an account's history without its snapshot, which was written in a
// form that this version does not know. It is slow, and happens once an account
// after an upgrade: the next snapshot is in the new form.
func (l *lane) whole(partition int32, account string) (eventlog.History, error) {
	h := eventlog.History{Account: account}
	for after := int64(0); ; {
		page, err := l.desk.log.Read(background, partition, after, 5000)
		if err != nil || len(page) == 0 {
			return h, err
		}
		for _, e := range page {
			if e.Account == account {
				h.Entries = append(h.Entries, e)
			}
			after = e.Position
		}
	}
}

// replay applies an entry's events to an account.
func replay(a *credit.Account, entry eventlog.Entry) error {
	day, err := wire.EffectiveDay(entry.Name, entry.Command, calendar.Date(entry.Day))
	if err != nil {
		return err
	}
	events, err := wire.DecodeEvents(entry.Events)
	if err != nil {
		return err
	}
	for _, e := range events {
		a.Apply(e, day)
	}
	return nil
}

// decide works on one task. What it decides becomes entries of the batch.
func (b *batch) decide(t *task) {
	if t.ctx != nil && t.ctx.Err() != nil {
		t.finish(t.ctx.Err())
		return
	}
	switch {
	case t.open != 0:
		b.openDay(t)
	case t.touch != nil:
		for _, id := range t.touch {
			if err := b.protect(id, func() error { return b.closeDays(b.accounts[id], t.partition) }); err != nil {
				// It fails alone, and stays due: the next run tries again.
				b.lane.desk.options.Log.Error("a due day was not closed", "account", id, "error", err)
			}
		}
		b.decided = append(b.decided, t)
	case t.look != nil:
		b.touch(t)
	default:
		b.command(t)
	}
}

// touch prepares a look: the account's missed days are closed first, so that what
// is seen is what a command would be decided on.
func (b *batch) touch(t *task) {
	c := b.accounts[t.account]
	if c.account.Platform != t.platform {
		t.finish(&credit.Error{Kind: credit.NotFound, Detail: "there is no such account"})
		return
	}
	if err := b.protect(t.account, func() error { return b.closeDays(c, t.partition) }); err != nil {
		t.finish(err)
		return
	}
	b.looks = append(b.looks, t)
}

// patience is how long a command may wait before its caller is asked whether they
// are still there. Asking costs a system call.
const patience = 100 * time.Millisecond

func (b *batch) command(t *task) {
	r := t.request
	if r.Gone != nil && b.lane.desk.options.Clock.Elapsed()-t.taken > patience && r.Gone() {
		b.lane.desk.counters.gone.Add(1)
		t.finish(ErrGone)
		return
	}
	k := keyed{r.Account, r.Key}
	if b.answered[k] != nil {
		b.repeats = append(b.repeats, t)
		return
	}
	if past, ok := b.lane.answers.get(k); ok && !b.elsewhere(t) {
		b.lane.desk.counters.replays.Add(1)
		t.repeat(past)
		return
	}
	err := b.protect(r.Account, func() error { return b.execute(t) })
	var refusal *credit.Error
	switch {
	case err == nil:
		b.answered[k] = t
		b.decided = append(b.decided, t)
	case errors.As(err, &refusal):
		t.err = err
		b.refused = append(b.refused, t)
	case errors.Is(err, errSuspect):
		b.again = append(b.again, t)
	default:
		t.finish(err)
	}
}

// elsewhere says that the account is not the asking platform's: not even an answer
// from the past is for them.
func (b *batch) elsewhere(t *task) bool {
	owner := b.accounts[t.account].account.Platform
	return owner != "" && owner != t.request.Platform
}

// errBehind is for an account that has an entry which this lane has not heard of:
// another server was there. A decision would be fenced in the end, but it would be
// made on a state by a day that had no such state yet, and call it broken.
var errBehind = errors.New("servicing: another server has been in this partition")

var errSuspect = errors.New("servicing: the account's state is in doubt until it is read again")

// protect runs a decision on an account so that it fails alone: a panic or a broken
// invariant takes back what it added to the batch and leaves every other account as it is.
func (b *batch) protect(id credit.ID, decision func() error) (err error) {
	if b.suspect[id] {
		return errSuspect
	}
	if stopped := b.lane.stopped[id]; stopped != nil {
		return ErrStopped
	}
	mark := len(b.entries)
	defer func() {
		if p := recover(); p != nil {
			b.lane.desk.counters.panics.Add(1)
			b.lane.desk.options.Log.Error("a decision panicked", "account", id, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = ErrPanicked
			b.doubt(id, mark)
		}
	}()
	err = decision()
	if err == nil {
		if broken := b.accounts[id].account.Check(); broken != nil {
			b.lane.halt(id, broken)
			err = ErrStopped
			b.doubt(id, mark)
		}
	}
	return err
}

// doubt takes entries back and keeps the account from being used until it is read again.
func (b *batch) doubt(id credit.ID, mark int) {
	for i := len(b.entries) - 1; i >= mark; i-- {
		b.heads[b.entries[i].Partition].Position--
	}
	b.entries = b.entries[:mark]
	if b.suspect == nil {
		b.suspect = map[credit.ID]bool{}
	}
	b.suspect[id] = true
	b.lane.accounts.drop(id)
}

// execute decides a command on the account's state and adds its entry.
func (b *batch) execute(t *task) error {
	r := t.request
	c := b.accounts[r.Account]
	if owner := c.account.Platform; owner != r.Platform && (owner != "" || r.Command.Name() != (credit.Apply{}).Name()) {
		return &credit.Error{Kind: credit.NotFound, Detail: "there is no such account"}
	}
	if err := b.closeDays(c, t.partition); err != nil {
		return err
	}
	at, err := b.moment(t.partition)
	if err != nil {
		return err
	}
	if r.Refused != nil {
		return r.Refused
	}
	if r.Expect != 0 && c.position != r.Expect {
		return ErrMoved
	}
	events, err := c.account.Do(r.Command, at)
	if err != nil {
		return err
	}
	var body []byte
	if r.Answer != nil {
		body = r.Answer(c.account, events, at)
	}
	position, err := b.add(c, t.partition, r.Key, r.Command.Name(), t.command, events, body)
	t.answer = Answer{Body: body, Partition: t.partition, Position: position}
	return err
}

// closeDays does what an account missed, one entry a due day, in order: the same
// function whether close of business asks or the account's next command.
func (b *batch) closeDays(c *cached, partition int32) error {
	at, err := b.moment(partition)
	if err != nil {
		return err
	}
	for {
		due := c.account.NextDue()
		if due == 0 || due > at.Day {
			return nil
		}
		command := credit.CloseDay{Day: due}
		events, err := c.account.Do(command, credit.Moment{Day: due, Time: at.Time})
		if err != nil {
			return err
		}
		if next := c.account.NextDue(); next != 0 && next <= due {
			panic(fmt.Sprintf("closing %s left something due on %s", due, next))
		}
		encoded, err := wire.EncodeCommand(command)
		if err != nil {
			return err
		}
		if _, err := b.add(c, partition, closeKey+due.String(), command.Name(), encoded, events, nil); err != nil {
			return err
		}
	}
}

// moment is the business date of a partition and the instant for its next entry,
// which is never before its newest.
func (b *batch) moment(partition int32) (credit.Moment, error) {
	head := b.head(partition)
	if head.Day == 0 {
		return credit.Moment{}, ErrUnavailable // no business date was ever opened
	}
	return credit.Moment{Day: calendar.Date(head.Day), Time: max(b.now, head.Time)}, nil
}

// head is the partition's head as it will be once the batch is appended.
func (b *batch) head(partition int32) *eventlog.Head {
	if head := b.heads[partition]; head != nil {
		return head
	}
	head := *b.lane.heads[partition]
	b.heads[partition] = &head
	return &head
}

func (b *batch) add(c *cached, partition int32, key, name string, command []byte, events []credit.Event, answer []byte) (int64, error) {
	encoded, err := wire.EncodeEvents(events)
	if err != nil {
		return 0, err
	}
	head := b.head(partition)
	entry := eventlog.Entry{
		Partition: partition, Position: head.Position + 1, Account: string(c.account.ID), Key: key,
		Time: max(b.now, head.Time), Day: head.Day, Due: -1,
		Name: name, Command: command, Events: encoded, Answer: answer, Decoded: wire.Carry(events),
	}
	if due := c.account.NextDue(); due != c.due {
		c.due = due
		entry.Due = int32(due)
	}
	b.entries = append(b.entries, entry)
	head.Position, head.Time = entry.Position, entry.Time
	c.position = entry.Position
	c.since++
	return entry.Position, nil
}

// repeat answers a task with what its key was answered before, if it asks for the same.
func (t *task) repeat(past executed) {
	if past.name != t.request.Command.Name() || !bytes.Equal(past.command, t.command) {
		t.finish(ErrKeyReused)
		return
	}
	t.answer = Answer{Body: past.answer, Replayed: true, Partition: t.partition, Position: past.at}
	t.finish(nil)
}
