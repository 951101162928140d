package risk

import "github.com/yuefu/yuefu/credit"

// The reasons of a refusal or a referral that are the product's own; a policy's
// conditions have further ones. They are stable identifiers, kept with the application;
// docs/reasons.md has the words that a customer reads.
const (
	UnderAge           = "under_age"           // refused: not an adult
	DeclarationMissing = "declaration_missing" // refused: does not say whether an adult, or whether a student
	StudentsExcluded   = "students_excluded"   // refused: the programme does not lend to students
	IncomeTooLow       = "income_too_low"      // refused: the income carries no limit that the programme opens
	RequestTooLow      = "requested_limit_low" // refused: asks for less than the programme opens
	ScoreTooLow        = "score_too_low"       // refused: the score carries no limit that the programme opens
	FactsMissing       = "facts_missing"       // refused or referred, as the policy says: the platform does not tell what is needed
	RuleUndecided      = "rule_undecided"      // referred: a condition can't be decided for these facts
	IncomeNotDeclared  = "income_not_declared" // referred: asks for more than the default without saying an income
	AboveAutoApproval  = "above_auto_approval" // referred: the limit is for a person to approve
)

// Reasons lists every reason that an application can be refused or referred for,
// those that credit gives by itself included, for the tables that must cover all.
var Reasons = []string{
	UnderAge, DeclarationMissing, StudentsExcluded, IncomeTooLow, RequestTooLow, ScoreTooLow, FactsMissing, RuleUndecided,
	IncomeNotDeclared, AboveAutoApproval, credit.ReasonTooManyApplications, credit.ReasonDeregistered, credit.ReasonReview,
}
