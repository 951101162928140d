package api

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/yuefu/yuefu/guess"
)

var guesses = prometheus.NewDesc("yuefu_guesses_total", "Secrets that came here and opened nothing, since the server started; stopped: not even looked at, since too many were wrong from that address.", []string{"secret", "what"}, nil)

// guesses tells how many keys, links and cookies were tried in vain.
func (c counters) guesses(to chan<- prometheus.Metric) {
	counts := c.server.guesses.Counts()
	for i, secret := range guess.Kinds {
		to <- prometheus.MustNewConstMetric(guesses, prometheus.CounterValue, float64(counts[i].Wrong), secret, "wrong")
		to <- prometheus.MustNewConstMetric(guesses, prometheus.CounterValue, float64(counts[i].Stopped), secret, "stopped")
	}
}
