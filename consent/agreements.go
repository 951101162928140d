package consent

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"reflect"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/eventlog"
)

// agreements are the consents that an event stands on: whatever keeps one, by its
// fields, so that no event that comes to keep one can be forgotten.
func agreements(e credit.Event) (list []credit.Agreement) {
	if e, ok := e.(credit.Authorised); ok { // most are
		return []credit.Agreement{e.Agreement}
	}
	v := reflect.ValueOf(e)
	for i := range v.NumField() {
		switch kept := v.Field(i).Interface().(type) {
		case credit.Agreement:
			list = append(list, kept)
		case *credit.Agreement:
			if kept != nil { // the event can do without
				list = append(list, *kept)
			}
		case []credit.Agreement:
			list = append(list, kept...)
		}
	}
	return list
}

// subject is what the consent was about, as far as the event says.
func subject(account credit.ID, e credit.Event, entry *eventlog.Entry) (s receipt.Subject, err error) {
	switch e := e.(type) {
	case credit.Authorised:
		// The order's currency is the account's, and the command names it.
		currency, err := wire.CurrencyOf(entry.Name, entry.Command)
		if err != nil {
			return s, err
		}
		s = receipt.Subject{Amount: int64(e.Amount), Currency: string(currency), Plan: e.Plan, Merchant: e.Merchant, Order: e.Order, Scene: e.Scene}
	case credit.AutopayInstructed:
		s.Source = e.Source
	case credit.LimitChanged:
		s.Amount, s.Before = int64(e.Limit), int64(e.Before)
	case credit.StatementDeferred:
		s.Statement, s.Due, s.DueBefore, s.Fee = account.Part(credit.PrefixStatement, e.Statement), e.Due, e.Before, int64(e.Fee)
	case credit.StatementConverted:
		s.Statement, s.Amount, s.Plan = account.Part(credit.PrefixStatement, e.Statement), int64(e.Amount), e.Plan.ID
	}
	return s, nil
}

// mark is in the bytes of every event that keeps an agreement. Most entries have
// none, and need not be decoded.
var mark = []byte(`"accepted_at":`)

// wanted tells whether an entry may have a consent.
func wanted(e *eventlog.Entry) bool { return bytes.Contains(e.Events, mark) }

// receipts makes the receipts of an entry: a pure function of it, and of the secret
// that blinds them.
func receipts(blind *blinder, e *eventlog.Entry) (list []receipt.Receipt, err error) {
	if e.Decoded == nil && !wanted(e) {
		return nil, nil
	}
	events, err := wire.Carried(e.Decoded, e.Events)
	if err != nil {
		return nil, fmt.Errorf("entry %d/%d: %w", e.Partition, e.Position, err)
	}
	account := credit.ID(e.Account)
	for k, happened := range events {
		for _, a := range agreements(happened) {
			about, err := subject(account, happened, e)
			if err != nil {
				return nil, fmt.Errorf("entry %d/%d: %w", e.Partition, e.Position, err)
			}
			id := receipt.ID(account, e.Position, len(list)+1)
			list = append(list, receipt.Receipt{
				Form: receipt.Form, ID: id, Account: account, Customer: a.Person,
				Document: receipt.Document{
					Name: a.Document.Name, Version: a.Document.Version, Hash: a.Document.Hash, Seals: receipt.SealedBy(a.Document.Hash), Language: a.Language,
				},
				Subject: about, ShownAt: a.ShownAt, ReadSeconds: a.ReadSeconds, AcceptedAt: a.AcceptedAt, Act: a.Act, Channel: a.Channel, Preselected: a.Preselected,
				On: calendar.Date(e.Day), RecordedAt: time.UnixMicro(e.Time).UTC(),
				Event: receipt.Event{ID: event.IDOf(account, event.Place{Position: e.Position, Number: int64(k + 1)}), Type: happened.Name()},
				Log:   receipt.Place{Partition: e.Partition, Position: e.Position},
				Blind: blind.of(id),
			})
		}
	}
	return list, nil
}

// blinder makes what nobody can guess who knows all else that a receipt says: without it,
// a published hash would tell whoever guessed right that a customer agreed to something.
// It is for one goroutine.
type blinder struct{ mac hash.Hash }

func newBlinder(secret []byte) *blinder { return &blinder{hmac.New(sha256.New, secret)} }

func (b *blinder) of(id string) string {
	b.mac.Reset()
	b.mac.Write([]byte(id))
	return hex.EncodeToString(b.mac.Sum(nil)[:16])
}
