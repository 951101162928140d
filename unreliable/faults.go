// Package unreliable makes an HTTP service misbehave as real ones do, for the stand-ins of
// services that are not there: late, twice, half, not at all, or with yesterday's answer.
// It knows requests and answers; it refuses to know what they are about.
package unreliable

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Faults make a server misbehave, each so many times of a thousand requests, as a seed says.
type Faults struct {
	Seed   uint64
	Fail   int           // 500, and nothing was done
	Lose   int           // it was done, and the connection breaks
	Hang   int           // it was done, and no answer comes: the caller has to give up
	Broken int           // it was done, and a 500 or half an answer comes
	Twice  int           // the request arrives twice, as a gateway on the way repeats it
	Stale  int           // the answer of a while ago: as Earlier has it, or that there is no such thing
	Slow   int           // the answer is held back, so that later ones overtake it
	Down   int           // from here on nothing is answered for the next Outage requests
	Outage int           // default 10
	Delay  time.Duration // of a slow answer at most; default 5 ms

	Earlier *strings.Replacer // makes of an answer what it was before it was final

	mu      sync.Mutex
	chance  *rand.Rand
	outage  int
	happens map[string]int
}

// Happened counts what went wrong so far, by its name.
func (f *Faults) Happened() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := map[string]int{}
	for name, n := range f.happens {
		counts[name] = n
	}
	return counts
}

// fault draws what happens to a request, and for how long an answer is held back.
func (f *Faults) fault() (name string, delay time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.chance == nil {
		f.chance, f.happens = rand.New(rand.NewPCG(f.Seed, f.Seed>>7)), map[string]int{}
	}
	delay = time.Duration(f.chance.Int64N(int64(max(f.Delay, 5*time.Millisecond))))
	if f.outage > 0 {
		f.outage--
		f.happens["down"]++
		return "down", delay
	}
	at := f.chance.IntN(1000)
	for _, c := range []struct {
		name string
		of   int
	}{
		{"fail", f.Fail}, {"lose", f.Lose}, {"hang", f.Hang}, {"broken", f.Broken}, {"twice", f.Twice}, {"stale", f.Stale}, {"slow", f.Slow}, {"down", f.Down},
	} {
		if at < c.of {
			f.happens[c.name]++
			if c.name == "down" {
				f.outage = max(f.Outage, 1) - 1
				if f.Outage == 0 {
					f.outage = 9
				}
			}
			return c.name, delay
		}
		at -= c.of
	}
	return "", delay
}

// Around puts the faults around a server.
func (f *Faults) Around(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		do := func() *kept {
			again := r.Clone(r.Context())
			again.Body = io.NopCloser(bytes.NewReader(body))
			answer := &kept{header: http.Header{}, status: http.StatusOK}
			h.ServeHTTP(answer, again)
			return answer
		}
		name, delay := f.fault()
		switch name {
		case "down":
			panic(http.ErrAbortHandler) // which breaks the connection
		case "fail":
			w.WriteHeader(http.StatusInternalServerError)
			return
		case "lose":
			do()
			panic(http.ErrAbortHandler)
		case "hang":
			do()
			<-r.Context().Done()
			panic(http.ErrAbortHandler)
		case "broken":
			whole := do().body.String()
			if delay%2 == 0 {
				w.WriteHeader(http.StatusBadGateway)
				whole = "<html>bad gateway</html>"
			}
			_, _ = io.WriteString(w, whole[:len(whole)/2])
			return
		case "twice":
			do()
		}
		answer := do()
		text := answer.body.String()
		if name == "slow" {
			time.Sleep(delay)
		}
		if name == "stale" {
			text = f.Earlier.Replace(text)
			if r.Method == http.MethodGet && delay%3 == 0 {
				answer.status, text = http.StatusNotFound, `{"error":"unknown"}`
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(answer.status)
		_, _ = io.WriteString(w, text)
	})
}

// kept is an answer that is not sent yet.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *kept) Header() http.Header         { return k.header }
func (k *kept) WriteHeader(status int)      { k.status = status }
func (k *kept) Write(b []byte) (int, error) { return k.body.Write(b) }
