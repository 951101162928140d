package sim

import (
	"fmt"
	"math/rand/v2"

	"github.com/yuefu/yuefu/calendar"
)

// nature is somebody's temperament.
type nature struct {
	name        string // reads on from 'who'
	pace        int    // days between two purchases, on average
	instalments int    // one in so many purchases is paid in instalments; 0: none
	returns     int    // one in so many purchases comes back
	forgets     int    // one in so many orders is never delivered, and nobody says so
	pays        habit
	leaves      bool // closes the account some day …
	comesBack   bool // … and opens it again
	student     bool // is refused
	wants       bool // asks for more than is approved without a reviewer
}

// habit is how somebody pays a bill.
type habit int

const (
	beforeDue habit = iota // in the days before it is due
	onDueDay               // a standing instruction does it on the due day
	inGrace                // a day or three late, which costs nothing
	late                   // long overdue, with penalty
	inTwo                  // half of it early, the other half on the due day
	tooMuch                // rounds up, and asks for the rest back
)

// deck is twenty people out of this market.
var deck = []struct {
	people int
	nature nature
}{
	{3, nature{name: "pays on time", pace: 9, instalments: 5, returns: 14, forgets: 40, pays: beforeDue}},
	{3, nature{name: "pays by standing instruction", pace: 10, instalments: 6, returns: 16, forgets: 40, pays: onDueDay}},
	{3, nature{name: "buys in instalments", pace: 16, instalments: 1, returns: 10, forgets: 30, pays: beforeDue}},
	{2, nature{name: "pays late", pace: 11, instalments: 4, returns: 15, forgets: 30, pays: late}},
	{1, nature{name: "pays in the days of grace", pace: 11, instalments: 6, returns: 20, forgets: 30, pays: inGrace}},
	{2, nature{name: "sends things back", pace: 8, instalments: 3, returns: 2, forgets: 30, pays: onDueDay}},
	{1, nature{name: "orders and forgets", pace: 9, instalments: 6, returns: 20, forgets: 3, pays: inTwo}},
	{1, nature{name: "pays too much", pace: 10, returns: 12, forgets: 40, pays: tooMuch}},
	{1, nature{name: "leaves", pace: 7, returns: 12, pays: beforeDue, leaves: true}},
	{1, nature{name: "leaves and comes back", pace: 7, returns: 12, pays: onDueDay, leaves: true, comesBack: true}},
	{1, nature{name: "is still a student", student: true}},
	{1, nature{name: "wants a larger limit", pace: 8, instalments: 3, returns: 12, forgets: 40, pays: inTwo, wants: true}},
}

// populate makes the people. Whoever they are is decided by the seed and their
// number alone, so that it does not matter in which order they act.
func (w *world) populate() {
	var hand []nature
	for _, d := range deck {
		for range d.people {
			hand = append(hand, d.nature)
		}
	}
	shuffle := rand.New(rand.NewPCG(w.Seed, 0))
	arrivals := max(1, int(w.last-w.first)/3)
	for i := range w.Customers {
		if i%len(hand) == 0 {
			shuffle.Shuffle(len(hand), func(a, b int) { hand[a], hand[b] = hand[b], hand[a] })
		}
		c := &customer{
			world: w, name: fmt.Sprintf("u-%d", 1001+i), person: person(i), nature: hand[i%len(hand)],
			chance: rand.New(rand.NewPCG(w.Seed, uint64(i+1))),
			book:   book{orders: map[string]*order{}, bought: map[string]*bought{}},
		}
		arrives := w.first + calendar.Date(i*arrivals/w.Customers)
		if i == w.Customers-1 {
			// Somebody always arrives on the last day, with everything before them.
			c.nature, arrives = nature{name: "has just arrived", pace: 5, pays: beforeDue}, w.last
		}
		c.plan(arrives, "apply", c.arrive)
		w.people = append(w.people, c)
	}
}
