package relay

import (
	"math/rand/v2"
	"time"
)

// pauses are between one try of an event and the next; the last one repeats.
var pauses = []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}

// lifetime is how long an event is tried. After it, it is dead.
const lifetime = 72 * time.Hour

// again says when an event is tried again that failed now, for the so manieth time, and
// was first tried at first. The last try is when its lifetime ends; false: that was it.
// A receiver may ask for a longer pause. Chance keeps those that failed together apart.
func again(tries int, first, now time.Time, asked time.Duration) (time.Time, bool) {
	end := first.Add(lifetime)
	if !now.Before(end) {
		return time.Time{}, false
	}
	pause := pauses[min(max(tries, 1), len(pauses))-1]
	pause += time.Duration((rand.Float64() - 0.5) * 0.2 * float64(pause))
	next := now.Add(max(pause, min(asked, time.Hour)))
	if next.After(end) {
		next = end
	}
	return next, true
}
