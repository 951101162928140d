package pgtest_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/yuefu/yuefu/database/pgtest"
)

// stay is set in the child that TestKilled starts and kills.
const stay = "YUEFU_PGTEST_STAY"

func TestNew(t *testing.T) {
	a, b := pgtest.New(t), pgtest.New(t)
	if a == b {
		t.Fatalf("two tests got one database: %s", a)
	}
	conn, err := pgx.Connect(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var fsync, commit string
	if err := conn.QueryRow(t.Context(), `SELECT current_setting('fsync'), current_setting('synchronous_commit')`).Scan(&fsync, &commit); err != nil {
		t.Fatal(err)
	}
	if fsync != "on" || commit != "on" {
		t.Errorf("fsync %s, synchronous_commit %s; want both on, or durability is proven for nobody", fsync, commit)
	}
}

// TestKilled kills a test process that has a server, and waits until the server's folder is gone.
func TestKilled(t *testing.T) {
	if os.Getenv(pgtest.Environment) != "" {
		t.Skip("a server of somebody else is in use")
	}
	child := exec.Command(os.Args[0], "-test.run=^TestStay$", "-test.v")
	child.Env = append(os.Environ(), stay+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	folder := ""
	for lines := bufio.NewScanner(out); folder == "" && lines.Scan(); {
		if strings.Contains(lines.Text(), "no PostgreSQL") {
			_ = child.Wait()
			t.Skip("this test needs PostgreSQL")
		}
		_, folder, _ = strings.Cut(lines.Text(), "folder ")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Fatalf("the child's server has no folder: %v", err)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if _, err := os.Stat(folder); os.IsNotExist(err) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s is still there", folder)
		}
	}
}

// TestStay is the child of TestKilled.
func TestStay(t *testing.T) {
	if os.Getenv(stay) == "" {
		t.Skip("only for TestKilled")
	}
	server, err := pgtest.Start(pgtest.Options{NoSync: true})
	if err != nil {
		t.Skipf("no PostgreSQL: %v", err)
	}
	config, err := pgx.ParseConfig(server.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout.WriteString("folder " + config.Host + "\n")
	time.Sleep(time.Minute)
}
