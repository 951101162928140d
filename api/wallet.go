package api

import (
	"net/url"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/session"
)

// newWalletSession gives the platform a link for one customer. That the customer has no
// account yet is no reason against it: the wallet is where they would open one.
func newWalletSession(c *call) error {
	var body contract.WalletSessionRequest
	if err := c.read(&body); err != nil {
		return err
	}
	if _, err := c.server.catalogue.Programme(background, c.caller.Platform, body.Programme); err != nil {
		return err
	}
	var p problem
	for _, address := range []struct{ name, value string }{{"return_url", body.ReturnURL}, {"cashier_url", body.CashierURL}} {
		if address.value != "" && !linkable(address.value) {
			p.faults = append(p.faults, fault{pointer: "/" + address.name, detail: "is not an http or https address"})
		}
	}
	if len(p.faults) > 0 {
		p.kind = kindInvalidRequest
		return &p
	}
	token, expires, err := c.server.sessions.NewLink(background,
		c.who(body.Programme, body.Customer),
		session.About{Language: string(body.Language), Return: body.ReturnURL, Cashier: body.CashierURL, Page: string(body.Page)})
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.text("url", c.origin()+"/wallet/enter?link="+token)
	o.instant("expires_at", expires)
	o.end()
	c.json(fasthttp.StatusCreated, o.b)
	return nil
}

// endWalletSessions logs a customer out everywhere.
func endWalletSessions(c *call) error {
	var body contract.WalletSessionEnd
	if err := c.read(&body); err != nil {
		return err
	}
	if err := c.server.sessions.EndAll(background, c.who(body.Programme, body.Customer).Account); err != nil {
		return err
	}
	var o out
	o.begin()
	o.text("customer", body.Customer)
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// who is a customer of the caller's platform, as sessions know them.
func (c *call) who(programme, customer string) session.Who {
	p := Principal{Platform: c.caller.Platform, Programme: programme, Customer: customer}
	return session.Who{Platform: p.Platform, Programme: programme, Customer: customer, Account: string(p.Account())}
}

// linkable says whether a page may lead a customer to an address: no script, no file.
func linkable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// origin is what links to hosted pages begin with.
func (c *call) origin() string {
	if c.server.public != "" {
		return c.server.public
	}
	return "http://" + string(c.http.Host())
}
