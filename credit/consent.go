package credit

import (
	"time"

	"github.com/yuefu/yuefu/calendar"
)

// Consent (授权) is the evidence that a person agreed to one version of one text by
// an act of their own. Pre-ticked boxes are told apart from 'nothing was said
// about boxes': Preselected must be there, and false.
type Consent struct {
	Person      string    `json:"person"` // the platform's id of the customer who acted
	Document    string    `json:"document"`
	Version     int       `json:"version"`
	Hash        string    `json:"hash"`
	ShownAt     time.Time `json:"shown_at"`
	AcceptedAt  time.Time `json:"accepted_at"`
	Act         string    `json:"act"` // what the person did, such as "tap_agree"
	Preselected *bool     `json:"preselected"`
}

const (
	// clockSkew is how far a platform's clock may run ahead of ours.
	clockSkew = 2 * time.Minute
	// consentLife is how long an act of consent can wait to be used.
	consentLife = 24 * time.Hour
)

// checkConsent refuses evidence that does not prove that person agreed to document.
func checkConsent(c Consent, person string, document Document, reading time.Duration, at Moment) error {
	wrong := func(kind Kind, field, detail string) error {
		return &Error{Kind: kind, Field: field, Detail: "consent to " + document.Name + ": " + detail}
	}
	switch now := time.UnixMicro(at.Time); {
	case c.Person == "":
		return wrong(ConsentIncomplete, "person", "says not who consented")
	case c.Document == "":
		return wrong(ConsentIncomplete, "document", "says not to which document")
	case c.Version == 0:
		return wrong(ConsentIncomplete, "version", "says not to which version of the text")
	case c.Hash == "":
		return wrong(ConsentIncomplete, "hash", "says not to which text")
	case c.Act == "":
		return wrong(ConsentIncomplete, "act", "says not by which act")
	case c.ShownAt.IsZero():
		return wrong(ConsentIncomplete, "shown_at", "says not when the text was shown")
	case c.AcceptedAt.IsZero():
		return wrong(ConsentIncomplete, "accepted_at", "says not when it was accepted")
	case c.Preselected == nil:
		return wrong(ConsentIncomplete, "preselected", "says not whether anything was ticked beforehand")
	case *c.Preselected:
		return wrong(ConsentPreselected, "preselected", "was ticked beforehand, so nobody gave it")
	case c.Person != person:
		return wrong(ConsentOfAnother, "person", "was given by another person")
	case c.Document != document.Name:
		return wrong(ConsentOutdated, "document", "is for another document")
	case c.Version != document.Version:
		return wrong(ConsentOutdated, "version", "is for another version of the text")
	case c.Hash != document.Hash:
		return wrong(ConsentOutdated, "hash", "is for a text, or for figures, that read otherwise now")
	case c.AcceptedAt.Sub(c.ShownAt) < reading:
		return wrong(ConsentTooFast, "accepted_at", "was accepted before the text could be read ("+reading.String()+")")
	case c.AcceptedAt.Sub(now) > clockSkew:
		return wrong(ConsentInFuture, "accepted_at", "was accepted later than now")
	case now.Sub(c.AcceptedAt) > consentLife:
		return wrong(ConsentOutdated, "accepted_at", "is older than "+consentLife.String())
	}
	return nil
}

// Agreement is what is kept of a consent with the account: which text, when.
type Agreement struct {
	Document   Document  `json:"text"`
	AcceptedAt time.Time `json:"accepted_at"`
}

// Application (开通申请) is the newest request to open the account.
type Application struct {
	Number     int64         `json:"n"`
	On         calendar.Date `json:"on"`
	Decision   Decision      `json:"decision"`
	Reasons    []string      `json:"reasons,omitempty"`
	Until      calendar.Date `json:"until,omitzero"` // refused for applying too often: when the next one is assessed
	Terms      *Terms        `json:"terms,omitzero"` // while a reviewer decides
	Agreements []Agreement   `json:"agreements,omitempty"`
}

// Decision is what an assessment comes to.
type Decision string

// The decisions.
const (
	Approved Decision = "approved"
	Refused  Decision = "refused"
	Referred Decision = "referred" // a reviewer decides
)
