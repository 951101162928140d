package receipt_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
)

var update = flag.Bool("update", false, "write the golden files anew")

const account = credit.ID("acc_0123456789abcdefghjk")

const words = "# 月付服务协议\n\n借款人同意……\n"

// example is a receipt with every member set.
func example() receipt.Receipt {
	sum := sha256.Sum256([]byte(words))
	shown := time.Date(2026, 3, 10, 9, 0, 0, 0, time.FixedZone("", 8*3600))
	return receipt.Receipt{
		Form: receipt.Form, ID: receipt.ID(account, 17, 2), Account: account, Customer: "u-42",
		Document: receipt.Document{Name: "credit_agreement", Version: 3, Hash: hex.EncodeToString(sum[:]), Seals: receipt.SealsWords, Language: "zh-Hans"},
		Subject: receipt.Subject{
			Amount: 123450, Before: 100000, Fee: 250, Currency: "CNY", Plan: "pay_in_3", Merchant: "shop", Order: "o-<1>&", Scene: "mall",
			Statement: "stm_0123456789abcdefghjk_9", Due: calendar.Of(2026, 4, 10), DueBefore: calendar.Of(2026, 4, 1), Source: "card-7",
		},
		ShownAt: shown, ReadSeconds: 12, AcceptedAt: shown.Add(15*time.Second + 250*time.Millisecond), Act: "tap_agree", Channel: "wallet",
		On: calendar.Of(2026, 3, 10), RecordedAt: shown.Add(16 * time.Second),
		Event: receipt.Event{ID: "evt_0123456789abcdefghjk_17-1", Type: "application.received"}, Log: receipt.Place{Partition: 354, Position: 17},
		Blind: "00112233445566778899aabbccddeeff",
	}
}

// tree is a small tree with a receipt in it, its key, and the file that tells of it.
type tree struct {
	signer *receipt.Signer
	leaves []tlog.Hash
	stored []tlog.Hash
}

func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		list[i] = t.stored[at]
	}
	return list, nil
}

func (t *tree) add(tb testing.TB, leaf tlog.Hash) {
	tb.Helper()
	hashes, err := tlog.StoredHashesForRecordHash(int64(len(t.leaves)), leaf, t)
	if err != nil {
		tb.Fatal(err)
	}
	t.leaves, t.stored = append(t.leaves, leaf), append(t.stored, hashes...)
}

func (t *tree) head(tb testing.TB, size int64) receipt.Head {
	tb.Helper()
	root, err := tlog.TreeHash(size, t)
	if err != nil {
		tb.Fatal(err)
	}
	return receipt.Head{Origin: t.signer.Name(), Size: size, Root: root}
}

func (t *tree) sign(tb testing.TB, h receipt.Head) string {
	tb.Helper()
	signed, err := h.Sign(t.signer)
	if err != nil {
		tb.Fatal(err)
	}
	return signed
}

func signer(tb testing.TB) *receipt.Signer {
	tb.Helper()
	private, err := receipt.NewKey("pay.example.com/consents")
	if err != nil {
		tb.Fatal(err)
	}
	s, err := receipt.ReadKey(private)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// downloaded is a receipt as leaf 4 of a tree of 11 leaves.
func downloaded(tb testing.TB) (*tree, *receipt.File) {
	tb.Helper()
	t, r := &tree{signer: signer(tb)}, example()
	for i := range 11 {
		leaf := tlog.RecordHash([]byte{byte(i)})
		if i == 4 {
			var err error
			if leaf, err = r.Leaf(); err != nil {
				tb.Fatal(err)
			}
		}
		t.add(tb, leaf)
	}
	proof, err := tlog.ProveRecord(11, 4, t)
	if err != nil {
		tb.Fatal(err)
	}
	return t, &receipt.File{
		Receipt: r, Inclusion: receipt.Inclusion{Index: 4, Hashes: proof}, TreeHead: t.sign(tb, t.head(tb, 11)), Key: t.signer.Public,
	}
}

func public(tb testing.TB, s *receipt.Signer) []note.Verifier {
	tb.Helper()
	keys, err := receipt.ReadVerifiers(s.Public)
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}

// failed lists the checks that failed.
func failed(found []receipt.Finding) (list []receipt.Check) {
	for _, f := range found {
		if f.Err != nil {
			list = append(list, f.Check)
		}
	}
	return list
}

// A receipt's bytes are in trees that were signed: they never change.
func TestTheBytesOfAReceipt(t *testing.T) {
	r := example()
	got, err := r.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "receipt.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
	for _, wrong := range []string{"\n", ": ", `\u003c`} {
		if strings.Contains(string(got), wrong) {
			t.Errorf("%q in canonical bytes", wrong)
		}
	}
	if err := r.Sound(); err != nil {
		t.Error(err)
	}
}

func TestADownloadedReceiptIsChecked(t *testing.T) {
	tree, f := downloaded(t)
	b, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	again, err := receipt.ParseFile(b)
	if err != nil {
		t.Fatal(err)
	}
	found := again.Check(receipt.Against{Keys: public(t, tree.signer), Head: f.TreeHead, Text: []byte(words)})
	if wrong := failed(found); wrong != nil || len(found) != 6 {
		t.Errorf("%d checks, failed: %v", len(found), wrong)
	}
	if wrong := failed(again.Check(receipt.Against{})); !cmp.Equal(wrong, []receipt.Check{receipt.CheckKey}) {
		t.Errorf("without a key failed: %v", wrong)
	}
	for _, finding := range again.Check(receipt.Against{}) {
		if finding.Check == receipt.CheckKey && !errors.Is(finding.Err, receipt.ErrKeyNotGiven) {
			t.Errorf("without a key: %v", finding.Err)
		}
	}
}

// What is altered is found, by the check that it breaks.
func TestWhatIsAlteredIsFound(t *testing.T) {
	other := signer(t)
	for name, c := range map[string]struct {
		alter func(*tree, *receipt.File, *receipt.Against)
		fails []receipt.Check
	}{
		"the customer":      {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Receipt.Customer = "u-43" }, []receipt.Check{receipt.CheckInclusion}},
		"the reading time":  {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Receipt.ReadSeconds++ }, []receipt.Check{receipt.CheckInclusion}},
		"the amount":        {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Receipt.Subject.Amount-- }, []receipt.Check{receipt.CheckInclusion}},
		"the blind":         {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Receipt.Blind = "" }, []receipt.Check{receipt.CheckInclusion}},
		"the index":         {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Inclusion.Index = 5 }, []receipt.Check{receipt.CheckInclusion}},
		"an index too high": {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Inclusion.Index = 11 }, []receipt.Check{receipt.CheckInclusion}},
		"a negative index":  {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Inclusion.Index = -1 }, []receipt.Check{receipt.CheckInclusion}},
		"no proof":          {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Inclusion.Hashes = nil }, []receipt.Check{receipt.CheckInclusion}},
		"a hash of the proof": {func(_ *tree, f *receipt.File, _ *receipt.Against) {
			f.Inclusion.Hashes[1] = tlog.RecordHash(nil)
		}, []receipt.Check{receipt.CheckInclusion}},
		"ticked beforehand": {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Receipt.Preselected = true }, []receipt.Check{receipt.CheckEvidence, receipt.CheckInclusion}},
		"another entry":     {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Receipt.Log.Position++ }, []receipt.Check{receipt.CheckEvidence, receipt.CheckInclusion}},
		"a form to come":    {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.Receipt.Form++ }, []receipt.Check{receipt.CheckEvidence, receipt.CheckInclusion}},
		"the size": {func(_ *tree, f *receipt.File, _ *receipt.Against) {
			f.TreeHead = strings.Replace(f.TreeHead, "\n11\n", "\n12\n", 1)
		}, []receipt.Check{receipt.CheckSignature, receipt.CheckKey, receipt.CheckHead}}, // the way to the root is the same
		"no note": {func(_ *tree, f *receipt.File, _ *receipt.Against) { f.TreeHead = "nothing" },
			[]receipt.Check{receipt.CheckSignature, receipt.CheckInclusion, receipt.CheckKey, receipt.CheckHead}},
		"signed by somebody else who has the same name": {func(tr *tree, f *receipt.File, _ *receipt.Against) {
			h := tr.head(t, 11)
			tr.signer = other
			f.TreeHead, f.Key = tr.sign(t, h), other.Public
		}, []receipt.Check{receipt.CheckSignature, receipt.CheckKey, receipt.CheckHead}},
		"a head of another tree": {func(tr *tree, _ *receipt.File, a *receipt.Against) {
			h := tr.head(t, 11)
			h.Root[0]++
			a.Head = tr.sign(t, h)
		}, []receipt.Check{receipt.CheckHead}},
		"a head of another size": {func(tr *tree, _ *receipt.File, a *receipt.Against) { a.Head = tr.sign(t, tr.head(t, 10)) }, []receipt.Check{receipt.CheckHead}},
		"other words":            {func(_ *tree, _ *receipt.File, a *receipt.Against) { a.Text = []byte(words + " ") }, []receipt.Check{receipt.CheckText}},
	} {
		t.Run(name, func(t *testing.T) {
			tree, f := downloaded(t)
			against := receipt.Against{Keys: public(t, tree.signer), Head: f.TreeHead, Text: []byte(words)}
			c.alter(tree, f, &against)
			found := f.Check(against)
			if diff := cmp.Diff(c.fails, failed(found)); diff != "" {
				t.Error(diff)
			}
			for _, finding := range found {
				zh, en := finding.Words(receipt.Chinese), finding.Words(receipt.English)
				if zh == "" || en == "" || zh == en {
					t.Errorf("%s says %q, %q", finding.Check, zh, en)
				}
				if finding.Err != nil && (strings.Contains(zh, finding.Err.Error()) || !strings.Contains(en, finding.Err.Error())) {
					t.Errorf("%s gives its reason as %q, %q", finding.Check, zh, en)
				}
			}
		})
	}
}

func TestAFileIsReadToTheLastMember(t *testing.T) {
	_, f := downloaded(t)
	good, err := f.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"nothing":          "",
		"another document": `{"certificate":{}}`,
		"a name twice":     strings.Replace(string(good), `"customer": "u-42"`, `"customer": "u-42", "customer": "u-43"`, 1),
		"a name too many":  strings.Replace(string(good), `"customer"`, `"note": "", "customer"`, 1),
		"something after":  string(good) + "{}",
		"too much":         string(good) + strings.Repeat(" ", 64<<10),
		"a long proof":     strings.Replace(string(good), `"hashes": [`, `"hashes": [`+strings.Repeat(`"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",`, 64), 1),
		"no head":          strings.Replace(string(good), `"tree_head"`, `"tree_heads"`, 1),
	} {
		if _, err := receipt.ParseFile([]byte(bad)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestIDs(t *testing.T) {
	got, position, n, ok := receipt.ParseID("rcp_0123456789abcdefghjk_17-2")
	if !ok || got != account || position != 17 || n != 2 {
		t.Errorf("%s, %d, %d, %t", got, position, n, ok)
	}
	for _, bad := range []string{"", "rcp_", "rcp_0123456789abcdefghjk_17", "rcp_0123456789abcdefghjk_017-2", "rcp_0123456789abcdefghjk_0-1", "rcp_0123456789abcdefghjk_1-0",
		"rcp_0123456789abcdefghj_1-1", "evt_0123456789abcdefghjk_1-1", "rcp_0123456789abcdefghjk_1-+1", "rcp_0123456789abcdefghjk_99999999999999999999-1"} {
		if _, _, _, ok := receipt.ParseID(bad); ok {
			t.Errorf("%q is taken for an id", bad)
		}
	}
}

func TestWordsNameEverything(t *testing.T) {
	r := example()
	for _, l := range []receipt.Language{receipt.Chinese, receipt.English} {
		var all strings.Builder
		for _, line := range r.Words(l, time.UTC) {
			all.WriteString(line.Heading + " " + line.Says + "\n")
		}
		for _, part := range []string{"u-42", string(account), r.Document.Hash, "1,234.50", "1,000.00", "2.50", "pay_in_3", "shop", "o-<1>&", "stm_0123456789abcdefghjk_9", "2026-04-10", "2026-04-01", "card-7",
			"2026-03-10 01:00:00", "2026-03-10 01:00:15", "12", "tap_agree", "wallet", r.Event.ID} {
			if !strings.Contains(all.String(), part) {
				t.Errorf("%s says nothing of %q:\n%s", l, part, all.String())
			}
		}
	}
}
