package api

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsHandler shows the server's counters in Prometheus's text format. They are
// read when asked for: the hot path only counts.
func (s *Server) metricsHandler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		counters{s},
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
}

// counters are what the API and the desk count.
type counters struct{ server *Server }

var (
	answered   = prometheus.NewDesc("yuefu_http_answers_total", "Answers, by class of status.", []string{"class"}, nil)
	deskCounts = prometheus.NewDesc("yuefu_desk_total", "What the desk did.", []string{"what"}, nil)
	queued     = prometheus.NewDesc("yuefu_desk_queued", "Commands that wait now.", nil, nil)
	batches    = prometheus.NewDesc("yuefu_desk_batch_size", "Batches, by how many commands were decided together.", nil, nil)
	debits     = prometheus.NewDesc("yuefu_debits_total", "What became of debits here, since the server started.", []string{"what"}, nil)
	pending    = prometheus.NewDesc("yuefu_debits_pending", "Debits without a result, of all servers.", nil, nil)
	closures   = prometheus.NewDesc("yuefu_closures", "Requests to close that nobody has decided; breached: past their working days, an alarm.", []string{"state"}, nil)
	webhooks   = prometheus.NewDesc("yuefu_webhooks_total", "Attempts to deliver events from here, since the server started; dead: not taken for three days.", []string{"what"}, nil)
	backlog    = prometheus.NewDesc("yuefu_webhooks_backlog", "Entries of the log that endpoints led here have not come to, over all of them.", nil, nil)
	behind     = prometheus.NewDesc("yuefu_webhooks_waiting_accounts", "Accounts whose next event an endpoint led here did not take yet.", nil, nil)
	endpoints  = prometheus.NewDesc("yuefu_webhooks_endpoints", "Endpoints led here; down: they take nothing at the moment.", []string{"state"}, nil)
	businessOn = prometheus.NewDesc("yuefu_business_date", "The business date, in days since 1970.", nil, nil)
)

// Describe implements prometheus.Collector.
func (counters) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{answered, deskCounts, queued, batches, businessOn, debits, pending, closures, webhooks, backlog, behind, endpoints} {
		to <- d
	}
	to <- guesses
	to <- messages
	to <- unsent
}

// Collect implements prometheus.Collector.
func (c counters) Collect(to chan<- prometheus.Metric) {
	for class := 1; class < len(c.server.statuses); class++ {
		n := c.server.statuses[class].Load()
		to <- prometheus.MustNewConstMetric(answered, prometheus.CounterValue, float64(n), strconv.Itoa(class)+"xx")
	}
	f := c.server.desk.Figures()
	for _, count := range []struct {
		what string
		n    int64
	}{
		{"commands", f.Commands}, {"refusals", f.Refusals}, {"replays", f.Replays}, {"entries", f.Entries}, {"batches", f.Batches},
		{"fenced", f.Fenced}, {"busy", f.Busy}, {"gone", f.Gone}, {"panics", f.Panics}, {"stopped_accounts", f.Stopped}, {"loads", f.Loads},
	} {
		to <- prometheus.MustNewConstMetric(deskCounts, prometheus.CounterValue, float64(count.n), count.what)
	}
	c.payments(to)
	c.messages(to)
	c.webhooks(to)
	c.guesses(to)
	to <- prometheus.MustNewConstMetric(queued, prometheus.GaugeValue, float64(f.Queued))
	if open, breached, err := c.server.tables.ClosuresUnderReview(background); err == nil {
		to <- prometheus.MustNewConstMetric(closures, prometheus.GaugeValue, float64(open), "under_review")
		to <- prometheus.MustNewConstMetric(closures, prometheus.GaugeValue, float64(breached), "breached")
	}
	to <- prometheus.MustNewConstMetric(businessOn, prometheus.GaugeValue, float64(f.Day))

	// BatchSizes[i] counts 2^i to 2^(i+1)−1; Prometheus wants how many were at most so large.
	buckets, sum, n := map[float64]uint64{}, 0.0, uint64(0)
	for i, count := range f.BatchSizes {
		n += uint64(count)
		most := float64(int64(2)<<i - 1)
		sum += float64(count) * most * 0.75 // about the middle
		buckets[most] = n
	}
	to <- prometheus.MustNewConstHistogram(batches, n, sum, buckets)
}

// payments tells who waits for an answer of the payment service: debits that stay
// pending, or results that contradict the books, are for people to look at.
func (c counters) payments(to chan<- prometheus.Metric) {
	if n, err := c.server.tables.CountPendingDebits(background); err == nil {
		to <- prometheus.MustNewConstMetric(pending, prometheus.GaugeValue, float64(n))
	}
	if c.server.payments == nil {
		return
	}
	f := c.server.payments()
	for _, count := range []struct {
		what string
		n    int64
	}{
		{"sent", f.Sent}, {"settled", f.Settled}, {"refused", f.Refused}, {"failed", f.Failed}, {"contradicted", f.Contradicted},
	} {
		to <- prometheus.MustNewConstMetric(debits, prometheus.CounterValue, float64(count.n), count.what)
	}
}

// webhooks tells how the receivers of this server's events are doing.
func (c counters) webhooks(to chan<- prometheus.Metric) {
	if c.server.webhooks == nil {
		return
	}
	f := c.server.webhooks.Figures()
	for _, count := range []struct {
		what string
		n    int64
	}{
		{"attempts", f.Attempts}, {"delivered", f.Delivered}, {"failed", f.Failed}, {"dead", f.Dead},
	} {
		to <- prometheus.MustNewConstMetric(webhooks, prometheus.CounterValue, float64(count.n), count.what)
	}
	to <- prometheus.MustNewConstMetric(backlog, prometheus.GaugeValue, float64(f.Backlog))
	to <- prometheus.MustNewConstMetric(behind, prometheus.GaugeValue, float64(f.Behind))
	to <- prometheus.MustNewConstMetric(endpoints, prometheus.GaugeValue, float64(f.Endpoints), "led")
	to <- prometheus.MustNewConstMetric(endpoints, prometheus.GaugeValue, float64(f.Down), "down")
}
