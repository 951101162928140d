package view

import (
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/ledger"
	"github.com/yuefu/yuefu/money"
)

// The rows of the tables; docs/tables.md tells each column. Time is in
// microseconds since 1970 in UTC, a Date of 0 is none.

// Application (开通申请) is a request to open an account.
type Application struct {
	Account     credit.ID       `view:"key"`
	Number      int64           `view:"key"`
	Day         calendar.Date   // when it was received
	Time        int64           //
	Position    int64           //
	Decision    credit.Decision `view:"set"` // empty until one is made
	Reasons     string          `view:"set"` // with commas between
	CreditLimit money.Amount    `view:"set"`
	DecidedOn   calendar.Date   `view:"set"`
	Until       calendar.Date   `view:"set"` // refused: when the next one is assessed, if not at once
	ExpectedBy  calendar.Date   `view:"set"` // by when a reviewer decides, or was to
	AppealedOn  calendar.Date   `view:"set"`
}

// Agreement (协议) is a text that an applicant agreed to.
type Agreement struct {
	Account     credit.ID `view:"key"`
	Application int64     `view:"key"`
	Document    string    `view:"key"`
	Version     int32
	Hash        string
	ShownAt     int64
	AcceptedAt  int64
	ReadSeconds int64
	Act         string
	Channel     string
	Language    string // in which it was read
}

// The statuses of an authorisation.
const (
	AuthorisationApproved = "approved" // open: it can be captured
	AuthorisationDeclined = "declined"
	AuthorisationCaptured = "captured" // by a final capture, or to the last minor unit
	AuthorisationVoided   = "voided"
	AuthorisationExpired  = "expired"
)

// Authorisation (占用额度) is an order that asked for a hold, let through or not.
type Authorisation struct {
	Account   credit.ID     `view:"key"`
	Number    int64         `view:"key"`
	Day       calendar.Date //
	Time      int64         //
	Position  int64         //
	Status    string        `view:"set"`
	Reasons   string        // of a decline, with commas between
	Amount    money.Amount  //
	Held      money.Amount  `view:"add"` // what is still held
	Captured  money.Amount  `view:"add"`
	Plan      string        //
	Scene     string        //
	Merchant  string        //
	Reference string        // the platform's order
	LastDay   calendar.Date // the last day on which it can be captured
}

// Purchase (消费) is a captured amount.
type Purchase struct {
	Account       credit.ID       `view:"key"`
	Number        int64           `view:"key"`
	Authorisation int64           //
	Day           calendar.Date   //
	Time          int64           //
	Position      int64           //
	Amount        money.Amount    //
	Refunded      money.Amount    `view:"add"`
	Scene         string          //
	Merchant      string          //
	Plan          string          //
	PlanKind      credit.PlanKind //
	Periods       int32           //
	Interest      money.Amount    // what the customer was to pay for all periods, as captured
	Fee           money.Amount    //
	Subsidised    money.Amount    // what others bear, as captured
	ChargedOffOn  calendar.Date   `view:"set"` // off the books since
}

// Instalment (期) is one part of a purchase, as captured or as a lost dispute added it, what
// refunds, disputes and early repayment took off it, and what was paid of it early.
type Instalment struct {
	Account            credit.ID     `view:"key"`
	Purchase           int64         `view:"key"`
	Number             int32         `view:"key"`
	LateOf             int32         // the one of the plan that it is a late part of; 0: it is the plan's
	StatementDay       calendar.Date // the date of the statement that it falls on
	Principal          money.Amount  //
	Interest           money.Amount  //
	Fee                money.Amount  //
	Subsidised         money.Amount  //
	PrincipalRefunded  money.Amount  `view:"add"`
	PrincipalConverted money.Amount  `view:"add"` // what became instalments of its own once it was billed
	Conversion         int64         // the one that it comes from; 0: the purchase's own plan
	InterestCancelled  money.Amount  `view:"add"`
	FeeCancelled       money.Amount  `view:"add"`
	SubsidyCancelled   money.Amount  `view:"add"`
	PrincipalDisputed  money.Amount  `view:"add"` // contested, or billed late as another instalment
	InterestDisputed   money.Amount  `view:"add"`
	FeeDisputed        money.Amount  `view:"add"`
	SubsidyDisputed    money.Amount  `view:"add"`
	PrincipalEarly     money.Amount  `view:"add"` // paid before it was billed
	InterestEarly      money.Amount  `view:"add"`
	FeeEarly           money.Amount  `view:"add"`
}

// Funding (出资) is a funder's part in a purchase.
type Funding struct {
	Account   credit.ID    `view:"key"`
	Purchase  int64        `view:"key"`
	Funder    string       `view:"key"`
	Share     int64        // in millionths
	Principal money.Amount // as captured
	Claim     money.Amount `view:"add"` // the principal that the customer still owes of it
	Collected money.Amount `view:"add"` // what the customer paid: principal, fee and interest
}

// The statuses of a statement.
const (
	StatementOpen    = "open"
	StatementOverdue = "overdue"
	StatementPaid    = "paid"
)

// Statement (账单) is a monthly bill.
type Statement struct {
	Account      credit.ID     `view:"key"`
	Number       int64         `view:"key"`
	Day          calendar.Date // its date
	Due          calendar.Date `view:"set"`
	DeferredFrom calendar.Date `view:"set"` // when it was due before it was deferred
	Time         int64         //
	Position     int64         //
	Status       string        `view:"set"`
	Total        money.Amount  `view:"add"` // it grows only by a reversal
	Principal    money.Amount  `view:"add"`
	Interest     money.Amount  `view:"add"`
	Fee          money.Amount  `view:"add"`
	Refunded     money.Amount  `view:"add"` // principal that refunds took off it
	Disputed     money.Amount  `view:"add"` // principal that disputes took off it: it never comes back to this one
	DeferralFee  money.Amount  `view:"add"` // charged beside the total
	Converted    money.Amount  `view:"add"` // principal that left it as instalments
	Paid         money.Amount  `view:"add"` // of the total and of the fee for a deferral
	Penalty      money.Amount  `view:"add"` // charged so far, beside the total
	PenaltyPaid  money.Amount  `view:"add"`
	PenaltyCut   money.Amount  `view:"add"` // what caps kept from being charged
	ChargedOffOn calendar.Date `view:"set"` // off the books since
	Bucket       int32         `view:"set"` // 1 for M1, … ; 0: never overdue
	OverdueOn    calendar.Date `view:"set"`
	PaidOn       calendar.Date `view:"set"`
}

// Outstanding is what is still owed on the statement, with penalty.
func (r *Statement) Outstanding() money.Amount {
	return r.Total + r.DeferralFee - r.Refunded - r.Converted - r.Disputed - r.Paid + r.Penalty - r.PenaltyPaid
}

// Line is one instalment on a statement: what was billed, and what came of it.
type Line struct {
	Account       credit.ID    `view:"key"`
	Statement     int64        `view:"key"`
	Purchase      int64        `view:"key"`
	Instalment    int32        `view:"key"`
	Principal     money.Amount //
	Interest      money.Amount //
	Fee           money.Amount //
	Subsidised    money.Amount //
	Refunded      money.Amount `view:"add"` // principal that refunds took off it
	Disputed      money.Amount `view:"add"` // principal that disputes took off it
	Converted     money.Amount `view:"add"` // principal that left it as instalments
	PrincipalPaid money.Amount `view:"add"`
	InterestPaid  money.Amount `view:"add"`
	FeePaid       money.Amount `view:"add"`
}

// Conversion (账单分期) is a statement, or a part of it, that became instalments.
type Conversion struct {
	Account    credit.ID       `view:"key"`
	Number     int64           `view:"key"`
	Statement  int64           //
	Day        calendar.Date   //
	Time       int64           //
	Position   int64           //
	Amount     money.Amount    // principal
	Plan       string          //
	PlanKind   credit.PlanKind //
	Periods    int32           //
	Interest   money.Amount    // what the customer was to pay for all periods, as agreed
	Fee        money.Amount    //
	Subsidised money.Amount    // what others bear, as agreed
}

// Repayment (还款) is money from a customer.
type Repayment struct {
	Account    credit.ID     `view:"key"`
	Number     int64         `view:"key"`
	Day        calendar.Date //
	Time       int64         //
	Position   int64         //
	Amount     money.Amount  //
	Surplus    money.Amount  // what went to the credit balance
	Early      bool          // it settled one purchase, or all that was owed
	FromCredit money.Amount  // what the credit balance paid besides
	Waived     money.Amount  // cost that the customer did not have to pay any more
	Source     string        // the payment service's reference
	ReversedOn calendar.Date `view:"set"` // it bounced
}

// Share (分配) is what a repayment, or the credit balance, paid of one instalment, or of a statement's own costs.
type Share struct {
	Account    credit.ID     `view:"key"`
	Position   int64         `view:"key"`
	Number     int32         `view:"key"` // 1, 2, 3 within its entry
	Day        calendar.Date //
	Repayment  int64         // 0: the credit balance paid
	Statement  int64         // 0: not billed, paid early
	Purchase   int64         // 0: a penalty, or the fee for a deferral
	Instalment int32         //
	Penalty    money.Amount  //
	Fee        money.Amount  //
	Interest   money.Amount  //
	Principal  money.Amount  //
	ChargedOff bool          // a recovery
}

// Refund (退款) gives money for a purchase back.
type Refund struct {
	Account   credit.ID     `view:"key"`
	Number    int64         `view:"key"`
	Purchase  int64         //
	Day       calendar.Date //
	Time      int64         //
	Position  int64         //
	Amount    money.Amount  //
	ToCredit  money.Amount  // was paid already: to the credit balance
	Contested money.Amount  // what of it disputes were about
	Merchant  string        //
	OffLoss   money.Amount  // taken off what was given up: less of a loss
}

// RefundCut (冲减) is what a refund took off one instalment, and what it left of it.
type RefundCut struct {
	Account       credit.ID    `view:"key"`
	Refund        int64        `view:"key"`
	Number        int32        `view:"key"` // 1, 2, 3 within its refund
	Dispute       int64        // the dispute that had taken it out; 0: none
	Instalment    int32        //
	Statement     int64        // where it was billed; 0: nowhere yet
	Principal     money.Amount //
	Interest      money.Amount //
	Fee           money.Amount //
	PrincipalLeft money.Amount //
	InterestLeft  money.Amount //
	FeeLeft       money.Amount //
	ByMerchant    money.Amount // the share of a subsidy that its bearer gets back
	ByPlatform    money.Amount //
	ByFunder      money.Amount //
}

// RefundFunding is by how much a refund lowered a funder's claim.
type RefundFunding struct {
	Account   credit.ID    `view:"key"`
	Refund    int64        `view:"key"`
	Funder    string       `view:"key"`
	Principal money.Amount //
}

// DisputeOpen is the status of a dispute that nobody has settled; the others are credit's outcomes.
const DisputeOpen = "open"

// Dispute (争议) is a contested amount of a purchase.
type Dispute struct {
	Account   credit.ID     `view:"key"`
	Number    int64         `view:"key"`
	Purchase  int64         //
	Day       calendar.Date // when it was opened
	Time      int64         //
	Position  int64         //
	Amount    money.Amount  // as it was opened
	Paid      money.Amount  // of it, the customer had paid
	Refunded  money.Amount  `view:"add"` // of it, refunds gave back
	Reason    string        //
	Status    string        `view:"set"`
	SettledOn calendar.Date `view:"set"`
	Reviewer  string        `view:"set"`
	Refund    int64         `view:"set"` // the refund that ended it
}

// Return (溢缴款退还) is a credit balance paid back.
type Return struct {
	Account   credit.ID     `view:"key"`
	Number    int64         `view:"key"`
	Day       calendar.Date //
	Time      int64         //
	Position  int64         //
	Amount    money.Amount  //
	Reference string        // the payment service's reference
}

// Block (冻结) is a reason that stops new spending.
type Block struct {
	Account  credit.ID        `view:"key"`
	Kind     credit.BlockKind `view:"key"`
	Position int64            `view:"key"`
	Since    calendar.Date    //
	LiftedOn calendar.Date    `view:"set"`
	Note     string           //
}

// LimitChange (调额) is what somebody, or its last day, did to an account's limits.
type LimitChange struct {
	Account  credit.ID          `view:"key"`
	Position int64              `view:"key"`
	Day      calendar.Date      //
	Time     int64              //
	Event    string             // the wire name: what happened to which limit
	Before   money.Amount       // of the permanent limit
	Amount   money.Amount       // the permanent limit since, or the temporary one that it is about
	LastDay  calendar.Date      // of the temporary limit that is granted
	Reason   credit.LimitReason //
	Operator string             //
}

// Setting (账户设置) is what the customer, or the lender for one account, chose of how it is used.
type Setting struct {
	Account     credit.ID     `view:"key"`
	Position    int64         `view:"key"`
	Number      int32         `view:"key"` // 1, 2, 3 within its entry
	Day         calendar.Date //
	Time        int64         //
	Event       string        // the wire name: what was set, or asked for
	Scene       string        // which it is about
	Amount      money.Amount  // of a cap or limit
	None        bool          // the cap, or the night lock, is removed
	DueDay      int32         // that was chosen
	LockFrom    int32         // of a night lock: a minute of the local day
	LockUntil   int32         //
	TakesEffect calendar.Date // of what is asked for now and holds later
}

// The statuses of a closure.
const (
	ClosureRequested = "requested" // under review
	ClosureApproved  = "approved"
	ClosureRefused   = "refused"
	ClosureWithdrawn = "withdrawn"
)

// Closure (关闭 / 注销) is a request to close an account.
type Closure struct {
	Account         credit.ID     `view:"key"`
	Number          int64         `view:"key"`
	RequestedOn     calendar.Date //
	Time            int64         //
	Position        int64         //
	ReviewBy        calendar.Date //
	Status          string        `view:"set"`
	DecidedOn       calendar.Date `view:"set"`
	Reviewer        string        `view:"set"`
	Reason          string        `view:"set"`
	Breached        bool          `view:"set"` // not decided in its working days
	Kind            string        // close, or deregister
	OpenedOn        calendar.Date `view:"set"` // approved: when the life of the credit line began that it ended
	DecidedPosition int64         `view:"set"` // approved: the entry of the log that did it
}

// Posting (分录) is one transfer of an entry.
type Posting struct {
	Position    int64          `view:"key"`
	Number      int32          `view:"key"` // 1, 2, 3 within its entry
	Day         calendar.Date  // on which it takes effect
	Event       string         // the wire name of the event that posted it
	DebitClass  ledger.Class   //
	DebitOf     string         //
	CreditClass ledger.Class   //
	CreditOf    string         //
	Amount      money.Amount   //
	Currency    money.Currency //
}

// rowKey names a row within its table and partition.
type rowKey struct {
	account credit.ID
	a, b, c int64
}

func (r *Application) rowKey() rowKey   { return rowKey{r.Account, r.Number, 0, 0} }
func (r *Authorisation) rowKey() rowKey { return rowKey{r.Account, r.Number, 0, 0} }
func (r *Purchase) rowKey() rowKey      { return rowKey{r.Account, r.Number, 0, 0} }
func (r *Instalment) rowKey() rowKey    { return rowKey{r.Account, r.Purchase, int64(r.Number), 0} }
func (r *Repayment) rowKey() rowKey     { return rowKey{r.Account, r.Number, 0, 0} }
func (r *Funding) rowKey() rowKey {
	return rowKey{r.Account + credit.ID("/"+r.Funder), r.Purchase, 0, 0} // no account's id has a slash
}
func (r *Statement) rowKey() rowKey { return rowKey{r.Account, r.Number, 0, 0} }
func (r *Line) rowKey() rowKey {
	return rowKey{r.Account, r.Statement, r.Purchase, int64(r.Instalment)}
}
func (r *Dispute) rowKey() rowKey { return rowKey{r.Account, r.Number, 0, 0} }
func (r *Closure) rowKey() rowKey { return rowKey{r.Account, r.Number, 0, 0} }
