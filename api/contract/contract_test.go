package contract_test

import (
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/api/strict"
)

// fuzz throws texts at the reader of one body. It must never panic, and what it
// accepts must be what it would write: nothing is read that is not in the contract.
func fuzz[T any, B interface {
	*T
	strict.Body
}](f *testing.F, seeds ...string) {
	for _, s := range append(seeds, `{}`, `[]`, `null`, ``, `{"a":{"a":1,"a":2}}`, `{"amount":1e2,"amount":1.0}`, "{\"\xff\":1}", `{} {}`, `{"\u0061mount":5}`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var r strict.Reader
		v := new(T)
		faults, err := r.Read(text, B(v))
		if err != nil {
			strict.Broken(err)
			return
		}
		if len(faults) > 0 {
			return
		}
		written, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%q is read as %+v, which cannot be written: %v", text, v, err)
		}
		again := new(T)
		if faults, err := r.Read(written, B(again)); err != nil || len(faults) > 0 {
			t.Fatalf("%q is written as %s, which is refused: %v %v", text, written, faults, err)
		}
		if !cmp.Equal(v, again) {
			t.Fatalf("%q is read differently the second time: %s", text, cmp.Diff(v, again))
		}
	})
}

const (
	consent = `{"document":"credit_agreement","version":1,"hash":"0a1b","person":"u-1","shown_at":"2026-03-10T08:30:00Z","accepted_at":"2026-03-10T08:30:09.25+08:00","act":"tap_agree","channel":"api","language":"zh-Hans","read_seconds":9,"preselected":false}`
	seal    = `{"document":"quote","version":1,"hash":"qt_0a1b","person":"u-1","shown_at":"2026-03-10T08:30:00Z","accepted_at":"2026-03-10T08:30:09Z","act":"tap_pay","channel":"checkout","language":"en","read_seconds":9,"preselected":false}`
)

func FuzzApplicationRequest(f *testing.F) {
	fuzz[contract.ApplicationRequest](f,
		`{"customer":"u-1","programme":"default","consents":[`+consent+`],"declared":{"adult":true,"student":false,"monthly_income":1000000},"requested_limit":500000}`,
		`{"customer":"用户一","programme":"default","consents":[],"declared":{"adult":true,"student":false}}`)
}

func FuzzReviewRequest(f *testing.F) {
	fuzz[contract.ReviewRequest](f, `{"approve":true,"limit":500000}`, `{"approve":false,"reasons":["income_too_low"]}`)
}

func FuzzBlockRequest(f *testing.F) {
	fuzz[contract.BlockRequest](f, `{"kind":"risk","note":"checked"}`, `{"kind":"overdue"}`)
}

func FuzzQuoteRequest(f *testing.F) {
	fuzz[contract.QuoteRequest](f, `{"account":"acc_0123456789abcdefghjk","amount":60000,"currency":"CNY","plan":"flat6"}`)
}

func FuzzAuthorisationRequest(f *testing.F) {
	fuzz[contract.AuthorisationRequest](f,
		`{"account":"acc_0123456789abcdefghjk","amount":60000,"currency":"CNY","plan":"flat6","scene":"mall","merchant":"m-17","order":"o-1","consent":`+seal+`}`)
}

func FuzzCaptureRequest(f *testing.F) {
	fuzz[contract.CaptureRequest](f, `{"amount":60000,"final":true}`, `{"amount":-0}`)
}

func FuzzRefundRequest(f *testing.F) {
	fuzz[contract.RefundRequest](f, `{"amount":1}`, `{"amount":1000000000001}`)
}

func FuzzRepaymentRequest(f *testing.F) {
	fuzz[contract.RepaymentRequest](f, `{"amount":1,"currency":"CNY","source":"pay-1"}`)
}

func FuzzCreditBalanceReturnRequest(f *testing.F) {
	fuzz[contract.CreditBalanceReturnRequest](f, `{"reference":"out-1"}`)
}

func FuzzClosureRefusalRequest(f *testing.F) {
	fuzz[contract.ClosureRefusalRequest](f, `{"reason":"dispute pending"}`)
}

func FuzzAdvanceRequest(f *testing.F) {
	fuzz[contract.AdvanceRequest](f, `{"to":"2026-03-10"}`, `{"to":"2026-02-30"}`, `{"to":"1970-01-01"}`)
}

func FuzzProgrammeRequest(f *testing.F) {
	fuzz[contract.ProgrammeRequest](f, `{"id":"default","names":{"programme":{"zh":"月付","en":"Monthly"},"funder":{"zh":"资金方","en":"Funder"}},
		"terms":{"currency":"CNY","statement_day":1,"due_day":10,"grace_days":3,"hold_days":7,"penalty_rate":180000,"cost_cap":240000,
			"rate_method":"monthly_times_twelve","principal_first_from":91,"reading_seconds":3,"review_days":3,"applications":2,"window_days":30,
			"funder":"f","bureau":"b","scenes":["mall"],"plans":[{"id":"free3","kind":"flat","periods":3,"rate":6000,"subsidies":[{"bearer":"merchant","share":1000000}]}],
			"documents":[{"document":"credit_agreement","version":1,"hash":"0a1b"}]},
		"policy":{"minimum_limit":100,"default_limit":200,"maximum_limit":300,"auto_approve_up_to":0,"exclude_students":true}}`)
}
