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
	Act         string    `json:"act"`          // what the person did, such as "tap_agree"
	Channel     string    `json:"channel"`      // where they did it, such as "wallet", "checkout", "api"
	Language    string    `json:"language"`     // in which the text stood before them: "zh-Hans" or "en"
	ReadSeconds *int      `json:"read_seconds"` // how long it did, in whole seconds, rounded down; nil: nothing was said
	Preselected *bool     `json:"preselected"`
}

const (
	// clockSkew is how far a platform's clock may run ahead of ours.
	clockSkew = 2 * time.Minute
	// consentLife is how long an act of consent can wait to be used.
	consentLife = 24 * time.Hour
)

// reading is for how long what a customer agrees to has to stand before them: a text, and
// the figures of anything that costs money or makes a debt. The law forces it for each
// instalment on the page where it is paid, not for the contract only.
func (t *Terms) reading() time.Duration { return time.Duration(t.ReadingSeconds) * time.Second }

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
	case c.Channel == "":
		return wrong(ConsentIncomplete, "channel", "says not where it was given")
	case c.Language == "":
		return wrong(ConsentIncomplete, "language", "says not in which language the text was read")
	case c.ShownAt.IsZero():
		return wrong(ConsentIncomplete, "shown_at", "says not when the text was shown")
	case c.AcceptedAt.IsZero():
		return wrong(ConsentIncomplete, "accepted_at", "says not when it was accepted")
	case c.ReadSeconds == nil:
		return wrong(ConsentIncomplete, "read_seconds", "says not how long the text stood before the person")
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
	case time.Duration(*c.ReadSeconds) < reading/time.Second:
		return wrong(ConsentTooFast, "read_seconds", "was read for less time than the text needs ("+reading.String()+")")
	case time.Duration(*c.ReadSeconds) > c.AcceptedAt.Sub(c.ShownAt)/time.Second:
		return wrong(ConsentTooFast, "read_seconds", "cannot have been read for longer than from when it was shown until it was accepted")
	case c.AcceptedAt.Sub(now) > clockSkew:
		return wrong(ConsentInFuture, "accepted_at", "was accepted later than now")
	case now.Sub(c.AcceptedAt) > consentLife:
		return wrong(ConsentOutdated, "accepted_at", "is older than "+consentLife.String())
	}
	return nil
}

// Agreement (协议) is the whole evidence of a consent that was checked, as the log keeps
// it: from the event alone a receipt can be made of what was agreed to, and how.
type Agreement struct {
	Document    Document  `json:"text"`
	Person      string    `json:"person"`
	ShownAt     time.Time `json:"shown_at"`
	AcceptedAt  time.Time `json:"accepted_at"`
	Act         string    `json:"act"`
	Channel     string    `json:"channel"`
	Language    string    `json:"language"`
	ReadSeconds int       `json:"read_seconds"`
	Preselected bool      `json:"preselected"` // false: nothing was ticked beforehand, and that was said
}

// Kept is what the log keeps of evidence that was found whole.
func (c *Consent) Kept(document Document) Agreement {
	return Agreement{
		Document: document, Person: c.Person, ShownAt: c.ShownAt.UTC(), AcceptedAt: c.AcceptedAt.UTC(),
		Act: c.Act, Channel: c.Channel, Language: c.Language, ReadSeconds: *c.ReadSeconds, Preselected: *c.Preselected,
	}
}

// ByAct tells whether the evidence is whole, and of this person by an act of their
// own: what a check of the log asks of all that stands on a consent.
func (c *Consent) ByAct(person string) bool {
	return c.Person == person && c.Act != "" && c.Channel != "" && c.Language != "" && c.Preselected != nil && !*c.Preselected &&
		!c.ShownAt.IsZero() && c.ReadSeconds != nil && *c.ReadSeconds >= 0 && time.Duration(*c.ReadSeconds) <= c.AcceptedAt.Sub(c.ShownAt)/time.Second
}

// Proves tells whether what was kept is this evidence, to the last part.
func (c *Consent) Proves(kept Agreement, person string) bool {
	return c.ByAct(person) && kept == c.Kept(Document{Name: c.Document, Version: c.Version, Hash: c.Hash})
}

// Application (开通申请) is the newest request to open the account.
type Application struct {
	Number     int64         `json:"n"`
	On         calendar.Date `json:"on"`
	Programme  string        `json:"programme,omitzero"`
	Version    int           `json:"version,omitzero"` // of the programme
	Decision   Decision      `json:"decision"`
	Reasons    []string      `json:"reasons,omitempty"`
	Until      calendar.Date `json:"until,omitzero"`       // refused: when the next one is assessed, if not at once
	Terms      *Terms        `json:"terms,omitzero"`       // while a reviewer decides, or can be asked to
	ExpectedBy calendar.Date `json:"expected_by,omitzero"` // by when the reviewer decides
	AppealedOn calendar.Date `json:"appealed_on,omitzero"`
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
