package credit

import (
	"fmt"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Kind names a refusal. It is a stable identifier: api maps it to a status and a
// page of documentation.
type Kind string

// The kinds of refusal that a rule of this package gives.
const (
	NotFound             Kind = "not_found"              // there is no such thing, or it is somebody else's
	InvalidAmount        Kind = "invalid_amount"         // not positive, or beyond the largest amount
	CurrencyMismatch     Kind = "currency_mismatch"      // not the programme's currency
	UnknownPlan          Kind = "unknown_plan"           // the contract has no such plan
	ConsentIncomplete    Kind = "consent_incomplete"     // a part of the evidence is missing
	ConsentPreselected   Kind = "consent_preselected"    // something was ticked beforehand
	ConsentOfAnother     Kind = "consent_of_another"     // given by another person
	ConsentOutdated      Kind = "consent_outdated"       // for another version of the text, or too old
	ConsentTooFast       Kind = "consent_too_fast"       // accepted before it was shown, or before it could be read
	ConsentInFuture      Kind = "consent_in_future"      // accepted later than now
	AlreadyOpen          Kind = "already_open"           // the customer has an account in this programme
	AgreementNotPending  Kind = "agreement_not_pending"  // no newer version asks for the customer's agreement
	ApplicationPending   Kind = "application_pending"    // an application waits for a reviewer
	NoApplicationPending Kind = "no_application_pending" // nothing waits for a reviewer
	AppealNotPossible    Kind = "appeal_not_possible"    // a person decided already, or it is too late
	HoldNotOpen          Kind = "hold_not_open"          // captured whole, voided or expired
	CaptureTooLarge      Kind = "capture_too_large"      // more than is held
	RefundTooLarge       Kind = "refund_too_large"       // more than was captured and not yet refunded
	DisputeTooLarge      Kind = "dispute_too_large"      // more than was captured and is neither refunded nor contested
	DisputeNotOpen       Kind = "dispute_not_open"       // settled or withdrawn
	NothingOwed          Kind = "nothing_owed"           // there is nothing to pay early
	OverdueFirst         Kind = "overdue_first"          // the contract's order pays what is overdue before one purchase
	QuoteOutdated        Kind = "quote_outdated"         // what is owed is not what the quote says any more
	NotTheQuotedSum      Kind = "not_the_quoted_sum"     // another amount than the quote's
	AccountNotOpen       Kind = "account_not_open"       // never opened, or closed
	NoCreditBalance      Kind = "no_credit_balance"      // nothing to pay back to the customer
	NotReversible        Kind = "not_reversible"         // the history cannot be told without it: a person has to look
	AlreadyReversed      Kind = "already_reversed"       // a repayment is reversed once
	BlockExists          Kind = "block_exists"           // the account has a block of this kind
	BlockMissing         Kind = "block_missing"          // the account has no block of this kind
	BlockNotYours        Kind = "block_not_yours"        // this kind of block comes and goes by itself
	NotClear             Kind = "account_not_clear"      // a condition for closing is not met
	ClosurePending       Kind = "closure_pending"        // a request to close is under review already
	ClosureNotApproved   Kind = "closure_not_approved"   // only what was closed has a certificate
	NoClosurePending     Kind = "no_closure_pending"     // no request to close is under review
	InvalidDate          Kind = "invalid_date"           // too early or too late
	InvalidTime          Kind = "invalid_time"           // no time of the day, or a span without a minute
	UnknownReason        Kind = "unknown_reason"         // not one of the reasons that there are
	ContactQuiet         Kind = "contact_quiet_hours"    // nobody is contacted about a debt at this hour
	ContactTooOften      Kind = "contact_too_often"      // contacted about a debt often enough today
	ContactNotNeeded     Kind = "contact_not_needed"     // nothing is owed that it could be about
	ContactWrongParty    Kind = "contact_wrong_party"    // somebody else than the customer
	LimitAboveCap        Kind = "limit_above_cap"        // more than law or programme allow anybody to owe
	Unchanged            Kind = "unchanged"              // it is like that already
	NothingToWithdraw    Kind = "nothing_to_withdraw"    // what is to be taken back is not there
	AutopayMissing       Kind = "autopay_missing"        // no standing instruction is in force
	DebitNotPending      Kind = "debit_not_pending"      // it has another result already
	UnknownScene         Kind = "unknown_scene"          // the contract has no such scene
	DueDayNotOffered     Kind = "due_day_not_offered"    // the contract offers other due days
	DueDayChangesUsed    Kind = "due_day_changes_used"   // no more changes this year
	StatementNotOpen     Kind = "statement_not_open"     // nothing is owed on the statement any more
	DeferralNotOffered   Kind = "deferral_not_offered"   // the contract has no deferral
	DeferralTooLate      Kind = "deferral_too_late"      // asked for on the due date or after it
	AlreadyDeferred      Kind = "already_deferred"       // a statement is deferred once
	DeferralsUsedUp      Kind = "deferrals_used_up"      // as many as the contract allows were granted within a year
	ConversionNotOffered Kind = "conversion_not_offered" // the contract has no plan for bills
	ConversionTooLate    Kind = "conversion_too_late"    // the due date has passed
	ConversionTooLarge   Kind = "conversion_too_large"   // more than can be converted of the statement
	AlreadyConverted     Kind = "already_converted"      // a statement is converted once
	NothingToConvert     Kind = "nothing_to_convert"     // no principal of it can be converted
	DeferralRunning      Kind = "deferral_running"       // not while the statement is deferred
	DisputeRunning       Kind = "dispute_running"        // not while something on it is contested
	DebitPending         Kind = "debit_pending"          // not while the result of a debit is not known
	MoreThanBilled       Kind = "more_than_billed"       // a debit of more than the bills ask for
	UnknownSource        Kind = "unknown_source"         // not one of the customer's sources
)

// Kinds lists every kind, for the tables and tests that must cover them all.
var Kinds = []Kind{
	NotFound,
	InvalidAmount,
	CurrencyMismatch,
	UnknownPlan,
	ConsentIncomplete,
	ConsentPreselected,
	ConsentOfAnother,
	ConsentOutdated,
	ConsentTooFast,
	ConsentInFuture,
	AlreadyOpen,
	AgreementNotPending,
	ApplicationPending,
	NoApplicationPending,
	AppealNotPossible,
	HoldNotOpen,
	CaptureTooLarge,
	RefundTooLarge,
	DisputeTooLarge,
	DisputeNotOpen,
	NothingOwed,
	OverdueFirst,
	QuoteOutdated,
	NotTheQuotedSum,
	AccountNotOpen,
	NoCreditBalance,
	BlockExists,
	BlockMissing,
	BlockNotYours,
	NotClear,
	ClosurePending,
	NoClosurePending,
	ClosureNotApproved,
	InvalidDate,
	InvalidTime,
	UnknownReason,
	ContactQuiet,
	ContactTooOften,
	ContactNotNeeded,
	ContactWrongParty,
	LimitAboveCap,
	Unchanged,
	NothingToWithdraw,
	AutopayMissing,
	DebitNotPending,
	UnknownScene,
	DueDayNotOffered,
	DueDayChangesUsed,
	StatementNotOpen,
	DeferralNotOffered,
	DeferralTooLate,
	AlreadyDeferred,
	DeferralsUsedUp,
	NotReversible,
	AlreadyReversed,
	ConversionNotOffered,
	ConversionTooLate,
	ConversionTooLarge,
	AlreadyConverted,
	NothingToConvert,
	DeferralRunning,
	DisputeRunning,
	DebitPending,
	MoreThanBilled,
	UnknownSource,
}

// Error is a refusal: the command was not carried out and nothing changed.
type Error struct {
	Kind   Kind
	Detail string  // a sentence for the platform's engineer; no personal data
	Field  string  // the part of the request that is wrong, if one is
	Unmet  []Unmet // for NotClear: every condition that is not met
}

// Unmet is one condition for closing that is not met.
type Unmet struct {
	Condition string        `json:"condition"`
	Amount    money.Amount  `json:"amount,omitzero"`
	Date      calendar.Date `json:"date,omitzero"`
	Reference ID            `json:"reference,omitzero"`
	Remedy    string        `json:"remedy"` // what would meet it
}

func (e *Error) Error() string { return string(e.Kind) + ": " + e.Detail }

func refuse(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Detail: fmt.Sprintf(format, args...)}
}
