package api

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/relay"
)

// everyType stands for all types of events in a list of types.
const everyType = "*"

// askedTypes reads a list of types; nil: all of them. One that is not known would never be sent.
func askedTypes(names []string) ([]string, error) {
	var faults []fault
	for i, name := range names {
		at := "/event_types/" + strconv.Itoa(i)
		switch {
		case name == everyType && len(names) > 1:
			faults = append(faults, fault{pointer: at, detail: "* is all types: it stands alone"})
		case name != everyType && !event.Known(name):
			faults = append(faults, fault{pointer: at, detail: fmt.Sprintf("%q is no type of event", cut(name))})
		case slices.Contains(names[:i], name):
			faults = append(faults, fault{pointer: at, detail: "stands twice"})
		}
	}
	switch {
	case len(faults) > 0:
		return nil, &problem{kind: kindInvalidRequest, faults: faults}
	case len(names) == 1 && names[0] == everyType:
		return nil, nil
	}
	return names, nil
}

// ofAddress says what is wrong with the address of a receiver.
func ofAddress(err error) error {
	if !errors.Is(err, relay.ErrAddress) {
		return err
	}
	_, detail, _ := strings.Cut(err.Error(), relay.ErrAddress.Error()+": ")
	return &problem{kind: kindInvalidRequest, faults: []fault{{pointer: "/url", detail: detail}}}
}

func createWebhookEndpoint(c *call) error {
	var body contract.WebhookEndpointRequest
	if err := c.read(&body); err != nil {
		return err
	}
	types, err := askedTypes(body.EventTypes)
	if err != nil {
		return err
	}
	e, secret, err := c.server.webhooks.Create(background, c.caller.Platform, body.URL, body.Description, types)
	if errors.Is(err, relay.ErrTooMany) {
		return &problem{kind: kindTooManyEndpoints, detail: fmt.Sprintf("there are %d already", relay.MostEndpoints)}
	}
	if err != nil {
		return ofAddress(err)
	}
	c.endpoint(fasthttp.StatusCreated, &e, secret)
	return nil
}

// endpoint answers with an endpoint, and with its secret when it is new.
func (c *call) endpoint(status int, e *relay.Endpoint, secret string) {
	var o out
	o.webhookEndpoint(e, secret)
	c.json(status, o.b)
}

func (o *out) webhookEndpoint(e *relay.Endpoint, secret string) {
	o.begin()
	o.text("id", e.ID)
	o.text("url", e.URL)
	types := e.Types
	if len(types) == 0 {
		types = []string{everyType}
	}
	o.texts("event_types", types)
	o.maybe("description", e.Description)
	status := "disabled"
	if e.Enabled {
		status = "enabled"
	}
	o.text("status", status)
	o.number("waiting_accounts", e.Waiting)
	o.number("dead_events", e.Dead)
	o.instant("created_at", e.Created)
	o.instant("changed_at", e.Changed)
	o.maybe("secret", secret)
	if !e.OldUntil.IsZero() {
		o.instant("old_secret_until", e.OldUntil)
	}
	o.end()
}

func listWebhookEndpoints(c *call) error {
	list, err := c.server.webhooks.Endpoints(background, c.caller.Platform)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range list {
		o.webhookEndpoint(&list[i], "")
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func getWebhookEndpoint(c *call) error {
	e, err := c.ownEndpoint()
	if err != nil {
		return err
	}
	c.endpoint(fasthttp.StatusOK, &e, "")
	return nil
}

// ownEndpoint is the caller's endpoint that the path names.
func (c *call) ownEndpoint() (relay.Endpoint, error) {
	return c.server.webhooks.Endpoint(background, c.caller.Platform, c.parameters[0])
}

func changeWebhookEndpoint(c *call) error {
	var body contract.WebhookEndpointChange
	if err := c.read(&body); err != nil {
		return err
	}
	var change relay.Change
	if body.URL != "" {
		change.URL = &body.URL
	}
	if body.Description != "" {
		change.Description = &body.Description
	}
	if len(body.EventTypes) > 0 {
		types, err := askedTypes(body.EventTypes)
		if err != nil {
			return err
		}
		change.Types = &types
	}
	if body.Status != "" {
		enabled := body.Status == "enabled"
		change.Enabled = &enabled
	}
	e, err := c.server.webhooks.Update(background, c.caller.Platform, c.parameters[0], change)
	if err != nil {
		return ofAddress(err)
	}
	c.endpoint(fasthttp.StatusOK, &e, "")
	return nil
}

func deleteWebhookEndpoint(c *call) error {
	if err := c.server.webhooks.Delete(background, c.caller.Platform, c.parameters[0]); err != nil {
		return err
	}
	var o out
	o.begin()
	o.text("id", c.parameters[0])
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func rotateWebhookSecret(c *call) error {
	var body contract.WebhookSecretRotation
	if err := c.read(&body); err != nil {
		return err
	}
	e, secret, err := c.server.webhooks.Rotate(background, c.caller.Platform, c.parameters[0], time.Duration(body.OverlapHours)*time.Hour)
	if err != nil {
		return err
	}
	c.endpoint(fasthttp.StatusOK, &e, secret)
	return nil
}

func testWebhookEndpoint(c *call) error {
	if err := c.readNothing(); err != nil {
		return err
	}
	d, err := c.server.webhooks.Ping(background, c.caller.Platform, c.parameters[0])
	if err != nil {
		return err
	}
	var o out
	o.delivery(&d)
	c.json(fasthttp.StatusOK, o.b)
	return nil
}
