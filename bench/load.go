package bench

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// call does one unit of work; n is different for each call of a run.
type call func(n int64) error

// result is what a run of calls came to.
type result struct {
	Rate   float64       `json:"rate_per_second"`
	Count  int64         `json:"calls"`
	Errors int64         `json:"errors"`
	P50    time.Duration `json:"p50_ns"`
	P99    time.Duration `json:"p99_ns"`
	P999   time.Duration `json:"p999_ns"`
	Max    time.Duration `json:"max_ns"`
	first  error
}

// closedLoop lets each caller call again as soon as it has its answer: the highest
// rate that so many callers can get.
func closedLoop(ctx context.Context, callers []call, duration time.Duration, numbers *atomic.Int64) result {
	end := time.Now().Add(duration)
	return run(callers, func(c call, record func(time.Duration, error)) {
		for ctx.Err() == nil {
			begun := time.Now()
			if begun.After(end) {
				return
			}
			err := c(numbers.Add(1))
			record(time.Since(begun), err)
		}
	})
}

// openLoop lets calls arrive at a steady rate whether or not earlier ones are
// answered, and counts latency from when a call was to arrive: a stall is charged
// to everybody who would have come during it.
func openLoop(ctx context.Context, callers []call, rate float64, duration time.Duration, numbers *atomic.Int64) result {
	start := time.Now()
	var arrivals atomic.Int64
	return run(callers, func(c call, record func(time.Duration, error)) {
		for ctx.Err() == nil {
			at := start.Add(time.Duration(float64(arrivals.Add(1)) / rate * float64(time.Second)))
			if at.Sub(start) > duration {
				return
			}
			time.Sleep(time.Until(at))
			err := c(numbers.Add(1))
			record(time.Since(at), err)
		}
	})
}

func run(callers []call, loop func(call, func(time.Duration, error))) result {
	var r result
	var mu sync.Mutex
	all := hdrhistogram.New(1, int64(time.Minute/time.Microsecond), 3)
	begun := time.Now()
	var running sync.WaitGroup
	for _, c := range callers {
		running.Go(func() {
			own := hdrhistogram.New(1, int64(time.Minute/time.Microsecond), 3)
			var failed int64
			var first error
			loop(c, func(took time.Duration, err error) {
				_ = own.RecordValue(max(1, int64(took/time.Microsecond)))
				if err != nil {
					failed++
					first = err
				}
			})
			mu.Lock()
			defer mu.Unlock()
			all.Merge(own)
			r.Errors += failed
			if first != nil {
				r.first = first
			}
		})
	}
	running.Wait()
	r.Count = all.TotalCount()
	r.Rate = float64(r.Count) / time.Since(begun).Seconds()
	quantile := func(q float64) time.Duration { return time.Duration(all.ValueAtQuantile(q)) * time.Microsecond }
	r.P50, r.P99, r.P999, r.Max = quantile(50), quantile(99), quantile(99.9), time.Duration(all.Max())*time.Microsecond
	return r
}
