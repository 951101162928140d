package consent

import (
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/eventlog"
)

// What tests need of the inside.
var (
	Pack   = pack
	Unpack = unpack
)

// Counted is for tests.
type Counted = counted

// CountedOf makes one.
func CountedOf(position, leaves int64) Counted { return counted{position, leaves} }

// Fields tells what one has.
func (c counted) Fields() (position, leaves int64) { return c.position, c.leaves }

// Receipts is receipts, blinded by a secret.
func Receipts(secret []byte, e *eventlog.Entry) ([]receipt.Receipt, error) {
	return receipts(newBlinder(secret), e)
}
