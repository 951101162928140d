package api

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/calendar"
)

func getClock(c *call) error {
	at := c.server.desk.Today()
	var o out
	o.begin()
	o.date("business_date", at.Day)
	o.instant("now", time.UnixMicro(at.Time))
	o.text("time_zone", c.server.zone)
	o.bool("sandbox", c.server.sandbox)
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// maxAdvance is how many days one request may move the clock: more than a year,
// few enough that a slip of the year is no hour of work.
const maxAdvance = 400

func advanceClock(c *call) error {
	var body contract.AdvanceRequest
	if err := c.read(&body); err != nil {
		return err
	}
	if body.To-c.server.desk.Today().Day > calendar.Date(maxAdvance) {
		return &problem{kind: kindInvalidRequest, faults: []fault{{pointer: "/to", detail: fmt.Sprintf("is more than %d days ahead: go there in steps", maxAdvance)}}}
	}
	if err := c.server.desk.Advance(background, body.To, nil); err != nil {
		return err
	}
	return getClock(c)
}

func getFigures(c *call) error {
	desk, err := json.Marshal(c.server.desk.Figures())
	if err != nil {
		return err
	}
	n := &c.server.statuses
	var o out
	o.begin()
	o.raw("desk", desk)
	o.object("requests")
	o.number("succeeded", n[2].Load()+n[3].Load())
	o.number("refused", n[4].Load())
	o.number("failed", n[5].Load())
	o.end()
	if err := o.payments(c.server); err != nil {
		return err
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// PaymentFigures are what whoever carries debits out counts.
type PaymentFigures struct {
	Sent         int64 // to the payment service
	Settled      int64 // results told to the desk
	Refused      int64
	Failed       int64 // questions that had no answer
	Undecided    int   // debits that were asked about, and nobody knows
	Contradicted int64 // results that the books have the other way round
}

// payments says whether somebody carries debits out, and how many wait.
func (o *out) payments(s *Server) error {
	pending, err := s.tables.CountPendingDebits(background)
	if err != nil {
		return err
	}
	o.object("payments")
	o.bool("connected", s.payments != nil)
	o.number("pending", pending)
	if s.payments != nil {
		f := s.payments()
		o.number("sent", f.Sent)
		o.number("settled", f.Settled)
		o.number("refused", f.Refused)
		o.number("failed", f.Failed)
		o.number("undecided", int64(f.Undecided))
		o.number("contradicted", f.Contradicted)
	}
	o.end()
	return nil
}

func getHealth(c *call) error {
	c.json(fasthttp.StatusOK, []byte(`{"status":"ok"}`))
	return nil
}

// getReadiness tells a load balancer whether to send requests here.
func getReadiness(c *call) error {
	switch {
	case c.server.stopping.Load():
		return &problem{kind: kindShuttingDown}
	case c.server.desk.Today().Day == 0:
		return &problem{kind: kindUnavailable, cause: fmt.Errorf("no business date is open")}
	case c.server.ready != nil:
		if err := c.server.ready(background); err != nil {
			return &problem{kind: kindUnavailable, cause: err}
		}
	}
	c.json(fasthttp.StatusOK, []byte(`{"status":"ok"}`))
	return nil
}

func getMetrics(c *call) error {
	c.server.metrics(c.http)
	return nil
}

func getContract(c *call) error {
	c.write(fasthttp.StatusOK, "application/yaml", openapi)
	return nil
}
