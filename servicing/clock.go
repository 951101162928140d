package servicing

import (
	"sync/atomic"
	"time"
)

// Clock tells the instant that entries are stamped with. No rule reads it.
type Clock interface {
	Now() time.Time
	// Elapsed is monotonic time since some start: for waiting, never for stamping.
	Elapsed() time.Duration
}

// SystemClock is the machine's clock.
type SystemClock struct{ start time.Time }

// NewSystemClock returns the machine's clock.
func NewSystemClock() *SystemClock { return &SystemClock{start: time.Now()} }

// Now returns the machine's instant.
func (*SystemClock) Now() time.Time { return time.Now() }

// Elapsed returns monotonic time.
func (c *SystemClock) Elapsed() time.Duration { return time.Since(c.start) }

// SandboxClock stands still until somebody sets it: the clock of a sandbox, in
// which a year passes in seconds.
type SandboxClock struct {
	now   atomic.Int64 // microseconds since 1970
	start time.Time
}

// NewSandboxClock returns a clock that stands at an instant.
func NewSandboxClock(at time.Time) *SandboxClock {
	c := &SandboxClock{start: time.Now()}
	c.Set(at)
	return c
}

// Now returns the instant at which the clock stands.
func (c *SandboxClock) Now() time.Time { return time.UnixMicro(c.now.Load()).UTC() }

// Set moves the clock, forward or back.
func (c *SandboxClock) Set(at time.Time) { c.now.Store(at.UnixMicro()) }

// Elapsed returns monotonic time: it goes on while the clock stands.
func (c *SandboxClock) Elapsed() time.Duration { return time.Since(c.start) }
