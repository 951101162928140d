package trial

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog/memory"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/trial/reference"
	"github.com/yuefu/yuefu/view"
)

var background = context.Background()

// world is everything that a seed makes. One thing happens at a time in it: whoever
// asks the desk waits for the answer before anything else is done.
type world struct {
	seed   uint64
	random *rand.Rand
	length int // steps until it ends

	terms     *credit.Terms
	told      *reference.Terms // the same
	customers []*customer
	byID      map[credit.ID]*customer
	plan      []*customer // who still acts today, in order

	bounces int // how often a repayment bounces
	clock   *clock
	day     calendar.Date // the business date that was opened last
	store   *memory.Store
	index   *index // nil: nobody closes the days of accounts that are not touched
	desk    *servicing.Desk
	edge    *edge
	other   *servicing.Desk // another server on the same database
	dead    bool            // the desk's server has crashed: its store does not answer it
	calm    bool            // no faults, for a moment
	depth   int             // acts inside acts: somebody else is faster
	pending bool            // a request has no answer yet
	ahead   bool            // the log is further than the model: several acts are judged one after the other
	rate    faultRates

	followed map[int32]int64
	auditors map[int32]*view.Auditor
	fresh    map[string]*happened // what entries since the last look say, by account and key
	changed  map[credit.ID]bool
	books    books
	hash     hash.Hash

	alarm   alarm
	keys    int
	trace   io.Writer
	result  Result
	failure *Failure
}

// customer is a person with an account, and what the reference model says of it.
type customer struct {
	name   string
	id     credit.ID
	model  *reference.Account // nil: did something that the model does not know
	bought []int64            // numbers of purchases
	past   []delivered        // some requests that were answered
	pays   int                // how much they care for bills

	wild      bool          // does what the model does not know
	bounces   bool          // some repayments of theirs do
	repaid    []int64       // numbers of repayments
	history   []credit.Fact // of one whose repayments bounce
	positions []int64       // where its facts stand in the log
}

const platform = "shop"

func newWorld(o Options) *world {
	seed := o.Seed
	w := &world{
		seed: seed, trace: o.Trace, random: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), byID: map[credit.ID]*customer{},
		followed: map[int32]int64{}, auditors: map[int32]*view.Auditor{}, fresh: map[string]*happened{}, changed: map[credit.ID]bool{},
		books: books{}, hash: sha256.New(), result: Result{Acts: map[string]int{}},
	}
	w.day = calendar.Of(2025, 1, 1) + calendar.Date(w.random.IntN(600))
	w.clock = &clock{now: int64(w.day)*dayLong + w.random.Int64N(dayLong)}
	w.terms = w.anyTerms()
	w.told = tell(w.terms)
	partitions := []int32{3, 1, 4, 15}[:pick(w, 1, 2, 2, 4)]
	w.store = memory.NewStore(partitions...)
	w.edge = newEdge(partitions)
	for _, p := range partitions {
		w.auditors[p] = view.NewAuditor(p)
	}
	wild := w.chance(350)
	if o.Bounces {
		w.bounces = 1
	}
	for i := range 4 + w.random.IntN(9) {
		name := fmt.Sprint("u", i+1)
		c := &customer{name: name, id: credit.AccountID(platform, w.terms.Programme, name), model: reference.Stranger(w.day), pays: pick(w, 10, 10, 4, 1)}
		if wild && w.chance(600) {
			c.wild, c.model = true, nil
		}
		c.bounces = w.bounces > 0 && (c.wild || w.chance(500))
		w.customers = append(w.customers, c)
		w.byID[c.id] = c
	}
	w.rate = faultRates{
		append: pick(w, 0, 5, 20, 60), read: pick(w, 0, 0, 2, 10), overtake: pick(w, 0, 10, 40), crash: pick(w, 0, 1, 5), again: pick(w, 10, 40), jump: pick(w, 0, 10),
	}
	if w.chance(800) {
		w.index = newIndex(w.store)
	}
	w.length = 3000 + w.random.IntN(3000)
	w.start()
	return w
}

// pick draws one of a few values.
func pick[T any](w *world, values ...T) T { return values[w.random.IntN(len(values))] }

// chance is true so many times in a thousand.
func (w *world) chance(perMille int) bool { return w.random.IntN(1000) < perMille }

func (w *world) fail(format string, arguments ...any) {
	if w.failure == nil {
		w.failure = &Failure{Seed: w.seed, Step: w.result.Steps, Bounces: w.bounces > 0, Says: fmt.Sprintf(format, arguments...)}
	}
}

// say tells whoever follows the world.
func (w *world) say(format string, arguments ...any) {
	if w.trace != nil {
		fmt.Fprintf(w.trace, "%6d %s %s\n", w.result.Steps, w.day, fmt.Sprintf(format, arguments...))
	}
}

// note counts an act, and a fault as one.
func (w *world) note(what string) { w.result.Acts[what]++ }

func (w *world) fault(what string) {
	w.result.Faults++
	w.note("fault: " + what)
	w.say("fault: %s", what)
}

// start opens the desks.
func (w *world) start() {
	w.desk = w.openDesk(memory.OpenFaulty(w.store, memory.Faults{Append: w.appending, Read: w.reading}))
	w.other = w.openDesk(memory.Open(w.store))
	w.calm = true // nobody can be faster before the first date is open
	w.resume()
	w.calm = false
	w.resumeOther()
}

func (w *world) openDesk(log *memory.Log) *servicing.Desk {
	options := servicing.Options{ // one lane: two would take turns as the machine likes
		Clock: w.clock, Lanes: 1, Accounts: pick(w, 1, 2, 4, 100), Snapshot: pick(w, 1, 3, 20, 64), Batch: pick(w, 1, 4, 512),
		Wait: 100 * time.Millisecond, Sleep: w.clock.sleep, Log: slog.New(&w.alarm),
	}
	if w.index != nil {
		options.Due = w.index
	}
	w.calm = true
	desk, err := servicing.Open(background, log, options)
	w.calm = false
	if err != nil {
		w.fail("a desk does not open: %v", err)
	}
	return desk
}

// resume makes the desk ready: whatever was left undone is done.
func (w *world) resume() {
	for try := 0; w.failure == nil; try++ {
		err := w.desk.Resume(background, w.day)
		w.idle(w.desk)
		w.follow()
		if err == nil {
			return
		}
		w.mend(err, try)
	}
}

// idle waits until a desk has done with what it was asked: it may have answered
// before, and what it does then asks the seed whether it fails.
func (w *world) idle(desk *servicing.Desk) {
	_ = desk.Idle(background) // one whose store does not answer says so, and is at rest as well
}

// mend is what an operator does about a desk that says it can't.
func (w *world) mend(err error, try int) {
	switch {
	case w.dead:
		w.restart()
	case try > 60:
		w.fail("still not after %d tries: %v", try, err)
	case errors.Is(err, servicing.ErrUnavailable), errors.Is(err, servicing.ErrOutcomeUnknown), errors.Is(err, servicing.ErrBusy), errors.Is(err, memory.ErrBroken):
	default:
		w.fail("the desk says: %v (%s)", err, w.alarm.last)
	}
}

// restart is a server that crashed and comes back: the log is all that it has left.
func (w *world) restart() {
	w.fault("crash")
	w.figures(w.desk)
	w.desk.Close()
	w.dead = false
	if w.index != nil && w.chance(300) {
		w.index.forget()
	}
	w.desk = w.openDesk(memory.OpenFaulty(w.store, memory.Faults{Append: w.appending, Read: w.reading}))
	w.resume()
}

// figures looks for what a desk would raise an alarm for.
func (w *world) figures(d *servicing.Desk) {
	if f := d.Figures(); f.Panics > 0 || f.Stopped > 0 {
		w.fail("the desk counts %d panics and %d stopped accounts: %s", f.Panics, f.Stopped, w.alarm.last)
	}
}

// step is one act, or a night when nobody acts any more today.
func (w *world) step() {
	if len(w.plan) == 0 {
		w.night()
		return
	}
	c := w.plan[0]
	w.plan = w.plan[1:]
	w.clock.now += w.random.Int64N(600 * second)
	switch {
	case w.chance(w.rate.crash):
		w.restart()
	case w.chance(15):
		w.replaceOther()
	case w.chance(20):
		w.together()
	default:
		w.act(c, w.server())
	}
}

// server is whom a request reaches: mostly the first desk, at times the other.
func (w *world) server() *servicing.Desk {
	if w.chance(100) {
		return w.other
	}
	return w.desk
}

func (w *world) replaceOther() {
	w.figures(w.other)
	w.other.Close()
	w.other = w.openDesk(memory.Open(w.store))
	w.resumeOther()
}

func (w *world) resumeOther() {
	if err := w.other.Resume(background, w.day); err != nil {
		w.fail("the other desk: %v", err)
	}
	w.follow()
}

// finish checks what is left to check at the end.
func (w *world) finish() {
	w.figures(w.desk)
	w.figures(w.other)
	for _, c := range w.customers {
		w.model(c)
		w.compareState(c, w.desk)
		w.compareState(c, w.other)
	}
	for _, p := range w.store.Partitions() {
		w.auditors[p].Finish()
		w.violations(p)
	}
	copy(w.result.Hash[:], w.hash.Sum(nil))
}

func (w *world) end() {
	w.desk.Close()
	w.other.Close()
}

// model holds a customer's account against the reference model, if it is up to date.
func (w *world) model(c *customer) {
	partition := w.partition(c.id)
	a := w.auditors[partition].Account(c.id)
	if a == nil || c.model == nil || w.failure != nil {
		return
	}
	day := calendar.Date(w.store.Head(partition).Day)
	if due := a.NextDue(); due != 0 && due <= day {
		return // nobody has looked at it today
	}
	c.model.Live(day)
	w.compare(c, a, day)
}

func (w *world) partition(id credit.ID) int32 {
	partitions := w.store.Partitions()
	return partitions[id.Slot(len(partitions))]
}
