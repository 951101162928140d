// Package pgtest gives tests a PostgreSQL that nobody has to install a service
// for: one throw-away server for each test process, one fresh database for each
// test. It knows how to find, start and surely stop a server; it refuses to know
// what is kept in it.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Environment names the variable with the address of a running server to use
// instead of a throw-away one; its user must be allowed to create databases.
const Environment = "YUEFU_POSTGRES"

// Required names the variable under which a test without PostgreSQL fails: a run
// that is to prove everything must not be green because nothing was there.
const Required = "YUEFU_NO_SKIP"

// servers are the throw-away servers of this process, one for each way to start it.
var servers = map[Options]func() (*Server, error){
	{}:             sync.OnceValues(func() (*Server, error) { return Start(Options{}) }),
	{NoSync: true}: sync.OnceValues(func() (*Server, error) { return Start(Options{NoSync: true}) }),
}

// New makes an empty database for one test, dropped at its end, and returns its
// address. The test is skipped where there is no PostgreSQL.
func New(t testing.TB) string { return NewWith(t, Options{}) }

// NewWith is New on a server with other settings; a server named by the
// environment keeps its own.
func NewWith(t testing.TB, o Options) string {
	t.Helper()
	admin := os.Getenv(Environment)
	if admin == "" {
		server, err := servers[o]()
		if err != nil {
			missing := t.Skipf
			if os.Getenv(Required) != "" {
				missing = t.Fatalf
			}
			missing("this test needs PostgreSQL: %v (install it, or name a running server in %s)", err, Environment)
		}
		admin = server.DSN("postgres")
	}
	name := "test_" + strings.ToLower(rand.Text()[:12])
	if err := run(admin, `CREATE DATABASE `+name+` TEMPLATE template0`); err != nil {
		t.Fatalf("pgtest: create a database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(admin, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("pgtest: drop the database: %v", err)
		}
	})
	dsn, err := onDatabase(admin, name)
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}

// run executes one statement on a connection of its own, since CREATE DATABASE
// can't stand in a transaction.
func run(dsn, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol)
	return err
}

// onDatabase returns the address of another database of the same server.
func onDatabase(dsn, name string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" {
		return "", fmt.Errorf("pgtest: %s has to be an address such as postgres://user@host/db", Environment)
	}
	u.Path = "/" + name
	return u.String(), nil
}
