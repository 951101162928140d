package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/schollz/progressbar/v3"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/replay"
	"golang.org/x/term"
)

type replayCmd struct {
	Orders      string `help:"File of orders with a heading; columns parted by commas, semicolons, tabs or spaces." required:"" type:"existingfile"`
	CustomerCol string `help:"Heading of the customer's column." required:""`
	DateCol     string `help:"Heading of the date's column (2006-01-02 or 20060102)." required:""`
	AmountCol   string `help:"Heading of the amount's column, in the major unit." required:""`
	Currency    string `help:"Currency of the amounts." default:"CNY"`
	DB          string `help:"New database to play into: a file, or postgres://…; default: a file that is thrown away." placeholder:"FILE"`
	JSON        bool   `help:"Print the summary as JSON."`
	NoVerify    bool   `help:"Do not check the invariants at the end."`
}

func (c replayCmd) Run(ctx context.Context) error {
	file, err := os.Open(c.Orders)
	if err != nil {
		return err
	}
	defer file.Close()
	currency := money.Currency(c.Currency)
	orders, err := replay.Read(file, replay.Columns{Customer: c.CustomerCol, Date: c.DateCol, Amount: c.AmountCol}, currency)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Orders, err)
	}

	dsn := c.DB
	if dsn == "" {
		folder, err := os.MkdirTemp("", "yuefu-replay-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(folder)
		dsn = filepath.Join(folder, "replay.db")
	}
	o, err := office.Open(ctx, dsn, office.Options{
		Database: database.Options{Sandbox: true, Start: orders.List[0].Date.Time().Add(4 * time.Hour).Format(time.RFC3339)},
		Log:      slog.Default(),
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.Close()) }()
	if err := replay.Prepare(ctx, o, currency); err != nil {
		return err
	}
	bar := progress(len(orders.List), "orders")
	summary, err := replay.Play(ctx, o, orders, func(n int) { _ = bar.Add(n) })
	_ = bar.Finish()
	if err != nil {
		return err
	}
	if err := c.report(os.Stdout, summary, currency); err != nil {
		return err
	}
	if c.NoVerify {
		return nil
	}
	return verify(ctx, o)
}

func (c replayCmd) report(w io.Writer, s replay.Summary, currency money.Currency) error {
	if c.JSON {
		return json.MarshalWrite(w, s)
	}
	_, err := fmt.Fprintf(w, `
  %d customers, %d orders on %d days (%s to %s), %d orders of 0 skipped
  captured   %14s
  repaid     %14s  in %d repayments
  unbilled   %14s
  owed       %14s  on bills
  %d commands in %.1f s, %.0f a second

`, s.Customers, s.Orders, s.Days, s.First, s.Last, s.Zeros,
		s.Captured.Format(currency), s.Repaid.Format(currency), s.Repayments, s.Unbilled.Format(currency), s.Billed.Format(currency),
		s.Commands, s.Took.Seconds(), float64(s.Commands)/s.Took.Seconds())
	return err
}

// progress is a bar on standard error, where that is somebody's terminal.
func progress(total int, unit string) *progressbar.ProgressBar {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return progressbar.DefaultSilent(int64(total))
	}
	return progressbar.NewOptions(total,
		progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString(unit),
		progressbar.OptionSetWidth(30), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
}
