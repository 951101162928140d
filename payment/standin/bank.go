// Package standin is a payment service that is none: it moves no money, but keeps
// books as if it did. Tests and the demo debit by it; it can misbehave as real ones
// do, from a seed, so that the same run can be had again.
package standin

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/payment"
)

// Bank is a stand-in for a payment service. The zero value takes every debit at once.
type Bank struct {
	Seed   uint64
	Refuse int // of a thousand debits are refused
	Late   int // of a thousand are pending until they have been asked about some times

	mu     sync.Mutex
	debits map[string]*Debit
	order  int
}

// Debit is what the bank's books have of a debit.
type Debit struct {
	Request payment.Request
	Outcome payment.Outcome
	Taken   int // how often the money was taken
	Asked   int // how often it was asked for, or about
	Place   int // the how many-th to arrive
	wait    int // how often it has to be asked about before it is decided
}

// Empty is in the name of a source that has no money: each debit of it is refused.
const Empty = "empty"

// Full is in the name of a source that always has money: no debit of it is refused.
const Full = "full"

// The codes of refusals.
var reasons = []string{"insufficient_funds", "source_expired", "limit_of_source_exceeded"}

// Debit takes money, once for an id.
func (b *Bank) Debit(_ context.Context, r payment.Request) (payment.Outcome, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.debits[r.ID]
	if d != nil && d.Request != r {
		return payment.Outcome{}, payment.ErrConflict
	}
	if d == nil {
		if b.debits == nil {
			b.debits = map[string]*Debit{}
		}
		b.order++
		d = &Debit{Request: r, Outcome: payment.Outcome{Status: payment.Pending}, Place: b.order}
		if b.chance(r.ID, "late") < b.Late {
			d.wait = 1 + b.chance(r.ID, "how late")%3
		}
		b.debits[r.ID] = d
	}
	return b.look(d), nil
}

// Ask says what became of a debit.
func (b *Bank) Ask(_ context.Context, id string) (payment.Outcome, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.debits[id]
	if d == nil {
		return payment.Outcome{}, payment.ErrUnknown
	}
	return b.look(d), nil
}

// look decides a debit whose time has come.
func (b *Bank) look(d *Debit) payment.Outcome {
	d.Asked++
	switch {
	case d.Outcome.Final() || d.Asked <= d.wait:
	case strings.Contains(d.Request.Source, Empty):
		d.Outcome = payment.Outcome{Status: payment.Refused, Reason: reasons[0]}
	case b.chance(d.Request.ID, "refused") < b.Refuse && !strings.Contains(d.Request.Source, Full):
		d.Outcome = payment.Outcome{Status: payment.Refused, Reason: reasons[b.chance(d.Request.ID, "why")%len(reasons)]}
	default:
		d.Outcome = payment.Outcome{Status: payment.Succeeded}
		d.Taken++
	}
	return d.Outcome
}

// chance is a number below a thousand that follows from the seed, the debit and
// the question: the order in which debits arrive changes nothing.
func (b *Bank) chance(id, what string) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.FormatUint(b.Seed, 16) + "/" + what + "/" + id))
	v := h.Sum64()
	v ^= v >> 33 // the last letters of an id move the low bits only
	v *= 0xff51afd7ed558ccd
	return int((v >> 33) % 1000)
}

// Books lists the debits in the order in which they arrived.
func (b *Bank) Books() []Debit {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]Debit, 0, len(b.debits))
	for _, d := range b.debits {
		list = append(list, *d)
	}
	slices.SortFunc(list, func(x, y Debit) int { return cmp.Compare(x.Place, y.Place) })
	return list
}

// Taken is the money that was taken from all sources.
func (b *Bank) Taken() (sum money.Amount) {
	for _, d := range b.Books() {
		sum += d.Request.Amount * money.Amount(d.Taken)
	}
	return sum
}
