package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
)

// BlockKind says why an account is frozen, and so who may lift it.
type BlockKind string

// The kinds of block. An account spends only when it has none.
const (
	BlockOverdue  BlockKind = "overdue"  // comes and goes by itself
	BlockRisk     BlockKind = "risk"     // by the platform's risk people
	BlockJudicial BlockKind = "judicial" // by order of a court
	BlockDispute  BlockKind = "dispute"  // by the lender, while something about the account is contested
	BlockCustomer BlockKind = "customer" // by the customer
)

// BlockKinds lists the kinds that somebody may add and lift.
var BlockKinds = []BlockKind{BlockRisk, BlockJudicial, BlockDispute, BlockCustomer}

// Block (冻结) is a reason that stops new spending. Repayment and refunds always work.
type Block struct {
	Kind  BlockKind     `json:"kind"`
	Since calendar.Date `json:"since"`
	Note  string        `json:"note,omitzero"`
}

// Freeze adds a block of a kind.
type Freeze struct {
	Kind BlockKind `json:"kind"`
	Note string    `json:"note,omitzero"`
}

// Unfreeze lifts the block of a kind.
type Unfreeze struct {
	Kind BlockKind `json:"kind"`
}

// BlockAdded says that the account is frozen for one more reason.
type BlockAdded struct {
	Kind BlockKind `json:"kind"`
	Note string    `json:"note,omitzero"`
}

// BlockLifted says that one reason is gone.
type BlockLifted struct {
	Kind BlockKind `json:"kind"`
}

func (Freeze) Name() string      { return "freeze" }
func (Unfreeze) Name() string    { return "unfreeze" }
func (BlockAdded) Name() string  { return "block.added" }
func (BlockLifted) Name() string { return "block.lifted" }

func (a *Account) blocked(kind BlockKind) bool {
	return slices.ContainsFunc(a.Blocks, func(b Block) bool { return b.Kind == kind })
}

func (c Freeze) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.mayBlock(c.Kind); err != nil {
		return err
	}
	if a.Status.Over() {
		return refuse(AccountNotOpen, "the account is closed")
	}
	if a.blocked(c.Kind) {
		return refuse(BlockExists, "the account has a block of kind %s", c.Kind)
	}
	emit(BlockAdded{Kind: c.Kind, Note: c.Note})
	return nil
}

func (c Unfreeze) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.mayBlock(c.Kind); err != nil {
		return err
	}
	if !a.blocked(c.Kind) {
		return refuse(BlockMissing, "the account has no block of kind %s", c.Kind)
	}
	emit(BlockLifted{Kind: c.Kind})
	return nil
}

func (a *Account) mayBlock(kind BlockKind) error {
	if err := a.opened(); err != nil {
		return err
	}
	if !slices.Contains(BlockKinds, kind) {
		return &Error{Kind: BlockNotYours, Field: "kind", Detail: "nobody adds or lifts a block of this kind by hand"}
	}
	return nil
}

func (e BlockAdded) apply(a *Account, on calendar.Date) {
	a.Blocks = append(a.Blocks, Block{Kind: e.Kind, Since: on, Note: e.Note})
}

func (e BlockLifted) apply(a *Account, _ calendar.Date) {
	a.Blocks = slices.DeleteFunc(a.Blocks, func(b Block) bool { return b.Kind == e.Kind })
}
