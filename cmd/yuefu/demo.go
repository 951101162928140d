package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/schollz/progressbar/v3"
	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/notice"
	nophone "github.com/yuefu/yuefu/notice/sms/standin"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/payment/standin"
	"github.com/yuefu/yuefu/server"
	"github.com/yuefu/yuefu/sim"
)

// demoPlatform is the platform that the people of the demo are customers of.
const demoPlatform = "demo"

type demoCmd struct {
	DB        string `help:"New database to keep the world in: a file, or postgres://…; default: a file that is thrown away." placeholder:"FILE"`
	Listen    string `help:"Address to listen on; another port when this one is taken." default:"127.0.0.1:8080" env:"YUEFU_LISTEN"`
	Customers int    `help:"People in the world." default:"40"`
	Months    int    `help:"How long they live before you come." default:"7"`
	Seed      uint64 `help:"Another number, another world." default:"1"`
}

func (c demoCmd) Run(ctx context.Context) (err error) {
	// A newcomer reads what is said here, not the server's log.
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	began := time.Now()
	dsn := c.DB
	if dsn == "" {
		folder, err := os.MkdirTemp("", "yuefu-demo-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		dsn = filepath.Join(folder, "demo.db")
	}
	o, err := office.Open(ctx, dsn, office.Options{
		Notices:  &notice.Options{SMS: &nophone.Tower{Seed: c.Seed, Lose: 20}}, // rings nowhere
		Database: database.Options{Sandbox: true, Start: "2026-01-05T09:00:00+08:00"}, Log: slog.Default(),
		Vault:    office.VaultOptions{Retention: 3653},
		Payments: &standin.Bank{Seed: c.Seed, Refuse: 120}, // moves no money; some sources now and then have none
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if err := c.empty(ctx, o); err != nil {
		return err
	}
	key, err := c.key(ctx, o.Catalogue)
	if err != nil {
		return err
	}
	story, err := c.fill(ctx, o, key)
	if err != nil || ctx.Err() != nil {
		return stopped(ctx, err)
	}

	address, err := free(c.Listen)
	if err != nil {
		return err
	}
	t := tour{url: "http://" + address, key: key, story: story, took: time.Since(began)}
	if err := t.prepare(ctx, o, key); err != nil {
		return stopped(ctx, err)
	}
	beside, err := claim(after(address))
	if err != nil {
		return err
	}
	t.shop = "http://" + beside.Addr().String()
	s, err := server.Listen(o, address, server.Options{Version: version(), Guesses: guess.New(time.Now, guess.Options{}), Try: t.steps(), Shop: t.shop})
	if err != nil {
		return errors.Join(err, beside.Close())
	}
	shop, err := openShop(ctx, beside, s.URL, key, t.people())
	if err != nil {
		return stopped(ctx, errors.Join(err, s.Close()))
	}
	if err := t.print(os.Stdout, paint(os.Stdout), chinese()); err != nil {
		return errors.Join(err, shop.close(), s.Close())
	}
	select {
	case <-ctx.Done():
		fmt.Println()
		fmt.Println(c.goodbye())
	case err = <-s.Failed:
	case err = <-shop.failed:
	}
	return errors.Join(err, shop.close(), s.Close())
}

// stopped makes a demo that was stopped on its way no failure.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (c demoCmd) goodbye() string {
	switch zh := chinese(); {
	case c.DB != "" && zh:
		return "  已停止，数据和密钥都还在：yuefu serve --db " + c.DB
	case c.DB != "":
		return "  Stopped. The world is kept, with its key: yuefu serve --db " + c.DB
	case zh:
		return "  已停止，数据已清除。再来一次还是同一个世界：yuefu demo"
	default:
		return "  Stopped; the world is gone. The next one is the same: yuefu demo"
	}
}

// empty refuses a database in which somebody has lived.
func (c demoCmd) empty(ctx context.Context, o *office.Office) error {
	heads, err := o.Log.Heads(ctx, o.Log.Partitions())
	if err != nil {
		return err
	}
	for _, head := range heads {
		if head.Position > 1 { // the first entry opens the first business date
			return fmt.Errorf("%s has a world already: yuefu serve --db %s", c.DB, c.DB)
		}
	}
	return nil
}

// key makes the platform of the demo, with the sample programme, and a key that may
// do everything: a demo has no one to ask for a review.
func (c demoCmd) key(ctx context.Context, cat *catalogue.Catalogue) (string, error) {
	if err := ensurePlatform(ctx, cat, demoPlatform); err != nil {
		return "", err
	}
	if err := ensureProgramme(ctx, cat, demoPlatform); err != nil {
		return "", err
	}
	_, secret, err := cat.CreateKey(ctx, catalogue.Installation, demoPlatform, catalogue.OperatorRole)
	return secret, err
}

// fill lets the world live, through real HTTP on a port of its own.
func (c demoCmd) fill(ctx context.Context, o *office.Office, key string) (sim.Story, error) {
	s, err := server.Listen(o, "127.0.0.1:0", server.Options{})
	if err != nil {
		return sim.Story{}, err
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	api := client.New(s.URL, key, &http.Client{Transport: transport})
	var bar *progressbar.ProgressBar
	story, err := sim.Run(ctx, api, sim.World{Seed: c.Seed, Customers: c.Customers, Months: c.Months}, func(days, of int) {
		if bar == nil {
			bar = lifetime(of, c.Customers)
		}
		_ = bar.Set(days)
	})
	if bar != nil {
		_ = bar.Clear()
	}
	transport.CloseIdleConnections()
	return story, errors.Join(err, s.Close())
}

// lifetime is the bar of a world's days. It shows on a terminal only.
func lifetime(days, people int) *progressbar.ProgressBar {
	var w io.Writer = io.Discard
	if term.IsTerminal(int(os.Stderr.Fd())) {
		w = os.Stderr
	}
	return progressbar.NewOptions(days,
		progressbar.OptionSetWriter(w), progressbar.OptionSetWidth(30), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetDescription(fmt.Sprintf("  %d people live through their days", people)), progressbar.OptionThrottle(50*time.Millisecond))
}

// free finds an address to listen on: the given one, or when it is taken another port.
func free(address string) (string, error) {
	l, err := claim(address)
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// claim listens on the given address, or when it is taken on another port.
func claim(address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err == nil {
		return l, nil
	}
	host, _, wrong := net.SplitHostPort(address)
	if wrong != nil {
		return nil, wrong
	}
	return net.Listen("tcp", net.JoinHostPort(host, "0"))
}

// chinese says whether whoever runs this reads Chinese first.
func chinese() bool {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			return strings.HasPrefix(value, "zh")
		}
	}
	return false
}

// paint colours words for a terminal, and leaves them alone elsewhere.
func paint(f *os.File) func(style, words string) string {
	if !term.IsTerminal(int(f.Fd())) || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return func(_, words string) string { return words }
	}
	return func(style, words string) string { return "\x1b[" + style + "m" + words + "\x1b[0m" }
}
