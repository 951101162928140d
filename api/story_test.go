package api

import (
	"testing"

	"github.com/yuefu/yuefu/api/client"
)

func TestMainJob(t *testing.T) {
	w := newWorld(t)
	ctx, shop, lender := t.Context(), w.client(w.platform), w.client(w.operator)
	account := w.opened(t, "u-1001")
	if account.Limit != 10_000_00 || account.Available != 10_000_00 || !account.CanSpend {
		t.Fatalf("opened as %+v", account)
	}
	hold := w.authorised(t, account, 600_00, "flat6", "o-1")
	if hold.Status != client.AuthorisationStatusApproved || hold.Held != 600_00 {
		t.Fatalf("authorised as %+v", hold)
	}
	bought, err := shop.Capture(ctx, hold.ID, "cap-1", client.CaptureRequest{Amount: 600_00})
	if err != nil {
		t.Fatal(err)
	}
	if len(bought.Instalments) != 6 {
		t.Fatalf("captured as %+v", bought)
	}
	if _, err := shop.Refund(ctx, bought.ID, "ref-1", client.RefundRequest{Amount: 100_00}); err != nil {
		t.Fatal(err)
	}
	if _, err := lender.AddBlock(ctx, account.ID, "block-1", client.BlockRequest{Kind: client.BlockKindRisk, Note: "checked"}); err != nil {
		t.Fatal(err)
	}
	if _, err := lender.LiftBlock(ctx, account.ID, "risk", "block-2"); err != nil {
		t.Fatal(err)
	}
	conditions, err := shop.GetClosingConditions(ctx, account.ID)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", conditions)
}
