package trial_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/trial"
)

// The same seed has to give the same world to the byte: else a failure that is seen
// once is never seen again.
func TestTheSameSeedGivesTheSameWorld(t *testing.T) {
	seen := map[[32]byte]uint64{}
	for seed := range uint64(6) {
		var traces [2]bytes.Buffer
		var results [2]trial.Result
		for i := range results {
			var err error
			if results[i], err = trial.Run(trial.Options{Seed: seed, Steps: 1500, Trace: &traces[i]}); err != nil {
				t.Fatal(err)
			}
		}
		if results[0].Hash != results[1].Hash || !bytes.Equal(traces[0].Bytes(), traces[1].Bytes()) {
			t.Errorf("seed %d: %x, and then %x", seed, results[0].Hash, results[1].Hash)
		}
		if other, again := seen[results[0].Hash]; again {
			t.Errorf("seeds %d and %d give the same world", other, seed)
		}
		seen[results[0].Hash] = seed
	}
}

// Whatever failed once is tried for ever.
func TestKeptSeeds(t *testing.T) {
	file, err := os.Open("testdata/seeds")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		text, found, _ := strings.Cut(lines.Text(), " ")
		if text == "" || text == "#" {
			continue
		}
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("testdata/seeds: %v", err)
		}
		if _, err := trial.Run(trial.Options{Seed: seed, Bounces: strings.HasPrefix(strings.TrimSpace(found), "bounces:")}); err != nil {
			t.Fatal(err)
		}
	}
}

// Fresh seeds each time; YUEFU_TRIAL says for how long, YUEFU_SEED from which on.
func TestFreshSeeds(t *testing.T) {
	lasts := 10 * time.Second
	if testing.Short() {
		lasts = 2 * time.Second
	}
	if text := os.Getenv("YUEFU_TRIAL"); text != "" {
		var err error
		if lasts, err = time.ParseDuration(text); err != nil {
			t.Fatalf("YUEFU_TRIAL: %v", err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	begin := time.Now()
	first := uint64(begin.Unix()) * 1000
	if text := os.Getenv("YUEFU_SEED"); text != "" {
		var err error
		if first, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("YUEFU_SEED: %v", err)
		}
	}
	sum, err := trial.Many(ctx, first, runtime.GOMAXPROCS(0), nil)
	if err != nil {
		t.Fatalf("%v\nkeep the seed: add it to trial/testdata/seeds with a word about what it found", err)
	}
	minutes := time.Since(begin).Minutes()
	t.Logf("%d worlds, %.0f account-years, %d commands compared, %d faults: a minute %.0f account-years and %.0f faults",
		sum.Worlds, sum.AccountYears(), sum.Commands, sum.Faults, sum.AccountYears()/minutes, float64(sum.Faults)/minutes)
	seldom(t, sum)
}

// seldom sees that worlds have in them what they are for.
func seldom(t *testing.T, sum trial.Summary) {
	if sum.Worlds < 10 {
		return // too few to tell
	}
	for _, act := range []string{
		"fault: crash", "fault: reply lost", "fault: lost before the commit", "fault: store error", "fault: fenced", "fault: another writer",
		"fault: read error", "fault: clock jump", "fault: delivered again", "fault: twice at once",
		"statement.issued", "statement.overdue", "statement.aged", "penalty.charged", "purchase.refunded", "credit_balance.used", "repayment.reversed", "by a handler",
		"credit_balance.returned", "closure.approved", "account.deregistered", "early_repayment.received", "closure.breached", "authorisation.declined", "authorisation.expired",
	} {
		if sum.Acts[act] == 0 {
			t.Errorf("in %d worlds there was no %q", sum.Worlds, act)
		}
	}
}
