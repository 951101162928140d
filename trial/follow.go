package trial

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// happened is what an entry says.
type happened struct {
	entry  eventlog.Entry
	events []credit.Event
}

// books are what the general ledger comes to: debits − credits.
type books map[ledger.Class]money.Amount

// follow reads what is new in the log, holds it against the rules and takes it in.
func (w *world) follow() {
	clear(w.fresh)
	for _, partition := range w.store.Partitions() {
		for _, e := range w.store.Entries(partition, w.followed[partition]) {
			w.followed[partition] = e.Position
			w.take(&e)
		}
		w.violations(partition)
	}
}

func (w *world) take(e *eventlog.Entry) {
	w.result.Entries++
	w.say("entry %d/%d %s %s %s %s", e.Partition, e.Position, e.Account, e.Key, e.Name, e.Events)
	w.sum(e)
	w.auditors[e.Partition].Entry(e)
	if e.Account == "" {
		return
	}
	events, err := wire.DecodeEvents(e.Events)
	if err != nil {
		w.fail("entry %d/%d: %v", e.Partition, e.Position, err)
		return
	}
	id := credit.ID(e.Account)
	w.fresh[e.Account+" "+e.Key] = &happened{*e, events}
	w.changed[id] = true
	c := w.byID[id]
	w.remember(c, e)
	for _, event := range events {
		w.note(event.Name())
		for _, transfer := range ledger.Post(id, event) {
			w.books[transfer.Debit.Class] += transfer.Amount
			w.books[transfer.Credit.Class] -= transfer.Amount
		}
		switch event := event.(type) {
		case credit.PurchaseCaptured:
			c.bought = append(c.bought, event.Number)
		case credit.RepaymentReceived:
			c.repaid = append(c.repaid, event.Number)
		case credit.EarlyRepaymentReceived:
			c.repaid = append(c.repaid, event.Number)
		}
	}
}

// sum takes an entry into the world's hash.
func (w *world) sum(e *eventlog.Entry) {
	var b []byte
	for _, number := range []int64{int64(e.Partition), e.Position, e.Time, int64(e.Day), int64(e.Due)} {
		b = binary.BigEndian.AppendUint64(b, uint64(number))
	}
	for _, text := range [][]byte{[]byte(e.Account), []byte(e.Key), []byte(e.Name), e.Command, e.Events, e.Answer} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
		b = append(b, text...)
	}
	_, _ = w.hash.Write(b)
}

// violations fails the world when its auditor has found something.
func (w *world) violations(partition int32) {
	if report := w.auditors[partition].Report(); !report.Clean() {
		w.fail("%s", report.Violations[0])
	}
}

// settle checks what must hold of the accounts that have changed: what is owed on
// them, their rows, the ledger.
func (w *world) settle() {
	for _, id := range slices.Sorted(maps.Keys(w.changed)) {
		partition := w.partition(id)
		w.auditors[partition].Settle(id)
		w.violations(partition)
	}
	clear(w.changed)
	w.balance()
}

// balance holds the ledger against itself, and cash and merchants against what the
// reference model has seen pass.
func (w *world) balance() {
	sum := money.Amount(0)
	for _, balance := range w.books {
		sum += balance
	}
	if sum != 0 {
		w.fail("the ledger sums to %d: %v", sum, w.books)
	}
	var received, paidOut, captured, refunded money.Amount
	for _, c := range w.customers {
		if c.model == nil {
			return
		}
		received += c.model.Received
		paidOut += c.model.PaidOut
		captured += c.model.Captured
		refunded += c.model.Refunded
	}
	if cash := w.books[ledger.Cash]; cash != received-paidOut {
		w.fail("the books have cash of %d, and %d came in and %d went out", cash, received, paidOut)
	}
	// A merchant bears subsidies out of what it is owed; they never exceed that.
	if owed := -w.books[ledger.MerchantPayable]; owed > captured-refunded {
		w.fail("merchants are owed %d, and %d were captured and %d refunded", owed, captured, refunded)
	}
}

func (h *happened) String() string {
	return fmt.Sprintf("%s %s", h.entry.Name, h.entry.Events)
}
