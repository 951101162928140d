package api

import (
	"errors"
	"unicode/utf8"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/api/strict"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/vault"
)

// errNoVault is logged when personal data comes to a server that was started without a key.
var errNoVault = errors.New("the server was started without a key for personal data")

// customer returns the customer that the path names. To a page's customer there is nobody else.
func (c *call) customer() (string, error) {
	customer := c.parameters[0]
	if n := utf8.RuneCountInString(customer); n < 1 || n > 128 || !strict.Printable(customer) || c.principal != nil && c.principal.Customer != customer {
		return "", missing("person")
	}
	if c.server.vault == nil {
		return "", &problem{kind: kindUnavailable, cause: errNoVault}
	}
	return customer, nil
}

func getPerson(c *call) error {
	customer, err := c.customer()
	if err != nil {
		return err
	}
	known, err := c.server.vault.Known(background, c.caller.Platform, customer)
	if err != nil {
		return asPerson(err)
	}
	c.json(fasthttp.StatusOK, masked(customer, known))
	return nil
}

// putPerson keeps who a customer is. An account that was opened before anybody said
// who they are takes its place in its programme now.
func putPerson(c *call) error {
	customer, err := c.customer()
	if err != nil {
		return err
	}
	var body contract.PersonDetails
	if err := c.read(&body); err != nil {
		return err
	}
	p, err := c.person(&body, "")
	if err != nil {
		return err
	}
	var known vault.Known
	claims, err := c.claims(customer, p)
	if err == nil {
		known, err = c.server.vault.Put(background, c.caller.Platform, customer, p)
	}
	for _, claim := range claims {
		if err == nil {
			err = c.server.vault.Settle(background, claim)
		} else {
			err = errors.Join(err, c.server.vault.Release(background, claim))
		}
	}
	if err != nil {
		return err
	}
	c.json(fasthttp.StatusOK, masked(customer, known))
	return nil
}

// claims takes the places of a customer's open accounts for the person they turn out to be.
func (c *call) claims(customer string, p vault.Person) (claims []*vault.Claim, err error) {
	for _, v := range c.server.catalogue.Programmes(background, c.caller.Platform) {
		id, open := credit.AccountID(c.caller.Platform, v.Programme, customer), false
		_, err := c.look(id, func(a *credit.Account, _ credit.Moment) {
			open = a.Status == credit.Active || a.Status == credit.Closing
		})
		if err != nil && !isNotFound(err) {
			return claims, err
		}
		if !open {
			continue
		}
		claim, err := c.server.vault.ClaimFor(background, c.caller.Platform, v.Programme, customer, id, p)
		if err != nil {
			return claims, err
		}
		claims = append(claims, claim)
	}
	return claims, nil
}

// personKinds are the problems of a person's fields.
var personKinds = map[string]string{
	vault.FieldName: kindInvalidName, vault.FieldIdentityNumber: kindInvalidIdentity, vault.FieldPhone: kindInvalidPhone,
	vault.FieldAddress: kindInvalidAddress, vault.FieldEmail: kindInvalidEmail,
}

// person checks personal data. All that is wrong is said at once, and never with the value.
func (c *call) person(body *contract.PersonDetails, at string) (vault.Person, error) {
	p, faults := c.server.vault.Check(vault.Person{
		Name: body.Name, IdentityNumber: body.IdentityNumber, Phone: body.Phone, Address: body.Address, Email: body.Email,
	})
	if len(faults) == 0 {
		return p, nil
	}
	wrong := &problem{kind: personKinds[faults[0].Field]}
	if len(faults) > 1 {
		wrong.kind = kindInvalidRequest
	}
	for _, f := range faults {
		wrong.faults = append(wrong.faults, fault{pointer: at + "/" + f.Field, detail: f.Detail})
	}
	return vault.Person{}, wrong
}

// applicant is what an application has to do with the vault.
type applicant struct {
	claim    *vault.Claim // nil: nobody says who the customer is, and the programme does not ask
	customer string
	isNew    bool // this application was the first to say who they are
}

// applicant finds out who applies, as far as they say or said before, holds what they
// declare against it, and takes their one place in the programme.
func (c *call) applicant(body *contract.ApplicationRequest, account credit.ID, policy risk.Policy) (a applicant, err error) {
	v := c.server.vault
	given := body.Person != contract.PersonDetails{}
	var known vault.Known
	switch {
	case v == nil && (given || policy.IdentityRequired):
		return a, &problem{kind: kindUnavailable, cause: errNoVault}
	case v == nil:
		return a, nil
	case given:
		p, err := c.person(&body.Person, "/person")
		if err != nil {
			return a, err
		}
		if known, err = v.Agree(background, c.caller.Platform, body.Customer, p); err != nil {
			return a, err
		}
	default:
		known, err = v.Known(background, c.caller.Platform, body.Customer)
		switch {
		case errors.Is(err, vault.ErrNoPerson) && policy.IdentityRequired:
			return a, &problem{kind: kindIdentityRequired, faults: []fault{{pointer: "/person", detail: "is missing, and nothing is known of the customer yet"}}}
		case errors.Is(err, vault.ErrNoPerson):
			return a, nil
		case err != nil:
			return a, err
		}
	}
	if known.Adult != body.Declared.Adult {
		detail := "is false, and by the identity number the customer is an adult"
		if body.Declared.Adult {
			detail = "is true, and by the identity number the customer is not 18 yet"
		}
		return a, &problem{kind: kindDeclarationContradicts, faults: []fault{{pointer: "/declared/adult", detail: detail}}}
	}
	a.customer, a.isNew = body.Customer, known.New
	a.claim, err = v.Claim(background, c.caller.Platform, body.Programme, body.Customer, account)
	return a, err
}

// unlessRepeated gives the first answer again to who repeats an application, whatever
// is known of the person by now; to everybody else what is wrong with it.
func (c *call) unlessRepeated(account credit.ID, command credit.Apply, wrong error) error {
	if c.asProblem(wrong).kind == kindInternal {
		return wrong
	}
	err := c.send(servicing.Request{Account: account, Command: command, Refused: &credit.Error{Kind: credit.Unchanged}}, fasthttp.StatusCreated)
	var refusal *credit.Error
	if errors.As(err, &refusal) && refusal.Kind == credit.Unchanged {
		return wrong
	}
	return err
}

// decided tells the vault that the application was answered, or that nobody knows. A
// claim that is not settled settles itself once somebody else wants its place.
func (c *call) decided(a applicant, err error) {
	if a.claim == nil || errors.Is(err, servicing.ErrOutcomeUnknown) || errors.Is(err, servicing.ErrGone) {
		return
	}
	err = nil
	if a.isNew && len(c.http.Response.Header.Peek(replayedHeader)) > 0 {
		// An application of long ago, sent again: it brings nobody back who was erased.
		_, err = c.server.vault.Erase(background, c.caller.Platform, a.customer, c.server.desk.Today().Day)
	}
	if err := errors.Join(err, c.server.vault.Settle(background, a.claim)); err != nil {
		c.server.log.Error("a person's place in a programme is not settled yet", "request", c.id, "error", err)
	}
}

// masked writes a person as answers show them.
func masked(customer string, k vault.Known) []byte {
	var o out
	o.begin()
	o.text("id", k.ID)
	o.text("customer", customer)
	o.personMembers(k.Masked)
	o.bool("adult", k.Adult)
	o.instant("created_at", k.Created)
	o.instant("changed_at", k.Changed)
	o.date("erase_on", k.EraseOn)
	o.end()
	return o.b
}

func (o *out) personMembers(p vault.Person) {
	o.text("name", p.Name)
	o.text("identity_number", p.IdentityNumber)
	o.text("phone", p.Phone)
	o.maybe("address", p.Address)
	o.maybe("email", p.Email)
}

// asPerson says 'no such person' of a customer of whom nobody is known.
func asPerson(err error) error {
	if errors.Is(err, vault.ErrNoPerson) {
		return missing("person")
	}
	return err
}

// searchCustomers finds who is on the phone. What is searched by stands in the body:
// a URL is written down on its way.
func searchCustomers(c *call) error {
	var body contract.CustomerSearch
	if err := c.read(&body); err != nil {
		return err
	}
	if (body.Phone == "") == (body.IdentityNumber == "") {
		return &problem{kind: kindInvalidRequest, faults: []fault{{pointer: "", detail: "has to have either a phone or an identity number"}}}
	}
	if c.server.vault == nil {
		return &problem{kind: kindUnavailable, cause: errNoVault}
	}
	found, err := c.server.vault.Find(background, c.caller.Platform, body.IdentityNumber, body.Phone)
	if err != nil {
		return err
	}
	for _, customer := range found {
		if err := c.server.vault.Searched(background, c.caller.Platform, customer, c.caller.KeyID); err != nil {
			return err
		}
	}
	var o out
	o.begin()
	o.texts("customers", found)
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}
