package sim

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/yuefu/yuefu/api/client"
)

// read reads every text that an applicant has to agree to, as somebody does who
// signs nothing unread, and checks that it is the text that was announced.
func (w *world) read(ctx context.Context, d client.Disclosure) error {
	if len(d.Documents) == 0 {
		return fmt.Errorf("the programme %s asks for no consent to anything", d.Programme)
	}
	for _, announced := range d.Documents {
		text, err := w.api.GetText(ctx, announced.Hash)
		if err != nil {
			return fmt.Errorf("read %s: %w", announced.Document, err)
		}
		if text.Document != announced.Document || text.Version != announced.Version || strings.TrimSpace(text.Body) == "" {
			return fmt.Errorf("%s, version %d, was announced and %s, version %d, is shown", announced.Document, announced.Version, text.Document, text.Version)
		}
	}
	for _, p := range d.Plans {
		if err := checkCost(d.ExampleAmount, p.Total, p.Cost, p.AnnualRate, w.terms.CostCap, p.Instalments); err != nil {
			return fmt.Errorf("the disclosed plan %s: %w", p.Plan, err)
		}
	}
	return nil
}

// agree is the evidence that somebody read a text and then agreed to it.
func (c *customer) agree(d client.DocumentToAgree) client.Consent {
	accepted := c.world.clock.Now.Add(-5 * time.Second)
	reading := d.ReadingSeconds + 2 + c.chance.IntN(90)
	return client.Consent{
		Document: d.Document, Version: d.Version, Hash: d.Hash, Person: c.name,
		ShownAt: accepted.Add(-time.Duration(reading) * time.Second), AcceptedAt: accepted, ReadSeconds: reading,
		Act: "tap_agree", Channel: "api", Language: client.LanguageZhHans,
	}
}

// apply asks for an account, with a consent to each text.
func (c *customer) apply(ctx context.Context, declared client.Declared, wanted int64) (client.Application, error) {
	request := client.ApplicationRequest{Customer: c.name, Programme: c.world.Programme, Person: c.person, Declared: declared, RequestedLimit: wanted}
	for _, d := range c.world.documents {
		request.Consents = append(request.Consents, c.agree(d))
	}
	if oneIn(c.chance, 6) {
		// A page that ticks a box for its customer opens no account.
		sly := request
		sly.Consents = append([]client.Consent{}, request.Consents...)
		sly.Consents[0].Preselected = true
		c.met.Requests++
		_, err := c.world.api.Apply(ctx, c.name+"-sly", sly)
		if err := refused(err, "consent_preselected", "an application with a box ticked beforehand"); err != nil {
			return client.Application{}, err
		}
	}
	answer, err := ask(c, func(key string) (client.Application, error) { return c.world.api.Apply(ctx, key, request) })
	if err != nil {
		return answer, err
	}
	c.met.Applications++
	if answer.Customer != c.name || answer.AppliedOn != c.today() || len(answer.Agreements) != len(request.Consents) {
		return answer, fmt.Errorf("applied as %s on %s with %d consents, and got %+v", c.name, c.today(), len(request.Consents), answer)
	}
	if answer.Status == client.DecisionApproved && c.met.Applications == 1 {
		if err := c.twice(ctx, request); err != nil {
			return answer, err
		}
	}
	return answer, c.known(ctx)
}

// arrive is somebody's first application.
func (c *customer) arrive(ctx context.Context) error {
	switch {
	case c.nature.student:
		return c.hope(ctx)
	case c.nature.wants:
		return c.ambition(ctx)
	}
	return c.open(ctx)
}

// open applies with an income that carries what is asked for.
func (c *customer) open(ctx context.Context) error {
	income := int64(4_000+c.chance.IntN(140)*100) * 100
	wanted := min(income*2, 15_000_00) / 1_000_00 * 1_000_00
	application, err := c.apply(ctx, client.Declared{Adult: true, MonthlyIncome: income}, wanted)
	if err != nil {
		return err
	}
	if application.Status != client.DecisionApproved || application.Opened.Limit != wanted {
		return fmt.Errorf("an income of %s and a wish for %s came to %s, limit %s, %v",
			yuan(income), yuan(wanted), application.Status, yuan(application.Opened.Limit), application.Reasons)
	}
	return c.opened(ctx, application.Account)
}

// opened begins the life of an account.
func (c *customer) opened(ctx context.Context, account string) error {
	if c.account != "" && c.account != account {
		return fmt.Errorf("the account was %s and is %s: it has to be the same for ever", c.account, account)
	}
	c.account = account
	c.leaving = false
	c.met.Opened++
	if err := c.look(ctx); err != nil {
		return err
	}
	if !c.now.CanSpend || c.now.OpenedOn != c.today() || c.now.Available != c.now.Limit {
		return fmt.Errorf("a new account is %+v", c.now)
	}
	if err := c.bind(ctx); err != nil {
		return err
	}
	if err := c.instruct(ctx); err != nil {
		return err
	}
	c.plan(soon(c.chance, c.today(), 1, c.nature.pace), "shop", c.shop)
	c.plan(c.nextBill(), "read the bill", c.bill)
	if c.nature.leaves {
		c.plan(soon(c.chance, c.today(), 40, 70), "leave", c.leave)
	}
	return nil
}

// hope is a student who applies three times in a row.
func (c *customer) hope(ctx context.Context) error {
	application, err := c.apply(ctx, client.Declared{Adult: true, Student: true}, 0)
	if err != nil {
		return err
	}
	again := c.world.terms.Applications
	switch tooOften := c.met.Applications > again; {
	case application.Status != client.DecisionRefused || len(application.Reasons) == 0:
		return fmt.Errorf("a student's application came to %s, %v", application.Status, application.Reasons)
	case tooOften && application.ApplyAgainOn <= c.today():
		return fmt.Errorf("application %d within %d days is %+v", c.met.Applications, c.world.terms.WindowDays, application)
	case tooOften:
		c.met.Refused++
		return nil
	}
	c.met.Refused++
	c.plan(soon(c.chance, c.today(), 1, 6), "apply once more", c.hope)
	return nil
}

// ambition asks for so much that a reviewer decides.
func (c *customer) ambition(ctx context.Context) error {
	application, err := c.apply(ctx, client.Declared{Adult: true, MonthlyIncome: 18_000_00}, 30_000_00)
	if err != nil {
		return err
	}
	if application.Status != client.DecisionReferred {
		return fmt.Errorf("a wish for %s came to %s, %v", yuan(30_000_00), application.Status, application.Reasons)
	}
	c.met.Referred++
	approve := !oneIn(c.chance, 4)
	c.plan(soon(c.chance, c.today(), 0, 3), "hear from the reviewer", func(ctx context.Context) error {
		decision := client.ReviewRequest{Approve: approve, Limit: 25_000_00}
		if !approve {
			decision = client.ReviewRequest{Reasons: []string{"income_too_low"}}
		}
		decided, err := ask(c, func(key string) (client.Application, error) {
			return c.world.api.ReviewApplication(ctx, application.ID, key, decision)
		})
		switch {
		case err != nil:
			return err
		case !approve && decided.Status == client.DecisionRefused:
			c.met.Refused++
			return nil
		case approve && decided.Status == client.DecisionApproved:
			return c.opened(ctx, decided.Account)
		}
		return fmt.Errorf("the reviewer decided %+v and the application is %s", decision, decided.Status)
	})
	return nil
}
