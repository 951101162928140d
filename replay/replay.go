package replay

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/law"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/risk"
	"github.com/yuefu/yuefu/servicing"
)

// The platform and programme that a replay makes.
const (
	Platform  = "replay"
	Programme = "replay"
)

// Draft is the programme of a replay: pay next month, statement on the 1st, due on the 10th.
func Draft(currency money.Currency) catalogue.Draft {
	d := catalogue.Sample()
	d.Terms.Currency, d.Terms.RulePack = currency, law.None // orders of any place, and limits without end
	d.Terms.ReadingSeconds, d.Terms.LimitCap, d.Terms.SceneLimits = 0, 0, nil
	d.Terms.Scenes = []string{"mall"}
	d.Terms.Plans = []credit.Plan{{ID: "next", Kind: credit.PayNextMonth, Periods: 1}}
	d.Policy = risk.Policy{MinimumLimit: 1, DefaultLimit: money.Max, MaximumLimit: money.Max, AutoApproveUpTo: money.Max}
	return d
}

// Summary is what a replay came to.
type Summary struct {
	Customers  int           `json:"customers"`
	Orders     int           `json:"orders"`
	Zeros      int           `json:"orders_of_zero_skipped"`
	Days       int           `json:"days"`
	First      calendar.Date `json:"first_day"`
	Last       calendar.Date `json:"last_day"`
	Captured   money.Amount  `json:"captured"`
	Repayments int           `json:"repayments"`
	Repaid     money.Amount  `json:"repaid"`
	Unbilled   money.Amount  `json:"unbilled"`
	Billed     money.Amount  `json:"billed_and_unpaid"`
	Commands   int64         `json:"commands"`
	Took       time.Duration `json:"took_ns"`
}

// player plays orders on an office.
type player struct {
	office    *office.Office
	terms     *credit.Terms
	rules     *risk.Rules
	customers map[string]*customer
	mu        sync.Mutex // of the summary's sums
	summary   Summary
}

// customer is somebody of the file, once they have ordered.
type customer struct {
	name   string
	id     credit.ID
	opened bool
	bought calendar.Date // the newest day with an order
}

// Play plays orders on an empty sandbox office whose clock stands on the first
// order's date or before. progress is told how many orders of each finished day
// were played.
func Play(ctx context.Context, o *office.Office, orders Orders, progress func(int)) (Summary, error) {
	began := time.Now()
	p := &player{office: o, customers: map[string]*customer{}}
	version, err := o.Catalogue.Programme(ctx, Platform, Programme)
	if err != nil {
		return p.summary, fmt.Errorf("replay needs a programme: %w", err)
	}
	p.terms = version.Terms
	if p.rules, err = o.Catalogue.Rules(version); err != nil {
		return p.summary, err
	}
	p.summary.Orders, p.summary.Zeros = len(orders.List), orders.Zeros
	p.summary.First = orders.List[0].Date
	for rest := orders.List; len(rest) > 0; {
		day := rest[0].Date
		n := 0
		for n < len(rest) && rest[n].Date == day {
			n++
		}
		if err := p.moveTo(ctx, day); err != nil {
			return p.summary, err
		}
		if err := p.day(ctx, rest[:n]); err != nil {
			return p.summary, err
		}
		rest = rest[n:]
		progress(n)
	}
	p.summary.Last = orders.List[len(orders.List)-1].Date
	p.summary.Days = int(p.summary.Last-p.summary.First) + 1
	p.summary.Customers = len(p.customers)
	p.summary.Commands = o.Desk.Figures().Commands
	if err := p.sum(ctx); err != nil {
		return p.summary, err
	}
	p.summary.Took = time.Since(began)
	return p.summary, nil
}

// moveTo moves the clock day by day, and pays each bill on its due day.
func (p *player) moveTo(ctx context.Context, to calendar.Date) error {
	for day := p.office.Desk.Today().Day + 1; day <= to; day++ {
		if err := p.office.Desk.Advance(ctx, day, nil); err != nil {
			return fmt.Errorf("move to %s: %w", day, err)
		}
		if _, _, d := day.Split(); d == p.terms.DueDay {
			if err := p.payBills(ctx, day); err != nil {
				return err
			}
		}
	}
	return nil
}

// workers is how many customers act at once: as many as make good batches.
const workers = 128

// each does something for every customer of a list, many at once.
func each(ctx context.Context, list []*customer, do func(context.Context, *customer) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan *customer)
	var all sync.WaitGroup
	for range min(workers, len(list)) {
		all.Go(func() {
			for c := range work {
				if ctx.Err() != nil {
					continue
				}
				if err := do(ctx, c); err != nil {
					cancel(fmt.Errorf("customer %s: %w", c.name, err))
				}
			}
		})
	}
	for _, c := range list {
		work <- c
	}
	close(work)
	all.Wait()
	return context.Cause(ctx)
}

func (p *player) day(ctx context.Context, orders []Order) error {
	byCustomer := map[*customer][]Order{}
	var list []*customer
	for _, order := range orders {
		c := p.customers[order.Customer]
		if c == nil {
			c = &customer{name: order.Customer, id: credit.AccountID(Platform, Programme, order.Customer)}
			p.customers[order.Customer] = c
		}
		if byCustomer[c] == nil {
			list = append(list, c)
		}
		byCustomer[c] = append(byCustomer[c], order)
	}
	return each(ctx, list, func(ctx context.Context, c *customer) error {
		if !c.opened {
			if err := p.open(ctx, c); err != nil {
				return fmt.Errorf("open: %w", err)
			}
			c.opened = true
		}
		for _, order := range byCustomer[c] {
			if err := p.buy(ctx, c, order); err != nil {
				return fmt.Errorf("order of line %d: %w", order.Line, err)
			}
			c.bought = order.Date
		}
		return nil
	})
}

func (p *player) consent(c *customer, document credit.Document) credit.Consent {
	no := false
	now := p.office.Clock.Now().UTC()
	return credit.Consent{
		Person: c.name, Document: document.Name, Version: document.Version, Hash: document.Hash,
		ShownAt: now, AcceptedAt: now, Act: "replay", Channel: "api", Language: "zh-Hans", ReadSeconds: new(0), Preselected: &no,
	}
}

func (p *player) do(ctx context.Context, c *customer, key string, command credit.Command) (events []credit.Event, err error) {
	_, err = p.office.Desk.Do(ctx, servicing.Request{
		Account: c.id, Platform: Platform, Key: key, Command: command,
		Answer: func(_ *credit.Account, decided []credit.Event, _ credit.Moment) []byte {
			events = decided
			return nil
		},
	})
	return events, err
}

func (p *player) open(ctx context.Context, c *customer) error {
	adult, student := true, false
	declared := credit.Declared{Adult: &adult, Student: &student}
	apply := credit.Apply{
		Platform: Platform, Programme: Programme, Customer: c.name, Declared: declared,
		Terms: p.terms, Assessment: p.rules.Assess(risk.Applicant{Declared: declared}),
	}
	for _, document := range p.terms.Documents {
		apply.Consents = append(apply.Consents, p.consent(c, document))
	}
	events, err := p.do(ctx, c, "open", apply)
	if err != nil {
		return err
	}
	if refused, ok := events[len(events)-1].(credit.ApplicationRefused); ok {
		return fmt.Errorf("refused: %v", refused.Reasons)
	}
	return nil
}

// buy authorises an order and captures it whole.
func (p *player) buy(ctx context.Context, c *customer, order Order) error {
	reader := credit.Account{ID: c.id, Terms: p.terms}
	quote := reader.Quote(p.terms.Plans[0], order.Amount, order.Date)
	shown := credit.Document{Name: credit.QuoteDocument, Version: p.terms.Version, Hash: quote.Token}
	key := fmt.Sprint("line-", order.Line)
	events, err := p.do(ctx, c, key, credit.Authorise{
		Amount: order.Amount, Currency: p.terms.Currency, Plan: "next", Scene: "mall", Merchant: "shop", Order: key,
		Consent: p.consent(c, shown),
	})
	if err != nil {
		return err
	}
	authorised, ok := events[0].(credit.Authorised)
	if !ok {
		return fmt.Errorf("declined: %v", events[0])
	}
	_, err = p.do(ctx, c, key+"-capture", credit.Capture{Hold: authorised.Number, Amount: order.Amount})
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.summary.Captured += order.Amount
	p.mu.Unlock()
	return nil
}

// payBills pays what customers who bought in the last two months find on their bill.
func (p *player) payBills(ctx context.Context, day calendar.Date) error {
	var list []*customer
	for _, c := range p.customers {
		if c.bought > day-62 {
			list = append(list, c)
		}
	}
	return each(ctx, list, func(ctx context.Context, c *customer) error {
		var billed money.Amount
		err := p.office.Desk.Look(ctx, c.id, Platform, func(a *credit.Account, _ credit.Moment, _ int64) { billed = a.Billed() })
		if err != nil || billed == 0 {
			return err
		}
		_, err = p.do(ctx, c, "pay-"+day.String(), credit.Repay{Amount: billed, Currency: p.terms.Currency, Source: "replay"})
		if err != nil {
			return fmt.Errorf("pay: %w", err)
		}
		p.mu.Lock()
		p.summary.Repayments++
		p.summary.Repaid += billed
		p.mu.Unlock()
		return nil
	})
}

// sum asks every account what is left at the end.
func (p *player) sum(ctx context.Context) error {
	list := make([]*customer, 0, len(p.customers))
	for _, c := range p.customers {
		list = append(list, c)
	}
	return each(ctx, list, func(ctx context.Context, c *customer) error {
		return p.office.Desk.Look(ctx, c.id, Platform, func(a *credit.Account, _ credit.Moment, _ int64) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.summary.Billed += a.Billed()
			p.summary.Unbilled += a.Owed() - a.Billed()
		})
	})
}

// Prepare makes the platform and the programme that Play needs.
func Prepare(ctx context.Context, o *office.Office, currency money.Currency) error {
	if _, err := o.Catalogue.CreatePlatform(ctx, catalogue.Installation, Platform, "replay of an order file"); err != nil {
		return err
	}
	version, err := o.Catalogue.CreateProgramme(ctx, catalogue.Installation, Platform, Programme, Draft(currency))
	if err != nil {
		return err
	}
	return o.Catalogue.Activate(ctx, catalogue.Installation, Platform, Programme, version.Number)
}
