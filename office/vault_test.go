package office_test

import (
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/risk"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/vault"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// TestWhoLeavesIsErased de-registers one customer and closes another one's account,
// and lets the days pass after which law lets identity go: the day before, and the day.
func TestWhoLeavesIsErased(t *testing.T) {
	ctx := t.Context()
	dsn := filepath.Join(t.TempDir(), "yuefu.db")
	options := office.Options{Database: database.Options{Sandbox: true, Start: "2026-11-24T04:00:00Z", Partitions: 4}, Vault: office.VaultOptions{Retention: 30}, Log: quiet}
	open := func() *office.Office {
		o, err := office.Open(ctx, dsn, options)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	o := open()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := o.Catalogue.CreatePlatform(ctx, "x", "shop", "Shop")
	must(err)
	draft := catalogue.Sample()
	draft.Terms.ReadingSeconds = 1
	v, err := o.Catalogue.CreateProgramme(ctx, "x", "shop", "default", draft)
	must(err)
	must(o.Catalogue.Activate(ctx, "x", "shop", "default", v.Number))

	do := func(account credit.ID, key string, command credit.Command) {
		t.Helper()
		_, err := o.Desk.Do(ctx, servicing.Request{Account: account, Platform: "shop", Key: key, Command: command,
			Answer: func(*credit.Account, []credit.Event, credit.Moment) []byte { return nil }})
		must(err)
	}
	leave := func(customer string, kind credit.ClosureKind) {
		t.Helper()
		p, faults := o.Vault.Check(vault.Person{Name: "金丝雀", IdentityNumber: vault.MadeUpNumber(calendar.Of(1990, 1, 1), len(customer)), Phone: vault.MadeUpPhone(1)})
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		_, err := o.Vault.Agree(ctx, "shop", customer, p)
		must(err)
		account := credit.AccountID("shop", "default", customer)
		claim, err := o.Vault.Claim(ctx, "shop", "default", customer, account)
		must(err)
		now, no, read := o.Clock.Now(), false, 5
		apply := credit.Apply{Platform: "shop", Programme: "default", Customer: customer, Declared: credit.Declared{Adult: new(true), Student: &no, Income: 10_000_00}, Wanted: 5_000_00, Terms: v.Terms}
		for _, d := range v.Terms.Documents {
			apply.Consents = append(apply.Consents, credit.Consent{Person: customer, Document: d.Name, Version: d.Version, Hash: d.Hash, Act: "tap", Channel: "api",
				Language: "zh-Hans", ShownAt: now.Add(-time.Minute), AcceptedAt: now, ReadSeconds: &read, Preselected: &no})
		}
		rules, err := o.Catalogue.Rules(v)
		must(err)
		apply.Assessment = rules.Assess(risk.Applicant{Declared: apply.Declared, Wanted: apply.Wanted})
		do(account, "apply", apply)
		must(o.Vault.Settle(ctx, claim))
		do(account, "close", credit.RequestClosure{Kind: kind})
		number := int64(0)
		must(o.Desk.Look(ctx, account, "shop", func(a *credit.Account, _ credit.Moment, _ int64) { number = a.Closure.Number }))
		do(account, "approve", credit.ApproveClosure{Closure: number, Reviewer: "x"})
	}
	leave("u-left", credit.Deregister)
	leave("u-closed", credit.Close)

	there := func(customer string) bool {
		t.Helper()
		_, err := o.Vault.Known(ctx, "shop", customer)
		if err != nil && !errors.Is(err, vault.ErrNoPerson) {
			t.Fatal(err)
		}
		return err == nil
	}
	left := o.Desk.Today().Day
	must(o.Desk.Advance(ctx, left+29, nil))
	k, err := o.Vault.Known(ctx, "shop", "u-left")
	must(err)
	if k.EraseOn != left+30 {
		t.Errorf("to be erased on %s", k.EraseOn)
	}
	// Another server takes over, which has the key beside the database.
	must(o.Close())
	o = open()
	defer func() { must(o.Close()) }()
	if !there("u-left") || !there("u-closed") {
		t.Error("somebody is gone too early")
	}
	must(o.Desk.Advance(ctx, left+32, nil))
	if there("u-left") || !there("u-closed") {
		t.Errorf("left: %v, closed: %v", there("u-left"), there("u-closed"))
	}
	if info, err := os.Stat(dsn + ".vault-key"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the sandbox's key: %v, %v", info, err)
	}
}

// A real installation is not even made without a key, and is opened by its own only.
func TestARealInstallationNeedsAKey(t *testing.T) {
	ctx := t.Context()
	folder := t.TempDir()
	dsn, file := filepath.Join(folder, "yuefu.db"), filepath.Join(folder, "key.json")
	open := func(key string) error {
		o, err := office.Open(ctx, dsn, office.Options{Vault: office.VaultOptions{Key: key, Required: true}, Log: quiet})
		if err == nil {
			err = o.Close()
		}
		return err
	}
	if err := open(""); !errors.Is(err, office.ErrVaultKey) {
		t.Error(err)
	}
	if _, err := os.Stat(dsn); err == nil {
		t.Error("a database was made that cannot be served")
	}
	if err := open(file); !errors.Is(err, vault.ErrWithoutKey) {
		t.Error(err)
	}
	if _, err := os.Stat(dsn); err == nil {
		t.Error("a database was made for a key that is not there")
	}
	key, err := vault.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	if err := key.Create(file); err != nil {
		t.Fatal(err)
	}
	if err := open(file); err != nil {
		t.Error(err)
	}
	if err := open(""); !errors.Is(err, office.ErrVaultKey) {
		t.Error("once it is there:", err)
	}
	text, err := key.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := open(string(text)); err != nil {
		t.Error("the keyset itself:", err)
	}
	if key, err = vault.NewMaster(); err != nil {
		t.Fatal(err)
	}
	if text, err = key.JSON(); err != nil {
		t.Fatal(err)
	}
	if err := open(string(text)); !errors.Is(err, vault.ErrWrongKey) {
		t.Error("another key:", err)
	}
}
