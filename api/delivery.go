package api

import (
	"strconv"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/relay"
)

func (o *out) delivery(d *relay.Delivery) {
	o.begin()
	o.text("event", d.Event)
	o.text("type", d.Type)
	o.maybe("account", d.Account)
	o.number("attempt", int64(d.Try))
	o.instant("at", d.At)
	o.number("took_ms", d.Took.Milliseconds())
	if d.Failure == "" {
		o.text("outcome", "delivered")
	} else {
		o.text("outcome", "failed")
	}
	if d.Status != 0 {
		o.number("status", int64(d.Status))
	}
	o.maybe("failure", d.Failure)
	o.maybe("excerpt", d.Excerpt)
	if !d.Next.IsZero() {
		o.instant("next_attempt_at", d.Next)
	}
	o.end()
}

// place reads the cursor of a list that goes by numbers; 0: its beginning.
func (c *call) place() (int64, error) {
	s, err := c.queryText("cursor", 20)
	if err != nil || s == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 || strconv.FormatInt(n, 10) != s {
		return 0, parameterProblem(kindInvalidParameter, "cursor", "is not the next of a page of this list")
	}
	return n, nil
}

func listWebhookDeliveries(c *call) error {
	e, err := c.ownEndpoint()
	if err != nil {
		return err
	}
	limit, err := c.queryNumber("limit", 1, largestPage, standardPage)
	if err != nil {
		return err
	}
	before, err := c.place()
	if err != nil {
		return err
	}
	event, err := c.queryText("event", 128)
	if err != nil {
		return err
	}
	outcome, err := c.queryText("outcome", 16)
	if err != nil {
		return err
	}
	if outcome != "" && outcome != "failed" {
		return parameterProblem(kindInvalidParameter, "outcome", "has to be failed")
	}
	list, err := c.server.webhooks.Deliveries(background, e.ID, before, event, outcome != "", int(limit)+1)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range list[:min(len(list), int(limit))] {
		o.delivery(&list[i])
	}
	o.endList()
	if len(list) > int(limit) {
		o.text("next", strconv.FormatInt(list[limit-1].Number, 10))
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func listDeadEvents(c *call) error {
	e, err := c.ownEndpoint()
	if err != nil {
		return err
	}
	limit, err := c.queryNumber("limit", 1, largestPage, standardPage)
	if err != nil {
		return err
	}
	after, err := c.place()
	if err != nil {
		return err
	}
	list, err := c.server.webhooks.DeadEvents(background, e.ID, after, int(limit)+1)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range list[:min(len(list), int(limit))] {
		d := &list[i]
		o.begin()
		o.text("event", d.Event())
		o.text("type", d.Type)
		o.text("account", string(d.Account))
		o.number("attempts", int64(d.Tries))
		o.instant("first_attempt_at", d.First)
		o.instant("last_attempt_at", d.Last)
		if d.Status != 0 {
			o.number("status", int64(d.Status))
		}
		o.maybe("failure", d.Failure)
		o.bool("replaying", d.Replaying)
		if !d.Next.IsZero() {
			o.instant("next_attempt_at", d.Next)
		}
		o.end()
	}
	o.endList()
	if len(list) > int(limit) {
		o.text("next", strconv.FormatInt(list[limit-1].Number, 10))
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func replayDeadEvents(c *call) error {
	var body contract.ReplayRequest
	if err := c.read(&body); err != nil {
		return err
	}
	e, err := c.ownEndpoint()
	if err != nil {
		return err
	}
	if body.All == (body.Event != "") {
		return &problem{kind: kindInvalidRequest, faults: []fault{{pointer: "/event", detail: "either one event, or all: true"}}}
	}
	n, err := c.server.webhooks.Replay(background, e.ID, body.Event)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.number("replaying", n)
	o.end()
	c.json(fasthttp.StatusAccepted, o.b)
	return nil
}
