package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/follow"
)

// TestReceipts tells of somebody who keeps what they agreed to, and of everybody who
// looks whether it is still there.
func TestReceipts(t *testing.T) {
	onBoth(t, receipts)
}

func receipts(t *testing.T, s *teller) {
	ctx := t.Context()
	a := s.apply("u-1", 10_000_00, 10_000_00, false).Opened
	anybody := s.checker.client(s.w, "")
	s.is("the first receipts", len(ok(s.shop.ListReceipts(ctx, a.ID, client.ListReceiptsQuery{}))(s).Data) > 0, true) // whoever asks waits for the tree
	early := ok(anybody.GetTreeHead(ctx))(s)
	documents := int64(len(ok(s.shop.GetDisclosure(ctx, catalogue.SampleID, client.GetDisclosureQuery{}))(s).Documents))

	hold := s.authorise(a, 123_45, "flat6")
	ok(s.shop.SetAutopay(ctx, a.ID, s.key(), s.w.autopay(t, a, "card-7")))(s)
	if a.Limit < 10_000_00 {
		t.Fatalf("the limit is %d", a.Limit)
	}

	// The list: newest first, in pages.
	all := ok(s.shop.ListReceipts(ctx, a.ID, client.ListReceiptsQuery{}))(s)
	s.is("receipts", int64(len(all.Data)), documents+2)
	s.is("the newest", all.Data[0].Document.Name, "autopay")
	s.is("its subject", all.Data[0].Subject.Source, "card-7")
	order := all.Data[1]
	s.is("the order", order.Document.Name, "quote")
	s.is("of", order.Subject.Amount, int64(123_45))
	s.is("in", order.Subject.Currency, "CNY")
	s.is("who", order.Customer, "u-1")
	s.is("led to", order.Event.Type, "authorisation.approved")
	s.is("and is told", strings.Contains(s.w.get(t, s.w.platform, "/v1/accounts/"+a.ID+"/events").body, order.Event.ID), true)
	page := ok(s.shop.ListReceipts(ctx, a.ID, client.ListReceiptsQuery{Limit: 1}))(s)
	s.is("a page", page.Data[0].ID, all.Data[0].ID)
	page = ok(s.shop.ListReceipts(ctx, a.ID, client.ListReceiptsQuery{Limit: 1, Cursor: page.Next}))(s)
	s.is("the next page", page.Data[0].ID, order.ID)
	if last := all.Data[len(all.Data)-1]; last.Document.Seals != "words" {
		t.Errorf("the first consent is to %+v", last.Document)
	}

	// Each as a file: it passes its checks with the published key, and its text is the text.
	published := s.w.send(t, http.MethodGet, "/.well-known/yuefu-keys.json", "")
	s.is("published", published.status, 200)
	s.is("the same keys", s.w.send(t, http.MethodGet, "/v1/transparency/key", "").body, published.body)
	s.is("one key", len(ok(anybody.GetPublishedKeys(ctx))(s).Keys), 1)
	s.is("by its other name", len(ok(anybody.GetTransparencyKey(ctx))(s).Keys), 1)
	keys, err := receipt.ReadVerifiers(published.body)
	if err != nil {
		t.Fatal(err)
	}
	head := ok(anybody.GetTreeHead(ctx))(s)
	words := 0
	for _, r := range all.Data {
		ok(s.shop.GetReceipt(ctx, r.ID, client.GetReceiptQuery{}))(s)
		got := s.w.get(t, s.w.platform, "/v1/receipts/"+r.ID)
		s.is("a file to keep", got.header.Get("Content-Disposition"), `attachment; filename="`+r.ID+`.json"`)
		f, err := receipt.ParseFile([]byte(got.body))
		if err != nil {
			t.Fatal(err)
		}
		against := receipt.Against{Keys: keys, Head: head.TreeHead}
		if f.Receipt.Document.Seals == receipt.SealsWords {
			text := s.w.get(t, s.w.platform, "/v1/texts/"+f.Receipt.Document.Hash)
			against.Text = receipt.WordsIn([]byte(text.body))
			sum := sha256.Sum256(against.Text)
			s.is("the hash of the text", hex.EncodeToString(sum[:]), r.Document.Hash)
			words++
		}
		for _, finding := range f.Check(against) {
			if finding.Err != nil {
				t.Errorf("%s: %s: %v", r.ID, finding.Check, finding.Err)
			}
		}
	}
	s.is("texts", int64(words), documents)

	// Under the head that somebody else kept: the receipts that were in it, no others.
	first := all.Data[len(all.Data)-1]
	f, err := receipt.ParseFile([]byte(s.w.get(t, s.w.platform, "/v1/receipts/"+first.ID+fmt.Sprint("?size=", early.Size)).body))
	if err != nil {
		t.Fatal(err)
	}
	s.is("the kept head", f.TreeHead, early.TreeHead)
	s.is("before it was", s.w.get(t, s.w.platform, "/v1/receipts/"+order.ID+fmt.Sprint("?size=", early.Size)).status, 400)

	// Anybody sees that it only grew, and can make the tree.
	s.is("grown", head.Size-early.Size, int64(2))
	proof := ok(anybody.GetTreeProof(ctx, client.GetTreeProofQuery{From: early.Size}))(s)
	s.is("the later head", proof.TreeHead, head.TreeHead)
	hashes, err := receipt.Hashes(proof.Hashes)
	if err != nil {
		t.Fatal(err)
	}
	before, _, err1 := receipt.OpenHead(early.TreeHead, keys...)
	after, _, err2 := receipt.OpenHead(proof.TreeHead, keys...)
	if err := errors.Join(err1, err2, receipt.Grew(before, after, hashes)); err != nil {
		t.Error(err)
	}
	leaves := ok(anybody.GetTreeLeaves(ctx, client.GetTreeLeavesQuery{}))(s)
	s.is("leaves", int64(len(leaves.Hashes)), head.Size)
	leaf, err := f.Receipt.Leaf()
	if err != nil {
		t.Fatal(err)
	}
	s.is("a leaf", leaves.Hashes[f.Inclusion.Index], leaf.String())
	for _, path := range []string{"proof?from=-1", "proof?from=999", "proof?from=3&to=2", "proof?from=1&to=999", "leaves?from=2&to=1", "leaves?to=999", "leaves?from=0&to=2000", "head?size=1"} {
		if got := s.w.send(t, http.MethodGet, "/v1/transparency/"+path, ""); got.status != 400 {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}

	// Not there, and not yours, look the same; a customer has their own.
	stranger := s.checker.client(s.w, s.w.stranger)
	refused(stranger.ListReceipts(ctx, a.ID, client.ListReceiptsQuery{}))(s, "not_found")
	for _, id := range []string{order.ID, strings.Replace(order.ID, order.ID[4:8], "zzzz", 1), "rcp_nothing", hold.ID} {
		p := refused(stranger.GetReceipt(ctx, id, client.GetReceiptQuery{}))(s, "not_found")
		s.is("detail", p.Detail, "there is no such receipt")
	}
	me, other := s.w.as("u-1", false), s.w.as("u-2", false)
	s.is("their own", ok(me.GetReceipt(ctx, order.ID, client.GetReceiptQuery{}))(s).Receipt.ID, order.ID)
	refused(other.GetReceipt(ctx, order.ID, client.GetReceiptQuery{}))(s, "not_found")
	refused(other.ListReceipts(ctx, a.ID, client.ListReceiptsQuery{}))(s, "not_found")

	// Who was refused has receipts, too.
	student := s.apply("u-student", 10_000_00, 10_000_00, true)
	s.is("refused", student.Status, client.DecisionRefused)
	s.is("their receipts", int64(len(ok(s.shop.ListReceipts(ctx, student.Account, client.ListReceiptsQuery{}))(s).Data)), documents)

	report, err := s.w.tree.Verify(ctx)
	if err != nil || !report.Clean() {
		t.Errorf("%v, %v", report.Violations, err)
	}
}

// TestWithoutAKeyNothingIsSigned: consents are recorded all the same.
func TestWithoutAKeyNothingIsSigned(t *testing.T) {
	dsn := filepath.Join(t.TempDir(), "yuefu.db")
	w := newWorldOn(t, dsn, func(o *Options) {
		db, err := database.Open(t.Context(), dsn, database.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		log, err := open.Log(db)
		if err != nil {
			t.Fatal(err)
		}
		if o.Consents, err = consent.Open(t.Context(), db, log); err != nil {
			t.Fatal(err)
		}
		// Another server makes the tree grow; here nobody signs.
		f, err := follow.Open(t.Context(), db, log, o.Consents.Reader(), follow.Options{})
		if err != nil {
			t.Fatal(err)
		}
		o.Consents.Follow(f)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); f.Run(ctx) }()
		t.Cleanup(func() { stop(); <-ended })
	})
	a := w.opened(t, "u-1")
	all, err := w.client(w.platform).ListReceipts(t.Context(), a.ID, client.ListReceiptsQuery{})
	if err != nil || len(all.Data) == 0 {
		t.Fatalf("%d receipts, %v", len(all.Data), err)
	}
	for path, key := range map[string]string{"/v1/receipts/" + all.Data[0].ID: w.platform, "/v1/transparency/head": "", "/v1/transparency/proof?from=1": ""} {
		if got := w.get(t, key, path); got.status != 501 || !strings.Contains(got.body, `"kind":"no_signing_key"`) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	leaves, err := w.client("").GetTreeLeaves(t.Context(), client.GetTreeLeavesQuery{})
	if err != nil || len(leaves.Hashes) != len(all.Data) {
		t.Errorf("%d leaves, %v", len(leaves.Hashes), err)
	}
}
