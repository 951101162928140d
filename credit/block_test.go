package credit_test

import (
	"slices"
	"testing"

	"github.com/yuefu/yuefu/credit"
)

func TestBlocksAddUp(t *testing.T) {
	s := opened(t, "2026-03-10")
	for _, kind := range credit.BlockKinds {
		s.do(credit.Freeze{Kind: kind, Note: "case 7"})
		s.refused(credit.BlockExists, "", credit.Freeze{Kind: kind})
	}
	for _, kind := range credit.BlockKinds {
		if reasons := s.declined(1_00, "next"); !slices.Equal(reasons, []credit.Reason{credit.ReasonFrozen}) {
			t.Errorf("got %v", reasons)
		}
		s.do(credit.Unfreeze{Kind: kind})
		s.refused(credit.BlockMissing, "", credit.Unfreeze{Kind: kind})
	}
	s.hold(1_00, "next")
}

func TestNobodyTouchesTheOverdueBlock(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(100_00, "next")
	s.to("2026-03-19")
	for _, kind := range []credit.BlockKind{credit.BlockOverdue, "", "mood"} {
		s.refused(credit.BlockNotYours, "kind", credit.Freeze{Kind: kind})
		s.refused(credit.BlockNotYours, "kind", credit.Unfreeze{Kind: kind})
	}
	none := stranger(t, "2026-03-10")
	none.refused(credit.NotFound, "", credit.Freeze{Kind: credit.BlockRisk})
	none.refused(credit.NotFound, "", credit.Unfreeze{Kind: credit.BlockRisk})
}

func TestAFrozenAccountStillPaysAndIsRefunded(t *testing.T) {
	s := opened(t, "2026-02-20")
	purchase := s.buy(100_00, "next")
	for _, kind := range credit.BlockKinds {
		s.do(credit.Freeze{Kind: kind})
	}
	s.to("2026-03-06")
	s.repay(50_00)
	s.refund(purchase, 60_00)
	equal(t, "credit balance", s.a.Credit, 10_00)
	s.do(credit.ReturnCredit{Reference: "x"})
}
