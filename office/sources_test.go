package office_test

import (
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/source"
)

// TestSourcesEndWithTheContract: closing keeps them, for a debt may come back; de-registration
// forgets them.
func TestSourcesEndWithTheContract(t *testing.T) {
	ctx := t.Context()
	o, err := office.Open(ctx, filepath.Join(t.TempDir(), "yuefu.db"), office.Options{
		Database: database.Options{Sandbox: true, Start: "2026-11-24T04:00:00Z", Partitions: 2}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	terms := catalogue.Sample().Terms
	terms.Programme, terms.Version, terms.Documents, terms.Routes = "p", 1, []credit.Document{{Name: "agreement", Version: 1, Hash: "a"}}, nil
	terms.Funder = "bank"
	yes, no, seconds := true, false, 59
	id, other := credit.AccountID("shop", "p", "u1"), credit.AccountID("shop", "p", "u2")
	keys := 0
	do := func(c credit.Command) {
		t.Helper()
		keys++
		if _, err := o.Desk.Do(ctx, servicing.Request{Account: id, Platform: "shop", Key: string(rune('a' + keys)), Command: c}); err != nil {
			t.Fatalf("%s: %v", c.Name(), err)
		}
	}
	now := o.Clock.Now()
	do(credit.Apply{
		Platform: "shop", Programme: "p", Customer: "u1", Terms: &terms, Declared: credit.Declared{Adult: &yes, Student: &no},
		Consents: []credit.Consent{{Person: "u1", Document: "agreement", Version: 1, Hash: "a", ShownAt: now.Add(-time.Minute), AcceptedAt: now.Add(-time.Second),
			Act: "tap", Channel: "api", Language: "en", ReadSeconds: &seconds, Preselected: &no}},
		Assessment: credit.Assessment{Decision: credit.Approved, Limit: 1_000_00},
	})
	card := []source.Source{{Name: "tok_1", Label: "招商银行 ···· 1234"}}
	for _, account := range []credit.ID{id, other} {
		if err := o.Sources.Put(ctx, string(account), card); err != nil {
			t.Fatal(err)
		}
	}
	do(credit.RequestClosure{})
	do(credit.ApproveClosure{Closure: 2, Reviewer: "r"})
	if list, err := o.Sources.List(ctx, string(id)); err != nil || len(list) != 1 {
		t.Errorf("closed: %v, %v", list, err)
	}
	do(credit.RequestClosure{Kind: credit.Deregister})
	do(credit.ApproveClosure{Closure: 3, Reviewer: "r"})
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		list, err := o.Sources.List(ctx, string(id))
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		if time.Since(began) > 10*time.Second {
			t.Fatal("nobody forgets them")
		}
	}
	if list, err := o.Sources.List(ctx, string(other)); err != nil || len(list) != 1 {
		t.Errorf("another's: %v, %v", list, err)
	}
}
