package api

import (
	"sync"
	"time"
)

// pace lets each of many do something so often in a minute. It goes by the machine's
// clock: a sandbox's stands still, and would never let anybody on.
type pace struct {
	often int
	now   func() time.Time // nil: the machine's clock

	mu     sync.Mutex
	minute int64
	done   map[string]int
}

// crowd bounds the memory: beyond so many in one minute everybody waits for the next.
const crowd = 200_000

func (p *pace) allow(who string) bool {
	now := time.Now
	if p.now != nil {
		now = p.now
	}
	minute := now().Unix() / 60
	p.mu.Lock()
	defer p.mu.Unlock()
	if minute != p.minute || p.done == nil {
		p.minute, p.done = minute, map[string]int{}
	}
	if p.done[who] >= p.often || len(p.done) >= crowd && p.done[who] == 0 {
		return false
	}
	p.done[who]++
	return true
}
