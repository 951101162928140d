package guess

import (
	"fmt"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

func at(address string) Address { return AddressOf(netip.MustParseAddr(address)) }

func TestAGuesserIsStoppedAndNobodyElse(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := New(func() time.Time { return now }, Options{Wrong: 5, Every: 2 * time.Second})
	guesser, neighbour := at("192.0.2.1"), at("192.0.2.2")
	l.Right(guesser, Cookie, []byte("of somebody behind the same router"))
	for i := range 5 {
		if wait := l.Wait(guesser, Cookie, fmt.Append(nil, i)); wait != 0 {
			t.Fatalf("guess %d waits %s", i, wait)
		}
		l.Wrong(guesser, Cookie)
	}
	for _, c := range []struct {
		name   string
		from   Address
		kind   Kind
		secret string
		want   time.Duration
	}{
		{"the next guess", guesser, Cookie, "6", 2 * time.Second},
		{"as IPv6 writes it", at("::ffff:192.0.2.1"), Cookie, "6", 2 * time.Second},
		{"who was in before", guesser, Cookie, "of somebody behind the same router", 0},
		{"their cookie as a key", guesser, Key, "of somebody behind the same router", 0},
		{"a neighbour with the cookie of another address", neighbour, Cookie, "of somebody behind the same router", 0},
		{"a link", guesser, Link, "x", 0},
		{"a neighbour", neighbour, Cookie, "x", 0},
	} {
		if wait := l.Wait(c.from, c.kind, []byte(c.secret)); wait != c.want {
			t.Errorf("%s waits %s, not %s", c.name, wait, c.want)
		}
	}
	now = now.Add(1999 * time.Millisecond)
	if wait := l.Wait(guesser, Cookie, nil); wait <= 0 || wait > 2*time.Millisecond {
		t.Errorf("just before: %s", wait)
	}
	now = now.Add(time.Millisecond)
	if wait := l.Wait(guesser, Cookie, nil); wait != 0 {
		t.Errorf("then: %s", wait)
	}
	if got := l.Counts()[Cookie]; got.Wrong != 5 || got.Stopped != 3 {
		t.Errorf("%+v", got)
	}
}

// TestAPrefixIsOneAddress: whoever has 2^64 addresses has one allowance.
func TestAPrefixIsOneAddress(t *testing.T) {
	l := New(time.Now, Options{Wrong: 3, Every: time.Hour})
	for i := range 3 {
		l.Wrong(at(fmt.Sprintf("2001:db8::%d", i+1)), Key)
	}
	if l.Wait(at("2001:db8::ffff"), Key, nil) == 0 {
		t.Error("another address of the same network goes on")
	}
	if l.Wait(at("2001:db8:0:1::1"), Key, nil) != 0 {
		t.Error("another network waits")
	}
}

// TestMemoryIsBounded: a million addresses are not remembered, the last ones are.
func TestMemoryIsBounded(t *testing.T) {
	l := New(time.Now, Options{Wrong: 1, Every: time.Hour, Keep: 100})
	for i := range 1000 {
		l.Wrong(at(fmt.Sprintf("10.0.%d.%d", i/250, i%250)), Key)
		l.Right(at("10.0.0.1"), Key, fmt.Append(nil, i))
	}
	if len(l.slow.by) != 100 || l.slow.order.Len() != 100 || len(l.proved.by) != 100 {
		t.Errorf("%d addresses and %d proofs are kept", len(l.slow.by), len(l.proved.by))
	}
	if l.Wait(at("10.0.3.249"), Key, nil) == 0 || l.Wait(at("10.0.0.0"), Key, nil) != 0 {
		t.Error("it is not the newest that are kept")
	}
}

// TestWhomAProxyNames: a header is believed only if the installation says so, and of it
// only what the proxy wrote.
func TestWhomAProxyNames(t *testing.T) {
	proxy := netip.MustParseAddr("127.0.0.1")
	for _, c := range []struct {
		trusted string
		said    []string
		want    string
	}{
		{"", []string{"192.0.2.9"}, "127.0.0.1"},
		{"X-Forwarded-For", nil, "127.0.0.1"},
		{"X-Forwarded-For", []string{"192.0.2.9"}, "192.0.2.9"},
		{"X-Forwarded-For", []string{"6.6.6.6, 192.0.2.9"}, "192.0.2.9"},
		{"X-Forwarded-For", []string{"6.6.6.6", "192.0.2.9"}, "192.0.2.9"},
		{"X-Real-Ip", []string{" 2001:db8::1 "}, "2001:db8::1"},
	} {
		h := http.Header{"X-Forwarded-For": {"6.6.6.6"}}
		if c.trusted != "" {
			h[c.trusted] = c.said
		}
		if got := New(time.Now, Options{Header: c.trusted}).From(proxy, h.Values); got != at(c.want) {
			t.Errorf("%s %q is of %v, not %s", c.trusted, c.said, got, c.want)
		}
	}
	for _, nonsense := range []string{"", "unknown", "1.2.3", "a:b:c", "[::1"} {
		h := http.Header{"X-Real-Ip": {nonsense}}
		if got := New(time.Now, Options{Header: "X-Real-Ip"}).From(proxy, h.Values); got != (Address{}) {
			t.Errorf("%q is %v", nonsense, got)
		}
	}
	var none *Limits
	none.Wrong(at("::1"), Key)
	none.Right(at("::1"), Key, nil)
	if none.Wait(at("::1"), Key, nil) != 0 || none.Counts() != [3]Figures{} || none.From(proxy, nil) != at("127.0.0.1") {
		t.Error("no limits limit something")
	}
}
