package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/servicing"
)

// CloseOptions say what close of business to measure.
type CloseOptions struct {
	Options
	Checkouts float64 // a second, while it runs
	Purchases int     // open ones of each account
	// Filled and Closed are told how far the long steps have come.
	Filled, Closed func(done, total int)
}

// billed is the date on which every account's purchases are billed.
var billed = calendar.Of(2026, 4, 1)

// CloseOfBusiness measures the night on which every account gets its bill, with
// checkouts going on.
func CloseOfBusiness(ctx context.Context, o CloseOptions) (*Report, error) {
	return o.measure(func(report *Report, list []store) error {
		for _, s := range list {
			if err := report.closeOfBusiness(ctx, o, s); err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
		}
		return nil
	})
}

func (r *Report) closeOfBusiness(ctx context.Context, o CloseOptions, s store) (err error) {
	dsn, err := s.dsn("close")
	if err != nil {
		return err
	}
	o.say("%s: %d accounts with %d open purchases each", s.name, o.Accounts, o.Purchases)
	shop, err := fill(ctx, dsn, o)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	defer func() { err = errors.Join(err, shop.office.Close()) }()
	if r.Settings[s.name], err = durability(ctx, shop.office.DB); err != nil {
		return err
	}
	if _, err := behind(ctx, shop.office); err != nil {
		return err
	}
	o.say("%s: the days before the bill", s.name)
	if err := shop.office.Desk.Advance(ctx, billed-1, nil); err != nil {
		return err
	}
	return r.night(ctx, o, s, shop)
}

// night opens the date on which everything is billed, with checkouts beside it.
func (r *Report) night(ctx context.Context, o CloseOptions, s store, shop *shop) error {
	desk := shop.office.Desk
	night, done := context.WithCancel(ctx)
	defer done()
	var failed error
	var took time.Duration
	go func() {
		defer done()
		begun := time.Now()
		failed = desk.Advance(ctx, billed, nil)
		took = time.Since(begun)
	}()
	for desk.Today().Day < billed && night.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	o.say("%s: close of business, with %.0f checkouts a second", s.name, o.Checkouts)
	go shop.watch(night, o.Closed)
	before := desk.Figures()
	checkouts := r.measured(Row{Store: s.name, What: "checkout, in process, during close of business", Callers: 64}, s.processes(ctx, shop.office.DB), func() result {
		return openLoop(night, repeat(shop.checkout(ctx), 64), o.Checkouts, time.Hour, &numbers)
	})
	<-night.Done()
	if failed != nil {
		return fmt.Errorf("close of business: %w", failed)
	}
	after := desk.Figures()
	lag, err := behind(ctx, shop.office)
	if err != nil {
		return err
	}
	r.Rows[len(r.Rows)-1].MicrosEach = 0
	r.Rows = append(r.Rows, Row{
		Store: s.name, What: fmt.Sprintf("close of business, accounts with %d open purchases", o.Purchases), Callers: 1,
		result: result{Rate: float64(o.Accounts) / took.Seconds(), Count: int64(o.Accounts)},
		Batch:  batchSize(before, after), StoreCPU: checkouts.StoreCPU, LoadCPU: checkouts.LoadCPU, Lag: lag.Seconds(),
		MicrosEach: (checkouts.StoreCPU + checkouts.LoadCPU) * float64(r.Cores) * took.Seconds() * 1e6 / float64(o.Accounts),
	})
	r.Notes = append(r.Notes, fmt.Sprintf("%s: close of business took %.1f s; the tables had everything %.1f s later", s.name, took.Seconds(), lag.Seconds()))
	return nil
}

func (s *shop) watch(ctx context.Context, tell func(done, total int)) {
	for tick := time.NewTicker(200 * time.Millisecond); ctx.Err() == nil; <-tick.C {
		tell(int(s.office.Desk.Figures().Closed), s.total)
	}
}

// fill makes a database of accounts with open purchases. Each account's story is
// decided by the rules as ever and appended as one entry, as an import would be:
// a desk's answers to seven commands an account would only take longer.
func fill(ctx context.Context, dsn string, o CloseOptions) (*shop, error) {
	db, err := database.Open(ctx, dsn, database.Options{Sandbox: true, Start: start.Time().Add(4 * time.Hour).Format(time.RFC3339)})
	if err != nil {
		return nil, err
	}
	log, err := open.Log(db)
	if err == nil {
		s := &shop{total: o.Accounts}
		err = s.importAccounts(ctx, db, log, o)
		err = errors.Join(err, log.Close(), db.Close())
		if err == nil {
			o.say("the tables follow")
			return s, s.reopen(ctx, dsn)
		}
	}
	return nil, err
}

func (s *shop) reopen(ctx context.Context, dsn string) (err error) {
	s.office, err = office.Open(ctx, dsn, office.Options{Log: slog.New(slog.DiscardHandler)})
	return err
}

const (
	importBatch     = 500
	checkoutSamples = 20_000 // accounts that the checkouts beside close of business are spread over
)

func (s *shop) importAccounts(ctx context.Context, db *database.DB, log eventlog.Log, o CloseOptions) error {
	cat, err := catalogue.Open(ctx, db, time.Now)
	if err != nil {
		return err
	}
	s.office = &office.Office{DB: db, Catalogue: cat, Clock: servicing.NewSandboxClock(start.Time().Add(4 * time.Hour))}
	if err := s.publish(ctx); err != nil {
		return err
	}
	s.terms.Plans = s.terms.Plans[:1]
	sample := min(o.Accounts, checkoutSamples)
	s.customers, s.accounts, s.quotes = make([]string, sample), make([]credit.ID, sample), make([]string, sample)
	partitions := log.Partitions()
	const writers = 2
	jobs := make([]chan imported, writers)
	errs := make([]error, writers)
	var running sync.WaitGroup
	for w := range writers {
		jobs[w] = make(chan imported, importBatch)
		running.Go(func() {
			errs[w] = write(ctx, log, jobs[w])
			for range jobs[w] { // after an error the sender must not wait
			}
		})
	}
	var deciding sync.WaitGroup
	for d := range writers {
		deciding.Go(func() {
			for i := d; i < o.Accounts; i += writers {
				customer := fmt.Sprintf("customer-%07d", i)
				id := credit.AccountID(platform, programme, customer)
				slot := id.Slot(len(partitions))
				jobs[slot%writers] <- s.story(i, customer, id, partitions[slot], o.Purchases)
				if i%1000 == 0 {
					o.Filled(i, o.Accounts)
				}
			}
		})
	}
	deciding.Wait()
	for _, j := range jobs {
		close(j)
	}
	running.Wait()
	o.Filled(o.Accounts, o.Accounts)
	return errors.Join(errs...)
}

// imported is an account's story, not yet placed in its partition.
type imported struct {
	entry eventlog.Entry
	err   error
}

// story lets an account be opened and buy.
func (s *shop) story(i int, customer string, id credit.ID, partition int32, purchases int) imported {
	at := credit.Moment{Day: start, Time: s.office.Clock.Now().UnixMicro()}
	adult, student := true, false
	no := false
	consent := func(document credit.Document) credit.Consent {
		now := time.UnixMicro(at.Time).UTC()
		return credit.Consent{Person: customer, Document: document.Name, Version: document.Version, Hash: document.Hash, ShownAt: now, AcceptedAt: now, Act: "import", Channel: "api", Language: "zh-Hans", ReadSeconds: new(0), Preselected: &no}
	}
	apply := credit.Apply{
		Platform: platform, Programme: programme, Customer: customer,
		Declared: credit.Declared{Adult: &adult, Student: &student},
		Terms:    s.terms, Assessment: credit.Assessment{Decision: credit.Approved, Limit: money.Max},
	}
	for _, document := range s.terms.Documents {
		apply.Consents = append(apply.Consents, consent(document))
	}
	account := &credit.Account{ID: id}
	var all []credit.Event
	do := func(c credit.Command) error {
		events, err := account.Do(c, at)
		all = append(all, events...)
		return err
	}
	if err := do(apply); err != nil {
		return imported{err: err}
	}
	for n := range purchases {
		amount := money.Amount(1000*(n+1) + i%997)
		quote := account.Quote(s.terms.Plans[0], amount, start)
		err := do(credit.Authorise{
			Amount: amount, Currency: s.terms.Currency, Plan: s.terms.Plans[0].ID, Scene: "mall", Merchant: "shop", Order: fmt.Sprint("order-", n),
			Consent: consent(credit.Document{Name: credit.QuoteDocument, Version: s.terms.Version, Hash: quote.Token}),
		})
		if err == nil {
			err = do(credit.Capture{Hold: account.Numbers, Amount: amount})
		}
		if err != nil {
			return imported{err: err}
		}
	}
	if i < len(s.accounts) {
		s.customers[i], s.accounts[i] = customer, id
		s.quotes[i] = account.Quote(s.terms.Plans[0], checkoutAmount, billed).Token
	}
	events, err := wire.EncodeEvents(all)
	return imported{err: err, entry: eventlog.Entry{
		Partition: partition, Account: string(id), Key: "import", Time: at.Time, Day: int32(start), Due: int32(account.NextDue()),
		Name: "import", Command: []byte("{}"), Events: events,
	}}
}

// write appends stories as they come, in batches.
func write(ctx context.Context, log eventlog.Log, stories <-chan imported) error {
	heads := map[int32]*eventlog.Head{}
	for {
		var entries []eventlog.Entry
		before := map[int32]eventlog.Head{}
		for story := range stories {
			if story.err != nil {
				return story.err
			}
			e := story.entry
			head := heads[e.Partition]
			if head == nil {
				head = &eventlog.Head{Partition: e.Partition}
				heads[e.Partition] = head
			}
			if _, ok := before[e.Partition]; !ok {
				before[e.Partition] = *head
			}
			head.Position++
			head.Time, head.Day = e.Time, e.Day
			e.Position = head.Position
			if entries = append(entries, e); len(entries) == importBatch {
				break
			}
		}
		if len(entries) == 0 {
			return nil
		}
		expected := make([]eventlog.Head, 0, len(before))
		for _, head := range before {
			expected = append(expected, head)
		}
		if err := log.Append(ctx, expected, entries); err != nil {
			return err
		}
	}
}
