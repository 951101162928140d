package risk

import "github.com/yuefu/yuefu/credit"

// The reasons of a refusal or a referral. They are stable identifiers, kept with
// the application; docs/reasons.md has the words that a customer reads.
const (
	UnderAge           = "under_age"           // refused: not an adult
	DeclarationMissing = "declaration_missing" // refused: does not say whether an adult, or whether a student
	StudentsExcluded   = "students_excluded"   // refused: the programme does not lend to students
	IncomeTooLow       = "income_too_low"      // refused: the income carries no limit that the programme opens
	RequestTooLow      = "requested_limit_low" // refused: asks for less than the programme opens
	IncomeNotDeclared  = "income_not_declared" // referred: asks for more than the default without saying an income
	AboveAutoApproval  = "above_auto_approval" // referred: the limit is for a person to approve
)

// Reasons lists every reason that an application can be refused or referred for,
// the one that credit gives by itself included, for the tables that must cover all.
var Reasons = []string{
	UnderAge, DeclarationMissing, StudentsExcluded, IncomeTooLow, RequestTooLow,
	IncomeNotDeclared, AboveAutoApproval, credit.ReasonTooManyApplications,
}
