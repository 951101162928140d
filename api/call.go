package api

import (
	"context"
	"errors"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/strict"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/servicing"
)

var background = context.Background()

// call is one request that is being answered. Strings that leave it are copies:
// fasthttp uses its buffers again.
type call struct {
	server     *Server
	http       *fasthttp.RequestCtx
	route      *route
	id         string
	parameters [maxParameters]string
	caller     catalogue.Caller
	principal  *Principal // a customer, when a page of this process calls for one
	key        string
	reader     strict.Reader
	buffer     []byte
}

// check lets a request through to its handler if who asks may, and if what stands
// around the body fits the contract.
func (c *call) check() error {
	r := c.route
	if r.policy != public {
		if err := c.authenticate(); err != nil {
			return err
		}
	}
	switch {
	case c.principal != nil && !c.principal.allowed(r.policy):
		return &problem{kind: kindNoSuchRoute}
	case r.policy == operatorKey && c.caller.Role != catalogue.OperatorRole:
		return &problem{kind: kindOperatorKey}
	case r.policy == sandboxKey && !c.server.sandbox:
		return &problem{kind: kindNotSandbox}
	}
	if err := c.checkQuery(); err != nil {
		return err
	}
	if r.keyed {
		return c.readKey()
	}
	return nil
}

// account returns the account that the path's first parameter names.
func (c *call) account() (credit.ID, error) { return c.asAccount(c.parameters[0]) }

func (c *call) asAccount(s string) (credit.ID, error) {
	if id := credit.ID(s); id.Valid() && c.mine(id) {
		return id, nil
	}
	return "", missing("account")
}

// part returns the account and number that the path's first parameter names.
func (c *call) part(prefix, what string) (credit.ID, int64, error) {
	account, number, ok := credit.ID(c.parameters[0]).Owner(prefix)
	if !ok || !c.mine(account) {
		return "", 0, missing(what)
	}
	return account, number, nil
}

// missing is the answer to ids of nothing and ids of somebody else's, alike.
func missing(what string) error {
	return &problem{kind: string(credit.NotFound), detail: "there is no such " + what}
}

func isNotFound(err error) bool {
	var refusal *credit.Error
	return errors.As(err, &refusal) && refusal.Kind == credit.NotFound
}

// do carries a command out and answers with what write makes of it. write runs
// once, when the command is decided; its bytes are kept, and given again to
// whoever repeats the key.
func (c *call) do(account credit.ID, command credit.Command, status int, write func(o *out, a *credit.Account, events []credit.Event, at credit.Moment)) error {
	return c.doAt(account, 0, command, status, write)
}

// doAt does the same, if position is 0 or still that of the account's newest entry.
func (c *call) doAt(account credit.ID, position int64, command credit.Command, status int, write func(o *out, a *credit.Account, events []credit.Event, at credit.Moment)) error {
	return c.send(servicing.Request{
		Account: account,
		Command: command,
		Answer: func(a *credit.Account, events []credit.Event, at credit.Moment) []byte {
			o := out{b: make([]byte, 0, 512), asked: c.server.asked}
			write(&o, a, events, at)
			return o.b
		},
		Expect: position,
	}, status)
}

// replayedHeader says of an answer that it was given before.
const replayedHeader = "Idempotent-Replayed"

// send hands the caller's request to the desk, and answers with what it answers.
func (c *call) send(r servicing.Request, status int) error {
	r.Platform, r.Key, r.Gone = c.caller.Platform, c.key, c.gone
	answer, err := c.server.desk.Do(background, r)
	if err != nil {
		return err
	}
	c.server.seen.note(answer.Partition, answer.Position)
	if answer.Replayed {
		c.http.Response.Header.Set(replayedHeader, "true")
	}
	c.json(status, answer.Body)
	return nil
}

// look reads an account's live state, with the penalty that has grown by today.
func (c *call) look(account credit.ID, read func(a *credit.Account, at credit.Moment)) (position int64, err error) {
	err = c.server.desk.Look(background, account, c.caller.Platform, func(a *credit.Account, at credit.Moment, p int64) {
		position = p
		read(a.AsOf(at.Day), at)
	})
	return position, err
}

// show answers with what write makes of an account's live state.
func (c *call) show(account credit.ID, write func(o *out, a *credit.Account, at credit.Moment)) error {
	var o out
	opened := false
	_, err := c.look(account, func(a *credit.Account, at credit.Moment) {
		if opened = a.Terms != nil; opened {
			o.b, o.asked = make([]byte, 0, 1024), c.server.asked
			write(&o, a, at)
		}
	})
	switch {
	case err != nil:
		return err
	case !opened:
		return missing("account")
	}
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (c *call) json(status int, body []byte) { c.write(status, "application/json", body) }

func (c *call) write(status int, media string, body []byte) {
	c.http.SetStatusCode(status)
	c.http.Response.Header.SetContentType(media)
	c.http.Response.SetBody(body)
}

func (c *call) pattern() string {
	if c.route == nil {
		return ""
	}
	return c.route.pattern
}
