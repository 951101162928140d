package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options say how a throw-away server is started.
type Options struct {
	// NoSync turns fsync, synchronous_commit and full_page_writes off. The
	// default keeps them on, as a packaged server has them, so that what is
	// measured or proven holds there too.
	NoSync bool
}

// Server is a throw-away PostgreSQL in a folder of its own, reached by a unix socket.
type Server struct {
	folder string
	stop   func() error
}

// Start makes a cluster in a new temporary folder and starts a server on it. The
// server ends and its folder goes when Stop is called or this process ends in
// whatever way, a kill -9 included.
func Start(o Options) (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "yuefu-pg-")
	if err != nil {
		return nil, err
	}
	s, err := start(bin, folder, o)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// DSN is the address of one of the server's databases.
func (s *Server) DSN(database string) string {
	return "postgres://postgres@/" + database + "?host=" + url.QueryEscape(s.folder)
}

// Stop ends the server at once and removes its folder.
func (s *Server) Stop() error { return s.stop() }

// start runs initdb and then the server under a watcher: a shell that waits for
// the end of its standard input, which comes when this process closes the pipe or dies.
func start(bin, folder string, o Options) (*Server, error) {
	data := filepath.Join(folder, "data")
	if err := giveAway(folder); err != nil {
		return nil, err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres",
		"-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions")
	initdb.Dir = folder
	unprivileged(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	arguments := []string{filepath.Join(bin, "postgres"), "-D", data, "-c", "listen_addresses=",
		"-c", "unix_socket_directories=" + folder, "-c", "max_connections=200"}
	if o.NoSync {
		arguments = append(arguments, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	// SIGQUIT ends the server without the checkpoint that nobody would read.
	const watcher = `"$@" & server=$!; read -r _; kill -QUIT $server; wait $server; cd /; rm -rf "$FOLDER"`
	cmd := exec.Command("/bin/sh", append([]string{"-c", watcher, "watcher"}, arguments...)...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "FOLDER="+folder)
	unprivileged(cmd)
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		return nil, err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &Server{folder: folder, stop: func() error {
		return errors.Join(lifeline.Close(), ignoreExit(cmd.Wait()))
	}}
	if err := s.ready(20 * time.Second); err != nil {
		said, _ := os.ReadFile(log.Name())
		return nil, errors.Join(fmt.Errorf("%w: %s", err, said), s.stop())
	}
	return s, nil
}

// ready waits until the server answers.
func (s *Server) ready(patience time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, s.DSN("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ignoreExit drops the watcher's exit status: the server's, after SIGQUIT, is never zero.
func ignoreExit(err error) error {
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return nil
	}
	return err
}

// binaries finds the folder with initdb and postgres: the newest of Debian's, or
// what PATH has. Debian keeps the server's programs out of PATH.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if path, err := exec.LookPath("postgres"); err == nil {
		found = append(found, path)
	}
	for _, path := range found {
		if resolved, err := filepath.EvalSymlinks(path); err == nil {
			path = resolved
		}
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), "initdb")); err == nil {
			return filepath.Dir(path), nil
		}
	}
	return "", errors.New("no initdb and postgres in /usr/lib/postgresql/*/bin or PATH")
}

// version is the number in a path such as /usr/lib/postgresql/15/bin/postgres.
func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}
