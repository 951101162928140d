package event_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
)

func TestIDs(t *testing.T) {
	account := credit.AccountID("shop", "yuefu", "u1")
	at := event.Place{Position: 17, Number: 2}
	id := event.IDOf(account, at)
	if a, p, ok := event.ParseID(id); !ok || a != account || p != at {
		t.Errorf("%s is read as %s, %v, %v", id, a, p, ok)
	}
	for _, s := range []string{"", "evt_", id + "0-1", id[4:], "evt_x_1-1", id + " ", id[:len(id)-1], id[:len(id)-3] + "07-1", id[:len(id)-3] + "0-1"} {
		if a, p, ok := event.ParseID(s); ok && event.IDOf(a, p) != s {
			t.Errorf("%q is read as %s, %v", s, a, p)
		}
	}
	if !event.Known("purchase.captured") || event.Known("purchase.capture") || event.Known("") {
		t.Error("which types there are")
	}
}

func TestOrder(t *testing.T) {
	list := []event.Place{{}, {1, 1}, {1, 2}, {2, 1}, {10, 1}}
	for i, p := range list {
		for k, q := range list {
			if p.Before(q) != (i < k) {
				t.Errorf("%v before %v: %v", p, q, p.Before(q))
			}
		}
	}
}

// TestCursor makes sure that a cursor is read back as it was or not at all: one that
// is read as another place would skip events.
func TestCursor(t *testing.T) {
	if c, ok := event.ParseCursor(event.Start(256).String(), 256); !ok || c.String() != event.Start(256).String() {
		t.Error("the start is not read back")
	}
	for _, s := range []string{"", "AA", "x", "////", event.Start(8).String(), event.Start(16).String() + "AA", event.Start(16).String()[1:]} {
		if c, ok := event.ParseCursor(s, 16); ok {
			t.Errorf("%q is read as %q", s, c)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[A-Za-z0-9_-]{0,40}`).Draw(t, "cursor")
		n := rapid.IntRange(1, 8).Draw(t, "partitions")
		if c, ok := event.ParseCursor(s, n); ok && c.String() != s {
			t.Errorf("%q is read as %q", s, c.String())
		}
	})
}
