// Command yuefu is the whole product in one binary: the server, its demo, its
// checks, its exports and its bench. This package knows flags and wiring; every
// decision is in the rooms that it wires.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the command line: each field is a command with its flags.
type commands struct {
	Serve    serveCmd    `cmd:"" help:"Serve the API on a database."`
	Demo     demoCmd     `cmd:"" help:"Start a server with a small made-up world, and say what to try."`
	Keys     keysCmd     `cmd:"" help:"Make and revoke API keys."`
	Vault    vaultCmd    `cmd:"" help:"Make, rotate and retire the key of personal data."`
	Verify   verifyCmd   `cmd:"" help:"Fold the whole log and check every invariant against tables and ledger."`
	Rebuild  rebuildCmd  `cmd:"" help:"Make the tables anew from the log."`
	Fork     forkCmd     `cmd:"" help:"Tell the past again under another rule, and show what would be different."`
	Export   exportCmd   `cmd:"" help:"Write the books in the form of other programs."`
	Replay   replayCmd   `cmd:"" help:"Play a file of orders through the desk, day by day."`
	Simulate simulateCmd `cmd:"" help:"Put the product through lives that nobody would think of, beside a second telling of the contract."`
	Bench    benchCmd    `cmd:"" help:"Measure this machine."`
	Receipt  receiptCmd  `cmd:"" help:"Check receipts of consents, and that no consent was added or dropped later."`
	Rules    rulesCmd    `cmd:"" help:"Show rule packs, and what a new one would mean for live contracts."`
	Policy   policyCmd   `cmd:"" help:"Check a lender's policy, and see how it assesses somebody."`
	Version  versionCmd  `cmd:"" help:"Say which version this is."`

	LogLevel slog.Level `help:"Least level of log lines on standard error." default:"info" env:"YUEFU_LOG_LEVEL"`
}

// databaseFlag is how a command is told its database.
type databaseFlag struct {
	DB string `help:"Database: a file for SQLite, or postgres://…" default:"yuefu.db" env:"YUEFU_DB" placeholder:"yuefu.db"`
}

func main() {
	if os.Getenv("GOGC") == "" {
		// Most of the memory is accounts that stay: to look through them a third as
		// often is worth the room that it takes. GOMEMLIMIT bounds it where there is little.
		debug.SetGCPercent(300)
	}
	var line commands
	parsed := kong.Parse(&line,
		kong.Name("yuefu"),
		kong.Description("月付 yuefu: buy now, one bill a month, pay it, close the account.\n\nA pay-later system in one binary. Start with: yuefu demo"),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: line.LogLevel})))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil && !errors.Is(err, errReported) {
		fmt.Fprintln(os.Stderr, "yuefu:", err)
		os.Exit(1)
	} else if err != nil {
		os.Exit(1)
	}
}

// errReported ends a command that has said what is wrong by itself.
var errReported = errors.New("reported")
