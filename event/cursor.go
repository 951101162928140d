package event

import (
	"encoding/base64"
	"encoding/binary"
	"math"
)

// Cursor says how far a reader of a feed has come: in each partition, since each grows
// by itself. So nothing is skipped that is appended to one while another is read.
type Cursor struct {
	positions []int64 // by the partitions' order; everything up to it was told
	inside    int     // the partition whose next entry was told in part, or -1
	told      int64   // and up to which of its events
}

// Start is where everything is still to be told.
func Start(partitions int) Cursor { return Cursor{positions: make([]int64, partitions), inside: -1} }

// String is the cursor as readers hand it back: opaque to them.
func (c Cursor) String() string {
	b := binary.AppendUvarint(nil, uint64(len(c.positions)))
	for _, p := range c.positions {
		b = binary.AppendUvarint(b, uint64(p))
	}
	b = binary.AppendUvarint(b, uint64(c.inside+1))
	if c.inside >= 0 {
		b = binary.AppendUvarint(b, uint64(c.told))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// ParseCursor reads a cursor of a feed with so many partitions.
func ParseCursor(s string, partitions int) (c Cursor, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil {
		return c, false
	}
	next := func() int64 {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > math.MaxInt64 {
			b = nil
			return -1
		}
		b = b[n:]
		return int64(v)
	}
	if next() != int64(partitions) {
		return c, false
	}
	c = Start(partitions)
	for i := range c.positions {
		if c.positions[i] = next(); c.positions[i] < 0 {
			return c, false
		}
	}
	inside := next()
	if inside < 0 || inside > int64(partitions) {
		return c, false
	}
	if c.inside = int(inside) - 1; c.inside >= 0 {
		if c.told = next(); c.told < 1 {
			return c, false
		}
	}
	return c, len(b) == 0 && c.String() == s
}
