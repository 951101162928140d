//go:build !unix

package pgtest

import (
	"errors"
	"os/exec"
)

func unprivileged(*exec.Cmd) {}

// giveAway refuses: the watcher needs a shell and signals.
func giveAway(string) error { return errors.New("throw-away servers need a unix system") }
