package api

import (
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// asked is what a newer version of the agreement asks of an account, or nil.
func (s *Server) asked(a *credit.Account, day calendar.Date) *catalogue.Pending {
	if a.Status != credit.Active || s.catalogue == nil {
		return nil
	}
	return s.catalogue.Pending(a.Platform, a.Terms.Programme, a.Terms.Version, day)
}

// mustAgree says by programme which version new orders need at least.
func (s *Server) mustAgree(platform string) map[string]int {
	_, must := s.catalogue.Asking(platform, s.desk.Today().Day)
	return must
}

// leaving is the account as it is quoted for being settled: free of fees not yet due
// while a newer agreement asks.
func (s *Server) leaving(a *credit.Account, day calendar.Date) *credit.Account {
	if s.asked(a, day) != nil {
		return a.FeeFree()
	}
	return a
}

// agreementPending writes what the customer is asked to agree to.
func (o *out) agreementPending(a *credit.Account, p *catalogue.Pending, day calendar.Date) {
	if p == nil {
		return
	}
	o.object("agreement_pending")
	o.number("version", int64(p.Terms.Version))
	o.date("since", p.Since)
	o.date("until", p.Until)
	o.bool("stops_spending", day > p.Until)
	o.number("reading_seconds", int64(p.Terms.ReadingSeconds))
	o.list("documents")
	for _, d := range a.NewDocuments(p.Terms) {
		o.begin()
		o.text("document", d.Name)
		o.number("version", int64(d.Version))
		o.text("hash", d.Hash)
		o.end()
	}
	o.endList()
	o.list("changes")
	for _, label := range p.Changes {
		o.begin()
		o.text("zh", label.ZH)
		o.text("en", label.EN)
		o.end()
	}
	o.endList()
	o.end()
}

// renewAgreement takes the customer's consents to the newer version that asks. Which
// that is says the catalogue; whether it is newer than the account's is decided again.
func renewAgreement(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	var body contract.RenewalRequest
	if err := c.read(&body); err != nil {
		return err
	}
	var command credit.Renew
	if _, err := c.look(id, func(a *credit.Account, at credit.Moment) {
		if a.Terms == nil {
			return
		}
		if p := c.server.asked(a, at.Day); p != nil {
			command.Terms = p.Terms
		}
	}); err != nil {
		return err
	}
	for i := range body.Consents {
		command.Consents = append(command.Consents, consentOf(&body.Consents[i]))
	}
	return c.do(id, command, fasthttp.StatusCreated, accountAnswer)
}

// listAgreements tells everything that the customer agreed to for this account, with the evidence.
func listAgreements(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	if _, err := c.current(id, "account"); err != nil {
		return err
	}
	rows, err := c.server.tables.Agreements(background, id)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range rows {
		o.agreement(kept(&rows[i]))
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func kept(g *view.Agreement) credit.Agreement {
	return credit.Agreement{
		Document: credit.Document{Name: g.Document, Version: int(g.Version), Hash: g.Hash}, ShownAt: time.UnixMicro(g.ShownAt),
		AcceptedAt: time.UnixMicro(g.AcceptedAt), ReadSeconds: int(g.ReadSeconds), Act: g.Act, Channel: g.Channel, Language: g.Language,
	}
}

func (o *out) agreement(g credit.Agreement) {
	o.begin()
	o.text("document", g.Document.Name)
	o.number("version", int64(g.Document.Version))
	o.text("hash", g.Document.Hash)
	o.instant("shown_at", g.ShownAt)
	o.instant("accepted_at", g.AcceptedAt)
	o.number("read_seconds", int64(g.ReadSeconds))
	o.text("act", g.Act)
	o.text("channel", g.Channel)
	o.text("language", g.Language)
	o.bool("preselected", g.Preselected)
	o.end()
}
