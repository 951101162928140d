package page

import (
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/session"
)

// from is where a request comes from.
func (g *Gate) from(r *http.Request) guess.Address {
	connection, _ := netip.ParseAddrPort(r.RemoteAddr) // of what has no address there is one
	return g.Guesses.From(connection.Addr(), r.Header.Values)
}

// stopped answers who is at an address from which too many were wrong, and has not
// proved there before what they show now.
func (g *Gate) stopped(set *Set, w http.ResponseWriter, r *http.Request, kind guess.Kind, secret string) bool {
	if secret == "" {
		return false // nothing is no guess
	}
	wait := g.Guesses.Wait(g.from(r), kind, []byte(secret))
	if wait == 0 {
		return false
	}
	seconds := int((wait + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	g.tell(set, w, r, http.StatusTooManyRequests, trouble{Title: "slow.title", Text: "slow.text", Seconds: seconds})
	return true
}

// wrong counts a secret that fits nothing.
func (g *Gate) wrong(r *http.Request, kind guess.Kind, secret string, err error) {
	if secret != "" && errors.Is(err, session.ErrEnded) {
		g.Guesses.Wrong(g.from(r), kind)
	}
}
