// Package office puts an installation together: one database, and all that works
// on it. It knows in which order the rooms open and close; it refuses to know
// what any of them does. The server, the bench and the replay of an order file
// all open the same office.
package office

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/yuefu/yuefu/autopay"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/follow"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/payment"
	"github.com/yuefu/yuefu/relay"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/session"
	"github.com/yuefu/yuefu/source"
	"github.com/yuefu/yuefu/vault"
	"github.com/yuefu/yuefu/view"
)

// Options are the settings of an office; the zero value of each is a good one.
type Options struct {
	Database database.Options
	Desk     servicing.Options // its clock, index and evenings are the office's affair
	Payments payment.Service   // who debits customers; nil: debits stay pending until somebody tells their results
	Autopay  autopay.Options
	Notices  *notice.Options // how customers are told; nil: they are not
	Receipts *receipt.Signer // signs the tree of consents; nil: a sandbox makes its own key, and others sign nothing
	Vault    VaultOptions
	Webhooks relay.Options // its clocks are the office's affair
	Log      *slog.Logger
}

// Office is an installation at work.
type Office struct {
	DB        *database.DB
	Log       eventlog.Log
	Catalogue *catalogue.Catalogue
	Tables    *view.Tables
	Events    *event.Feed
	Consents  *consent.Tree
	Desk      *servicing.Desk
	Sessions  *session.Store
	Webhooks  *relay.Relay
	Notices   *notice.Room      // nil if nobody is told
	Autopay   *autopay.Follower // nil without a payment service
	PayNow    *autopay.Follower // … of what customers asked to pay, who do not wait behind a due date
	Sources   *source.Store
	Vault     *vault.Vault  // nil in a real installation that was opened without a key
	Retention calendar.Date // for how many days the vault keeps who has left
	Clock     servicing.Clock
	Zone      *time.Location

	logger  *slog.Logger
	left    *follow.Follower // notices customers who have left
	stop    context.CancelFunc
	silence func() // stops who tells customers
	told    *follow.Follower
	debits  func()         // stops the follower, which stands on all others
	running sync.WaitGroup // tables, business dates, and others that follow the log
	closers []func() error

	followers []*follow.Follower // complete before the desk opens
}

// Open opens the database that dsn names and everything that works on it. The
// office takes commands when it returns; a real clock's business dates go on
// opening by themselves until Close.
func Open(ctx context.Context, dsn string, options Options) (_ *Office, err error) {
	if options.Log == nil {
		options.Log = slog.Default()
	}
	o := &Office{logger: options.Log}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.Close())
		}
	}()
	if key := options.Vault.Key; key != "" {
		if _, err := namedKey(key); err != nil { // before a database is made that could not be served
			return nil, err
		}
	}
	keyless := options.Vault.Required && options.Vault.Key == "" && !options.Database.Sandbox
	options.Database.Existing = options.Database.Existing || keyless // no new one that could not be served
	if o.DB, err = database.Open(ctx, dsn, options.Database); err != nil {
		if keyless && errors.Is(err, database.ErrMissing) {
			err = ErrVaultKey
		}
		return nil, err
	}
	o.closers = append(o.closers, o.DB.Close)
	if o.Log, err = open.Log(o.DB); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.Log.Close)
	if o.Zone, err = time.LoadLocation(o.DB.Book().Zone); err != nil {
		return nil, fmt.Errorf("business time zone: %w", err)
	}
	if err := o.setClock(ctx); err != nil {
		return nil, err
	}
	if o.Catalogue, err = catalogue.Open(ctx, o.DB, time.Now); err != nil {
		return nil, err
	}

	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	o.stop = stop
	if o.Tables, err = view.Open(ctx, o.DB, o.Log, view.Options{Log: options.Log}); err != nil {
		return nil, err
	}
	o.Tables.AssessBy(o.Catalogue.AssessAgain)
	o.running.Go(func() {
		if err := o.Tables.Run(background); err != nil && background.Err() == nil {
			options.Log.Error("the tables no longer follow the log", "error", err)
		}
	})

	o.Sessions = session.Open(o.DB, time.Now)
	o.Sources = source.Open(o.DB, time.Now)
	if _, err = o.follow(ctx, background, endSessions); err != nil {
		return nil, err
	}
	o.running.Go(func() { o.sweepSessions(background) })
	sealer := o.openWebhooks(options.Webhooks)

	if err := o.openConsents(ctx, background, options.Receipts); err != nil {
		return nil, err
	}

	if options.Notices != nil {
		if err = o.openNotices(ctx, *options.Notices); err != nil {
			return nil, err
		}
	}
	if err = o.openLeavers(ctx, options.Vault); err != nil {
		return nil, err
	}
	options.Desk.Clock, options.Desk.Due, options.Desk.Log = o.Clock, index{o.Tables, &o.followers, o.Webhooks}, options.Log
	options.Desk.Evening = o.evening
	if o.Desk, err = servicing.Open(ctx, o.Log, options.Desk); err != nil {
		return nil, err
	}
	if err := o.Desk.Resume(ctx, calendar.At(o.Clock.Now().In(o.Zone))); err != nil {
		return nil, fmt.Errorf("open the business date: %w", err)
	}
	if options.Payments != nil {
		options.Autopay.Log = options.Log
		o.Autopay = autopay.New(o.Desk, o.Tables, options.Payments, o.Clock.Elapsed, options.Autopay)
		options.Autopay.Asked = true
		if options.Autopay.Poll <= 0 {
			options.Autopay.Poll = 250 * time.Millisecond // somebody looks at a page
			if o.DB.Book().Sandbox {
				options.Autopay.Poll = 50 * time.Millisecond // and here months pass in seconds
			}
		}
		o.PayNow = autopay.New(o.Desk, o.Tables, options.Payments, o.Clock.Elapsed, options.Autopay)
		o.followDebits(ctx)
	}
	if err := o.openVault(ctx, background, options.Vault); err != nil {
		return nil, err
	}
	if err := o.runWebhooks(ctx, background, sealer); err != nil {
		return nil, err
	}
	if o.Notices != nil {
		o.tell(ctx)
	}
	o.Catalogue.FollowDay(func() calendar.Date { return o.Desk.Today().Day })
	o.running.Go(func() { o.openDays(background) })
	return o, nil
}

// followDebits carries debits out until the office closes.
func (o *Office) followDebits(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	for _, follower := range []*autopay.Follower{o.Autopay, o.PayNow} {
		running.Go(func() { follower.Run(ctx) })
	}
	o.debits = func() {
		stop()
		running.Wait()
	}
}

// evening has a sandbox's debits carried out once the tables know of them, and its customers told.
func (o *Office) evening(ctx context.Context, _ calendar.Date) {
	o.eraseTonight(ctx)
	if o.Autopay == nil && o.Notices == nil {
		return
	}
	heads, err := o.Log.Heads(ctx, o.Log.Partitions())
	for i := 0; err == nil && i < len(heads); i++ {
		err = o.Tables.WaitFor(ctx, heads[i].Partition, heads[i].Position)
	}
	if err != nil {
		o.logger.Error("the evening of a sandbox's day", "error", err)
		return
	}
	if o.Autopay != nil {
		o.PayNow.Evening(ctx)
		o.Autopay.Evening(ctx)
	}
	if o.Notices != nil {
		o.tellEvening(ctx)
	}
}

// DebitFigures are what the followers of debits counted together.
func (o *Office) DebitFigures() autopay.Figures {
	return o.Autopay.Figures().Plus(o.PayNow.Figures())
}

// setClock takes the machine's clock, or for a sandbox one that stands where its
// log ends.
func (o *Office) setClock(ctx context.Context) error {
	book := o.DB.Book()
	if !book.Sandbox {
		o.Clock = servicing.NewSystemClock()
		return nil
	}
	at, err := time.Parse(time.RFC3339, book.Start)
	if err != nil {
		return fmt.Errorf("start of the sandbox's clock: %w", err)
	}
	heads, err := o.Log.Heads(ctx, o.Log.Partitions())
	if err != nil {
		return fmt.Errorf("read heads: %w", err)
	}
	for _, head := range heads {
		if last := time.UnixMicro(head.Time); last.After(at) {
			at = last
		}
	}
	o.Clock = servicing.NewSandboxClock(at)
	return nil
}

// openDays opens business dates as a real clock reaches them.
func (o *Office) openDays(ctx context.Context) {
	if o.DB.Book().Sandbox {
		return
	}
	if err := o.Desk.RunClock(ctx, o.Zone); err != nil && ctx.Err() == nil {
		o.logger.Error("business dates no longer open", "error", err)
	}
}

// Close answers what was taken and closes the database. What the tables lack then
// they catch up with when the office opens again.
func (o *Office) Close() error {
	if o.debits != nil {
		o.debits()
	}
	if o.silence != nil {
		o.silence()
	}
	if o.Desk != nil {
		o.Desk.Close()
	}
	if o.stop != nil {
		o.stop()
	}
	o.running.Wait()
	var errs []error
	for i := len(o.closers) - 1; i >= 0; i-- {
		errs = append(errs, o.closers[i]())
	}
	o.closers = nil
	return errors.Join(errs...)
}

// Ready says why no commands can be taken at the moment: the database does not answer.
func (o *Office) Ready(ctx context.Context) error {
	return o.DB.Reader().PingContext(ctx)
}
