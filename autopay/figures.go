package autopay

import "sync/atomic"

// Figures are what a follower counted since it began.
type Figures struct {
	Sent         int64 `json:"sent"`    // debits that the service had not seen before
	Settled      int64 `json:"settled"` // results told to the desk
	Refused      int64 `json:"refused"`
	Failed       int64 `json:"failed"`       // questions to the service that had no answer
	Undecided    int   `json:"undecided"`    // debits that were asked about and have no result yet
	Contradicted int64 `json:"contradicted"` // results that the books have the other way round: people have to look
}

type counters struct{ rounds, sent, settled, refused, failed, contradicted atomic.Int64 }

// Plus adds up what two followers counted.
func (f Figures) Plus(o Figures) Figures {
	return Figures{
		Sent: f.Sent + o.Sent, Settled: f.Settled + o.Settled, Refused: f.Refused + o.Refused, Failed: f.Failed + o.Failed,
		Undecided: f.Undecided + o.Undecided, Contradicted: f.Contradicted + o.Contradicted,
	}
}

// Figures returns the counts so far.
func (f *Follower) Figures() Figures {
	f.mu.Lock()
	undecided := len(f.waits)
	f.mu.Unlock()
	c := &f.figures
	return Figures{
		Sent: c.sent.Load(), Settled: c.settled.Load(), Refused: c.refused.Load(), Failed: c.failed.Load(),
		Undecided: undecided, Contradicted: c.contradicted.Load(),
	}
}
