package trial

import "time"

const (
	second  = int64(1_000_000) // in microseconds
	dayLong = 86_400 * second
)

// clock is the world's: it moves when the world says so.
type clock struct {
	now     int64 // microseconds since 1970
	elapsed time.Duration
}

func (c *clock) Now() time.Time         { return time.UnixMicro(c.now).UTC() }
func (c *clock) Elapsed() time.Duration { return c.elapsed }

// sleep is how the desk waits: no time passes but on the monotonic clock.
func (c *clock) sleep(d time.Duration) { c.elapsed += d }
