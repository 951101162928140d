//go:build unix

package api

import (
	"errors"
	"syscall"
)

// gone asks the socket whether the caller hung up. It looks at what has arrived
// without taking it: nothing yet means that they wait, the end means that they left.
func (c *call) gone() bool {
	conn, ok := c.http.Conn().(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return false
	}
	left := false
	err = raw.Control(func(fd uintptr) {
		var b [1]byte
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		switch {
		case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.EINTR):
		default:
			left = err != nil || n == 0
		}
	})
	return left && err == nil
}
