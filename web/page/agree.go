package page

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/api/client"
)

// Texts are documents that a person agrees to one by one, each on a page of its own. What
// was agreed to is kept with the session: a page that is loaded again, or gone back to,
// loses nothing, and what was agreed to before the words changed does not count.
type Texts struct {
	Documents []client.DocumentToAgree
	Path      string // of the pages: Path/<document>
	Back      string // where the way began
	Leave     string // where they go who don't agree

	v     *Visit
	steps map[string][]byte
}

// Texts are documents to be agreed to in this session, of which steps tells what was
// done. Fill in where the pages are.
func (v *Visit) Texts(documents []client.DocumentToAgree, steps map[string][]byte) *Texts {
	return &Texts{Documents: documents, v: v, steps: steps}
}

// consent is what is kept of one document that was agreed to.
type consent struct {
	Version     int                    `json:"version"`
	Hash        string                 `json:"hash"`
	ShownAt     time.Time              `json:"shown_at"`
	AcceptedAt  time.Time              `json:"accepted_at"`
	ReadSeconds int                    `json:"read_seconds"`
	Language    client.ConsentLanguage `json:"language"`
}

const documentStep = "document:"

// agreed is the consent to a document in the words that it has now.
func (t *Texts) agreed(d client.DocumentToAgree) (consent, bool) {
	var c consent
	kept, ok := t.steps[documentStep+d.Document]
	if !ok || json.Unmarshal(kept, &c) != nil || c.Hash != d.Hash || c.Version != d.Version {
		return consent{}, false
	}
	return c, true
}

// Agreed says whether a document was agreed to in the words that it has now.
func (t *Texts) Agreed(d client.DocumentToAgree) bool {
	_, ok := t.agreed(d)
	return ok
}

// Next is the page of the first document that was not agreed to; empty when all were.
func (t *Texts) Next() string {
	for _, d := range t.Documents {
		if !t.Agreed(d) {
			return t.Path + "/" + d.Document
		}
	}
	return ""
}

// Consents are the evidence of all that was agreed to.
func (t *Texts) Consents(channel string) (list []client.Consent) {
	for _, d := range t.Documents {
		if c, ok := t.agreed(d); ok {
			list = append(list, client.Consent{
				Document: d.Document, Version: c.Version, Hash: c.Hash, Person: t.v.Customer, Act: "tick_agree", Channel: channel,
				Language: c.Language, ReadSeconds: c.ReadSeconds, ShownAt: c.ShownAt, AcceptedAt: c.AcceptedAt,
			})
		}
	}
	return list
}

// agreePage is one text to be agreed to.
type agreePage struct {
	*Texts
	Document client.DocumentToAgree
	Number   int
	Words    string // in the visitor's language
	Other    string // the same text's other part, if it has two
	Wait     int
	Before   bool // it was agreed to before, in these words
	Unticked bool
	Problem  *client.Problem
}

// agree is the frame's own page for a text.
const agree = "agree"

// at is the path's document, if it is the person's turn to read it: those before it were
// agreed to.
func (t *Texts) at() (at int, turn bool, err error) {
	name := t.v.R.PathValue("name")
	at = slices.IndexFunc(t.Documents, func(d client.DocumentToAgree) bool { return d.Document == name })
	if at < 0 {
		return 0, false, &client.Problem{Status: http.StatusNotFound, Kind: client.NotFound}
	}
	return at, !slices.ContainsFunc(t.Documents[:at], func(d client.DocumentToAgree) bool { return !t.Agreed(d) }), nil
}

// Read shows the path's document, and notes when: from now on it can be read.
func (t *Texts) Read() error {
	at, turn, err := t.at()
	if err != nil {
		return err
	}
	if !turn {
		return t.v.Go(t.Next(), "")
	}
	return t.show(at, nil)
}

func (t *Texts) show(at int, problem *client.Problem) error {
	p, err := t.page(at)
	if err != nil {
		return err
	}
	if err := t.v.Showing(p.Document.Hash); err != nil {
		return err
	}
	if p.Problem = problem; problem != nil {
		return t.v.ShowAgain(agree, problem, p)
	}
	return t.v.Show(agree, p)
}

func (t *Texts) page(at int) (*agreePage, error) {
	d := t.Documents[at]
	text, err := t.v.API.GetText(t.v.Context(), d.Hash)
	if err != nil {
		return nil, err
	}
	p := &agreePage{Texts: t, Document: d, Number: at + 1, Wait: d.ReadingSeconds, Before: t.Agreed(d)}
	p.Words, p.Other = parts(text.Body, t.v.Lang)
	return p, nil
}

// parts puts that part of a text of two languages first that the visitor reads. The
// hash is of the whole, so the whole stands on the page.
func parts(body string, lang Language) (words, other string) {
	zh, en := strings.Index(body, "\n## 简体中文\n"), strings.Index(body, "\n## English\n")
	if zh < 0 || en < zh {
		return body, ""
	}
	head := body[:zh]
	if lang == Chinese {
		return body[:en], body[en:]
	}
	return head + body[en:], body[zh:en]
}

// Take takes the person's act: a box that they ticked, below a text that stood before
// them for as long as it takes to read. It answers, but for an act that counts: where that
// leads is the caller's to say.
func (t *Texts) Take() (agreed bool, err error) {
	at, turn, err := t.at()
	if err != nil {
		return false, err
	}
	if !turn {
		return false, t.v.Go(t.Next(), "")
	}
	d := t.Documents[at]
	if t.v.R.PostFormValue("hash") != d.Hash {
		return false, t.show(at, &client.Problem{Status: http.StatusConflict, Kind: client.ConsentOutdated, Title: "other words"})
	}
	seen, err := t.v.Agreed(d.Hash)
	var problem *client.Problem
	if errors.As(err, &problem) {
		return false, t.show(at, problem) // it was never shown here
	}
	if err != nil {
		return false, err
	}
	p, err := t.page(at)
	if err != nil {
		return false, err
	}
	switch p.Wait -= seen.ReadSeconds; {
	case p.Wait > 0:
		p.Problem = &client.Problem{Status: http.StatusUnprocessableEntity, Kind: client.ConsentTooFast, Title: "too fast to be read"}
		return false, t.v.ShowAgain(agree, p.Problem, p)
	case t.v.R.PostFormValue("agree") != "yes":
		p.Unticked, p.Wait = true, 0
		return false, t.v.ShowAgain(agree, &client.Problem{Status: http.StatusUnprocessableEntity}, p)
	}
	text, err := json.Marshal(consent{
		Version: d.Version, Hash: d.Hash, ShownAt: seen.ShownAt, AcceptedAt: seen.AcceptedAt, ReadSeconds: seen.ReadSeconds, Language: seen.Language,
	})
	if err != nil {
		return false, err
	}
	t.steps[documentStep+d.Document] = text
	return true, t.v.Keep(documentStep+d.Document, text)
}
