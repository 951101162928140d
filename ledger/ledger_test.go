package ledger_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/ledger"
)

var update = flag.Bool("update", false, "write testdata/postings.txt anew")

const account credit.ID = "acc_1"

var all = []credit.Borne{{Bearer: credit.Merchant, Amount: 60}, {Bearer: credit.Platform, Amount: 30}, {Bearer: credit.Funder, Amount: 10}}

// cases has each event of the contract at least once, with what an accountant
// would want to see of it.
var cases = []struct {
	says  string
	event credit.Event
}{
	{"an order is delivered: the customer owes, the merchant is owed", credit.PurchaseCaptured{Amount: 300_00, Merchant: "m1", Parts: []credit.Part{{Principal: 300_00}}}},
	{"… and others bear its cost", credit.PurchaseCaptured{Amount: 300_00, Merchant: "m1", Parts: []credit.Part{{Principal: 150_00, Borne: all}, {Principal: 150_00, Borne: all}}}},
	{"… or the customer bears it: nothing of it is due yet", credit.PurchaseCaptured{Amount: 300_00, Merchant: "m1", Parts: []credit.Part{{Principal: 300_00, Fee: 3_00}}}},
	{"… of the money of two funders", credit.PurchaseCaptured{Amount: 300_00, Merchant: "m1", Parts: []credit.Part{{Principal: 300_00}}, Funding: []credit.Funded{{Funder: "bank", Principal: 210_00}, {Funder: "trust", Principal: 90_00}}}},
	{"a refund before the bill", credit.PurchaseRefunded{Amount: 100_00, Merchant: "m1", Cuts: []credit.Cut{{Principal: 100_00, Fee: 1_00, Borne: all}}}},
	{"a refund of a billed instalment", credit.PurchaseRefunded{Amount: 100_00, Merchant: "m1", Cuts: []credit.Cut{{Statement: 7, Principal: 100_00}}}},
	{"a refund of what was paid: owed to the customer", credit.PurchaseRefunded{Amount: 100_00, Merchant: "m1", Credit: 100_00}},
	{"a refund of all three", credit.PurchaseRefunded{Amount: 60_00, Merchant: "m1", Credit: 10_00, Cuts: []credit.Cut{{Statement: 7, Principal: 20_00}, {Principal: 30_00}}}},
	{"a dispute: neither billed nor coming, what others promised to bear stays promised", credit.DisputeOpened{Amount: 60_00, Paid: 10_00, Parts: []credit.Instalment{{Number: 1, Statement: 7, Principal: 20_00}, {Number: 2, Principal: 30_00, Fee: 30, Borne: all}}}},
	{"… a refund gives a part of it", credit.PurchaseRefunded{Amount: 25_00, Merchant: "m1", Credit: 5_00, Cuts: []credit.Cut{{Dispute: 9, Instalment: 2, Principal: 20_00, Fee: 20, Borne: all}}, Conceded: []credit.Conceded{{Dispute: 9, Amount: 25_00}}}},
	{"… settled for the merchant, the rest comes on the next bill", credit.DisputeSettled{Dispute: 9, Outcome: credit.ForMerchant, Late: []credit.Instalment{{Number: 4, Of: 1, Principal: 20_00}}, Restored: []credit.Instalment{{Number: 2, Principal: 10_00, Fee: 10, Borne: all}}}},
	{"", credit.DisputeSettled{Dispute: 9, Outcome: credit.ForCustomer, Refund: 10}},
	{"the bill: principal moves, fee and interest are earned, and so is what others bear", credit.StatementIssued{Total: 103_50, Lines: []credit.Line{
		{Principal: 60_00, Fee: 3_00}, {Principal: 40_00, Interest: 50, Borne: all},
	}}},
	{"a bill deferred: the fee is billed at once", credit.StatementDeferred{Fee: 5_00, Cut: 1_00}},
	{"a bill becomes instalments: its principal is not billed any more, and others may bear a share", credit.StatementConverted{Amount: 90_00, Purchases: []credit.ConvertedPurchase{
		{Merchant: "m1", Amount: 60_00, Parts: []credit.Part{{Principal: 60_00, Fee: 1_00, Borne: all}}}, {Merchant: "m2", Amount: 30_00, Parts: []credit.Part{{Principal: 30_00}}},
	}}},
	{"a day overdue", credit.PenaltyCharged{Amount: 50}},
	{"a repayment, more than is billed", credit.RepaymentReceived{Amount: 110_00, Credit: 6_00, Shares: []credit.Share{{Penalty: 50}, {Fee: 3_00, Principal: 60_00}, {Interest: 50, Principal: 40_00}}}},
	{"a repayment: of it each funder gets its part", credit.RepaymentReceived{Amount: 104_00, Shares: []credit.Share{
		{Penalty: 1_00, Funders: []credit.FunderPart{{Funder: "bank", Cost: 70}, {Funder: "trust", Cost: 30}}},
		{Fee: 3_00, Principal: 100_00, Funders: []credit.FunderPart{{Funder: "bank", Principal: 70_00, Cost: 2_10}, {Funder: "trust", Principal: 30_00, Cost: 90}}},
	}}},
	{"a refund of what two funders lent", credit.PurchaseRefunded{Amount: 10_00, Merchant: "m1", Cuts: []credit.Cut{{Principal: 10_00, Funders: []credit.FunderPart{{Funder: "bank", Principal: 7_00}, {Funder: "trust", Principal: 3_00}}}}}},
	{"a repayment of nothing that is billed", credit.RepaymentReceived{Amount: 5_00, Credit: 5_00}},
	{"a repayment bounces: what it paid is owed again, with the penalty since", credit.RepaymentReversed{Amount: 110_00, Credit: -6_00, Shares: []credit.Share{
		{Fee: -3_00, Principal: -101_00, Funders: []credit.FunderPart{{Funder: "bank", Principal: -101_00, Cost: -3_00}}},
	}, Penalties: []credit.PenaltyCharged{{Amount: 1_50}}}},
	{"… after a refund had gone to the credit balance, which was paid back", credit.RepaymentReversed{Amount: 100_00, Credit: 0, Shares: []credit.Share{{Principal: -70_00}}, Refunds: []credit.RefundRestated{
		{Merchant: "m1", Cuts: []credit.Cut{{Statement: 7, Principal: 20_00, Funders: []credit.FunderPart{{Funder: "bank", Principal: 20_00}}}}, Credit: -20_00},
	}, Owed: &credit.Restitution{Amount: 50_00, Funding: []credit.Funded{{Funder: "bank", Principal: 50_00}}}}},
	{"the credit balance pays a bill", credit.CreditUsed{Amount: 6_00, Shares: []credit.Share{{Penalty: 50, Fee: 1_00, Interest: 50, Principal: 4_00}}}},
	{"all of a purchase is paid early: what is billed, and what is not with one period's fee; a promise is earned, another given back", credit.EarlyRepaymentReceived{
		Amount: 161_00, Shares: []credit.Share{{Statement: 7, Fee: 1_00, Principal: 50_00}, {Purchase: 4, Fee: 50, Interest: 50, Principal: 50_00}, {Purchase: 4, Principal: 59_00}},
		Waived: []credit.Waiver{{Purchase: 4, Merchant: "m1", Fee: 1_00, Borne: all}}, Earned: 1_00,
	}},
	{"… and the credit balance pays a part of it", credit.EarlyRepaymentReceived{Amount: 50_50, FromCredit: 50_00, Shares: []credit.Share{{Fee: 50, Principal: 50_00}, {Principal: 50_00}}}},
	{"the credit balance goes back", credit.CreditReturned{Amount: 6_00}},
	{"given up after half a year: a loss, and still owed", credit.DebtChargedOff{Parts: []credit.WrittenOff{
		{Purchase: 1, Unbilled: 200_00, Billed: 100_00, Interest: 1_00, Fee: 2_00}, {Statement: 7, Penalty: 9_00},
	}}},
	{"… billed all the same: owed, and no income", credit.StatementIssued{Total: 101_50, Lines: []credit.Line{{Principal: 100_00, Fee: 1_00, Interest: 50, ChargedOff: true}}}},
	{"… paid after all: a recovery, and no income of any other kind", credit.RepaymentReceived{Amount: 113_00, Credit: 1_00, Shares: []credit.Share{
		{Statement: 7, Penalty: 9_00, ChargedOff: true}, {Statement: 7, Fee: 2_00, Interest: 1_00, Principal: 60_00, ChargedOff: true}, {Fee: 1_00, Principal: 39_00},
	}}},
	{"… or by the credit balance", credit.CreditUsed{Amount: 5_00, Shares: []credit.Share{{Statement: 7, Principal: 5_00, ChargedOff: true}}}},
	{"… or refunded: less of a loss, and what had been recovered is the customer's", credit.PurchaseRefunded{Amount: 100_00, Merchant: "m1", Credit: 30_00, Cuts: []credit.Cut{{Statement: 7, Principal: 50_00, ChargedOff: true}, {Principal: 20_00, ChargedOff: true}}}},
	{"", credit.ApplicationReceived{}}, {"", credit.ApplicationReferred{}}, {"", credit.ApplicationRefused{}}, {"", credit.ApplicationAppealed{}}, {"", credit.AccountOpened{Limit: 1}},
	{"", credit.Authorised{Amount: 1}}, {"", credit.Declined{Amount: 1}}, {"", credit.HoldVoided{Amount: 1}}, {"", credit.HoldExpired{Amount: 1}},
	{"", credit.StatementPaid{}}, {"", credit.StatementOverdue{}}, {"", credit.StatementAged{}}, {"", credit.AccountGraded{}}, {"", credit.ContactMade{}}, {"", credit.BlockAdded{}}, {"", credit.BlockLifted{}},
	{"", credit.ClosureRequested{}}, {"", credit.ClosureApproved{}}, {"", credit.AccountDeregistered{}}, {"", credit.ClosureRefused{}}, {"", credit.ClosureWithdrawn{}}, {"", credit.ClosureBreached{}},
	{"", credit.DueDayChosen{Day: 1}},
	{"", credit.SceneLimitSet{Limit: 1}}, {"", credit.SceneLimitRemoved{}}, {"", credit.AgreementRenewed{}}, {"", credit.FormerTermsEnded{}}, {"", credit.NightLockSet{}}, {"", credit.NightLockLooseningRequested{}}, {"", credit.NightLockLoosened{}}, {"", credit.SceneSwitchedOff{}}, {"", credit.SceneOnRequested{}}, {"", credit.SceneSwitchedOn{}},
	{"", credit.SpendingCapSet{Amount: 1}}, {"", credit.SpendingCapRaiseRequested{Amount: 1}}, {"", credit.SpendingCapRaised{Amount: 1}}, {"", credit.SpendingCapKept{Amount: 1}},
	{"", credit.LimitChanged{Limit: 1}}, {"", credit.TemporaryLimitGranted{Amount: 1}}, {"", credit.TemporaryLimitWithdrawn{Amount: 1}}, {"", credit.TemporaryLimitLapsed{Amount: 1}},
	{"", credit.AutopayInstructed{}}, {"", credit.AutopayEnded{}}, {"", credit.DebitRequested{}}, {"", credit.DebitSkipped{}}, {"", credit.DebitSettled{}}, {"", credit.DebitRefused{}},
}

func name(a ledger.Account) string {
	if a.Of == "" {
		return string(a.Class)
	}
	return string(a.Class) + " of " + a.Of
}

// The table of postings, as text that an accountant can read and object to.
func TestPostings(t *testing.T) {
	var got bytes.Buffer
	still := map[string]bool{}
	for _, c := range cases {
		transfers := ledger.Post(account, c.event)
		if len(transfers) == 0 {
			still[c.event.Name()] = true
			continue
		}
		fmt.Fprintf(&got, "%s: %s\n", c.event.Name(), c.says)
		for _, transfer := range transfers {
			if transfer.Amount <= 0 || transfer.Debit == transfer.Credit {
				t.Errorf("%s posts %+v", c.event.Name(), transfer)
			}
			for _, side := range []ledger.Account{transfer.Debit, transfer.Credit} {
				if !slices.Contains(ledger.Chart, side.Class) {
					t.Errorf("%s is not in the chart", side.Class)
				}
			}
			fmt.Fprintf(&got, "    debit %-42s credit %-42s %10s\n", name(transfer.Debit), name(transfer.Credit), transfer.Amount.Format("CNY"))
		}
		got.WriteByte('\n')
	}
	got.WriteString("No money moves:\n")
	names := wire.EventNames()
	slices.Sort(names)
	for _, name := range names {
		if still[name] {
			fmt.Fprintf(&got, "    %s\n", name)
		}
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/postings.txt", got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/postings.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the postings are now\n%s\nand were\n%s", &got, want)
	}
}

func TestEveryEventHasACase(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range cases {
		covered[c.event.Name()] = true
	}
	for _, name := range wire.EventNames() {
		if !covered[name] {
			t.Errorf("nobody says what %s posts", name)
		}
	}
}

// stranger is an event that the ledger was never told of.
type stranger struct{ credit.StatementPaid }

func TestAMissingCaseShouts(t *testing.T) {
	for says, post := range map[string]func(){
		"no posting rule": func() { ledger.Post(account, stranger{}) },
		"no posting rul":  func() { ledger.Post(account, nil) },
		"bearer": func() {
			ledger.Post(account, credit.PurchaseCaptured{Parts: []credit.Part{{Borne: []credit.Borne{{Bearer: "state", Amount: 1}}}}})
		},
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), says) {
					t.Errorf("got %v, want %q in it", r, says)
				}
			}()
			post()
		}()
	}
}

// A whole life on paper: bought with a subsidy, billed, paid late and too much,
// refunded, returned. At the end the customer owes nothing and is owed nothing.
func TestALifeEndsAtZero(t *testing.T) {
	merchantBears := []credit.Borne{{Bearer: credit.Merchant, Amount: 1_00}}
	books := map[ledger.Account]int64{}
	for _, e := range []credit.Event{
		credit.PurchaseCaptured{Amount: 100_00, Merchant: "m1", Parts: []credit.Part{{Principal: 50_00, Borne: merchantBears}, {Principal: 50_00, Borne: merchantBears}}},
		credit.StatementIssued{Total: 50_00, Lines: []credit.Line{{Principal: 50_00, Borne: merchantBears}}},
		credit.PenaltyCharged{Amount: 20},
		credit.RepaymentReceived{Amount: 51_00, Credit: 80, Shares: []credit.Share{{Penalty: 20}, {Principal: 50_00}}},
		credit.PurchaseRefunded{Amount: 100_00, Merchant: "m1", Credit: 50_00, Cuts: []credit.Cut{{Principal: 50_00, Borne: merchantBears}}},
		credit.CreditReturned{Amount: 50_80},
	} {
		for _, transfer := range ledger.Post(account, e) {
			books[transfer.Debit] += int64(transfer.Amount)
			books[transfer.Credit] -= int64(transfer.Amount)
		}
	}
	var left []string
	for a, balance := range books {
		if balance != 0 {
			left = append(left, fmt.Sprintf("%s %d", name(a), balance))
		}
	}
	slices.Sort(left)
	want := []string{
		"assets:cash 20", // the penalty
		"income:penalty -20", "income:subsidy -100",
		"liabilities:merchant of m1 100", // it bears the first month's cost and is owed nothing
	}
	if !slices.Equal(left, want) {
		t.Errorf("got %q, want %q", left, want)
	}
}

func BenchmarkPost(b *testing.B) {
	e := credit.StatementIssued{Date: calendar.Of(2026, 3, 5), Lines: []credit.Line{{Principal: 1, Fee: 1}, {Principal: 2, Interest: 3}, {Principal: 5}}}
	b.ReportAllocs()
	for b.Loop() {
		ledger.Post(account, e)
	}
}
