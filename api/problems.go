package api

import "github.com/yuefu/yuefu/credit"

// problemPages is where each kind of problem is explained.
const problemPages = "https://yuefu.dev/problems/"

// The kinds of problem that are the API's own, beside those of credit.
const (
	kindMalformedRequest = "malformed_request"
	kindHeaderTooLarge   = "header_too_large"
	kindRequestTimeout   = "request_timeout"
	kindNoSuchRoute      = "no_such_route"
	kindMethodNotAllowed = "method_not_allowed"
	kindUnauthenticated  = "unauthenticated"
	kindOperatorKey      = "operator_key_required"
	kindNotSandbox       = "not_a_sandbox"
	kindUnknownParameter = "unknown_parameter"
	kindInvalidParameter = "invalid_parameter"
	kindKeyMissing       = "key_missing"
	kindKeyInvalid       = "key_invalid"
	kindKeyReused        = "key_reused"
	kindUnsupportedMedia = "unsupported_media_type"
	kindBodyTooLarge     = "body_too_large"
	kindMalformedBody    = "malformed_body"
	kindInvalidRequest   = "invalid_request"
	kindNoPaymentService = "no_payment_service"
	kindInvalidProgramme = "invalid_programme"
	kindTooManyRequests  = "too_many_requests"
	kindClockBackwards   = "clock_backwards"
	kindFunderTaken      = "funder_taken"
	kindCheckoutDecided  = "checkout_decided"
	kindOrderConfirmed   = "order_confirmed"
	kindUnknownMeans     = "unknown_means"
	kindNoSigningKey     = "no_signing_key"
	kindTooManyEndpoints = "too_many_webhook_endpoints"
	kindBusy             = "busy"
	kindUnavailable      = "unavailable"
	kindOutcomeUnknown   = "outcome_unknown"
	kindShuttingDown     = "shutting_down"
	kindAccountStopped   = "account_stopped"
	kindInternal         = "internal"
	retryAfter           = "1" // seconds: a full queue is gone sooner

	kindInvalidName            = "invalid_name"
	kindInvalidIdentity        = "invalid_identity_number"
	kindInvalidPhone           = "invalid_phone"
	kindInvalidAddress         = "invalid_address"
	kindInvalidEmail           = "invalid_email"
	kindIdentityRequired       = "identity_required"
	kindDeclarationContradicts = "declaration_contradicts"
	kindPersonDiffers          = "person_differs"
	kindPersonHasAccount       = "person_has_account"
	kindPersonInUse            = "person_in_use"
)

// problems is the one table of what each kind of problem is to a caller.
var problems = map[string]struct {
	status int
	title  string
}{
	string(credit.NotFound):             {404, "There is no such thing"},
	string(credit.InvalidAmount):        {422, "The amount is not one that can be used"},
	string(credit.CurrencyMismatch):     {422, "The account is in another currency"},
	string(credit.UnknownPlan):          {422, "The contract has no such plan"},
	string(credit.ConsentIncomplete):    {422, "A part of the consent is missing"},
	string(credit.ConsentPreselected):   {422, "Something was ticked beforehand, so nobody consented"},
	string(credit.ConsentOfAnother):     {422, "The consent was given by another person"},
	string(credit.ConsentOutdated):      {422, "The consent is for another version of the text, or too old"},
	string(credit.ConsentTooFast):       {422, "The text could not have been read before it was accepted"},
	string(credit.ConsentInFuture):      {422, "The consent was accepted later than now"},
	string(credit.AlreadyOpen):          {409, "The customer has an account in this programme"},
	string(credit.AgreementNotPending):  {409, "No newer agreement asks for the customer's consent"},
	string(credit.ApplicationPending):   {409, "An application waits for a reviewer"},
	string(credit.NoApplicationPending): {409, "The application does not wait for a reviewer"},
	string(credit.AppealNotPossible):    {409, "The application can't be appealed"},
	string(credit.HoldNotOpen):          {409, "The authorisation is not open any more"},
	string(credit.CaptureTooLarge):      {422, "More than is held cannot be captured"},
	string(credit.RefundTooLarge):       {422, "More than was captured cannot be refunded"},
	string(credit.NothingOwed):          {409, "Nothing is owed that could be paid so"},
	string(credit.OverdueFirst):         {409, "What is overdue is paid before one purchase"},
	string(credit.QuoteOutdated):        {409, "What is owed is not what the quote says any more"},
	string(credit.NotTheQuotedSum):      {422, "The amount is not the quoted sum"},
	string(credit.AccountNotOpen):       {409, "The account is not open"},
	string(credit.NoCreditBalance):      {409, "There is no credit balance to pay back"},
	string(credit.NotReversible):        {409, "The repayment cannot be reversed by itself"},
	string(credit.AlreadyReversed):      {409, "The repayment was reversed already"},
	string(credit.BlockExists):          {409, "The account has a block of this kind"},
	string(credit.BlockMissing):         {409, "The account has no block of this kind"},
	string(credit.BlockNotYours):        {422, "Nobody adds or lifts a block of this kind by hand"},
	string(credit.NotClear):             {409, "A condition for closing is not met"},
	string(credit.ClosurePending):       {409, "A request to close is under review"},
	string(credit.ClosureNotApproved):   {409, "Only what was closed has a certificate"},
	string(credit.NoClosurePending):     {409, "The request to close is not under review any more"},
	string(credit.AutopayMissing):       {409, "No standing instruction is in force"},
	string(credit.DebitNotPending):      {409, "The debit has another result already"},
	string(credit.StatementNotOpen):     {409, "Nothing is owed on the statement any more"},
	string(credit.DeferralNotOffered):   {409, "The contract offers no deferral"},
	string(credit.ContactQuiet):         {409, "Nobody is contacted about a debt at this hour"},
	string(credit.ContactTooOften):      {409, "The customer was contacted often enough today"},
	string(credit.ContactNotNeeded):     {409, "Nothing is owed that the contact could be about"},
	string(credit.ContactWrongParty):    {422, "Nobody but the customer is contacted about a debt"},
	string(credit.DeferralTooLate):      {409, "A deferral is asked for before the due date"},
	string(credit.AlreadyDeferred):      {409, "The statement was deferred already"},
	string(credit.DeferralsUsedUp):      {409, "No more deferrals are granted this year"},
	string(credit.ConversionNotOffered): {409, "The contract turns no bill into instalments"},
	string(credit.ConversionTooLate):    {409, "A bill is converted on its due date at the latest"},
	string(credit.ConversionTooLarge):   {422, "More than the statement asks for cannot be converted"},
	string(credit.AlreadyConverted):     {409, "The statement was converted already"},
	string(credit.NothingToConvert):     {409, "No principal of the statement can be converted"},
	string(credit.DeferralRunning):      {409, "The statement is deferred"},
	string(credit.DisputeRunning):       {409, "Something on the statement is contested"},
	string(credit.DebitPending):         {409, "The result of a debit is not known yet"},
	string(credit.MoreThanBilled):       {422, "More than is billed cannot be debited"},
	string(credit.UnknownSource):        {422, "It is not one of the customer's sources"},

	string(credit.DisputeTooLarge): {422, "More than is neither refunded nor contested cannot be contested"},
	string(credit.DisputeNotOpen):  {409, "The dispute is not open any more"},

	string(credit.InvalidDate):       {422, "The date is too early or too late"},
	string(credit.InvalidTime):       {422, "No time of the day, or a span without a minute"},
	string(credit.UnknownReason):     {422, "There is no such reason"},
	string(credit.LimitAboveCap):     {422, "Law or programme let nobody owe so much"},
	string(credit.Unchanged):         {409, "It is like that already"},
	string(credit.NothingToWithdraw): {409, "There is nothing to take back"},
	string(credit.UnknownScene):      {422, "The contract has no such scene"},
	string(credit.DueDayNotOffered):  {422, "The contract offers other due days"},
	string(credit.DueDayChangesUsed): {409, "The due day cannot be changed again this year"},

	kindMalformedRequest: {400, "This is not a request of HTTP/1.1"},
	kindHeaderTooLarge:   {431, "The request's headers are too large"},
	kindRequestTimeout:   {408, "The request took too long to arrive"},
	kindNoSuchRoute:      {404, "There is no such route"},
	kindMethodNotAllowed: {405, "The route has no such method"},
	kindUnauthenticated:  {401, "The API key is missing or not known"},
	kindOperatorKey:      {403, "This needs an operator key"},
	kindNotSandbox:       {403, "Only a sandbox can do this"},
	kindUnknownParameter: {400, "The route has no such parameter"},
	kindInvalidParameter: {400, "A parameter does not fit the contract"},
	kindKeyMissing:       {400, "The Idempotency-Key is missing"},
	kindKeyInvalid:       {400, "The Idempotency-Key cannot be used"},
	kindKeyReused:        {409, "The Idempotency-Key was used for another request"},
	kindUnsupportedMedia: {415, "The body has to be application/json"},
	kindBodyTooLarge:     {413, "The body is too large"},
	kindMalformedBody:    {400, "The body is not JSON"},
	kindInvalidRequest:   {422, "The request does not fit the contract"},
	kindNoPaymentService: {409, "No payment service debits anybody here"},
	kindInvalidProgramme: {422, "The programme cannot be activated"},
	kindTooManyRequests:  {429, "Too often in too short a time"},
	kindFunderTaken:      {409, "The funder's id is taken"},
	kindCheckoutDecided:  {409, "The checkout is decided"},
	kindOrderConfirmed:   {409, "The order was confirmed in another checkout"},
	kindUnknownMeans:     {422, "The checkout has no such means of payment"},
	kindTooManyEndpoints: {409, "The platform has as many webhook endpoints as it can have"},
	kindClockBackwards:   {422, "The business date never goes back"},
	kindNoSigningKey:     {501, "The installation has no key that signs receipts"},
	kindBusy:             {503, "Too much waits already"},
	kindUnavailable:      {503, "Nothing can be written at the moment"},
	kindOutcomeUnknown:   {503, "The outcome is not known yet"},
	kindShuttingDown:     {503, "The server is shutting down"},
	kindAccountStopped:   {500, "The account is stopped"},
	kindInternal:         {500, "Something went wrong here"},

	kindInvalidName:            {422, "The name is not one that can be kept"},
	kindInvalidIdentity:        {422, "The identity number is not a valid one"},
	kindInvalidPhone:           {422, "The phone is not a mobile number of mainland China"},
	kindInvalidAddress:         {422, "The address cannot be kept"},
	kindInvalidEmail:           {422, "The email address is not one"},
	kindIdentityRequired:       {422, "The programme asks who the customer is"},
	kindDeclarationContradicts: {422, "The declaration contradicts the identity number"},
	kindPersonDiffers:          {409, "The customer is known as somebody else"},
	kindPersonHasAccount:       {409, "The person has an account in this programme as another customer"},
	kindPersonInUse:            {409, "The person cannot be erased yet"},
}
