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

// Each block goes by whoever may lift its kind: paying lifts the overdue one and no
// other, and what is left still stops spending.
func TestBlocksOfSeveralKindsAtOnce(t *testing.T) {
	s := opened(t, "2026-02-20")
	s.buy(100_00, "next")
	s.to("2026-03-18").hold(1_00, "next") // the last day of grace
	s.do(credit.Freeze{Kind: credit.BlockDispute, Note: "case 8"})
	s.to("2026-03-19").do(credit.Freeze{Kind: credit.BlockCustomer})
	kinds := func() (list []credit.BlockKind) {
		for _, b := range s.a.Blocks {
			list = append(list, b.Kind)
		}
		return list
	}
	if got := kinds(); !slices.Equal(got, []credit.BlockKind{credit.BlockDispute, credit.BlockOverdue, credit.BlockCustomer}) {
		t.Fatalf("got %v", got)
	}
	s.repay(s.a.AsOf(s.day).Billed())
	s.do(credit.Unfreeze{Kind: credit.BlockCustomer})
	if got := kinds(); !slices.Equal(got, []credit.BlockKind{credit.BlockDispute}) {
		t.Fatalf("got %v", got)
	}
	if reasons := s.declined(1_00, "next"); !slices.Equal(reasons, []credit.Reason{credit.ReasonFrozen}) {
		t.Errorf("got %v", reasons)
	}
	s.do(credit.Unfreeze{Kind: credit.BlockDispute})
	s.hold(1_00, "next")
}
