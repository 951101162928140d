package relay

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
)

// ErrAddress says why an address can't be a receiver's.
var ErrAddress = errors.New("relay: the address can't be used")

// errInside ends a dial that would reach what is not on the public network. It says
// nothing of where the name led: that would tell what is inside.
var errInside = errors.New("the name leads to an address that is not public")

const longestURL = 500

// CheckURL refuses an address that events can't be sent to, as far as it tells by
// itself. Where a name leads to is checked each time that it is dialled.
func CheckURL(address string, sandbox bool) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrAddress}, args...)...)
	}
	u, err := url.Parse(address)
	switch {
	case len(address) > longestURL:
		return wrong("it has more than %d characters", longestURL)
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return wrong("it is no address of the web")
	case u.Scheme != "https" && !(sandbox && u.Scheme == "http"):
		return wrong("it has to begin with https://")
	case u.User != nil:
		return wrong("it has a name or password in it: the signature tells who sends")
	case u.Fragment != "" || strings.HasSuffix(address, "#"):
		return wrong("it has a fragment, which is never sent")
	}
	if p := u.Port(); p != "" || strings.HasSuffix(u.Host, ":") {
		port, err := strconv.ParseUint(p, 10, 16)
		if err != nil || port != 443 && port < 1024 && !(sandbox && port == 80) {
			return wrong("its port has to be 443 or above 1023")
		}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		if !allowed(ip, sandbox) {
			return wrong("it is not on the public network")
		}
		return nil
	}
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	if local && !sandbox || strings.HasSuffix(host, ".internal") || strings.HasSuffix(host, ".local") || !local && !strings.Contains(host, ".") {
		return wrong("its name is not one of the public network")
	}
	return nil
}

// closed are the networks that nothing is sent to: everything that IANA lists as special
// (RFC 6890 and its successors), what leads to IPv4 by another notation, and the address
// inside of a cloud that answers with credentials and is not in a private range.
var closed = func() (list []netip.Prefix) {
	for _, s := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
		"192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "168.63.129.16/32",
		"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
	} {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}()

// global is where public IPv6 addresses are; all others are private, local, of other
// kinds (multicast), or IPv4 in disguise (mapped, compatible, NAT64).
var global = netip.MustParsePrefix("2000::/3")

// allowed tells whether events may be sent to an address.
func allowed(ip netip.Addr, sandbox bool) bool {
	if ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	if sandbox && ip.IsLoopback() {
		return true
	}
	if ip.Is6() && !global.Contains(ip) {
		return false
	}
	for _, network := range closed {
		if network.Contains(ip) {
			return false
		}
	}
	return true
}

// control is asked by the dialler with the address that it is about to connect to, after
// every look-up: a name that leads elsewhere the second time gains nothing.
func control(sandbox bool) func(network, address string, _ syscall.RawConn) error {
	return func(network, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || !strings.HasPrefix(network, "tcp") || !allowed(to.Addr(), sandbox) {
			return errInside
		}
		return nil
	}
}
