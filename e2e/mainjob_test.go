package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestMainJob is the whole life of an account, on each of its days that matter and
// on the day before: the rules of the sample programme are statement on the 1st,
// due on the 10th, three days of grace, holds of seven days, 0.05% penalty a day.
func TestMainJob(t *testing.T) {
	for _, store := range stores {
		t.Run(store.name, func(t *testing.T) {
			dsn := store.make(t)
			s := serve(t, dsn, sandbox("2026-01-05T09:00:00+08:00")...)
			st := &story{
				caller:   s.caller(s.key("shop", "platform")),
				operator: s.caller(s.key("shop", "operator")),
				stranger: s.caller(s.key("other", "platform")),
			}
			st.operator.keys = 1_000_000 // keys of its own on the same accounts
			began := time.Now()
			for _, chapter := range []struct {
				name string
				tell func(*testing.T)
			}{
				{"consent comes first", st.consent},
				{"opening", st.opening},
				{"a quote says everything", st.quote},
				{"holds", st.holds},
				{"a refund before the bill", st.refundBefore},
				{"the bill", st.bill},
				{"a refund after the bill, repayments", st.repayments},
				{"a credit balance pays the next bill", st.creditBalance},
				{"overdue, from the day after grace", st.overdue},
				{"what stands against closing", st.conditions},
				{"closing", st.closing},
				{"after closing", st.closed},
				{"opening again", st.reopening},
				{"who is refused, and who is reviewed", st.assessment},
			} {
				t.Run(chapter.name, func(t *testing.T) {
					st.caller.t, st.operator.t, st.stranger.t = t, t, t
					chapter.tell(t)
				})
				if t.Failed() {
					t.FailNow()
				}
			}
			t.Logf("told in %s", time.Since(began).Round(time.Millisecond))
			s.stop()
			verify(t, dsn)
		})
	}
}

// story is what its chapters know.
type story struct {
	*caller
	operator *caller // a key of the lender's people
	stranger *caller // another platform

	account   string
	parts     string // the authorisation that is captured in two parts
	purchase  string // bought with the next bill
	statement string
}

// now is the sandbox's instant, less some seconds.
func (st *story) now(before time.Duration) string {
	st.t.Helper()
	at, err := time.Parse(time.RFC3339, st.get("/v1/clock").text("now"))
	if err != nil {
		st.t.Fatal(err)
	}
	return at.Add(-before).UTC().Format(time.RFC3339)
}

// go to a date.
func (st *story) to(date string) {
	st.t.Helper()
	a := st.send("POST", "/v1/clock/advance", "", fmt.Sprintf(`{"to": %q}`, date))
	if a.status != 200 || a.text("business_date") != date {
		st.t.Fatalf("advance to %s: %d %s", date, a.status, a.raw)
	}
}

func (st *story) look() *answer { st.t.Helper(); return st.get("/v1/accounts/" + st.account) }

// application is a body with a proper consent to each document; change spoils one.
func (st *story) application(customer, declared string, change func(consent string) string) string {
	st.t.Helper()
	d := st.get("/v1/programmes/default/disclosure")
	var consents []string
	for i := range d.size("documents") {
		document := fmt.Sprintf("documents.%d.", i)
		consent := fmt.Sprintf(`{"document": %q, "version": %d, "hash": %q, "person": %q, "shown_at": %q, "accepted_at": %q, "act": "tap_agree", "channel": "api", "language": "zh-Hans", "read_seconds": 8, "preselected": false}`,
			d.text(document+"document"), d.number(document+"version"), d.text(document+"hash"), customer, st.now(30*time.Second), st.now(5*time.Second))
		if i == 0 && change != nil {
			consent = change(consent)
		}
		consents = append(consents, consent)
	}
	return fmt.Sprintf(`{"customer": %q, "programme": "default", "consents": [%s], %s}`, customer, strings.Join(consents, ", "), declared)
}

const grownUp = `"declared": {"adult": true, "student": false, "monthly_income": 800000}`

func (st *story) consent(t *testing.T) {
	replace := func(old, by string) func(string) string {
		return func(consent string) string {
			changed := strings.Replace(consent, old, by, 1)
			if changed == consent {
				t.Fatalf("there is no %s in %s", old, consent)
			}
			return changed
		}
	}
	for kind, spoil := range map[string]func(string) string{
		"consent_preselected": replace(`"preselected": false`, `"preselected": true`),
		"consent_incomplete":  replace(`, "act": "tap_agree"`, ``),
		"consent_of_another":  replace(`"person": "anna"`, `"person": "ben"`),
		"consent_outdated":    replace(`"version": 1`, `"version": 2`),
		"consent_too_fast":    replace(st.now(30*time.Second), st.now(6*time.Second)),
		"consent_in_future":   replace(`"accepted_at": "`+st.now(5*time.Second), `"accepted_at": "`+st.now(-time.Hour)),
	} {
		st.refused(422, kind, "/v1/applications", "%s", st.application("anna", grownUp, spoil))
	}
	if list := st.get("/v1/accounts?customer=anna"); list.size("data") != 0 {
		t.Errorf("an account was opened without consent: %s", list.raw)
	}
}

func (st *story) opening(t *testing.T) {
	body := st.application("anna", grownUp, nil)
	st.problem(st.send("POST", "/v1/applications", "", body), 400, "key_missing", "an application without a key")
	opened := st.post("/v1/applications", "%s", body)
	opened.want("the application", "status", "approved", "customer", "anna", "applied_on", "2026-01-05",
		"opened.status", "active", "opened.limit", 500000, "opened.available", 500000)
	st.account = opened.text("account")
	st.problem(st.send("POST", "/v1/applications", "k-7", st.application("anna", `"declared": {"adult": true, "student": false}`, nil)), 409, "key_reused", "the key with another body")
	st.refused(409, "already_open", "/v1/applications", "%s", body)
	st.get("/v1/applications/"+opened.text("id")).want("the application, read", "status", "approved", "account", st.account)
	st.problem(st.stranger.send("GET", "/v1/accounts/"+st.account, "", ""), 404, "not_found", "another platform's look")
	st.look().want("the account", "available", 500000, "can_spend", true, "opened_on", "2026-01-05", "owed", 0)
}

// checkout holds an amount by consent to its quote.
func (st *story) checkout(amount int64, plan, scene, order string) *answer {
	st.t.Helper()
	return st.post("/v1/authorisations", "%s", st.order(amount, plan, scene, order, "anna"))
}

func (st *story) order(amount int64, plan, scene, order, person string) string {
	st.t.Helper()
	q := st.send("POST", "/v1/quotes", "", fmt.Sprintf(`{"account": %q, "amount": %d, "currency": "CNY", "plan": %q}`, st.account, amount, plan))
	if q.status != 200 {
		st.t.Fatalf("quote: %d %s", q.status, q.raw)
	}
	return fmt.Sprintf(`{"account": %q, "amount": %d, "currency": "CNY", "plan": %q, "scene": %q, "merchant": "m-1", "order": %q,
		"consent": {"document": "quote", "version": %d, "hash": %q, "person": %q, "shown_at": %q, "accepted_at": %q, "act": "tap_pay", "channel": "api", "language": "zh-Hans", "read_seconds": 8, "preselected": false}}`,
		st.account, amount, plan, scene, order, q.number("data.0.text.version"), q.text("data.0.text.hash"), person, st.now(9*time.Second), st.now(time.Second))
}

func (st *story) quote(t *testing.T) {
	q := st.send("POST", "/v1/quotes", "", fmt.Sprintf(`{"account": %q, "amount": 30000, "currency": "CNY"}`, st.account))
	q.want("the quotes", "data.0.plan", "next", "data.0.cost", 0, "data.0.annual_rate", 0,
		"data.0.instalments.0.statement_on", "2026-02-01", "data.0.instalments.0.due_on", "2026-02-10",
		"data.1.plan", "free3", "data.1.total", 30000, "data.1.subsidised", 540, "data.1.instalments.2.statement_on", "2026-04-01",
		"data.2.plan", "flat6", "data.2.cost", 1080, "data.2.instalments.0.fee", 180, "data.2.instalments.0.amount", 5180,
		"data.3.plan", "annuity12", "data.3.periods", 12)
	// Without the customer's consent to this very quote there is no credit.
	body := st.order(30000, "free3", "mall", "o-0", "anna")
	for kind, spoilt := range map[string]string{
		"consent_preselected": strings.Replace(body, `"preselected": false`, `"preselected": true`, 1),
		"consent_of_another":  strings.Replace(body, `"person": "anna"`, `"person": "ben"`, 1),
		"consent_outdated":    strings.Replace(body, `"amount": 30000`, `"amount": 30001`, 1),
	} {
		st.refused(422, kind, "/v1/authorisations", "%s", spoilt)
	}
	st.look().want("nothing was held", "held", 0)
}

func (st *story) holds(t *testing.T) {
	// Whole, in two parts.
	a := st.checkout(30000, "free3", "mall", "o-1").want("the hold", "status", "approved", "held", 30000, "last_capture_on", "2026-01-12")
	st.parts = a.text("id")
	st.look().want("the account", "held", 30000, "available", 470000, "outstanding", 0)
	st.post("/v1/authorisations/"+st.parts+"/captures", `{"amount": 10000}`).
		want("the first part", "amount", 10000, "instalments.0.principal", 3333, "instalments.2.principal", 3334, "instalments.0.statement_on", "2026-02-01")
	st.refused(422, "capture_too_large", "/v1/authorisations/"+st.parts+"/captures", `{"amount": 20001}`)
	st.post("/v1/authorisations/"+st.parts+"/captures", `{"amount": 20000}`).want("the rest", "amount", 20000)
	st.refused(409, "hold_not_open", "/v1/authorisations/"+st.parts+"/captures", `{"amount": 1}`)
	st.get("/v1/authorisations/"+st.parts).want("the hold, read", "status", "captured", "captured", 30000, "held", 0)

	// Given up.
	a = st.checkout(5000, "next", "mall", "o-2")
	st.post("/v1/authorisations/"+a.text("id")+"/void", "").want("the void", "released", 5000, "status", "voided")
	st.refused(409, "hold_not_open", "/v1/authorisations/"+a.text("id")+"/captures", `{"amount": 1}`)

	// A final capture of less gives the rest back.
	a = st.checkout(25000, "next", "mall", "o-3")
	st.purchase = st.post("/v1/authorisations/"+a.text("id")+"/captures", `{"amount": 20000, "final": true}`).text("id")
	st.look().want("the account", "held", 0, "outstanding", 50000, "available", 450000)

	// Declined, and why.
	st.checkout(450001, "next", "mall", "o-4").want("too much", "status", "declined", "decline_reason", "limit_exceeded")
	st.checkout(100, "next", "casino", "o-5").want("nowhere", "status", "declined", "decline_reason", "scene_not_allowed")
	st.problem(st.stranger.send("POST", "/v1/authorisations/"+st.parts+"/void", "x", ""), 404, "not_found", "another platform's void")

	// Forgotten: it lives through its seventh day.
	a = st.checkout(4000, "next", "mall", "o-6").want("the hold", "last_capture_on", "2026-01-12")
	st.to("2026-01-12")
	st.get("/v1/authorisations/"+a.text("id")).want("on its last day", "status", "approved", "held", 4000)
	st.look().want("on its last day", "held", 4000)
	st.to("2026-01-13")
	st.look().want("on the day after", "held", 0, "available", 450000)
	st.get("/v1/authorisations/"+a.text("id")).want("on the day after", "status", "expired", "held", 0)
	st.refused(409, "hold_not_open", "/v1/authorisations/"+a.text("id")+"/captures", `{"amount": 1}`)
}

func (st *story) refundBefore(t *testing.T) {
	st.refused(422, "refund_too_large", "/v1/purchases/"+st.purchase+"/refunds", `{"amount": 20001}`)
	st.refused(422, "invalid_request", "/v1/purchases/"+st.purchase+"/refunds", `{"amount": -1}`)
	st.post("/v1/purchases/"+st.purchase+"/refunds", `{"amount": 5000}`).want("the refund", "credited", 0, "cuts.0.principal", 5000)
	st.look().want("the account", "outstanding", 45000, "credit_balance", 0, "next_statement.statement_on", "2026-02-01", "next_statement.amount", 25000)
	st.get("/v1/purchases/"+st.purchase).want("the purchase", "refunded", 5000, "amount", 20000)
}

func (st *story) bill(t *testing.T) {
	st.to("2026-01-31")
	if list := st.get("/v1/accounts/" + st.account + "/statements"); list.size("data") != 0 {
		t.Fatalf("a statement on the day before: %s", list.raw)
	}
	st.to("2026-02-01")
	list := st.get("/v1/accounts/"+st.account+"/statements").want("the list", "data.0.statement_on", "2026-02-01", "data.0.due_on", "2026-02-10",
		"data.0.total", 25000, "data.0.remaining", 25000, "data.0.status", "open")
	st.statement = list.text("data.0.id")
	s := st.get("/v1/statements/" + st.statement)
	sum := int64(0)
	for i := range s.size("lines") {
		sum += s.number(fmt.Sprintf("lines.%d.amount", i))
	}
	if s.size("lines") != 3 || sum != 25000 {
		t.Errorf("%d lines with a sum of %d: %s", s.size("lines"), sum, s.raw)
	}
	st.look().want("the account", "billed", 25000, "owed", 45000, "coming.0.due_on", "2026-02-10", "coming.0.amount", 25000)
}

func (st *story) repay(amount int64) *answer {
	st.t.Helper()
	return st.post("/v1/accounts/"+st.account+"/repayments", `{"amount": %d, "currency": "CNY", "source": "pay-1"}`, amount)
}

func (st *story) repayments(t *testing.T) {
	st.repay(10000).want("a part", "credited", 0, "shares.0.principal", 3333, "shares.1.principal", 6667)
	st.get("/v1/statements/"+st.statement).want("after a part", "paid", 10000, "remaining", 15000, "status", "open")
	st.post("/v1/purchases/"+st.purchase+"/refunds", `{"amount": 3000}`).want("a refund of what is billed", "credited", 0, "cuts.0.principal", 3000)
	st.get("/v1/statements/"+st.statement).want("after the refund", "remaining", 12000)
	st.refused(422, "currency_mismatch", "/v1/accounts/"+st.account+"/repayments", `{"amount": 12000, "currency": "USD", "source": "pay-1"}`)
	st.repay(12000).want("the rest", "credited", 0, "statements_paid.0", st.statement)
	st.get("/v1/statements/"+st.statement).want("paid", "remaining", 0, "status", "paid", "paid", 25000, "total", 25000)
	st.repay(7000).want("too much", "credited", 7000)
	st.look().want("the account", "billed", 0, "credit_balance", 7000, "outstanding", 20000, "available", 480000)
	if list := st.get("/v1/accounts/" + st.account + "/repayments"); list.size("data") != 3 {
		t.Errorf("three repayments: %s", list.raw)
	}
}

func (st *story) creditBalance(t *testing.T) {
	st.to("2026-03-01")
	list := st.get("/v1/accounts/"+st.account+"/statements").want("the second bill", "data.0.total", 10000, "data.0.paid", 7000, "data.0.remaining", 3000)
	st.statement = list.text("data.0.id")
	st.look().want("the account", "credit_balance", 0, "billed", 3000)
}

func (st *story) overdue(t *testing.T) {
	st.to("2026-03-13")
	st.look().want("on the last day of grace", "days_past_due", 0, "overdue", 0, "can_spend", true, "billed", 3000)
	st.to("2026-03-14")
	st.look().want("on the day after", "days_past_due", 4, "overdue", 3006, "can_spend", false, "blocks.0.kind", "overdue", "blocks.0.since", "2026-03-14")
	st.get("/v1/statements/"+st.statement).want("the statement", "status", "overdue", "penalty", 6, "remaining", 3006)
	st.checkout(100, "next", "mall", "o-7").want("a checkout", "status", "declined", "decline_reason", "account_frozen")
	st.refused(422, "block_not_yours", "/v1/accounts/"+st.account+"/blocks/overdue/lift", "")
	st.to("2026-03-15")
	st.look().want("a day later", "owed", 13008, "billed", 3008) // 30.00 × 5 days × 0.05% = 7.5 fen, half-even 8
	st.repay(3008).want("everything", "credited", 0, "shares.0.penalty", 8, "shares.1.principal", 3000)
	st.look().want("the account", "days_past_due", 0, "overdue", 0, "can_spend", true, "billed", 0, "owed", 10000)
	st.checkout(100, "next", "mall", "o-8").want("a checkout", "status", "approved")

	// Blocks by people add up.
	st.problem(st.send("POST", "/v1/accounts/"+st.account+"/blocks", "b-1", `{"kind": "risk"}`), 403, "operator_key_required", "a block by risk with a platform's key")
	st.operator.post("/v1/accounts/"+st.account+"/blocks", `{"kind": "risk", "note": "odd orders"}`)
	st.post("/v1/accounts/"+st.account+"/blocks", `{"kind": "customer"}`).want("two blocks", "can_spend", false, "blocks.1.kind", "customer")
	st.operator.post("/v1/accounts/"+st.account+"/blocks/risk/lift", "").want("one is left", "can_spend", false)
	st.post("/v1/accounts/"+st.account+"/blocks/customer/lift", "").want("none is left", "can_spend", true)
}

// unmet expects conditions that are not met: their names and amounts, in order.
func (st *story) unmet(what string, conditions ...any) {
	st.t.Helper()
	a := st.get("/v1/accounts/" + st.account + "/closing-conditions")
	refusal := st.refused(409, "account_not_clear", "/v1/accounts/"+st.account+"/closures", "")
	if a.size("unmet") != len(conditions)/2 || refusal.size("unmet") != len(conditions)/2 {
		st.t.Errorf("%s: %s, refused with %s", what, a.raw, refusal.raw)
	}
	for i := 0; i < len(conditions); i += 2 {
		at := fmt.Sprintf("unmet.%d.", i/2)
		a.want(what, at+"condition", conditions[i], at+"amount", conditions[i+1])
		refusal.want(what+", refused", at+"condition", conditions[i], at+"amount", conditions[i+1])
	}
}

func (st *story) conditions(t *testing.T) {
	hold := st.get("/v1/accounts/" + st.account + "/authorisations").text("data.0.id")
	st.unmet("instalments run and a hold is open", "instalments_running", 3334, "instalments_running", 6666, "hold_open", 100)
	st.get("/v1/accounts/"+st.account+"/closing-conditions").want("until when", "unmet.0.date", "2026-04-01", "unmet.2.date", "2026-03-22", "unmet.2.reference", hold)
	st.post("/v1/authorisations/"+hold+"/void", "")
	st.to("2026-04-01")
	st.unmet("the last bill is open", "billed_amount_owed", 10000)
	st.repay(15000).want("too much", "credited", 5000)
	st.unmet("money of the customer is left", "credit_balance_unpaid", 5000)
	st.post("/v1/accounts/"+st.account+"/credit-balance-returns", `{"reference": "out-1"}`).want("paid back", "amount", 5000)
	st.refused(409, "no_credit_balance", "/v1/accounts/"+st.account+"/credit-balance-returns", `{"reference": "out-2"}`)
	st.get("/v1/accounts/"+st.account+"/closing-conditions").want("nothing is left", "clear", true)
}

func (st *story) closing(t *testing.T) {
	// Friday before Qingming: Saturday to Monday are no working days.
	st.to("2026-04-03")
	order := st.order(100, "next", "mall", "o-9", "anna")
	closure := st.post("/v1/accounts/"+st.account+"/closures", "").want("the request", "status", "requested", "review_by", "2026-04-09", "decided_on", "2026-04-03")
	st.look().want("spending stops at once", "status", "closing", "can_spend", false, "closure.review_by", "2026-04-09")
	st.post("/v1/authorisations", "%s", order).want("a checkout", "status", "declined", "decline_reason", "account_not_active")
	st.refused(409, "closure_pending", "/v1/accounts/"+st.account+"/closures", "")
	st.post("/v1/closures/"+closure.text("id")+"/withdraw", "").want("withdrawn", "status", "withdrawn")
	st.look().want("kept", "status", "active", "can_spend", true)

	closure = st.post("/v1/accounts/"+st.account+"/closures", "")
	st.operator.post("/v1/closures/"+closure.text("id")+"/refuse", `{"reason": "a chat was promised"}`).want("refused", "status", "refused", "reason", "a chat was promised")
	closure = st.post("/v1/accounts/"+st.account+"/closures", "")
	st.to("2026-04-09")
	path := "/v1/closures/" + closure.text("id")
	st.problem(st.send("POST", path+"/approve", "c-1", ""), 403, "operator_key_required", "an approval with a platform's key")
	st.operator.post(path+"/approve", "").want("approved", "status", "approved", "decided_on", "2026-04-09")
	st.refused(409, "no_closure_pending", path+"/withdraw", "")
	st.look().want("closed", "status", "closed", "limit", 0, "available", 0, "closed_on", "2026-04-09")
}

func (st *story) closed(t *testing.T) {
	quote := st.send("POST", "/v1/quotes", "", fmt.Sprintf(`{"account": %q, "amount": 100, "currency": "CNY"}`, st.account))
	st.problem(quote, 409, "account_not_open", "a quote")
	st.refused(409, "account_not_open", "/v1/accounts/"+st.account+"/closures", "")
	st.post("/v1/purchases/"+st.purchase+"/refunds", `{"amount": 1000}`).want("a refund still works", "credited", 1000)
	st.look().want("owed to the customer", "credit_balance", 1000, "status", "closed")
	st.post("/v1/accounts/"+st.account+"/credit-balance-returns", `{"reference": "out-3"}`).want("paid back", "amount", 1000)
}

func (st *story) reopening(t *testing.T) {
	st.to("2026-05-20")
	again := st.post("/v1/applications", "%s", st.application("anna", grownUp, nil))
	again.want("the new application", "status", "approved", "account", st.account, "applied_on", "2026-05-20", "opened.limit", 500000)
	st.look().want("open again", "status", "active", "can_spend", true, "opened_on", "2026-05-20", "owed", 0)
	st.checkout(100, "next", "mall", "o-11").want("a checkout", "status", "approved")
	if events := st.get("/v1/accounts/" + st.account + "/events?limit=200"); events.text("data.0.type") != "application.received" || events.size("data") < 40 {
		t.Errorf("the account's history: %s", events.raw)
	}
}

func (st *story) assessment(t *testing.T) {
	const student = `"declared": {"adult": true, "student": true}`
	st.post("/v1/applications", "%s", st.application("ben", student, nil)).want("a student", "status", "refused", "reasons.0", "students_excluded")
	st.post("/v1/applications", "%s", st.application("ben", grownUp, nil)).want("no student any more", "status", "approved")
	st.post("/v1/applications", "%s", st.application("eva", student, nil)).want("a student", "status", "refused")
	st.post("/v1/applications", "%s", st.application("eva", student, nil)).want("a student", "status", "refused")
	st.post("/v1/applications", "%s", st.application("eva", grownUp, nil)).want("the third time", "status", "refused", "reasons.0", "too_many_applications", "apply_again_on", "2026-06-19")
	st.to("2026-06-18")
	st.post("/v1/applications", "%s", st.application("eva", grownUp, nil)).want("the day before", "status", "refused")
	st.to("2026-06-19")
	st.post("/v1/applications", "%s", st.application("eva", grownUp, nil)).want("on the day", "status", "approved")

	big := st.post("/v1/applications", "%s", st.application("carla", `"declared": {"adult": true, "student": false, "monthly_income": 1800000}, "requested_limit": 3000000`, nil))
	big.want("a wish for 30,000", "status", "referred", "reasons.0", "above_auto_approval")
	st.refused(409, "application_pending", "/v1/applications", "%s", st.application("carla", grownUp, nil))
	path := "/v1/applications/" + big.text("id") + "/review"
	st.problem(st.send("POST", path, "r-1", `{"approve": true, "limit": 2500000}`), 403, "operator_key_required", "a review with a platform's key")
	st.operator.post(path, `{"approve": true, "limit": 2500000}`).want("reviewed", "status", "approved", "opened.limit", 2500000)
	st.operator.refused(409, "no_application_pending", path, `{"approve": true, "limit": 2500000}`)
}
