package api

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
)

// place is where an event stands: its entry's position in the log, and its own in the entry.
type place struct{ position, number int64 }

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
	if _, err := c.look(id, func(*credit.Account, credit.Moment) {}); err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	written, last, more := int64(0), place{}, false
	for from := max(after.position-1, 0); !more; {
		entries, err := c.server.tables.History(background, id, from, int(limit)+1)
		if err != nil {
			return err
		}
		for i := 0; i < len(entries) && !more; i++ {
			e := &entries[i]
			from = e.Position
			day, err := wire.EffectiveDay(e.Name, e.Command, calendar.Date(e.Day))
			if err != nil {
				return err
			}
			var events [][3]jsontext.Value // name, version, data
			if err := json.Unmarshal(e.Events, &events); err != nil {
				return fmt.Errorf("events of entry %d/%d: %w", e.Partition, e.Position, err)
			}
			for k := range events {
				at := place{e.Position, int64(k + 1)}
				if at.position == after.position && at.number <= after.number {
					continue
				}
				if written == limit {
					more = true
					break
				}
				o.begin()
				o.text("id", "evt_"+strings.TrimPrefix(string(id), "acc_")+"_"+at.String())
				o.raw("type", events[k][0])
				o.raw("version", events[k][1])
				o.date("on", day)
				o.instant("at", time.UnixMicro(e.Time))
				o.raw("data", events[k][2])
				o.end()
				last = at
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

func (p place) String() string {
	return strconv.FormatInt(p.position, 10) + "-" + strconv.FormatInt(p.number, 10)
}

// eventCursor reads where the page before ended.
func (c *call) eventCursor() (p place, err error) {
	s, err := c.queryText("cursor", 64)
	if err != nil || s == "" {
		return p, err
	}
	position, number, _ := strings.Cut(s, "-")
	p.position, err = strconv.ParseInt(position, 10, 64)
	if err == nil {
		p.number, err = strconv.ParseInt(number, 10, 64)
	}
	if err != nil || p.position < 1 || p.number < 1 || p.String() != s {
		return p, parameterProblem(kindInvalidParameter, "cursor", "is not the next of a page of this list")
	}
	return p, nil
}
