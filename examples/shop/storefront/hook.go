package storefront

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"

	"github.com/yuefu/yuefu/api/client"
)

// hookPath is where yuefu sends its events.
const hookPath = "/yuefu"

// events are what was taken.
type events struct {
	seen   map[string]bool // by id: an event that comes again is the same one
	recent []client.Event  // the newest last
	forged int             // what came without a signature of yuefu's
}

// shown is how many events the page lists.
const shown = 100

// receive takes an event: verified first, answered at once, worked off later. A
// receiver that works before it answers is slow, and is sent everything twice.
func (s *Shop) receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // it comes again
	}
	event, err := s.hook.Event(r.Header, body)
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil:
		s.events.forged++
		http.Error(w, "not signed by yuefu", http.StatusUnauthorized)
		return
	case s.events.seen[event.ID]:
	default:
		select {
		case s.queue <- event:
			s.events.seen[event.ID] = true
			s.events.recent = append(s.events.recent, event)
			s.events.recent = s.events.recent[max(0, len(s.events.recent)-shown):]
		default:
			http.Error(w, "busy", http.StatusServiceUnavailable) // it comes again
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// work does what has to be done about events, one after the other, as they came.
func (s *Shop) work(ctx context.Context) {
	defer close(s.stopped)
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-s.queue:
			if err := s.heed(ctx, e); err != nil && !errors.Is(err, context.Canceled) {
				s.Log.Error("an event could not be heeded", "event", e.ID, "type", e.Type, "error", err)
			}
		}
	}
}

// heed does what an event is a reason for.
func (s *Shop) heed(ctx context.Context, e client.Event) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s.mu.Lock()
	s.walletOf(e.Customer).hear(e)
	s.mu.Unlock()
	switch e.Type {
	case "account.opened":
		return s.bind(ctx, e.Customer, e.Account)
	case "authorisation.approved", "authorisation.voided", "authorisation.expired":
		// The customer may have closed the browser before they came back to us.
		return s.refreshAll(ctx, e.Customer)
	}
	return nil
}

// refreshAll asks what came of a customer's orders that are not shipped.
func (s *Shop) refreshAll(ctx context.Context, customer string) error {
	s.mu.Lock()
	var open []order
	for _, o := range s.newest {
		if o.Customer == customer && o.Purchase == "" {
			open = append(open, *o)
		}
	}
	s.mu.Unlock()
	for _, o := range open {
		if _, err := s.refresh(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// bind tells yuefu from which cards the customer may be debited: those that they bound in
// the shop, by the names that the payment service has for them, and no card number.
func (s *Shop) bind(ctx context.Context, customer, account string) error {
	if !s.ours(customer) {
		return nil
	}
	if _, err := s.API.PutSources(ctx, account, client.SourcesRequest{Sources: cards(customer)}); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.walletOf(customer).Bound = true
	return nil
}

// ours says whether a customer came to this shop: the platform may have others.
func (s *Shop) ours(customer string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.visitors {
		if c == customer {
			return !slices.ContainsFunc(s.People, func(p Person) bool { return p.Customer == customer })
		}
	}
	return false
}

// cards are the made-up ones of a made-up customer. A sandbox's payment service finds
// money on what is called full, and none on what is called empty.
func cards(customer string) []client.SourceTold {
	return []client.SourceTold{
		{Source: "tok_full_" + customer, Label: "招商银行 ···· 8823"},
		{Source: "tok_empty_" + customer, Label: "工商银行 ···· 0017"},
	}
}

func listEvents(v *visit) error {
	v.mu.Lock()
	list := slices.Clone(v.events.recent)
	forged := v.events.forged
	v.mu.Unlock()
	slices.Reverse(list)
	return v.show(http.StatusOK, "events", map[string]any{"Events": list, "Forged": forged, "Endpoint": v.endpoint, "URL": v.Public + hookPath})
}
