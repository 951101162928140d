package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/yuefu/yuefu/bench"
)

type benchCmd struct {
	Authorise       benchAuthoriseCmd `cmd:"" help:"Checkouts a second, in process and over HTTP, beside pgbench."`
	Webhooks        benchWebhooksCmd  `cmd:"" help:"Events a second sent to a receiver on loopback, from a backlog."`
	CloseOfBusiness benchCloseCmd     `cmd:"" help:"Accounts billed a second on one night, with checkouts going on."`
}

// benchFlags are what all benches take.
type benchFlags struct {
	Stores   []string      `help:"Databases to measure on: sqlite, postgres (a throw-away server of its own)." enum:"sqlite,postgres" default:"sqlite,postgres"`
	Duration time.Duration `help:"Of each measurement." default:"8s"`
	JSON     string        `help:"Also write the report as JSON to this file; - is standard output." placeholder:"FILE"`
}

func (f benchFlags) options() bench.Options {
	o := bench.Options{Duration: f.Duration, Progress: os.Stderr, Serve: serveProcess}
	for _, store := range f.Stores {
		o.SQLite = o.SQLite || store == "sqlite"
		o.Postgres = o.Postgres || store == "postgres"
	}
	return o
}

// write prints what was measured, also when something went wrong after it.
func (f benchFlags) write(report *bench.Report, failed error) error {
	if f.JSON == "-" {
		return errors.Join(failed, report.WriteJSON(os.Stdout))
	}
	report.WriteTable(os.Stdout)
	if f.JSON == "" {
		return failed
	}
	file, err := os.Create(f.JSON)
	if err != nil {
		return errors.Join(failed, err)
	}
	return errors.Join(failed, report.WriteJSON(file), file.Close())
}

type benchAuthoriseCmd struct {
	benchFlags
	Accounts    int   `help:"Accounts that the checkouts are spread over." default:"20000"`
	Connections []int `help:"Connections over HTTP; empty: leave HTTP out." default:"16,64,256"`
	InProcess   int   `help:"Callers in process; 0: leave that out." default:"512"`
	NoYardstick bool  `help:"Leave out pgbench and the baseline."`
}

func (c benchAuthoriseCmd) Run(ctx context.Context) error {
	o := c.options()
	o.Accounts, o.Connections, o.InProcess, o.Yardsticks = c.Accounts, c.Connections, c.InProcess, !c.NoYardstick
	return c.write(bench.Authorise(ctx, o))
}

type benchCloseCmd struct {
	benchFlags
	Accounts  int     `help:"Accounts, all billed on one night." default:"1000000"`
	Purchases int     `help:"Open purchases of each." default:"3"`
	Checkouts float64 `help:"Checkouts a second that go on." default:"500"`
}

func (c benchCloseCmd) Run(ctx context.Context) error {
	o := c.options()
	o.Accounts = c.Accounts
	return c.write(bench.CloseOfBusiness(ctx, bench.CloseOptions{
		Options: o, Checkouts: c.Checkouts, Purchases: c.Purchases, Filled: bars("accounts made"), Closed: bars("accounts billed"),
	}))
}

type benchWebhooksCmd struct {
	benchFlags
	Backlog int `help:"Events that wait when it begins." default:"1000000"`
}

func (c benchWebhooksCmd) Run(ctx context.Context) error {
	return c.write(bench.Webhooks(ctx, bench.WebhookOptions{Options: c.options(), Backlog: c.Backlog, Filled: bars("accounts made"), Drained: bars("events sent")}))
}

// bars shows a bar that begins anew when its total does.
func bars(unit string) func(done, total int) {
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progress(total, unit)
		}
		_ = bar.Set(done)
		if done == total {
			_ = bar.Finish()
			bar = nil
		}
	}
}

// process is a server in a process of its own, so that its CPU time is its own.
type process struct {
	command *exec.Cmd
	address string
}

func serveProcess(ctx context.Context, dsn string) (bench.Server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.CommandContext(ctx, self, "serve", "--db", dsn, "--listen", "127.0.0.1:0", "--log-level", "warn")}
	p.command.Stderr = os.Stderr
	// What is measured is a sandbox, which has a key of its own.
	p.command.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "YUEFU_VAULT_KEY=") })
	if address := os.Getenv("YUEFU_BENCH_PROFILE"); address != "" {
		p.command.Args = append(p.command.Args, "--profile", address)
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on http://")
	if err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("the server said %q", line), p.Stop())
	}
	p.address = address
	go io.Copy(io.Discard, lines) //nolint:errcheck // only so that the server never waits for us
	return p, nil
}

func (p *process) Address() string { return p.address }
func (p *process) Process() int    { return p.command.Process.Pid }

func (p *process) Stop() error {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	if err := p.command.Wait(); err != nil {
		return fmt.Errorf("server %s: %w", strconv.Itoa(p.Process()), err)
	}
	return nil
}
