package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/yuefu/yuefu/trial"
)

type simulateCmd struct {
	Seed    uint64  `help:"The world to live through; with --minutes the first of them. 0: a fresh one." placeholder:"N"`
	Steps   int     `help:"Stop after so many steps: a failure says how many show it." placeholder:"M"`
	Minutes float64 `help:"Live through one world after the other, for so long." placeholder:"F"`
	Workers int     `help:"Worlds at the same time; default: one for each processor."`
	Bounces bool    `help:"Let repayments bounce, whatever happened since; with --minutes they do in every other world."`
	Trace   bool    `help:"Say what happens, act by act."`
	Acts    bool    `help:"At the end say how often each thing happened."`
}

func (c simulateCmd) Run(ctx context.Context) error {
	if c.Seed == 0 {
		var b [4]byte
		rand.Read(b[:]) // never fails: it would rather end the program
		c.Seed = uint64(binary.BigEndian.Uint32(b[:])) * 1000
	}
	if c.Minutes > 0 {
		return c.many(ctx)
	}
	options := trial.Options{Seed: c.Seed, Steps: c.Steps, Bounces: c.Bounces}
	if c.Trace {
		options.Trace = io.Writer(os.Stdout)
	}
	r, err := trial.Run(options)
	if err != nil {
		return err
	}
	fmt.Printf("seed %d: %d steps, %.1f account-years, %d commands compared, %d entries, %d faults, hash %x\n",
		c.Seed, r.Steps, float64(r.AccountDays)/365, r.Commands, r.Entries, r.Faults, r.Hash)
	c.acts(r.Acts)
	return nil
}

// many lives through worlds until time is up.
func (c simulateCmd) many(ctx context.Context) error {
	if c.Workers <= 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	lasts := time.Duration(c.Minutes * float64(time.Minute))
	ctx, cancel := context.WithTimeout(ctx, lasts)
	defer cancel()
	begin := time.Now()
	bar := progress(int(lasts.Seconds()), "seconds")
	sum, err := trial.Many(ctx, c.Seed, c.Workers, func(s trial.Summary) {
		bar.Describe(fmt.Sprintf("%.0f account-years, %d faults", s.AccountYears(), s.Faults))
		_ = bar.Set(min(int(time.Since(begin).Seconds()), int(lasts.Seconds())))
	})
	_ = bar.Finish()
	minutes := time.Since(begin).Minutes()
	fmt.Printf("%d worlds from seed %d: %.0f account-years, %d commands compared, %d entries, %d faults\n",
		sum.Worlds, c.Seed, sum.AccountYears(), sum.Commands, sum.Entries, sum.Faults)
	fmt.Printf("a minute: %.0f account-years, %.0f faults\n", sum.AccountYears()/minutes, float64(sum.Faults)/minutes)
	c.acts(sum.Acts)
	return err
}

func (c simulateCmd) acts(acts map[string]int) {
	if !c.Acts {
		return
	}
	for _, act := range slices.Sorted(maps.Keys(acts)) {
		fmt.Printf("%9d  %s\n", acts[act], act)
	}
}
