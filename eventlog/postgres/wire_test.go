package postgres_test

import (
	"bytes"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// wire is a line to the server that can swallow the answer to one commit.
type wire struct {
	dsn     string
	swallow atomic.Bool
}

// newWire listens on a unix socket and passes everything on to the server.
func newWire(t *testing.T, dsn string) *wire {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	network, address := pgconn.NetworkAddress(config.Host, config.Port)
	folder, err := os.MkdirTemp("", "wire-") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	listener, err := net.Listen("unix", filepath.Join(folder, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("host", folder)
	u.Host, u.RawQuery = "", query.Encode()
	w := &wire{dsn: u.String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial(network, address)
			if err != nil {
				_ = client.Close()
				return
			}
			go w.pass(server, client, false)
			go w.pass(client, server, true)
		}
	}()
	return w
}

// pass copies from one end to the other, and hangs up instead of passing on the
// answer that it was told to swallow.
func (w *wire) pass(to, from net.Conn, answers bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if answers && bytes.Contains(buffer[:n], []byte("COMMIT\x00")) && w.swallow.CompareAndSwap(true, false) {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
