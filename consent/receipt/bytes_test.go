package receipt_test

import (
	"bytes"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
)

// A receipt is written by hand: its bytes are those of the JSON library, and so are its errors.
func TestTheHandWritesWhatTheLibraryWrites(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "\x00", "\x7f", "直播", `"\/`, "\b\f\n\r\t\x1f", "\u2028", "</script>&", "\xff", "a\xc3", "\U0001F600"}))
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string) string { return texts.Draw(t, name) }
		number := func(name string) int64 {
			return rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, 1, 1<<53 + 1, -1 << 63})).Draw(t, name)
		}
		date := func(name string) calendar.Date {
			return calendar.Date(rapid.OneOf(rapid.Int32(), rapid.SampledFrom([]int32{0, 20_000, -719_529, 2_932_897})).Draw(t, name))
		}
		instant := func(name string) time.Time {
			zone := time.FixedZone("x", rapid.IntRange(-12*3600, 14*3600).Draw(t, "zone"))
			return time.Unix(rapid.Int64Range(-1<<37, 1<<38).Draw(t, name), rapid.Int64Range(0, 1e9-1).Draw(t, name)).In(zone)
		}
		r := receipt.Receipt{
			Form: int(number("form")), ID: text("id"), Account: credit.ID(text("account")), Customer: text("customer"),
			Document: receipt.Document{Name: text("name"), Version: int(number("version")), Hash: text("hash"), Seals: receipt.Seals(text("seals")), Language: text("language")},
			Subject: receipt.Subject{
				Amount: number("amount"), Before: number("before"), Fee: number("fee"), Currency: text("currency"), Plan: text("plan"), Merchant: text("merchant"),
				Order: text("order"), Scene: text("scene"), Statement: credit.ID(text("statement")), Due: date("due"), DueBefore: date("due before"), Source: text("source"),
			},
			ShownAt: instant("shown"), ReadSeconds: int(number("read")), AcceptedAt: instant("accepted"), Act: text("act"), Channel: text("channel"),
			Preselected: rapid.Bool().Draw(t, "preselected"), On: date("on"), RecordedAt: instant("recorded"),
			Event: receipt.Event{ID: text("event"), Type: text("type")}, Log: receipt.Place{Partition: rapid.Int32().Draw(t, "partition"), Position: number("position")}, Blind: text("blind"),
		}
		got, wrong := r.Bytes()
		want, refused := receipt.Canonical(&r)
		if (wrong == nil) != (refused == nil) || wrong == nil && !bytes.Equal(got, want) {
			t.Fatalf("by hand\n%s %v\nby the library\n%s %v", got, wrong, want, refused)
		}
	})
}

func BenchmarkLeaf(b *testing.B) {
	r := example()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Leaf(); err != nil {
			b.Fatal(err)
		}
	}
}
