package api

// policy says who may use a route.
type policy int

const (
	public      policy = iota
	platformKey        // any key: it works for its own platform
	customerToo        // any key, and a customer for their own account: see As
	checkoutToo        // any key, and a customer at a checkout that the platform began
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
	{"GET", "/v1/programmes", customerToo, false, nil, listProgrammes},
	{"POST", "/v1/programmes", operatorKey, false, nil, createProgramme},
	{"GET", "/v1/programmes/{id}", customerToo, false, nil, getProgramme},
	{"GET", "/v1/programmes/{id}/disclosure", customerToo, false, []string{"amount"}, getDisclosure},
	{"GET", "/v1/funders", platformKey, false, nil, listFunders},
	{"POST", "/v1/funders", operatorKey, false, nil, putFunder},
	{"GET", "/v1/texts/{hash}", customerToo, false, nil, getText},

	{"POST", "/v1/applications", customerToo, true, nil, apply},
	{"POST", "/v1/applications/precheck", customerToo, false, nil, precheckApplication},
	{"POST", "/v1/applications/{id}/appeal", customerToo, true, nil, appealApplication},
	{"GET", "/v1/applications/{id}/assessment", operatorKey, false, nil, getAssessment},
	{"GET", "/v1/applications/{id}", customerToo, false, nil, getApplication},
	{"POST", "/v1/applications/{id}/review", operatorKey, true, nil, reviewApplication},

	{"GET", "/v1/customers/{customer}/person", customerToo, false, nil, getPerson},
	{"PUT", "/v1/customers/{customer}/person", platformKey, false, nil, putPerson},
	{"GET", "/v1/customers/{customer}/export", customerToo, false, nil, exportCustomer},
	{"POST", "/v1/customers/{customer}/erasure", platformKey, false, nil, eraseCustomer},
	{"POST", "/v1/customers/search", operatorKey, false, nil, searchCustomers},

	{"GET", "/v1/accounts", platformKey, false, []string{"customer", "programme", "status", "cursor", "limit"}, listAccounts},
	{"GET", "/v1/accounts/{id}", customerToo, false, nil, getAccount},
	{"GET", "/v1/accounts/{id}/events", customerToo, false, paged, listEvents},
	{"GET", "/v1/accounts/{id}/contacts", platformKey, false, paged, listContacts},
	{"POST", "/v1/accounts/{id}/contacts", platformKey, true, nil, makeContact},
	{"GET", "/v1/accounts/{id}/charge-offs", customerToo, false, nil, listChargeOffs},
	{"GET", "/v1/accounts/{id}/overdue-history", customerToo, false, nil, listOverdueHistory},
	{"POST", "/v1/accounts/{id}/blocks", customerToo, true, nil, addBlock},
	{"POST", "/v1/accounts/{id}/blocks/{kind}/lift", customerToo, true, nil, liftBlock},

	{"GET", "/v1/accounts/{id}/limit-increase", customerToo, false, []string{"limit"}, getLimitIncrease},
	{"POST", "/v1/accounts/{id}/limit", operatorKey, true, nil, changeLimit},
	{"POST", "/v1/accounts/{id}/limit/lower", customerToo, true, nil, lowerLimit},
	{"GET", "/v1/accounts/{id}/agreements", customerToo, false, nil, listAgreements},
	{"POST", "/v1/accounts/{id}/agreements", customerToo, true, nil, renewAgreement},
	{"POST", "/v1/accounts/{id}/temporary-limit", operatorKey, true, nil, grantTemporaryLimit},
	{"POST", "/v1/accounts/{id}/temporary-limit/withdraw", operatorKey, true, nil, withdrawTemporaryLimit},

	{"POST", "/v1/accounts/{id}/scene-limits", operatorKey, true, nil, setSceneLimit},
	{"POST", "/v1/accounts/{id}/scene-limits/{scene}/remove", operatorKey, true, nil, removeSceneLimit},
	{"POST", "/v1/accounts/{id}/scenes/{scene}/switch-off", customerToo, true, nil, switchSceneOff},
	{"POST", "/v1/accounts/{id}/scenes/{scene}/switch-on", customerToo, true, nil, switchSceneOn},
	{"POST", "/v1/accounts/{id}/spending-cap", customerToo, true, nil, setSpendingCap},
	{"POST", "/v1/accounts/{id}/spending-cap/remove", customerToo, true, nil, removeSpendingCap},
	{"POST", "/v1/accounts/{id}/spending-cap/keep", customerToo, true, nil, keepSpendingCap},
	{"POST", "/v1/accounts/{id}/night-lock", customerToo, true, nil, setNightLock},
	{"POST", "/v1/accounts/{id}/night-lock/remove", customerToo, true, nil, removeNightLock},
	{"POST", "/v1/accounts/{id}/due-day", customerToo, true, nil, chooseDueDay},

	{"POST", "/v1/quotes", customerToo, false, nil, quote},
	{"POST", "/v1/authorisations", platformKey, true, nil, authorise},
	{"GET", "/v1/authorisations/{id}", customerToo, false, nil, getAuthorisation},
	{"POST", "/v1/authorisations/{id}/captures", platformKey, true, nil, capture},
	{"POST", "/v1/authorisations/{id}/void", customerToo, true, nil, void},
	{"GET", "/v1/purchases/{id}", customerToo, false, nil, getPurchase},
	{"POST", "/v1/purchases/{id}/refund-preview", customerToo, false, nil, previewRefund},
	{"POST", "/v1/purchases/{id}/refunds", platformKey, true, nil, refund},
	{"GET", "/v1/refunds/{id}", customerToo, false, nil, getRefund},
	{"GET", "/v1/accounts/{id}/refunds", customerToo, false, paged, listRefunds},
	{"POST", "/v1/purchases/{id}/disputes", customerToo, true, nil, openDispute},
	{"GET", "/v1/disputes/{id}", customerToo, false, nil, getDispute},
	{"GET", "/v1/accounts/{id}/disputes", customerToo, false, paged, listDisputes},
	{"POST", "/v1/disputes/{id}/settle", operatorKey, true, nil, settleDispute},
	{"POST", "/v1/disputes/{id}/withdraw", customerToo, true, nil, withdrawDispute},
	{"GET", "/v1/accounts/{id}/authorisations", customerToo, false, paged, listAuthorisations},
	{"GET", "/v1/accounts/{id}/purchases", customerToo, false, paged, listPurchases},

	{"GET", "/v1/accounts/{id}/statements", customerToo, false, paged, listStatements},
	{"GET", "/v1/statements/{id}", customerToo, false, nil, getStatement},
	{"GET", "/v1/statements/{id}/conversion-quote", customerToo, false, []string{"plan", "amount"}, quoteConversion},
	{"POST", "/v1/statements/{id}/conversion", customerToo, true, nil, convertStatement},
	{"GET", "/v1/statements/{id}/deferral-quote", customerToo, false, []string{"days", "due_on"}, quoteDeferral},
	{"POST", "/v1/statements/{id}/deferral", customerToo, true, nil, deferStatement},
	{"GET", "/v1/accounts/{id}/explain", customerToo, false, []string{"statement"}, explainStatement},
	{"GET", "/v1/accounts/{id}/repayments", customerToo, false, paged, listRepayments},
	{"POST", "/v1/accounts/{id}/repayments", platformKey, true, nil, repay},
	{"POST", "/v1/accounts/{id}/autopay/preview", customerToo, false, nil, previewAutopay},
	{"POST", "/v1/accounts/{id}/autopay", customerToo, true, nil, setAutopay},
	{"POST", "/v1/accounts/{id}/autopay/cancel", customerToo, true, nil, cancelAutopay},
	{"GET", "/v1/accounts/{id}/sources", customerToo, false, nil, listSources},
	{"POST", "/v1/accounts/{id}/sources", platformKey, false, nil, putSources},
	{"POST", "/v1/accounts/{id}/debits", customerToo, true, nil, requestDebit},
	{"GET", "/v1/accounts/{id}/debits", customerToo, false, paged, listDebits},
	{"GET", "/v1/debits/{id}", customerToo, false, nil, getDebit},
	{"POST", "/v1/debits/{id}/settle", operatorKey, true, nil, settleDebit},
	{"POST", "/v1/debits/{id}/refuse", operatorKey, true, nil, refuseDebit},
	{"POST", "/v1/repayments/{id}/reversal", platformKey, true, nil, reverseRepayment},
	{"POST", "/v1/accounts/{id}/early-repayment-quotes", customerToo, false, nil, quoteEarlyRepayment},
	{"POST", "/v1/accounts/{id}/early-repayments", customerToo, true, nil, repayEarly},
	{"POST", "/v1/accounts/{id}/credit-balance-returns", customerToo, true, nil, returnCreditBalance},

	{"GET", "/v1/accounts/{id}/closing-conditions", customerToo, false, nil, getClosingConditions},
	{"POST", "/v1/accounts/{id}/closures", customerToo, true, nil, requestClosure},
	{"GET", "/v1/accounts/{id}/closures", customerToo, false, paged, listClosures},
	{"POST", "/v1/accounts/{id}/deregistrations", customerToo, true, nil, requestDeregistration},
	{"GET", "/v1/closures/{id}", customerToo, false, nil, getClosure},
	{"GET", "/v1/closures/{id}/certificate", customerToo, false, nil, getClosingCertificate},
	{"POST", "/v1/closures/{id}/approve", operatorKey, true, nil, approveClosure},
	{"POST", "/v1/closures/{id}/refuse", operatorKey, true, nil, refuseClosure},
	{"POST", "/v1/closures/{id}/withdraw", customerToo, true, nil, withdrawClosure},

	{"POST", "/v1/wallet_sessions", platformKey, false, nil, newWalletSession},
	{"POST", "/v1/wallet_sessions/end", platformKey, false, nil, endWalletSessions},

	{"POST", "/v1/checkout_sessions", platformKey, false, nil, newCheckoutSession},
	{"GET", "/v1/checkout_sessions/{id}", checkoutToo, false, nil, getCheckoutSession},
	{"POST", "/v1/checkout_sessions/{id}/confirm", checkoutToo, false, nil, confirmCheckout}, // keyed by the checkout itself
	{"POST", "/v1/checkout_sessions/{id}/choose", checkoutToo, false, nil, chooseOtherMeans},
	{"POST", "/v1/checkout_sessions/{id}/cancel", checkoutToo, false, nil, cancelCheckout},

	{"GET", "/v1/webhook-endpoints", platformKey, false, nil, listWebhookEndpoints},
	{"POST", "/v1/webhook-endpoints", platformKey, false, nil, createWebhookEndpoint},
	{"GET", "/v1/webhook-endpoints/{id}", platformKey, false, nil, getWebhookEndpoint},
	{"PATCH", "/v1/webhook-endpoints/{id}", platformKey, false, nil, changeWebhookEndpoint},
	{"DELETE", "/v1/webhook-endpoints/{id}", platformKey, false, nil, deleteWebhookEndpoint},
	{"POST", "/v1/webhook-endpoints/{id}/rotate-secret", platformKey, false, nil, rotateWebhookSecret},
	{"POST", "/v1/webhook-endpoints/{id}/test", platformKey, false, nil, testWebhookEndpoint},
	{"GET", "/v1/webhook-endpoints/{id}/deliveries", platformKey, false, []string{"event", "outcome", "cursor", "limit"}, listWebhookDeliveries},
	{"GET", "/v1/webhook-endpoints/{id}/dead", platformKey, false, paged, listDeadEvents},
	{"POST", "/v1/webhook-endpoints/{id}/dead/replay", platformKey, false, nil, replayDeadEvents},
	{"GET", "/v1/events", platformKey, false, []string{"type", "account", "cursor", "limit"}, listAllEvents},

	{"GET", "/v1/accounts/{id}/receipts", customerToo, false, paged, listReceipts},
	{"GET", "/v1/receipts/{id}", customerToo, false, []string{"size"}, getReceipt},
	{"GET", "/v1/transparency/head", public, false, nil, getTreeHead},
	{"GET", "/v1/transparency/proof", public, false, []string{"from", "to"}, getTreeProof},
	{"GET", "/v1/transparency/leaves", public, false, []string{"from", "to"}, getTreeLeaves},
	{"GET", "/v1/transparency/key", public, false, nil, getKeys},
	{"GET", "/.well-known/yuefu-keys.json", public, false, nil, getKeys},
	{"GET", "/v1/accounts/{id}/notices", customerToo, false, []string{"cursor", "limit", "language"}, listNotices},
	{"POST", "/v1/accounts/{id}/notices/read-all", customerToo, false, nil, readAllNotices},
	{"POST", "/v1/accounts/{id}/notices/{notice}/read", customerToo, false, nil, readNotice},
	{"GET", "/v1/accounts/{id}/notice-preferences", customerToo, false, nil, getNoticePreferences},
	{"PUT", "/v1/accounts/{id}/notice-preferences", customerToo, false, nil, setNoticePreferences},

	{"GET", "/v1/clock", customerToo, false, nil, getClock},
	{"POST", "/v1/forks", sandboxKey, false, nil, tellAgain},
	{"POST", "/v1/clock/advance", sandboxKey, false, nil, advanceClock},
	{"GET", "/v1/figures", public, false, nil, getFigures},
	{"GET", "/healthz", public, false, nil, getHealth},
	{"GET", "/readyz", public, false, nil, getReadiness},
	{"GET", "/metrics", public, false, nil, getMetrics},
	{"GET", "/openapi.yaml", public, false, nil, getContract},
}
