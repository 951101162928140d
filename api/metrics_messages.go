package api

import "github.com/prometheus/client_golang/prometheus"

var (
	messages = prometheus.NewDesc("yuefu_messages_total", "What became of text messages here, since the server started.", []string{"what"}, nil)
	unsent   = prometheus.NewDesc("yuefu_messages", "Text messages of all servers; waiting: past their hour; dead: in the last week tried until it was too late, for people to look at.", []string{"state"}, nil)
)

// messages tells who waits for a provider of text messages.
func (c counters) messages(to chan<- prometheus.Metric) {
	if c.server.notices == nil {
		return
	}
	if open, dead, err := c.server.notices.Backlog(background); err == nil {
		to <- prometheus.MustNewConstMetric(unsent, prometheus.GaugeValue, float64(open), "waiting")
		to <- prometheus.MustNewConstMetric(unsent, prometheus.GaugeValue, float64(dead), "dead")
	}
	f := c.server.notices.Counts()
	for _, count := range []struct {
		what string
		n    int64
	}{
		{"sent", f.Sent}, {"delivered", f.Delivered}, {"undelivered", f.Undelivered}, {"unconfirmed", f.Unconfirmed}, {"refused", f.Refused},
		{"dropped", f.Dropped}, {"dead", f.Dead}, {"failed", f.Failed},
	} {
		to <- prometheus.MustNewConstMetric(messages, prometheus.CounterValue, float64(count.n), count.what)
	}
}
