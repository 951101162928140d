package relay_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/relay"
)

// inside are addresses that nothing is ever sent to outside of a sandbox.
var inside = []string{
	"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1",
	"192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
	"[::]", "[::1]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[::10.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[100::1]", "[2001::1]", "[2001:db8::1]", "[2002:a00:1::]",
	"[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fe80::1%25eth0]", "[fec0::1]", "[ff02::1]", "[3fff::1]", "[4000::1]",
}

func TestAddresses(t *testing.T) {
	for _, host := range inside {
		if err := relay.CheckURL("https://"+host+"/", false); !errors.Is(err, relay.ErrAddress) {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, url := range []string{
		"", "shop.example", "http://shop.example/", "ftp://shop.example/", "https://", "https:///x", "https:shop.example", "https://u@shop.example/", "https://u:p@shop.example/",
		"https://shop.example/#a", "https://shop.example/#", "https://shop.example:22/", "https://shop.example:0/", "https://shop.example:65536/", "https://shop.example:/", "https://shop.example:x/",
		"https://localhost/", "https://LOCALHOST./", "https://x.localhost/", "https://metadata.google.internal/", "https://printer.local/", "https://intranet/", "javascript:alert(1)",
		"https://shop.example/" + strings.Repeat("x", 500), "https://shop.example/\x7f", "//shop.example/", "https://2130706433/", "https://[::1",
	} {
		if err := relay.CheckURL(url, false); !errors.Is(err, relay.ErrAddress) {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, url := range []string{
		"https://shop.example/", "https://shop.example", "https://shop.example:8443/a/b?c=d", "https://8.8.8.8/", "https://[2606:4700::1111]/", "https://shop.example:443/", "https://SHOP.example./x", "https://1.1.1.1:1024/",
	} {
		if err := relay.CheckURL(url, false); err != nil {
			t.Errorf("%q: %v", url, err)
		}
	}
	for url, fine := range map[string]bool{
		"http://localhost:9000/": true, "http://127.0.0.1:9000/": true, "https://[::1]/": true, "http://shop.example/": true, "http://shop.example:80/": true,
		"http://10.0.0.1/": false, "http://[::ffff:10.0.0.1]/": false, "http://169.254.169.254/": false, "ftp://localhost/": false, "http://localhost:22/": false, "http://u@localhost/": false,
	} {
		if err := relay.CheckURL(url, true); (err == nil) != fine {
			t.Errorf("in a sandbox %q: %v", url, err)
		}
	}
}

// TestNamesThatLeadInside dials what looks public and is not: the name was fine when it was
// configured, and whoever owns it has it lead inside now. Nothing is connected to.
func TestNamesThatLeadInside(t *testing.T) {
	w := newWorld(t, database.SQLite)
	reached := false
	v := newReceiver(w, func(http.ResponseWriter, *http.Request, got) bool { reached = true; return true })
	sandbox := w.relay()
	e, _, err := sandbox.Create(t.Context(), "shop", strings.Replace(v.server.URL, "127.0.0.1", "localhost", 1), "", nil)
	w.must(err)
	outside := w.relay(func(o *relay.Options) { o.Sandbox = false })
	d, err := outside.Ping(t.Context(), "shop", e.ID)
	w.must(err)
	if reached || d.Status != 0 || d.Failure != "the name leads to an address that is not public" {
		t.Errorf("reached: %v, %+v", reached, d)
	}
	if d, err = sandbox.Ping(t.Context(), "shop", e.ID); err != nil || !reached || d.Failure != "" {
		t.Errorf("in a sandbox: %+v, %v", d, err)
	}
}

// TestRedirectsAreNotFollowed: one would lead where no check was.
func TestRedirectsAreNotFollowed(t *testing.T) {
	w := newWorld(t, database.SQLite)
	secretly := newReceiver(w, nil)
	for _, status := range []int{301, 302, 303, 307, 308} {
		v := newReceiver(w, func(rw http.ResponseWriter, r *http.Request, _ got) bool {
			http.Redirect(rw, r, secretly.server.URL, status)
			return false
		})
		r := w.relay()
		e, _, err := r.Create(t.Context(), "shop", v.server.URL, "", nil)
		w.must(err)
		d, err := r.Ping(t.Context(), "shop", e.ID)
		w.must(err)
		if d.Status != status || !strings.Contains(d.Failure, "redirects are not followed") || len(secretly.taken()) > 0 {
			t.Errorf("%d: %+v, and %d came elsewhere", status, d, len(secretly.taken()))
		}
	}
}
