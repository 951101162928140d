package trial_test

import (
	"os"
	"testing"
	"time"

	"github.com/yuefu/yuefu/trial"
)

func TestFreshSeeds(t *testing.T) {
	begin := time.Now()
	years, faults, commands, entries := 0, 0, 0, 0
	n := uint64(40)
	if os.Getenv("N") != "" {
		n = 400
	}
	acts := map[string]int{}
	for seed := range n {
		r, err := trial.Run(trial.Options{Seed: seed})
		if err != nil {
			t.Error(err)
		}
		years += r.AccountDays
		faults += r.Faults
		commands += r.Commands
		entries += r.Entries
		for k, v := range r.Acts {
			acts[k] += v
		}
	}
	t.Log(time.Since(begin), years/365, faults, commands, entries, acts)
}
