package view

// SetSliced has partitions read in slices of so many entries, until undone.
func SetSliced(n int) (undo func()) {
	was := sliced
	sliced = n
	return func() { sliced = was }
}
