package api

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
)

// sample is a request that would be carried out.
type sample struct {
	path string
	key  string // API key
	body map[string]any
}

// post sends a body where the sample goes, in the way that the contract says.
func (s sample) post(t testing.TB, w *world, method, key, body string) answer {
	t.Helper()
	return w.send(t, method, s.path, body, "Authorization", "Bearer "+s.key, "Content-Type", "application/json", "Idempotency-Key", key)
}

// object turns a value of the client's into what can be mutated.
func object(t testing.TB, v any) map[string]any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	numbers := json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, to *any) error {
		if d.PeekKind() != '0' {
			return errors.ErrUnsupported
		}
		raw, err := d.ReadValue()
		*to = jsontext.Value(slices.Clone(raw))
		return err
	}))
	if err := json.Unmarshal(text, &m, numbers); err != nil {
		t.Fatal(err)
	}
	return m
}

// samples are good requests, one for each body of the contract, by operation.
func (w *world) samples(t testing.TB) map[string]sample {
	t.Helper()
	account := w.opened(t, "u-good")
	hold := w.authorised(t, account, 100_00, "flat6", "o-good")
	bought, err := w.client(w.platform).Capture(t.Context(), hold.ID, "cap-good", client.CaptureRequest{Amount: 40_00})
	if err != nil {
		t.Fatal(err)
	}
	of := "/v1/accounts/" + account.ID
	application := client.ApplicationRequest{
		Customer: "u-next", Programme: catalogue.SampleID, Consents: w.consents(t, "u-next"),
		Declared: client.Declared{Adult: true, MonthlyIncome: 10_000_00, Employment: client.Employed}, RequestedLimit: 10_000_00, Person: somebody(500),
		Facts: []client.PlatformFact{{Name: "orders", Value: "12"}},
	}
	d := catalogue.Sample()
	programme := map[string]any{"id": catalogue.SampleID, "names": object(t, d.Names), "terms": object(t, d.Terms), "policy": object(t, d.Policy),
		"material": map[string]any{"from": "2099-02-01", "until": "2099-03-01", "changes": map[string]any{"zh": "费率下调", "en": "Lower fees"}}}
	delete(programme["terms"].(map[string]any), "programme")
	delete(programme["terms"].(map[string]any), "version")
	return map[string]sample{
		"setNoticePreferences": {of + "/notice-preferences", w.platform, map[string]any{"language": "en", "reminder_sms": true}},

		"createProgramme": {"/v1/programmes", w.operator, programme},
		"apply":           {"/v1/applications", w.platform, object(t, application)},
		"putPerson":       {"/v1/customers/u-good/person", w.platform, map[string]any{"name": "金丝雀", "identity_number": "000000199001010018", "phone": "+8612000000001", "address": "上海市", "email": "a@b.cn"}},
		"searchCustomers": {"/v1/customers/search", w.operator, map[string]any{"phone": "+8612000000001"}},
		"precheckApplication": {"/v1/applications/precheck", w.platform, map[string]any{
			"customer": "u-next", "programme": catalogue.SampleID, "requested_limit": 10_000_00, "declared": map[string]any{"adult": true, "student": false, "monthly_income": 1, "employment": "employed"},
			"facts": []any{map[string]any{"name": "orders", "value": "12"}},
		}},
		"appealApplication":   {"/v1/applications/app_0123456789abcdefghjk_1/appeal", w.platform, map[string]any{"ground": "human_review"}},
		"reviewApplication":   {"/v1/applications/app_0123456789abcdefghjk_1/review", w.operator, map[string]any{"approve": true, "limit": 1, "reasons": []any{"x"}}},
		"addBlock":            {of + "/blocks", w.platform, map[string]any{"kind": "customer", "note": "lost phone"}},
		"changeLimit":         {of + "/limit", w.operator, map[string]any{"limit": 12_000_00, "reason": "customer_request", "consent": object(t, w.raised(t, account, 12_000_00))}},
		"lowerLimit":          {of + "/limit/lower", w.platform, map[string]any{"limit": 1_000_00}},
		"renewAgreement":      {of + "/agreements", w.platform, object(t, client.RenewalRequest{Consents: w.consents(t, "u-good")})},
		"setSceneLimit":       {of + "/scene-limits", w.operator, map[string]any{"scene": "tipping", "limit": 100_00}},
		"setNightLock":        {of + "/night-lock", w.platform, map[string]any{"from": "23:00", "until": "07:00"}},
		"setSpendingCap":      {of + "/spending-cap", w.platform, map[string]any{"amount": 5_000_00}},
		"chooseDueDay":        {of + "/due-day", w.platform, map[string]any{"day": 20}},
		"grantTemporaryLimit": {of + "/temporary-limit", w.operator, map[string]any{"amount": 5_00, "last_day": "2026-01-20"}},
		"quote":               {"/v1/quotes", w.platform, map[string]any{"account": account.ID, "amount": 1, "currency": "CNY", "plan": "flat6"}},
		"authorise":           {"/v1/authorisations", w.platform, object(t, w.checkout(t, account, 50_00, "flat6", "o-next"))},
		"capture":             {"/v1/authorisations/" + hold.ID + "/captures", w.platform, map[string]any{"amount": 1, "final": true}},
		"refund":              {"/v1/purchases/" + bought.ID + "/refunds", w.platform, map[string]any{"amount": 1}},
		"previewRefund":       {"/v1/purchases/" + bought.ID + "/refund-preview", w.platform, map[string]any{"amount": 1}},
		"openDispute":         {"/v1/purchases/" + bought.ID + "/disputes", w.platform, map[string]any{"amount": 1, "reason": "not_received"}},
		"settleDispute":       {"/v1/disputes/dsp_" + strings.TrimPrefix(account.ID, "acc_") + "_1/settle", w.operator, map[string]any{"in_favour_of": "customer"}},
		"repay":               {of + "/repayments", w.platform, map[string]any{"amount": 1, "currency": "CNY", "source": "pay-1"}},
		"convertStatement":    {"/v1/statements/stm_0123456789abcdefghjk_1/conversion", w.platform, object(t, client.ConversionRequest{Plan: "bill3", Amount: 1, Consent: w.converts("u-good", client.ConversionText{Document: client.ConversionDocumentConversionQuote, Version: 1, Hash: "qt_1"})})},
		"deferStatement":      {"/v1/statements/stm_0123456789abcdefghjk_1/deferral", w.platform, object(t, client.DeferralRequest{DueOn: calendar.Of(2026, 3, 24), Consent: w.defers("u-good", client.DeferralText{Document: client.DeferralDocumentDeferralQuote, Version: 1, Hash: "qt_1"})})},
		"quoteEarlyRepayment": {of + "/early-repayment-quotes", w.platform, map[string]any{"purchase": bought.ID}},
		"repayEarly":          {of + "/early-repayments", w.platform, map[string]any{"purchase": bought.ID, "amount": 0, "currency": "CNY", "source": "pay-2", "quote": "eq_0"}},
		"returnCreditBalance": {of + "/credit-balance-returns", w.platform, map[string]any{"reference": "out-1"}},
		"tellAgain":           {"/v1/forks", w.platform, map[string]any{"set": []any{"grace_days=5"}, "account": account.ID, "programme": "sample", "from": "2026-01-15", "position": 1, "most": 3}},
		"putFunder":           {"/v1/funders", w.operator, map[string]any{"id": "city_bank", "names": map[string]any{"zh": "城市银行", "en": "City Bank"}, "licence": "B0001", "bureau": "pboc", "rooms": []any{map[string]any{"currency": "CNY", "amount": 1}}}},
		"reverseRepayment":    {"/v1/repayments/rep_" + strings.TrimPrefix(account.ID, "acc_") + "_1/reversal", w.platform, map[string]any{"reference": "bounce-1"}},
		"previewAutopay":      {of + "/autopay/preview", w.platform, map[string]any{"source": "tok_1"}},
		"setAutopay":          {of + "/autopay", w.platform, object(t, w.autopay(t, account, "tok_1"))},
		"requestDebit":        {of + "/debits", w.platform, map[string]any{"amount": 1, "currency": "CNY", "source": "tok_1", "quote": "eq_0", "purchase": bought.ID}},
		"putSources":          {of + "/sources", w.platform, map[string]any{"sources": []any{map[string]any{"source": "tok_1", "label": "招商银行 ···· 1234"}}}},
		"refuseDebit":         {"/v1/debits/deb_" + strings.TrimPrefix(account.ID, "acc_") + "_1/refuse", w.operator, map[string]any{"reason": "insufficient_funds"}},
		"makeContact":         {of + "/contacts", w.platform, map[string]any{"channel": "call", "purpose": "collection", "party": "customer", "effective": true}},
		"refuseClosure":       {"/v1/closures/clo_" + strings.TrimPrefix(account.ID, "acc_") + "_1/refuse", w.operator, map[string]any{"reason": "x"}},

		"createCheckoutSession": {"/v1/checkout_sessions", w.platform, object(t, order("u-good", 10_00))},
		"confirmCheckout":       {"/v1/checkout_sessions/ck_0/confirm", w.platform, map[string]any{"plan": "flat6", "consent": object(t, w.checkout(t, account, 50_00, "flat6", "o-next").Consent)}},
		"chooseOtherMeans":      {"/v1/checkout_sessions/ck_0/choose", w.platform, map[string]any{"means": "card"}},

		"createWalletSession": {"/v1/wallet_sessions", w.platform, map[string]any{"customer": "u-good", "programme": catalogue.SampleID, "language": "en", "page": "bill", "return_url": "https://shop.example/me", "cashier_url": "https://shop.example/pay"}},
		"endWalletSessions":   {"/v1/wallet_sessions/end", w.platform, map[string]any{"customer": "u-good", "programme": catalogue.SampleID}},
		"advanceClock":        {"/v1/clock/advance", w.platform, map[string]any{"to": "2026-01-16"}},

		"createWebhookEndpoint": {"/v1/webhook-endpoints", w.platform, map[string]any{"url": "https://shop.example/events", "event_types": []any{"account.opened"}, "description": "ours"}},
		"changeWebhookEndpoint": {"/v1/webhook-endpoints/whe_1", w.platform, map[string]any{"url": "https://shop.example/events", "event_types": []any{"account.opened"}, "description": "ours", "status": "disabled"}},
		"rotateWebhookSecret":   {"/v1/webhook-endpoints/whe_1/rotate-secret", w.platform, map[string]any{"overlap_hours": 24}},
		"replayDeadEvents":      {"/v1/webhook-endpoints/whe_1/dead/replay", w.platform, map[string]any{"event": "evt_1", "all": true}},
	}
}

// bodies returns the request body's schema of each operation that has one.
func bodies(document *openapi3.T) map[string]*openapi3.SchemaRef {
	found := map[string]*openapi3.SchemaRef{}
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody != nil {
				found[operation.OperationID] = operation.RequestBody.Value.Content["application/json"].Schema
			}
		}
	}
	return found
}

// bad is one way to spoil a body.
type bad struct {
	what    string
	body    string
	kind    string
	pointer string
}

// spoilt walks a schema beside a good value and spoils each place in each way that
// the contract forbids. whole writes the body with another value in this place.
func spoilt(schema *openapi3.Schema, pointer string, good any, kind string, whole func(any) string) (all []bad) {
	add := func(what string, v any) {
		all = append(all, bad{what, whole(v), kindInvalidRequest, pointer})
	}
	raw := func(s string) jsontext.Value { return jsontext.Value(s) }
	add("null", nil)
	switch {
	case schema.Type.Is("object"):
		add("a list", []any{})
		members := good.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(members)) {
			with := func(v any) string { m := maps.Clone(members); m[name] = v; return whole(m) }
			property := schema.Properties[name].Value
			all = append(all, spoilt(property, pointer+"/"+name, members[name], kind, with)...)
			m := maps.Clone(members)
			delete(m, name)
			if slices.Contains(schema.Required, name) {
				missing := kindInvalidRequest
				if special, ok := schema.Extensions["x-missing"]; ok {
					missing = special.(string)
				}
				all = append(all, bad{"missing", whole(m), missing, pointer + "/" + name})
			}
			m = maps.Clone(members)
			m[strings.ToUpper(name)] = members[name]
			all = append(all, bad{"another case beside", whole(m), kindInvalidRequest, pointer + "/" + strings.ToUpper(name)})
		}
		m := maps.Clone(members)
		m["a~/b"] = map[string]any{"c": []any{1}}
		all = append(all, bad{"unknown member", whole(m), kindInvalidRequest, pointer + "/a~0~1b"})
		text, _ := json.Marshal(members, json.Deterministic(true))
		first := slices.Sorted(maps.Keys(members))[0]
		value, _ := json.Marshal(members[first])
		all = append(all, bad{"a member twice", whole(raw(string(text[:len(text)-1]) + `,"` + first + `":` + string(value) + "}")), kindMalformedBody, ""})
	case schema.Type.Is("array"):
		add("an object", map[string]any{})
		items := good.([]any)
		if len(items) > 0 {
			with := func(v any) string { l := slices.Clone(items); l[0] = v; return whole(l) }
			all = append(all, spoilt(schema.Items.Value, pointer+"/0", items[0], kind, with)...)
			if schema.MaxItems != nil {
				add("too many", slices.Repeat(items[:1], int(*schema.MaxItems)+1))
			}
		}
		if schema.MinItems > 0 {
			add("too few", []any{})
		}
	case schema.Type.Is("boolean"):
		add("a string", "true")
		add("a number", 1)
	case schema.Type.Is("integer"):
		add("a string", "1")
		add("true", true)
		for _, s := range []string{"1.0", "1.5", "1e2", "1E+2", "-0", "0.1e1", fmt.Sprintf("%.0f", min(-1, *schema.Min-1)), "9223372036854775808", "99999999999999999999999999", fmt.Sprintf("%.0f", *schema.Max+1), fmt.Sprintf("%.0f", *schema.Min-1)} {
			add(s, raw(s))
		}
	case schema.Type.Is("string"):
		add("a number", 1)
		add("an object", map[string]any{"a": 1})
		switch {
		case len(schema.Enum) > 0:
			add("no such word", "no such word")
			add("empty", "")
			add("another case", strings.ToUpper(good.(string))+strings.ToLower(good.(string)))
		case schema.Format == "date":
			for _, s := range []string{"", "2026-02-30", "2026-2-3", "2026-13-01", "1970-01-01", "0000-01-01", "9999-12-31", "2026-03-10T00:00:00Z", "10.3.2026", "２０２６-03-10"} {
				add("date "+s, s)
			}
		case schema.Format == "date-time":
			for _, s := range []string{"", "2026-02-30T00:00:00Z", "2026-03-10", "2026-03-10T25:00:00Z", "2026-03-10 08:30:00Z", "2026-03-10T08:30:00", "2026-03-10T08:30:00,5Z", "2026-03-10T8:30:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-03-10T08:30:00+25:00"} {
				add("instant "+s, s)
			}
		default:
			add("empty", "")
			add("too long", strings.Repeat("x", int(*schema.MaxLength)+1))
			for _, s := range []string{"a\x00b", "a\nb", "\t", "a\u007f", "a\u0085", "a\u2028b", "\u202Eabc", "a\u200bb", "\uFEFF", "\uFFFD", "\u3000"} {
				add(fmt.Sprintf("%+q", s), s)
			}
		}
	}
	return all
}

func TestBadBodies(t *testing.T) {
	w := newWorld(t)
	document := specification(t)
	samples, methods := w.samples(t), map[string]string{}
	for _, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			methods[operation.OperationID] = method
		}
	}
	for operation, schema := range bodies(document) {
		t.Run(operation, func(t *testing.T) {
			s, ok := samples[operation]
			if !ok {
				t.Fatal("no sample of a good body")
			}
			good, err := json.Marshal(s.body, json.Deterministic(true))
			if err != nil {
				t.Fatal(err)
			}
			all := spoilt(schema.Value, "", s.body, kindInvalidRequest, func(v any) string {
				text, err := json.Marshal(v, json.Deterministic(true), jsontext.AllowDuplicateNames(true))
				if err != nil {
					t.Fatal(err)
				}
				return string(text)
			})
			for what, body := range map[string]string{
				"nothing": "", "a blank": " ", "half": string(good[:len(good)/2]), "a second object": string(good) + "{}",
				"junk behind": string(good) + "x", "a comma behind": string(good) + ",", "bytes that are no UTF-8": strings.Replace(string(good), `:"`, ":\"\xff", 1),
				"a lone surrogate": strings.Replace(string(good), `:"`, `:"\ud800`, 1), "a comment": "/**/" + string(good),
				"single quotes": strings.ReplaceAll(string(good), `"`, "'"), "a byte order mark": "\uFEFF" + string(good), "deep": strings.Repeat("[", 30_000),
				"NaN": `{"amount":NaN}`, "leading zero": `{"amount":01}`, "a sign": `{"amount":+1}`, "hexadecimal": `{"amount":0x10}`,
			} {
				if body != string(good) {
					all = append(all, bad{what, body, kindMalformedBody, ""})
				}
			}
			w.unchanged(t, func() {
				for i, b := range all {
					a := s.post(t, w, methods[operation], fmt.Sprintf("bad-%s-%d", operation, i), b.body)
					if !a.isProblem(t, b.kind) || b.pointer != "" && !strings.Contains(a.body, fmt.Sprintf(`"pointer":%q`, b.pointer)) {
						t.Errorf("%s at %q: %d %s\n%s", b.what, b.pointer, a.status, a.body, b.body)
					}
				}
			})
			t.Log(len(all), "bad bodies")
		})
	}
	// The samples were good, or all of this would prove nothing.
	for operation, s := range samples {
		body, err := json.Marshal(s.body)
		if err != nil {
			t.Fatal(err)
		}
		a := s.post(t, w, methods[operation], "good-"+operation, string(body))
		for _, kind := range []string{kindInvalidRequest, kindMalformedBody, kindInvalidProgramme} {
			if strings.Contains(a.body, kind) {
				t.Errorf("%s: a good body is refused: %s", operation, a.body)
			}
		}
	}
}

// isProblem says whether an answer is the problem of a kind, in full.
func (a answer) isProblem(t testing.TB, kind string) bool {
	t.Helper()
	var p struct {
		Type     string `json:"type"`
		Title    string `json:"title"`
		Status   int    `json:"status"`
		Kind     string `json:"kind"`
		Instance string `json:"instance"`
	}
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		t.Errorf("%d %q is no problem document: %v", a.status, a.body, err)
		return false
	}
	row := problems[kind]
	return p.Kind == kind && p.Type == "https://yuefu.dev/problems/"+kind && p.Status == row.status && a.status == row.status &&
		p.Title == row.title && strings.HasPrefix(p.Instance, "urn:yuefu:request:req_") && a.header.Get("Content-Type") == "application/problem+json"
}
