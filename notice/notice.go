// Package notice tells customers what happened to their account and what is due: in an
// inbox (消息) that the wallet shows, and by text message (短信) where the law, the contract or
// good manners want one. It follows the log; it knows kinds of notices, texts and
// hours; it refuses to know how anything is decided, and who a customer is: phone
// numbers come from elsewhere for one call, and are kept nowhere here.
//
// An entry of the log becomes its notices in the transaction that moves the reader's
// checkpoint, and their numbers come from the entry: so each is told once. Its text is
// made when it is read, in the reader's language, from the figures that it keeps; a text message
// keeps the words that were sent.
package notice

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// Kind (通知类型) is what a notice is about, by its name on the wire and that of its templates.
type Kind string

// The kinds of notices.
const (
	ApplicationApproved   Kind = "application_approved"
	ApplicationRefused    Kind = "application_refused"
	ApplicationReferred   Kind = "application_referred"
	Bill                  Kind = "bill"     // 出账
	Reminder              Kind = "reminder" // 还款提醒: 7, 3 and 1 days before the due date, and on it
	Repaid                Kind = "repaid"
	RepaymentReversed     Kind = "repayment_reversed"
	DebitRefused          Kind = "debit_refused"
	Overdue               Kind = "overdue"
	PenaltyBegan          Kind = "penalty_began"
	Frozen                Kind = "frozen"
	Unfrozen              Kind = "unfrozen"
	RefundCredited        Kind = "refund_credited"
	DisputeOpened         Kind = "dispute_opened"
	DisputeSettled        Kind = "dispute_settled"
	DeferralGranted       Kind = "deferral_granted"
	LimitChanged          Kind = "limit_changed"
	TemporaryLimitGranted Kind = "temporary_limit_granted"
	TemporaryLimitEnded   Kind = "temporary_limit_ended"
	AutopayOn             Kind = "autopay_on"
	AutopayOff            Kind = "autopay_off"
	ClosingReceived       Kind = "closing_received"
	ClosingApproved       Kind = "closing_approved"
	ClosingRefused        Kind = "closing_refused"
	ClosingWithdrawn      Kind = "closing_withdrawn"
	CertificateReady      Kind = "certificate_ready"
	Deregistered          Kind = "deregistered"
)

// channel is how a kind reaches a customer besides the inbox.
type channel int

const (
	inboxOnly channel = iota
	atOnce            // by message at any hour: an answer to what somebody has just done with the account, who may be a thief
	byDay             // by message, not at night: what the lender did
	aboutDebt         // by message, as a contact about a debt: the contract's hours and counts hold
)

// kinds are all of them, with how each is told.
var kinds = map[Kind]channel{
	ApplicationApproved: atOnce, ApplicationRefused: atOnce, ApplicationReferred: inboxOnly,
	Bill: byDay, Reminder: aboutDebt, Repaid: atOnce, RepaymentReversed: aboutDebt, DebitRefused: aboutDebt, Overdue: aboutDebt, PenaltyBegan: inboxOnly,
	Frozen: atOnce, Unfrozen: inboxOnly, RefundCredited: inboxOnly, DisputeOpened: inboxOnly, DisputeSettled: byDay,
	DeferralGranted: inboxOnly, LimitChanged: byDay, TemporaryLimitGranted: inboxOnly, TemporaryLimitEnded: inboxOnly,
	AutopayOn: atOnce, AutopayOff: atOnce,
	ClosingReceived: atOnce, ClosingApproved: atOnce, ClosingRefused: atOnce, ClosingWithdrawn: atOnce, CertificateReady: inboxOnly, Deregistered: atOnce,
}

// Prefix begins the ids of notices, by which a provider knows a message, too.
const Prefix = "ntc_"

// Notice (通知) is one thing that a customer is told.
type Notice struct {
	Account   credit.ID
	Number    int64
	Kind      Kind
	Day       calendar.Date // the business date that it is of
	Time      int64         // microseconds since 1970 in UTC
	ReadAt    int64         // 0: not read
	Reference credit.ID     // of what it is about; empty: the account
	Figures   Figures
}

// ID is the notice's id.
func (n *Notice) ID() credit.ID { return n.Account.Part(Prefix, n.Number) }
