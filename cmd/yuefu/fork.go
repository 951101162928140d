package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/fork"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

type forkCmd struct {
	databaseFlag
	Set       []string `help:"What is different, as name=value of the contract: grace_days=5, penalty_rate=100000, principal_first_from=1, plans.flat6.rate=5000. May be repeated." required:"" sep:"none" placeholder:"NAME=VALUE"`
	From      string   `help:"The past date from which it is different; default: from the beginning." placeholder:"2026-03-01"`
	Position  int64    `help:"The past position of the account's partition from which it is different."`
	Account   string   `help:"Only this account." placeholder:"acc_…"`
	Platform  string   `help:"Only accounts of this platform."`
	Programme string   `help:"Only accounts of this programme."`
	Most      int      `help:"How many accounts to tell of, those that differ most first." default:"20"`
	JSON      bool     `help:"Print the report as JSON."`
}

func (c forkCmd) ask() (ask fork.Ask, err error) {
	ask = fork.Ask{
		Account: credit.ID(c.Account), Filter: view.Filter{Platform: c.Platform, Programme: c.Programme},
		Position: c.Position, Rules: fork.Rules{}, Most: c.Most,
	}
	if c.Account != "" && !ask.Account.Valid() {
		return ask, fmt.Errorf("%q is no account's id", c.Account)
	}
	if c.From != "" {
		if ask.From, err = calendar.Parse(c.From); err != nil {
			return ask, err
		}
	}
	for _, assignment := range c.Set {
		if err := ask.Rules.Set(assignment); err != nil {
			return ask, err
		}
	}
	return ask, nil
}

func (c forkCmd) Run(ctx context.Context) error {
	ask, err := c.ask()
	if err != nil {
		return err
	}
	return withTables(ctx, c.DB, func(t *view.Tables) error {
		if ask.Until, err = t.Today(ctx); err != nil {
			return err
		}
		totals, err := t.Totals(ctx)
		if err != nil {
			return err
		}
		all := int64(0)
		for _, total := range totals {
			all += total.Accounts
		}
		bar := progress(int(all), "accounts")
		report, err := fork.Run(ctx, t, ask, func(done int) { _ = bar.Set(done) })
		_ = bar.Finish()
		if err != nil {
			return err
		}
		if c.JSON {
			return json.MarshalWrite(os.Stdout, report, jsontext.WithIndent("  "))
		}
		return printFork(os.Stdout, report)
	})
}

func printFork(w io.Writer, r *fork.Report) error {
	since := "the beginning"
	if r.From != 0 {
		since = r.From.String()
	}
	fmt.Fprintf(w, "%d accounts told again from %s to %s: %d would be different\n", r.Accounts, since, r.Until, r.Changed)
	for _, c := range r.Currencies {
		printTotals(w, &c)
	}
	if len(r.Differences) > 0 {
		printDifferences(w, r)
	}
	if r.Failures > 0 {
		fmt.Fprintf(w, "\n%d accounts cannot be told so, such as\n", r.Failures)
		for _, f := range r.Failed[:min(3, len(r.Failed))] {
			fmt.Fprintf(w, "  %s: %s\n", f.Account, f.Says)
		}
	}
	return nil
}

func newTable(w io.Writer, heads ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleLight)
	t.Style().Options.DrawBorder = false
	t.Style().Options.SeparateColumns = false
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(heads)
	var columns []table.ColumnConfig
	for i := range heads {
		if i > 0 {
			columns = append(columns, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	t.SetColumnConfigs(columns)
	return t
}

func printTotals(w io.Writer, c *fork.Currency) {
	fmt.Fprintln(w)
	t := newTable(w, string(c.Currency), "as it was", "as it would be", "difference")
	row := func(name string, was, is money.Amount) {
		t.AppendRow(table.Row{name, was.Format(c.Currency), is.Format(c.Currency), signed(is-was, c.Currency)})
	}
	t.AppendRow(table.Row{"bills", c.Was.Bills, c.Is.Bills, c.Is.Bills - c.Was.Bills})
	row("billed", c.Was.Billed, c.Is.Billed)
	row("… interest", c.Was.Interest, c.Is.Interest)
	row("… fees", c.Was.Fees, c.Is.Fees)
	row("penalty charged", c.Was.Penalty, c.Is.Penalty)
	row("paid", c.Was.Paid, c.Is.Paid)
	row("owed at the end", c.Was.Owed, c.Is.Owed)
	row("… overdue", c.Was.Overdue, c.Is.Overdue)
	row("credit balance at the end", c.Was.CreditBalance, c.Is.CreditBalance)
	t.AppendRow(table.Row{"accounts overdue at the end", c.Was.OverdueAccounts, c.Is.OverdueAccounts, c.Is.OverdueAccounts - c.Was.OverdueAccounts})
	t.Render()
	if len(c.Classes) == 0 {
		return
	}
	fmt.Fprintln(w)
	t = newTable(w, "ledger, debit less credit", "as it was", "as it would be", "difference")
	for _, class := range c.Classes {
		t.AppendRow(table.Row{class.Class, class.Was.Format(c.Currency), class.Is.Format(c.Currency), signed(class.Is-class.Was, c.Currency)})
	}
	t.Render()
}

func printDifferences(w io.Writer, r *fork.Report) {
	fmt.Fprintln(w)
	t := newTable(w, "account, and its bills", "billed, was", "would be", "penalty, was", "would be")
	for _, d := range r.Differences {
		c := d.Currency
		t.AppendRow(table.Row{d.Account, d.Was.Billed.Format(c), d.Is.Billed.Format(c), d.Was.Penalty.Format(c), d.Is.Penalty.Format(c)})
		for _, b := range d.Bills {
			t.AppendRow(table.Row{"  " + b.Date.String(), b.Was.Total.Format(c), b.Is.Total.Format(c), b.Was.Penalty.Format(c), b.Is.Penalty.Format(c)})
		}
		if d.Dropped > 0 {
			t.AppendRow(table.Row{fmt.Sprintf("  %d requests would have been refused", d.Dropped)})
		}
	}
	t.Render()
}

func signed(a money.Amount, c money.Currency) string {
	if a > 0 {
		return "+" + a.Format(c)
	}
	return a.Format(c)
}
