package api

import (
	"context"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/servicing"
)

// instantDesk approves everything at once: what is left is the API's own work.
type instantDesk struct {
	*servicing.Desk
	account *credit.Account
}

func (d *instantDesk) Do(_ context.Context, r servicing.Request) (servicing.Answer, error) {
	c := r.Command.(credit.Authorise)
	events := []credit.Event{credit.Authorised{
		Number: 17, Amount: c.Amount, Plan: c.Plan, Scene: c.Scene, Merchant: c.Merchant, Order: c.Order, Quote: c.Consent.Hash, LastDay: 20_475,
	}}
	return servicing.Answer{Body: r.Answer(d.account, events, credit.Moment{Day: 20_468})}, nil
}

func BenchmarkAuthorise(b *testing.B) {
	w := newWorld(b)
	account := w.opened(b, "u-1001")
	body, err := json.Marshal(w.checkout(b, account, 600_00, "flat6", "o-20260115-0001"))
	if err != nil {
		b.Fatal(err)
	}
	w.server.desk = &instantDesk{w.desk, &credit.Account{ID: credit.ID(account.ID), Terms: &credit.Terms{Currency: "CNY"}}}
	var ctx fasthttp.RequestCtx
	ctx.Init(new(fasthttp.Request), nil, nil)
	r := &ctx.Request
	r.Header.SetMethod("POST")
	r.SetRequestURI("http://localhost:8080/v1/authorisations")
	r.Header.Set("Authorization", "Bearer "+w.platform)
	r.Header.Set("Idempotency-Key", "o-20260115-0001")
	r.Header.SetContentType("application/json")
	r.SetBody(body)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		ctx.Response.Reset()
		w.server.serve(&ctx)
		if ctx.Response.StatusCode() != fasthttp.StatusCreated {
			b.Fatal(string(ctx.Response.Body()))
		}
	}
}
