package api

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

func listFunders(c *call) error {
	positions, err := c.server.tables.Positions(background)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for _, f := range c.server.catalogue.Funders(c.caller.Platform) {
		o.funder(&f, positions)
	}
	o.endList()
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func putFunder(c *call) error {
	var body contract.FunderRequest
	if err := c.read(&body); err != nil {
		return err
	}
	f := catalogue.Funder{
		Platform: c.caller.Platform, ID: body.ID, Names: catalogue.Label{ZH: body.Names.Zh, EN: body.Names.En}, Licence: body.Licence, Bureau: body.Bureau,
	}
	for _, r := range body.Rooms {
		f.Rooms = append(f.Rooms, catalogue.Room{Currency: money.Currency(r.Currency), Amount: money.Amount(r.Amount)})
	}
	f, err := c.server.catalogue.PutFunder(background, c.caller.KeyID, f)
	if errors.Is(err, catalogue.ErrExists) {
		return &problem{kind: kindFunderTaken}
	}
	if err != nil {
		return err
	}
	c.server.rooms.forget()
	positions, err := c.server.tables.Positions(background)
	if err != nil {
		return err
	}
	var o out
	o.funder(&f, positions)
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func (o *out) funder(f *catalogue.Funder, positions []view.Position) {
	o.begin()
	o.text("id", f.ID)
	o.object("names")
	o.text("zh", f.Names.ZH)
	o.text("en", f.Names.EN)
	o.end()
	o.text("licence", f.Licence)
	o.maybe("bureau", f.Bureau)
	o.list("rooms")
	for _, r := range f.Rooms {
		o.begin()
		o.text("currency", string(r.Currency))
		o.amount("amount", r.Amount)
		o.end()
	}
	o.endList()
	o.list("positions")
	for _, p := range positions {
		if p.Funder == f.ID {
			o.begin()
			o.text("currency", string(p.Currency))
			o.amount("claim", p.Claim)
			o.amount("collected", p.Collected)
			o.end()
		}
	}
	o.endList()
	o.end()
}

// rooms knows which funders have no room left. It is looked up beside the checkouts
// that ask, a second apart, from tables that are seconds behind: no checkout waits for it.
type rooms struct {
	mu    sync.Mutex
	known atomic.Pointer[roomsKnown]
}

type roomsKnown struct {
	at   time.Time
	full map[roomKey][]string // the funders without room
}

type roomKey struct {
	platform string
	currency money.Currency
}

// roomsAge is how old an answer may be.
const roomsAge = time.Second

func (r *rooms) forget() { r.known.Store(nil) }

// full names the platform's funders that have no room in a currency.
func (s *Server) full(platform string, currency money.Currency) []string {
	known := s.rooms.known.Load()
	if known == nil { // the first one waits
		s.lookForRoom()
		known = s.rooms.known.Load()
	} else if time.Since(known.at) > roomsAge && s.rooms.mu.TryLock() {
		go func() {
			defer s.rooms.mu.Unlock()
			s.refreshRooms()
		}()
	}
	return known.full[roomKey{platform, currency}]
}

func (s *Server) lookForRoom() {
	s.rooms.mu.Lock()
	defer s.rooms.mu.Unlock()
	if s.rooms.known.Load() == nil {
		s.refreshRooms()
	}
}

// refreshRooms looks again. If the tables can't be read, what was known holds: a
// funder's room is no reason to stop checkouts.
func (s *Server) refreshRooms() {
	next := &roomsKnown{at: time.Now(), full: map[roomKey][]string{}}
	defer func() { s.rooms.known.Store(next) }()
	bounded := s.catalogue.BoundedFunders()
	if len(bounded) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	positions, err := s.tables.Positions(ctx)
	if err != nil {
		s.log.Error("look for funders' room", "error", err)
		if before := s.rooms.known.Load(); before != nil {
			next.full = before.full
		}
		return
	}
	for _, f := range bounded {
		for _, room := range f.Rooms {
			claim := money.Amount(0)
			for _, p := range positions {
				if p.Funder == f.ID && p.Currency == room.Currency {
					claim = p.Claim
				}
			}
			if claim >= room.Amount {
				key := roomKey{f.Platform, room.Currency}
				next.full[key] = append(next.full[key], f.ID)
			}
		}
	}
}

// lenders writes who lends, by which shares.
func (o *out) lenders(r credit.Route) {
	o.list("lenders")
	for _, s := range r.Shares {
		o.begin()
		o.text("funder", s.Funder)
		o.number("share", int64(s.Share))
		o.maybe("bureau", s.Bureau)
		o.end()
	}
	o.endList()
}
