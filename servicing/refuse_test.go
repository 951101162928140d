package servicing_test

import (
	"errors"
	"testing"

	"github.com/yuefu/yuefu/credit"
)

// TestNothingIsRefusedOnOldState has two servers on one database. An order is held
// through one and captured through the other, which saw the account before: a
// refusal adds nothing to the log, so no compare-and-set tells that it is wrong.
func TestNothingIsRefusedOnOldState(t *testing.T) {
	o := openOffice(t)
	other := openOfficeAt(t, o.path, plain)
	id := o.open("anna", 100_000)
	if _, err := other.desk.Do(t.Context(), other.checkout(id, "anna", "k0", 100)); err != nil { // from now on it is in the other's memory
		t.Fatal(err)
	}
	if _, err := o.desk.Do(t.Context(), o.checkout(id, "anna", "k1", 600)); err != nil {
		t.Fatal(err)
	}
	capture := credit.Capture{Hold: o.look(id).Holds[1].Number, Amount: 600}
	if err := other.do(id, "c1", capture); err != nil {
		t.Fatalf("capture on the other server: %v", err)
	}
	var refusal *credit.Error
	if err := o.do(id, "c2", capture); !errors.As(err, &refusal) || refusal.Kind != credit.HoldNotOpen {
		t.Fatalf("a second capture: %v", err)
	}

	// A date that one opens is the other's too: a consent of that morning is not of the future.
	if err := o.desk.Advance(t.Context(), start+1, nil); err != nil {
		t.Fatal(err)
	}
	request := o.checkout(id, "anna", "k2", 100)
	if _, err := other.desk.Do(t.Context(), request); err != nil {
		t.Errorf("a checkout on the other server, on the new day: %v", err)
	}
}

// TestRefusalsEnd makes sure that a refusal is given when nothing new is found.
func TestRefusalsEnd(t *testing.T) {
	o := openOffice(t)
	id := o.open("anna", 100_000)
	before := o.desk.Figures()
	for _, key := range []string{"a", "b", "c"} {
		var refusal *credit.Error
		if err := o.do(id, key, credit.Capture{Hold: 99, Amount: 1}); !errors.As(err, &refusal) || refusal.Kind != credit.NotFound {
			t.Errorf("capture of nothing: %v", err)
		}
	}
	if after := o.desk.Figures(); after.Refusals != before.Refusals+3 || after.Loads != before.Loads {
		t.Errorf("three refusals: %+v, before %+v", after, before)
	}
}
