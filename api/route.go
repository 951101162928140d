package api

// policy says who may use a route.
type policy int

const (
	public      policy = iota
	platformKey        // any key: it works for its own platform
	operatorKey        // a key of the lender's people
	sandboxKey         // any key, in a sandbox
)

// route is one operation of the contract.
type route struct {
	method  string
	pattern string
	policy  policy
	keyed   bool     // changes an account: wants an Idempotency-Key
	query   []string // the query parameters that it knows
	handle  func(*call) error
}

var paged = []string{"cursor", "limit"}

// routes are all operations of openapi.yaml; a test compares the two.
var routes = []route{
	{"GET", "/v1/programmes", platformKey, false, nil, listProgrammes},
	{"POST", "/v1/programmes", operatorKey, false, nil, createProgramme},
	{"GET", "/v1/programmes/{id}", platformKey, false, nil, getProgramme},
	{"GET", "/v1/programmes/{id}/disclosure", platformKey, false, []string{"amount"}, getDisclosure},
	{"GET", "/v1/funders", platformKey, false, nil, listFunders},
	{"POST", "/v1/funders", operatorKey, false, nil, putFunder},
	{"GET", "/v1/texts/{hash}", platformKey, false, nil, getText},

	{"POST", "/v1/applications", platformKey, true, nil, apply},
	{"GET", "/v1/applications/{id}", platformKey, false, nil, getApplication},
	{"POST", "/v1/applications/{id}/review", operatorKey, true, nil, reviewApplication},

	{"GET", "/v1/accounts", platformKey, false, []string{"customer", "programme", "status", "cursor", "limit"}, listAccounts},
	{"GET", "/v1/accounts/{id}", platformKey, false, nil, getAccount},
	{"GET", "/v1/accounts/{id}/events", platformKey, false, paged, listEvents},
	{"GET", "/v1/accounts/{id}/contacts", platformKey, false, paged, listContacts},
	{"POST", "/v1/accounts/{id}/contacts", platformKey, true, nil, makeContact},
	{"GET", "/v1/accounts/{id}/charge-offs", platformKey, false, nil, listChargeOffs},
	{"GET", "/v1/accounts/{id}/overdue-history", platformKey, false, nil, listOverdueHistory},
	{"POST", "/v1/accounts/{id}/blocks", platformKey, true, nil, addBlock},
	{"POST", "/v1/accounts/{id}/blocks/{kind}/lift", platformKey, true, nil, liftBlock},

	{"GET", "/v1/accounts/{id}/limit-increase", platformKey, false, []string{"limit"}, getLimitIncrease},
	{"POST", "/v1/accounts/{id}/limit", operatorKey, true, nil, changeLimit},
	{"POST", "/v1/accounts/{id}/temporary-limit", operatorKey, true, nil, grantTemporaryLimit},
	{"POST", "/v1/accounts/{id}/temporary-limit/withdraw", operatorKey, true, nil, withdrawTemporaryLimit},

	{"POST", "/v1/accounts/{id}/scene-limits", operatorKey, true, nil, setSceneLimit},
	{"POST", "/v1/accounts/{id}/scene-limits/{scene}/remove", operatorKey, true, nil, removeSceneLimit},
	{"POST", "/v1/accounts/{id}/scenes/{scene}/switch-off", platformKey, true, nil, switchSceneOff},
	{"POST", "/v1/accounts/{id}/scenes/{scene}/switch-on", platformKey, true, nil, switchSceneOn},
	{"POST", "/v1/accounts/{id}/spending-cap", platformKey, true, nil, setSpendingCap},
	{"POST", "/v1/accounts/{id}/spending-cap/remove", platformKey, true, nil, removeSpendingCap},
	{"POST", "/v1/accounts/{id}/spending-cap/keep", platformKey, true, nil, keepSpendingCap},
	{"POST", "/v1/accounts/{id}/due-day", platformKey, true, nil, chooseDueDay},

	{"POST", "/v1/quotes", platformKey, false, nil, quote},
	{"POST", "/v1/authorisations", platformKey, true, nil, authorise},
	{"GET", "/v1/authorisations/{id}", platformKey, false, nil, getAuthorisation},
	{"POST", "/v1/authorisations/{id}/captures", platformKey, true, nil, capture},
	{"POST", "/v1/authorisations/{id}/void", platformKey, true, nil, void},
	{"GET", "/v1/purchases/{id}", platformKey, false, nil, getPurchase},
	{"POST", "/v1/purchases/{id}/refund-preview", platformKey, false, nil, previewRefund},
	{"POST", "/v1/purchases/{id}/refunds", platformKey, true, nil, refund},
	{"GET", "/v1/refunds/{id}", platformKey, false, nil, getRefund},
	{"GET", "/v1/accounts/{id}/refunds", platformKey, false, paged, listRefunds},
	{"POST", "/v1/purchases/{id}/disputes", platformKey, true, nil, openDispute},
	{"GET", "/v1/disputes/{id}", platformKey, false, nil, getDispute},
	{"GET", "/v1/accounts/{id}/disputes", platformKey, false, paged, listDisputes},
	{"POST", "/v1/disputes/{id}/settle", operatorKey, true, nil, settleDispute},
	{"POST", "/v1/disputes/{id}/withdraw", platformKey, true, nil, withdrawDispute},
	{"GET", "/v1/accounts/{id}/authorisations", platformKey, false, paged, listAuthorisations},
	{"GET", "/v1/accounts/{id}/purchases", platformKey, false, paged, listPurchases},

	{"GET", "/v1/accounts/{id}/statements", platformKey, false, paged, listStatements},
	{"GET", "/v1/statements/{id}", platformKey, false, nil, getStatement},
	{"GET", "/v1/statements/{id}/conversion-quote", platformKey, false, []string{"plan", "amount"}, quoteConversion},
	{"POST", "/v1/statements/{id}/conversion", platformKey, true, nil, convertStatement},
	{"GET", "/v1/statements/{id}/deferral-quote", platformKey, false, []string{"days", "due_on"}, quoteDeferral},
	{"POST", "/v1/statements/{id}/deferral", platformKey, true, nil, deferStatement},
	{"GET", "/v1/accounts/{id}/explain", platformKey, false, []string{"statement"}, explainStatement},
	{"GET", "/v1/accounts/{id}/repayments", platformKey, false, paged, listRepayments},
	{"POST", "/v1/accounts/{id}/repayments", platformKey, true, nil, repay},
	{"POST", "/v1/accounts/{id}/autopay/preview", platformKey, false, nil, previewAutopay},
	{"POST", "/v1/accounts/{id}/autopay", platformKey, true, nil, setAutopay},
	{"POST", "/v1/accounts/{id}/autopay/cancel", platformKey, true, nil, cancelAutopay},
	{"GET", "/v1/accounts/{id}/debits", platformKey, false, paged, listDebits},
	{"GET", "/v1/debits/{id}", platformKey, false, nil, getDebit},
	{"POST", "/v1/debits/{id}/settle", operatorKey, true, nil, settleDebit},
	{"POST", "/v1/debits/{id}/refuse", operatorKey, true, nil, refuseDebit},
	{"POST", "/v1/repayments/{id}/reversal", platformKey, true, nil, reverseRepayment},
	{"POST", "/v1/accounts/{id}/early-repayment-quotes", platformKey, false, nil, quoteEarlyRepayment},
	{"POST", "/v1/accounts/{id}/early-repayments", platformKey, true, nil, repayEarly},
	{"POST", "/v1/accounts/{id}/credit-balance-returns", platformKey, true, nil, returnCreditBalance},

	{"GET", "/v1/accounts/{id}/closing-conditions", platformKey, false, nil, getClosingConditions},
	{"POST", "/v1/accounts/{id}/closures", platformKey, true, nil, requestClosure},
	{"GET", "/v1/accounts/{id}/closures", platformKey, false, paged, listClosures},
	{"POST", "/v1/accounts/{id}/deregistrations", platformKey, true, nil, requestDeregistration},
	{"GET", "/v1/closures/{id}", platformKey, false, nil, getClosure},
	{"GET", "/v1/closures/{id}/certificate", platformKey, false, nil, getClosingCertificate},
	{"POST", "/v1/closures/{id}/approve", operatorKey, true, nil, approveClosure},
	{"POST", "/v1/closures/{id}/refuse", operatorKey, true, nil, refuseClosure},
	{"POST", "/v1/closures/{id}/withdraw", platformKey, true, nil, withdrawClosure},

	{"GET", "/v1/clock", platformKey, false, nil, getClock},
	{"POST", "/v1/forks", sandboxKey, false, nil, tellAgain},
	{"POST", "/v1/clock/advance", sandboxKey, false, nil, advanceClock},
	{"GET", "/v1/figures", public, false, nil, getFigures},
	{"GET", "/healthz", public, false, nil, getHealth},
	{"GET", "/readyz", public, false, nil, getReadiness},
	{"GET", "/metrics", public, false, nil, getMetrics},
	{"GET", "/openapi.yaml", public, false, nil, getContract},
}
