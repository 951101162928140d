package trial

import (
	"bytes"
	"errors"
	"runtime"
	"strconv"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/trial/reference"
)

// act is something that a customer or an operator asks for, and how the reference
// model does it.
type act struct {
	command credit.Command
	model   func(*reference.Account, reference.Moment) reference.Answer // nil: the model does not know it
}

// delivered is a request that was answered.
type delivered struct {
	key     string
	command credit.Command
	body    []byte
}

// act lets a customer do something, and compares what comes of it.
func (w *world) act(c *customer, desk *servicing.Desk) {
	if w.depth == 0 && w.chance(w.rate.again) && len(c.past) > 0 {
		w.again(c, pick(w, c.past...), desk)
		return
	}
	w.carryOut(c, w.any(c), desk)
}

func (w *world) carryOut(c *customer, a act, desk *servicing.Desk) {
	w.keys++
	key := "k" + strconv.Itoa(w.keys)
	w.note(a.command.Name())
	if w.trace != nil {
		asked, _ := wire.EncodeCommand(a.command)
		w.say("%s asks %s %s as %s, of the other desk: %t", c.name, a.command.Name(), asked, key, desk == w.other)
	}
	answer, err := w.deliver(c, key, a.command, desk)
	if w.failure != nil {
		return
	}
	w.judge(c, a, key, answer, err)
	if w.depth == 0 && w.chance(120) {
		w.compareState(c, w.desk)
	}
}

// answerTo is what the desk is told to answer with: enough to tell one state from another.
func answerTo(a *credit.Account, events []credit.Event, at credit.Moment) []byte {
	b := []byte(at.Day.String())
	for _, figure := range []int64{at.Time, int64(len(events)), a.Numbers, int64(a.Owed()), int64(a.Available()), int64(a.Credit)} {
		b = strconv.AppendInt(append(b, ' '), figure, 10)
	}
	return b
}

func (w *world) request(c *customer, key string, command credit.Command) servicing.Request {
	r := servicing.Request{Account: c.id, Platform: platform, Key: key, Command: command, Answer: answerTo}
	if told, ok := command.(credit.ReverseRepayment); ok && len(told.History) > 0 {
		r.Expect = c.positions[len(told.History)-1] // it was prepared on this entry
	}
	return r
}

// deliver asks until there is an answer, as a client does: again with the same key.
func (w *world) deliver(c *customer, key string, command credit.Command, desk *servicing.Desk) (answer servicing.Answer, err error) {
	first := desk == w.desk
	for try := 0; w.failure == nil; try++ {
		if first {
			desk = w.desk // it may be another one since the last try
		}
		answer, err = w.ask(c, key, command, desk)
		w.idle(desk)
		var refusal *credit.Error
		if err == nil || errors.As(err, &refusal) || errors.Is(err, servicing.ErrMoved) {
			break
		}
		w.fault("asked again")
		w.pending = true // it may have been carried out: nobody else acts before that is known
		w.mend(err, try)
	}
	w.pending = false
	w.follow()
	return answer, err
}

// judge compares what the desk says with what the log and the reference model say.
func (w *world) judge(c *customer, a act, key string, answer servicing.Answer, err error) {
	w.result.Commands++
	entry := w.fresh[string(c.id)+" "+key]
	var told reference.Answer
	var refusal *credit.Error
	switch {
	case errors.Is(err, servicing.ErrMoved):
		w.note("moved")
		return // the next one is prepared on what there is then
	case errors.As(err, &refusal):
		if kept, ok := w.store.Find(w.partition(c.id), string(c.id), key); ok && !w.ahead {
			w.fail("%s was refused (%v), and is entry %d", a.command.Name(), err, kept.Position)
			return
		}
		told = refused(refusal)
		w.note("refused: " + string(refusal.Kind))
	default:
		kept, ok := w.store.Find(w.partition(c.id), string(c.id), key)
		if !ok || entry == nil && !answer.Replayed || !bytes.Equal(kept.Answer, answer.Body) || kept.Position != answer.Position {
			w.fail("%s was answered %q at %d, and the log has %q at %d", a.command.Name(), answer.Body, answer.Position, kept.Answer, kept.Position)
			return
		}
		if entry == nil { // it was taken in while somebody else was being judged
			entry = w.reread(kept)
		}
		told = tellEvents(entry.events)
		if reversal, ok := a.command.(credit.ReverseRepayment); ok {
			reversal.History = nil // whoever asks again prepares it again
			a.command = reversal
		}
		if len(c.past) < 40 {
			c.past = append(c.past, delivered{key, a.command, answer.Body})
		} else {
			c.past[w.random.IntN(len(c.past))] = delivered{key, a.command, answer.Body}
		}
	}
	head := w.store.Head(w.partition(c.id))
	at := reference.Moment{Day: calendar.Date(head.Day), Time: max(w.clock.now, head.Time)}
	if entry != nil {
		at = reference.Moment{Day: calendar.Date(entry.entry.Day), Time: entry.entry.Time}
	}
	w.compareAnswer(c, a, at, told)
	if w.depth == 0 && !w.ahead {
		w.settle()
	}
}

// again repeats a request that was answered: the same key with the same request has
// the same answer, with another one it is an error, and neither leaves a trace.
func (w *world) again(c *customer, past delivered, desk *servicing.Desk) {
	w.fault("delivered again")
	before := w.result.Entries
	if w.chance(800) {
		answer, err := w.deliver(c, past.key, past.command, desk)
		if w.failure == nil && (err != nil || !answer.Replayed || !bytes.Equal(answer.Body, past.body)) {
			w.fail("%s again was answered %q (%v), and at first %q", past.command.Name(), answer.Body, err, past.body)
		}
	} else {
		command := credit.Command(credit.Repay{Amount: 12_345_678, Currency: w.terms.Currency, Source: "another"})
		if past.command == command {
			return
		}
		for try := 0; w.failure == nil; try++ {
			_, err := w.desk.Do(background, w.request(c, past.key, command))
			w.idle(w.desk)
			w.follow()
			if errors.Is(err, servicing.ErrKeyReused) {
				break
			}
			if err == nil || try > 60 {
				w.fail("the key of %s was used for another command: %v", past.command.Name(), err)
				return
			}
			if w.dead || w.unwell(err) {
				w.mend(err, try)
				continue
			}
			w.fail("the key of %s for another command: %v", past.command.Name(), err)
		}
	}
	if w.result.Entries != before {
		for _, h := range w.fresh {
			if h.entry.Key == past.key {
				w.fail("%s was carried out again", past.command.Name())
			}
		}
	}
}

// together has several requests decided in one batch, some of them the same one
// twice: what a busy desk does. They are put in line while the desk looks at something.
func (w *world) together() {
	w.note("together")
	if w.dead {
		return
	}
	w.calm = true
	defer func() { w.calm = false }()
	type asked struct {
		c      *customer
		a      act
		key    string
		answer servicing.Answer
		err    error
		done   chan struct{}
	}
	var all []*asked
	for range 2 + w.random.IntN(5) {
		if n := len(all); n > 0 && w.chance(300) {
			w.fault("twice at once")
			again := *all[w.random.IntN(n)]
			all = append(all, &again)
			continue
		}
		c := pick(w, w.customers...)
		if len(all) > 0 && w.chance(600) {
			c = all[0].c // for the same limit, the same hold
		}
		w.keys++
		all = append(all, &asked{c: c, a: w.any(c), key: "k" + strconv.Itoa(w.keys)})
	}
	// A look that takes its time holds the desk up until all stand in line.
	looking, release := make(chan struct{}), make(chan struct{})
	held := pick(w, w.customers...)
	for _, c := range w.customers {
		if w.auditors[w.partition(c.id)].Account(c.id) != nil {
			held = c
		}
	}
	if w.auditors[w.partition(held.id)].Account(held.id) == nil {
		return // nobody can be looked at yet
	}
	looked := make(chan error, 1)
	go func() {
		looked <- w.desk.Look(background, held.id, platform, func(*credit.Account, credit.Moment, int64) {
			close(looking)
			<-release
		})
	}()
	select {
	case <-looking:
	case err := <-looked:
		w.fail("a look: %v", err)
		return
	}
	for i, x := range all {
		x.done = make(chan struct{})
		go func() {
			x.answer, x.err = w.desk.Do(background, w.request(x.c, x.key, x.a.command))
			close(x.done)
		}()
		for w.desk.Figures().Queued <= i {
			runtime.Gosched()
		}
	}
	close(release)
	if err := <-looked; err != nil {
		w.fail("a look: %v", err)
	}
	for _, x := range all {
		<-x.done
	}
	w.idle(w.desk)
	fresh := map[string]*happened{}
	w.follow()
	for name, h := range w.fresh {
		fresh[name] = h
	}
	// A refusal leaves no trace, so that a repeat of it is decided anew; of those that
	// are carried out one is, and whoever asks the same has its answer.
	carried := map[string]*asked{}
	for _, x := range all {
		if x.err == nil && !x.answer.Replayed {
			if carried[x.key] != nil {
				w.fail("%s was carried out twice", x.a.command.Name())
			}
			carried[x.key] = x
		}
	}
	for _, x := range all {
		w.fresh = fresh
		w.note(x.a.command.Name())
		if x.err == nil && x.answer.Replayed {
			if one := carried[x.key]; one == nil || !bytes.Equal(one.answer.Body, x.answer.Body) {
				w.fail("%s twice at once was answered %q as a repeat", x.a.command.Name(), x.answer.Body)
			}
			continue
		}
		w.ahead = true // what must hold is checked at the end
		w.judge(x.c, x.a, x.key, x.answer, x.err)
		w.ahead = false
	}
	for _, x := range all {
		w.model(x.c)
	}
	w.settle()
}
