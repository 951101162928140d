package api

import (
	"fmt"
	"strings"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/event"
)

// listEvents tells an account's history as the log has it, oldest first.
func listEvents(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	limit, err := c.queryNumber("limit", 1, largestPage, standardPage)
	if err != nil {
		return err
	}
	after, err := c.eventCursor()
	if err != nil {
		return err
	}
	customer := ""
	if _, err := c.look(id, func(a *credit.Account, _ credit.Moment) { customer = a.Customer }); err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	written, last, more := int64(0), event.Place{}, false
	for from := max(after.Position-1, 0); !more; {
		entries, err := c.server.tables.History(background, id, from, int(limit)+1)
		if err != nil {
			return err
		}
		for i := 0; i < len(entries) && !more; i++ {
			from = entries[i].Position
			events, err := event.Of(&entries[i], customer)
			if err != nil {
				return err
			}
			for k := range events {
				if !after.Before(events[k].Place) {
					continue
				}
				if written == limit {
					more = true
					break
				}
				o.comma()
				o.b = events[k].Append(o.b)
				last = events[k].Place
				written++
			}
		}
		if len(entries) <= int(limit) {
			break
		}
	}
	o.endList()
	if more {
		o.text("next", last.String())
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// eventCursor reads where the page before ended.
func (c *call) eventCursor() (p event.Place, err error) {
	s, err := c.queryText("cursor", 64)
	if err != nil || s == "" {
		return p, err
	}
	p, ok := event.ParsePlace(s)
	if !ok {
		return p, parameterProblem(kindInvalidParameter, "cursor", "is not the next of a page of this list")
	}
	return p, nil
}

// longestCursor is that of 256 partitions.
const longestCursor = 4096

// listAllEvents tells what happened to all of a platform's accounts. Its page always
// has a next: whoever comes back with it later is told what happened since.
func listAllEvents(c *call) error {
	limit, err := c.queryNumber("limit", 1, largestPage, standardPage)
	if err != nil {
		return err
	}
	filter := event.Filter{Platform: c.caller.Platform}
	if filter.Types, err = c.eventTypes(); err != nil {
		return err
	}
	if account, err := c.queryText("account", 64); err != nil {
		return err
	} else if account != "" {
		if filter.Account, err = c.asAccount(account); err != nil {
			return err
		}
		if _, err := c.look(filter.Account, func(*credit.Account, credit.Moment) {}); err != nil {
			return err
		}
	}
	partitions := len(c.server.partitions)
	from := event.Start(partitions)
	if s, err := c.queryText("cursor", longestCursor); err != nil {
		return err
	} else if s != "" {
		var ok bool
		if from, ok = event.ParseCursor(s, partitions); !ok {
			return parameterProblem(kindInvalidParameter, "cursor", "is not the next of a page of this list")
		}
	}
	page, err := c.server.feed.Read(background, filter, from, int(limit))
	if err != nil {
		return err
	}
	o := out{b: make([]byte, 0, 512*(len(page.Events)+1))}
	o.begin()
	o.list("data")
	for i := range page.Events {
		o.comma()
		o.b = page.Events[i].Append(o.b)
	}
	o.endList()
	o.bool("more", page.More)
	o.text("next", page.Next.String())
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// eventTypes reads the types that are asked for, with commas between. One that there
// is not would find nothing for ever, which looks as if nothing happened.
func (c *call) eventTypes() ([]string, error) {
	s, err := c.queryText("type", 1024)
	if err != nil || s == "" {
		return nil, err
	}
	names := strings.Split(s, ",")
	for _, name := range names {
		if !event.Known(name) {
			return nil, parameterProblem(kindInvalidParameter, "type", fmt.Sprintf("%q is no type of event", cut(name)))
		}
	}
	return names, nil
}
