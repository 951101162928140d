package wire_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
)

// What is carried beside an entry is what its bytes say, and belongs to nobody else.
func TestCarriedEventsAreThoseThatAreRead(t *testing.T) {
	carried := 0
	for _, e := range eventExamples {
		beside := wire.Carry([]credit.Event{e})
		b, err := wire.EncodeEvents([]credit.Event{e})
		if err != nil {
			t.Fatal(err)
		}
		got, err := wire.Carried(beside, b)
		if err != nil {
			t.Fatal(err)
		}
		read, err := wire.DecodeEvents(b)
		if diff := cmp.Diff(read, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", e.Name(), err, diff)
		}
		if beside != nil {
			carried++
			if shared(reflect.ValueOf(e), reflect.ValueOf(beside.([]credit.Event)[0])) {
				t.Errorf("%s is carried with parts of somebody else", e.Name())
			}
		}
	}
	if carried < 4 {
		t.Errorf("only %d events are carried", carried)
	}
	if wire.Carry([]credit.Event{eventExamples[0], credit.DueDayChosen{Day: 5}}) != nil {
		t.Error("half a list is carried")
	}
	if wire.Carry(nil) != nil {
		t.Error("no events are carried")
	}
}

// shared tells whether two values of a type have memory in common.
func shared(a, b reflect.Value) bool {
	if a.Type() == reflect.TypeFor[time.Time]() { // which nobody changes
		return false
	}
	switch a.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice:
		if a.Pointer() == b.Pointer() && a.Pointer() != 0 {
			return true
		}
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if shared(a.Field(i), b.Field(i)) {
				return true
			}
		}
	case reflect.Slice:
		for i := range a.Len() {
			if shared(a.Index(i), b.Index(i)) {
				return true
			}
		}
	}
	return false
}

// In whichever zone and by whichever clock an instant was told.
func TestCarriedInstantsAreThoseThatAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := time.FixedZone("x", rapid.IntRange(-12*3600, 14*3600).Draw(t, "zone"))
		at := time.Unix(rapid.Int64Range(-1<<33, 1<<36).Draw(t, "seconds"), rapid.Int64Range(0, 1e9-1).Draw(t, "nanoseconds")).In(zone)
		e := credit.Authorised{Agreement: credit.Agreement{ShownAt: at, AcceptedAt: time.Now()}}
		b, err := wire.EncodeEvents([]credit.Event{e})
		if err != nil {
			t.Fatal(err)
		}
		read, err := wire.DecodeEvents(b)
		if got := wire.Carry([]credit.Event{e}); err != nil || !reflect.DeepEqual(got, read) {
			t.Fatalf("got %v, want %v, %v", got, read, err)
		}
	})
}

func TestTheCurrencyOfAnOrder(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "CNY", "EUR", `C"Y`, `CN\`, "CNYX", "元"}))
	rapid.Check(t, func(t *rapid.T) {
		c := credit.Authorise{Amount: money.Amount(rapid.Int64().Draw(t, "amount")), Currency: money.Currency(text.Draw(t, "currency")), Order: text.Draw(t, "order")}
		b, err := wire.EncodeCommand(c)
		if err != nil {
			t.Skip("no text")
		}
		if got, err := wire.CurrencyOf(c.Name(), b); err != nil || got != c.Currency {
			t.Fatalf("%s: got %q, %v", b, got, err)
		}
		if got, err := wire.CurrencyOf("repay", b); err != nil || got != "" {
			t.Fatalf("of no order: %q, %v", got, err)
		}
	})
	if _, err := wire.CurrencyOf("authorise", []byte(`{"amount":1,"currency":"CN`)); err == nil {
		t.Error("half a command has a currency")
	}
}
