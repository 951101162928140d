package credit_test

import (
	"strings"
	"testing"

	"github.com/yuefu/yuefu/credit"
)

var prefixes = []string{
	credit.PrefixApplication, credit.PrefixHold, credit.PrefixPurchase, credit.PrefixRefund,
	credit.PrefixStatement, credit.PrefixRepayment, credit.PrefixReturn, credit.PrefixReversal, credit.PrefixClosure,
}

func TestIDs(t *testing.T) {
	id := credit.AccountID("shop", "yuefu", "u1")
	equal(t, "the id is the same for ever", id, "acc_a8c48knt89jddh1rvz6q")
	if !id.Valid() {
		t.Errorf("%s is not valid", id)
	}
	for _, prefix := range prefixes {
		for _, number := range []int64{1, 9, 10, 123_456_789_012_345} {
			thing := id.Part(prefix, number)
			account, n, ok := thing.Owner(prefix)
			if !ok || account != id || n != number {
				t.Errorf("%s: got %s, %d, %t", thing, account, n, ok)
			}
			for _, other := range append(prefixes, "acc_", "", "x") {
				if _, _, ok := thing.Owner(other); ok && other != prefix {
					t.Errorf("%s is taken for a %s", thing, other)
				}
			}
			if thing.Valid() {
				t.Errorf("%s is taken for an account", thing)
			}
		}
	}
}

// Parts can't be shifted between platform, programme and customer to get another's id.
func TestIDsKeepTheirPartsApart(t *testing.T) {
	seen := map[credit.ID]string{}
	for _, p := range [][3]string{{"a", "b", "c"}, {"ab", "", "c"}, {"", "ab", "c"}, {"a", "bc", ""}, {"abc", "", ""}, {"a", "b", "C"}, {"a", "b", "c "}, {"a", "b\x00", "c"}} {
		id := credit.AccountID(p[0], p[1], p[2])
		if other, ok := seen[id]; ok {
			t.Errorf("%q and %q have one id", p, other)
		}
		seen[id] = strings.Join(p[:], "|")
	}
}

var hostile = []string{
	"", "_", "acc", "acc_", "aut_", "aut__", "aut__1", "acc_a8c48knt89jddh1rvz6", "acc_a8c48knt89jddh1rvz6qq",
	"acc_A8C48KNT89JDDH1RVZ6Q", "acc_a8c48knt89jddh1rvz6i", "acc_a8c48knt89jddh1rvz6l", "acc_a8c48knt89jddh1rvz6o", "acc_a8c48knt89jddh1rvz6u",
	"acc_a8c48knt89jddh1rvz6q ", " acc_a8c48knt89jddh1rvz6q", "acc_a8c48knt89jddh1rvz6\x00", "acc_acc_a8c48knt89jddh1rvz6q", "acc_ａ8c48knt89jddh1rvz6",
	"aut_a8c48knt89jddh1rvz6q", "aut_a8c48knt89jddh1rvz6q_", "aut_a8c48knt89jddh1rvz6q_0", "aut_a8c48knt89jddh1rvz6q_01", "aut_a8c48knt89jddh1rvz6q_-1",
	"aut_a8c48knt89jddh1rvz6q_+1", "aut_a8c48knt89jddh1rvz6q_1_1", "aut_a8c48knt89jddh1rvz6q_1_0", "aut_a8c48knt89jddh1rvz6q_1 ", "aut_a8c48knt89jddh1rvz6q_1e3",
	"aut_a8c48knt89jddh1rvz6q_0x1", "aut_a8c48knt89jddh1rvz6q_１", "aut_a8c48knt89jddh1rvz6q_1234567890123456", "aut_a8c48knt89jddh1rvz6q_9223372036854775808",
	"aut_acc_a8c48knt89jddh1rvz6q_1", "aut_a8c48knt89jddh1rvz6_1", "Aut_a8c48knt89jddh1rvz6q_1", "aut_'; drop table account; --_1", "../../etc/passwd",
}

func TestHostileIDs(t *testing.T) {
	for _, s := range hostile {
		id := credit.ID(s)
		if id.Valid() {
			t.Errorf("%q is taken for an account", s)
		}
		if account, n, ok := id.Owner(credit.PrefixHold); ok {
			t.Errorf("%q is taken for hold %d of %s", s, n, account)
		}
		for _, n := range []int{1, 16, 256} {
			if slot := id.Slot(n); slot < 0 || slot >= n {
				t.Errorf("%q has slot %d of %d", s, slot, n)
			}
		}
	}
}

// Accounts spread evenly over the partitions.
func TestSlots(t *testing.T) {
	const accounts, slots = 64_000, 64
	var count [slots]int
	for i := range accounts {
		id := credit.AccountID("shop", "yuefu", strings.Repeat("x", i%7)+string(rune('a'+i%26))+string(rune(i)))
		slot := id.Slot(slots)
		count[slot]++
		if id.Slot(16) != slot%16 || id.Slot(1) != 0 {
			t.Fatalf("%s: slots %d and %d", id, slot, id.Slot(16))
		}
	}
	for slot, n := range count {
		if n < 800 || n > 1_200 {
			t.Errorf("slot %d has %d of %d", slot, n, accounts)
		}
	}
}

func FuzzID(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Add("aut_a8c48knt89jddh1rvz6q_17")
	f.Add("acc_a8c48knt89jddh1rvz6q")
	f.Fuzz(func(t *testing.T, s string) {
		id := credit.ID(s)
		if slot := id.Slot(16); slot < 0 || slot > 15 {
			t.Errorf("slot %d", slot)
		}
		for _, prefix := range prefixes {
			if account, n, ok := id.Owner(prefix); ok && (account.Part(prefix, n) != id || !account.Valid()) {
				t.Errorf("%q: account %s, number %d", s, account, n)
			}
		}
	})
}
