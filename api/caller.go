package api

import (
	"bytes"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/yuefu/yuefu/guess"
)

const bearer = "Bearer "

// authenticate finds whose key it is. From where too many keys were wrong of late only
// those are looked at that were right there before.
func (c *call) authenticate() error {
	if c.asPrincipal() {
		return nil
	}
	h := c.http.Request.Header.Peek("Authorization")
	if len(h) <= len(bearer) || !strings.EqualFold(string(h[:len(bearer)]), bearer) {
		return &problem{kind: kindUnauthenticated} // no key is no guess
	}
	key, from, limits := h[len(bearer):], c.from(), c.server.guesses
	if wait := limits.Wait(from, guess.Key, key); wait > 0 {
		return &problem{kind: kindTooManyRequests, detail: "too many keys were wrong from this address", wait: wait}
	}
	var ok bool
	if c.caller, ok = c.server.catalogue.Authenticate(key); !ok {
		limits.Wrong(from, guess.Key)
		return &problem{kind: kindUnauthenticated}
	}
	limits.Right(from, guess.Key, key)
	return nil
}

// from is where the request comes from.
func (c *call) from() guess.Address {
	var connection netip.Addr
	if tcp, ok := c.http.RemoteAddr().(*net.TCPAddr); ok {
		connection = tcp.AddrPort().Addr()
	}
	return c.server.guesses.From(connection, func(name string) (values []string) {
		for _, v := range c.http.Request.Header.PeekAll(name) {
			values = append(values, string(v))
		}
		return values
	})
}

// oneHost says whether the target, if it is a whole address, names the host that the
// header does: a proxy may have looked at the one, and we would go by the other.
func (c *call) oneHost() bool {
	h := &c.http.Request.Header
	if target := h.RequestURI(); len(target) == 0 || target[0] == '/' || string(target) == "*" {
		return true
	}
	return bytes.EqualFold(c.http.URI().Host(), h.Host())
}

// seconds is a wait as Retry-After has it: whole, and never none.
func seconds(wait time.Duration) int { return int((wait + time.Second - 1) / time.Second) }
