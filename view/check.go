package view

import (
	"fmt"

	"github.com/yuefu/yuefu/credit"
)

// Check is one thing that Verify proves of a database.
type Check struct {
	Invariant int // its number in the list of what must never break
	Name      string
	Says      string
}

// The checks. Numbers of the list that are missing here are proven elsewhere (17 and
// 21 belong to what is not built yet; 16 and 18 are about what is said to whom).
var (
	CheckPostings   = Check{1, "postings", "each posting is what its event posts, and the ledger is the sum of its postings: debits equal credits in every currency"}
	CheckAvailable  = Check{2, "available", "no hold was given beyond limit − held − outstanding principal, and the account's row has these three as the log does"}
	CheckLimits     = Check{2, "limits", "a limit grows by the customer's consent and within the contract's cap, a temporary one ends with its last day, and no hold is beyond scene, merchant list or the customer's own cap"}
	CheckHolds      = Check{3, "holds", "a hold is captured up to its amount, and resolved once"}
	CheckRefunds    = Check{4, "refunds", "refunds of a purchase add up to what was captured at most"}
	CheckDisputes   = Check{5, "disputes", "refunds and what is contested add up to what was captured at most, and a dispute ends once: refunded, or owed again as agreed"}
	CheckKeys       = Check{6, "keys", "a key was used once for its account"}
	CheckBilled     = Check{7, "billed once", "each instalment is billed once, with what it asks for: captured = billed + unbilled + contested + refunded. What became instalments of its own left its bill, once, and is billed again"}
	CheckSums       = Check{8, "sums", "a statement's total is the sum of its lines, a purchase's instalments are those of its plan and add up to it"}
	CheckPayments   = Check{9, "payments", "nothing is paid beyond what is owed, the surplus is the credit balance, and goes back whole and once"}
	CheckDebits     = Check{9, "debits", "a debit is of what is owed and not on its way already: of a statement, from the source agreed to, or of what the customer asked for; it gets one result, and a settled one is a repayment of its amount, early only by a quote that holds"}
	CheckCycles     = Check{10, "cycles", "statements are dated on the anchor day, one a cycle, bill exactly what falls on their date, and fall due later once, when the contract allows it"}
	CheckDays       = Check{11, "days", "what is due on a date is done on it, once and in order, before anything else"}
	CheckClosed     = Check{12, "closed", "an account closes clear, and nothing moves after but refunds, repayments and their return"}
	CheckConsent    = Check{13, "consent", "an account opens on agreements to each of its documents, and each use of credit names the quote that was agreed to"}
	CheckAssessed   = Check{13, "assessed", "each application is decided as its facts come to under its version of the policy, once more and byte for byte"}
	CheckOrder      = Check{14, "order", "positions have no gaps, time and day never go back"}
	CheckSubledgers = Check{15, "sub-ledgers", "accounts, merchants and funders add up to the general ledger"}
	CheckFunding    = Check{23, "funding", "the funders' shares of each purchase add up to it through every event, and their claims to what customers owe"}
	CheckState      = Check{19, "state", "the log can be read and folded, and snapshots and due days are what it folds to"}
	CheckTables     = Check{19, "tables", "each row of the tables is what the log says, and there is no other"}
	CheckOverdue    = Check{11, "overdue", "an overdue statement stands in the bucket, and its account has the grade, of its days past due"}
	CheckChargeOff  = Check{22, "charge-off", "what the books give up is all that they have of a debt, once; what is paid for it is a recovery, what is refunded less of a loss: no yuan counts twice"}
	CheckContacts   = Check{25, "contacts", "a customer is contacted about a debt only while there is one, inside the hours and counts of the contract"}
	CheckCaps       = Check{24, "caps", "no purchase, no conversion and no penalty goes above the cost cap, or the cap on penalties, of the contract"}
	CheckAmounts    = Check{20, "amounts", "each amount is a whole number within bounds, what was asked for is what moved, a penalty is what its days come to, and a fee for a deferral what the contract asks for within its cap"}
)

// Checks lists them all.
var Checks = []Check{
	CheckLimits,
	CheckPostings, CheckAvailable, CheckHolds, CheckRefunds, CheckDisputes, CheckKeys, CheckBilled, CheckSums, CheckPayments, CheckDebits, CheckCycles, CheckDays,
	CheckClosed, CheckConsent, CheckAssessed, CheckOrder, CheckSubledgers, CheckFunding, CheckState, CheckTables, CheckOverdue, CheckChargeOff, CheckCaps, CheckContacts, CheckAmounts,
}

// Violation is one place where a check fails.
type Violation struct {
	Check     Check
	Partition int32
	Position  int64     // of the entry, if it is about one
	Account   credit.ID // if it is about one
	Says      string    // with amounts in minor units; no personal data
}

func (v Violation) String() string {
	where := fmt.Sprintf("partition %d", v.Partition)
	if v.Position != 0 {
		where = fmt.Sprintf("entry %d/%d", v.Partition, v.Position)
	}
	if v.Account != "" {
		where += " " + string(v.Account)
	}
	return fmt.Sprintf("invariant %d (%s): %s: %s", v.Check.Invariant, v.Check.Name, where, v.Says)
}

// Report is what Verify found.
type Report struct {
	Entries    int64           // that were folded
	Accounts   int64           // that they are about
	Rows       int64           // of the tables that were compared
	Snapshots  int64           // that were compared
	Positions  map[int32]int64 // up to where each partition was verified
	Violations []Violation     // the first thousand
	More       int64           // violations beyond those
}

// Clean tells whether nothing was found.
func (r *Report) Clean() bool { return len(r.Violations) == 0 }

// mostViolations bounds a report: after so many, one more tells nothing new.
const mostViolations = 1000

func (r *Report) add(v Violation) {
	if len(r.Violations) >= mostViolations {
		r.More++
		return
	}
	r.Violations = append(r.Violations, v)
}
