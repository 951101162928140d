package relay

import "sync/atomic"

// Figures are what the relay of this process counts since it started, and where it stands.
type Figures struct {
	Attempts  int64 `json:"attempts"`
	Delivered int64 `json:"delivered"`
	Failed    int64 `json:"failed"`
	Dead      int64 `json:"dead"`
	Endpoints int   `json:"endpoints"` // that are led here
	Down      int   `json:"down"`      // of them, that take nothing at the moment
	Backlog   int64 `json:"backlog"`   // entries of the log that they have not come to
	Behind    int64 `json:"behind"`    // accounts that wait for a try
}

type counters struct{ attempts, delivered, failed, dead atomic.Int64 }

// Figures returns the counts so far.
func (r *Relay) Figures() Figures {
	c := &r.figures
	f := Figures{Attempts: c.attempts.Load(), Delivered: c.delivered.Load(), Failed: c.failed.Load(), Dead: c.dead.Load()}
	r.mu.Lock()
	defer r.mu.Unlock()
	f.Endpoints = len(r.runners)
	for _, run := range r.runners {
		f.Backlog += run.backlog.Load()
		f.Behind += run.waiting.Load()
		if run.down.Load() {
			f.Down++
		}
	}
	return f
}
