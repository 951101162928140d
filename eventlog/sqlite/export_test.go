package sqlite

// FailAfterCommit makes the next append take its commit for failed with what fail returns.
func (l *Log) FailAfterCommit(fail func() error) {
	l.afterCommit = func() error { l.afterCommit = nil; return fail() }
}
