package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json"
)

// overHTTP measures a server in a process of its own, through its API, from
// connections of this process.
func (r *Report) overHTTP(ctx context.Context, o Options, s store, shop *shop, dsn string) (err error) {
	server, err := o.Serve(ctx, dsn)
	if err != nil {
		return fmt.Errorf("start a server: %w", err)
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	bodies, err := shop.bodies()
	if err != nil {
		return err
	}
	p := processes{server: server.Process()}
	if s.postgres {
		p.postmaster = s.postmasterOf(ctx, dsn)
	}
	if err := shop.warmUp(server.Address(), bodies); err != nil {
		return err
	}
	best := 0.0
	for _, connections := range o.Connections {
		callers, hangUp, err := shop.connect(server.Address(), connections, bodies)
		if err != nil {
			return err
		}
		o.say("%s: over HTTP, %d connections", s.name, connections)
		row := r.measured(Row{Store: s.name, What: "checkout, HTTP", Callers: connections}, p, func() result {
			return closedLoop(ctx, callers, o.Duration, &numbers)
		})
		hangUp()
		best = max(best, row.Rate)
	}
	most := o.Connections[len(o.Connections)-1]
	callers, hangUp, err := shop.connect(server.Address(), most, bodies)
	if err != nil {
		return err
	}
	defer hangUp()
	o.say("%s: over HTTP, open loop at half of the best rate", s.name)
	r.measured(Row{Store: s.name, What: "checkout, HTTP, half the best rate", Callers: most}, p, func() result {
		return openLoop(ctx, callers, best/2, o.Duration, &numbers)
	})
	return nil
}

// warmUp lets every account be used once, so that what is measured is a server at
// work and not one that has just started and reads its accounts from the log.
func (s *shop) warmUp(address string, bodies [][]byte) error {
	const connections = 64
	callers, hangUp, err := s.connect(address, connections, bodies)
	if err != nil {
		return err
	}
	defer hangUp()
	errs := make([]error, connections)
	var all sync.WaitGroup
	for w, c := range callers {
		all.Go(func() {
			for i := w; i < len(bodies) && errs[w] == nil; i += connections {
				errs[w] = c(-int64(i) - 1)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// bodies prepares the request of a checkout for each account.
func (s *shop) bodies() ([][]byte, error) {
	bodies := make([][]byte, len(s.accounts))
	for i := range bodies {
		now := s.office.Clock.Now().UTC()
		body, err := json.Marshal(map[string]any{
			"account": s.accounts[i], "amount": checkoutAmount, "currency": s.terms.Currency, "plan": s.terms.Plans[0].ID,
			"scene": "mall", "merchant": "shop", "order": "order-1",
			"consent": map[string]any{
				"person": s.customers[i], "document": "quote", "version": s.terms.Version, "hash": s.quotes[i],
				"shown_at": now, "accepted_at": now, "act": "tap_agree", "channel": "api", "language": "zh-Hans", "read_seconds": 0, "preselected": false,
			},
		})
		if err != nil {
			return nil, err
		}
		bodies[i] = body
	}
	return bodies, nil
}

func (s *shop) connect(address string, connections int, bodies [][]byte) (callers []call, hangUp func(), err error) {
	var clients []*client
	hangUp = func() {
		for _, c := range clients {
			c.close()
		}
	}
	for range connections {
		c, err := dial(address)
		if err != nil {
			hangUp()
			return nil, nil, err
		}
		clients = append(clients, c)
		callers = append(callers, func(n int64) error {
			status, answer, err := c.post("/v1/authorisations", s.key, n, bodies[s.pick(n)])
			if err != nil {
				return err
			}
			if status != 201 {
				return fmt.Errorf("status %d: %s", status, answer)
			}
			return nil
		})
	}
	return callers, hangUp, nil
}
