package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// Figures (实时数据) are the state of an installation at a moment. Counters count since
// the server started; the page works rates out of two of them.
type Figures struct {
	At      time.Time `json:"at"`
	Day     string    `json:"day"`               // the business date
	Closing string    `json:"closing,omitempty"` // the date whose close of business runs now
	Closed  int64     `json:"closed"`            // accounts that it has done

	Commands int64 `json:"commands"` // carried out
	Refusals int64 `json:"refusals"`
	Replays  int64 `json:"replays"` // answered with an earlier answer
	Busy     int64 `json:"busy"`    // turned away at a full queue
	Queued   int   `json:"queued"`  // waiting now
	Batches  int64 `json:"batches"`

	// BatchSizes[i] counts batches of 2^i to 2^(i+1)−1 commands.
	BatchSizes []int64     `json:"batch_sizes"`
	Partitions []Partition `json:"partitions"`
	Accounts   int64       `json:"accounts"` // that are open
	Sums       []Sum       `json:"sums"`     // one a currency
}

// MostBatches is the longest bar of BatchSizes.
func (f Figures) MostBatches() int64 {
	most := int64(0)
	for _, n := range f.BatchSizes {
		most = max(most, n)
	}
	return most
}

// batchSize says which sizes BatchSizes[i] counts.
func batchSize(i int) string {
	if i == 0 {
		return "1"
	}
	return fmt.Sprintf("%d–%d", 1<<i, 2<<i-1)
}

// Partition (分区) is how far the log is in one partition, and how far the tables that
// people read have followed it.
type Partition struct {
	Number int32 `json:"number"`
	Head   int64 `json:"head"`
	Tables int64 `json:"tables"`
}

// Lag is how many entries the tables are behind.
func (p Partition) Lag() int64 { return p.Head - p.Tables }

// Sum is what all open accounts of one currency come to, in minor units.
type Sum struct {
	Currency    string `json:"currency"`
	Decimals    int    `json:"decimals"`
	Limit       int64  `json:"limit"`
	Held        int64  `json:"held"`
	Outstanding int64  `json:"outstanding"`
	Billed      int64  `json:"billed"`
	Overdue     int64  `json:"overdue"`
}

// live reads figures at most once in a while, however many people look on.
type live struct {
	read func(context.Context) (Figures, error)
	now  func() time.Time

	mu   sync.Mutex
	last Figures
	at   time.Time
}

// freshness is for how long figures are shown again without asking.
const freshness = 900 * time.Millisecond

func (l *live) figures(ctx context.Context) (Figures, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.now(); now.Sub(l.at) > freshness {
		f, err := l.read(ctx)
		if err != nil {
			return Figures{}, err
		}
		f.At = now.UTC()
		l.last, l.at = f, now
	}
	return l.last, nil
}

func (l *live) serve(w http.ResponseWriter, r *http.Request) {
	f, err := l.figures(r.Context())
	if err != nil {
		http.Error(w, "no figures now", http.StatusServiceUnavailable)
		return
	}
	body, err := json.Marshal(f)
	if err != nil {
		http.Error(w, "no figures now", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Write(body)
}

// live shows the figures as they are now; the page's script goes on from there.
func (p *pages) live(l *live) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, err := l.figures(r.Context())
		if err != nil {
			http.Error(w, "no figures now", http.StatusServiceUnavailable)
			return
		}
		p.render(w, r, "live", f)
	}
}
