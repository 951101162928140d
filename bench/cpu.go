package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// usage is the CPU time that the parts of a run have taken so far.
type usage struct {
	self, server, database time.Duration
}

func (u usage) since(before usage) usage {
	return usage{u.self - before.self, u.server - before.server, u.database - before.database}
}

// processes are those whose CPU time is counted beside our own; 0: there is none.
type processes struct{ server, postmaster int }

func (p processes) usage() usage {
	var own syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &own)
	u := usage{self: time.Duration(own.Utime.Nano() + own.Stime.Nano())}
	if p.server != 0 {
		u.server, _, _ = processTime(p.server)
	}
	if p.postmaster != 0 {
		u.database, _, _ = processTime(p.postmaster)
		stats, _ := filepath.Glob("/proc/[0-9]*/stat")
		for _, stat := range stats {
			pid, _ := strconv.Atoi(strings.Split(stat, "/")[2])
			if taken, parent, err := processTime(pid); err == nil && parent == p.postmaster {
				u.database += taken
			}
		}
	}
	return u
}

// clockTick is the unit of /proc/<pid>/stat: USER_HZ is 100 on every Linux.
const clockTick = 10 * time.Millisecond

// processTime reads a process's CPU time, its ended children's included, and its parent.
func processTime(pid int) (taken time.Duration, parent int, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:])) // from the third field on, see proc(5)
	if len(fields) < 15 {
		return 0, 0, fmt.Errorf("process %d has a short stat", pid)
	}
	parent, err = strconv.Atoi(fields[1])
	for _, field := range fields[11:15] {
		ticks, _ := strconv.ParseInt(field, 10, 64)
		taken += time.Duration(ticks) * clockTick
	}
	return taken, parent, err
}
