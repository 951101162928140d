//go:build !unix

package api

// gone cannot be asked on this system: every caller is taken to wait.
func (c *call) gone() bool { return false }
