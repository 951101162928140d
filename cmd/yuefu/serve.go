package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	_ "net/http/pprof" // on a listener of its own, when asked for
	"os"
	"time"

	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/notice/sms"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment"
	"github.com/yuefu/yuefu/server"
	"github.com/yuefu/yuefu/servicing"
)

type serveCmd struct {
	databaseFlag
	Listen     string `help:"Address to listen on." default:"127.0.0.1:8080" env:"YUEFU_LISTEN"`
	Public     string `help:"Address that customers reach the hosted pages at, such as https://pay.example; links begin with it. Default: the one that the platform asked." env:"YUEFU_PUBLIC" placeholder:"URL"`
	Proxy      string `name:"trusted-proxy" help:"Header in which your proxy writes whose request it is, such as X-Forwarded-For; its last address is believed, whoever sends it: let nobody but the proxy reach this server. Default: requests are of the address that they come from." env:"YUEFU_TRUSTED_PROXY" placeholder:"HEADER"`
	Sandbox    bool   `help:"For a new database: the clock stands still until POST /v1/clock/advance moves it."`
	Start      string `help:"For a new sandbox: where its clock starts, as RFC 3339; default: now." placeholder:"TIME"`
	Zone       string `help:"For a new database: the business time zone; default Asia/Shanghai." placeholder:"ZONE"`
	Partitions int    `help:"For a new database: partitions of the log, a power of two up to 256; default 16." placeholder:"N"`
	Accounts   int    `help:"Accounts kept in memory." default:"200000"`
	Lanes      int    `help:"Writers." default:"2"`
	Queue      int    `help:"Commands that may wait for one writer." default:"4096"`
	MaxJump    int    `help:"Days that the clock may be ahead of the business date before an operator has to say so." default:"3"`
	Payments   string `help:"Address of the payment service that debits customers; without one debits stay pending until operators tell their results. See docs/payments.md." env:"YUEFU_PAYMENTS" placeholder:"URL"`
	PaymentKey string `help:"The payment service's bearer token; keep it in the environment." env:"YUEFU_PAYMENT_KEY" placeholder:"TOKEN"`
	SigningKey string `help:"Private key that signs the receipts of consents, or its file: see yuefu receipt new-key. Keep it out of the database's backups. A sandbox makes its own." env:"YUEFU_SIGNING_KEY" placeholder:"FILE"`
	VaultKey   string `help:"The key of personal data: a file, or the keyset itself; made by yuefu vault new-key. A sandbox makes its own." env:"YUEFU_VAULT_KEY" placeholder:"FILE"`
	VaultKeep  int    `help:"Days that a person's identity is kept after their last contract has ended; ten years by the law of China." default:"3653" env:"YUEFU_VAULT_KEEP" placeholder:"DAYS"`
	SMS        string `help:"Address of the provider of text messages; without one customers are told in their inbox only. See docs/sms.md." env:"YUEFU_SMS" placeholder:"URL"`
	SMSKey     string `help:"The provider's bearer token; keep it in the environment." env:"YUEFU_SMS_KEY" placeholder:"TOKEN"`
	SMSSign    string `help:"The signature at the front of each message, as it is registered with the provider." default:"月付" env:"YUEFU_SMS_SIGN"`
	Profile    string `help:"Address for Go's profiler; off by default. Keep it on loopback." placeholder:"ADDRESS"`
}

func (c serveCmd) Run(ctx context.Context) error {
	payments, err := c.payments()
	if err != nil {
		return err
	}
	var signs *receipt.Signer
	if c.SigningKey != "" {
		if signs, err = receipt.ReadKey(c.SigningKey); err != nil {
			return err
		}
	}
	provider, err := c.provider()
	if err != nil {
		return err
	}
	o, err := office.Open(ctx, c.DB, office.Options{
		Notices:  &notice.Options{SMS: provider, Signature: c.SMSSign},
		Payments: payments, Receipts: signs,
		Database: database.Options{Partitions: c.Partitions, Zone: c.Zone, Sandbox: c.Sandbox, Start: c.Start},
		Desk:     servicing.Options{Accounts: c.Accounts, Lanes: c.Lanes, Queue: c.Queue, MaxJump: c.MaxJump},
		Vault:    office.VaultOptions{Key: c.VaultKey, Required: true, Retention: c.VaultKeep},
		Log:      slog.Default(),
	})
	if err != nil {
		return err
	}
	if c.Profile != "" {
		go func() { slog.Error("profiler", "error", http.ListenAndServe(c.Profile, nil)) }()
	}
	s, err := server.Listen(o, c.Listen, server.Options{Version: version(), Public: c.Public, Guesses: guess.New(time.Now, guess.Options{Header: c.Proxy})})
	if err != nil {
		return errors.Join(err, o.Close())
	}
	fmt.Println("listening on", s.URL)
	if o.DB.Book().Sandbox {
		fmt.Fprintln(os.Stderr, "this is a sandbox: its clock stands at", o.Clock.Now().In(o.Zone).Format(time.DateTime))
	}
	select {
	case <-ctx.Done():
	case err = <-s.Failed:
	}
	return errors.Join(err, s.Close(), o.Close())
}

// payments is the payment service that was named, or none.
func (c serveCmd) payments() (payment.Service, error) {
	if c.Payments == "" {
		return nil, nil
	}
	return payment.NewClient(c.Payments, c.PaymentKey, nil)
}

// provider is who sends text messages, or nobody.
func (c serveCmd) provider() (sms.Provider, error) {
	if c.SMS == "" {
		return nil, nil
	}
	return sms.NewClient(c.SMS, c.SMSKey, nil)
}
