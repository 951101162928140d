package bench

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/law"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/risk"
	"github.com/yuefu/yuefu/servicing"
)

const (
	platform  = "bench"
	programme = "bench"
)

// shop is an office with customers, for checkouts to be measured on.
type shop struct {
	office    *office.Office
	key       string // API key
	terms     *credit.Terms
	customers []string
	accounts  []credit.ID
	total     int      // accounts, if there are more than are listed here
	quotes    []string // the token of a quote over checkoutAmount, for each account
}

// checkoutAmount is small enough that no customer ever reaches the limit.
const checkoutAmount money.Amount = 100

// start is the business date on which a bench begins.
var start = calendar.Of(2026, 3, 10)

func openOffice(ctx context.Context, dsn string) (*office.Office, error) {
	return office.Open(ctx, dsn, office.Options{
		Database: database.Options{Sandbox: true, Start: start.Time().Add(4 * time.Hour).Format(time.RFC3339)},
		Log:      slog.New(slog.DiscardHandler),
	})
}

// openShop makes a platform, a programme and accounts.
func openShop(ctx context.Context, dsn string, accounts int, progress func(int)) (*shop, error) {
	o, err := openOffice(ctx, dsn)
	if err != nil {
		return nil, err
	}
	s := &shop{office: o, customers: make([]string, accounts), accounts: make([]credit.ID, accounts), quotes: make([]string, accounts)}
	if err := s.publish(ctx); err != nil {
		_ = o.Close()
		return nil, err
	}
	failed := make(chan error, 1)
	work := make(chan int)
	var all sync.WaitGroup
	for range 128 {
		all.Go(func() {
			for i := range work {
				if err := s.open(ctx, i); err != nil {
					select {
					case failed <- fmt.Errorf("open account %d: %w", i, err):
					default:
					}
				}
				progress(1)
			}
		})
	}
	for i := range accounts {
		work <- i
	}
	close(work)
	all.Wait()
	select {
	case err := <-failed:
		_ = o.Close()
		return nil, err
	default:
		return s, nil
	}
}

func (s *shop) publish(ctx context.Context) error {
	c := s.office.Catalogue
	if _, err := c.CreatePlatform(ctx, catalogue.Installation, platform, "bench"); err != nil {
		return err
	}
	draft := catalogue.Sample()
	draft.Terms.ReadingSeconds, draft.Terms.LimitCap, draft.Terms.RulePack = 0, 0, law.None // no time to read, and limits without end
	draft.Policy = risk.Policy{MinimumLimit: 1, DefaultLimit: money.Max, MaximumLimit: money.Max, AutoApproveUpTo: money.Max}
	version, err := c.CreateProgramme(ctx, catalogue.Installation, platform, programme, draft)
	if err != nil {
		return err
	}
	if err := c.Activate(ctx, catalogue.Installation, platform, programme, version.Number); err != nil {
		return err
	}
	s.terms = version.Terms
	_, s.key, err = c.CreateKey(ctx, catalogue.Installation, platform, catalogue.PlatformRole)
	return err
}

func (s *shop) consent(i int, document credit.Document) credit.Consent {
	no := false
	now := s.office.Clock.Now().UTC()
	return credit.Consent{
		Person: s.customers[i], Document: document.Name, Version: document.Version, Hash: document.Hash,
		ShownAt: now, AcceptedAt: now, Act: "tap_agree", Channel: "api", Language: "zh-Hans", ReadSeconds: new(0), Preselected: &no,
	}
}

func (s *shop) open(ctx context.Context, i int) error {
	s.customers[i] = fmt.Sprintf("customer-%07d", i)
	s.accounts[i] = credit.AccountID(platform, programme, s.customers[i])
	adult, student := true, false
	apply := credit.Apply{
		Platform: platform, Programme: programme, Customer: s.customers[i],
		Declared: credit.Declared{Adult: &adult, Student: &student},
		Terms:    s.terms, Assessment: credit.Assessment{Decision: credit.Approved, Limit: money.Max},
	}
	for _, document := range s.terms.Documents {
		apply.Consents = append(apply.Consents, s.consent(i, document))
	}
	reader := credit.Account{ID: s.accounts[i], Terms: s.terms}
	s.quotes[i] = reader.Quote(s.terms.Plans[0], checkoutAmount, s.office.Desk.Today().Day).Token
	_, err := s.office.Desk.Do(ctx, servicing.Request{Account: s.accounts[i], Platform: platform, Key: "open", Command: apply})
	return err
}

// pick spreads calls over the accounts without a pattern that a cache could like.
func (s *shop) pick(n int64) int {
	return int(uint64(n) * 0x9e3779b97f4a7c15 >> 20 % uint64(len(s.accounts)))
}

// checkout authorises in process, as the API's handler would.
func (s *shop) checkout(ctx context.Context) call {
	return func(n int64) error {
		i := s.pick(n)
		answer, err := s.office.Desk.Do(ctx, servicing.Request{
			Account: s.accounts[i], Platform: platform, Key: fmt.Sprint("bench-", n),
			Command: credit.Authorise{
				Amount: checkoutAmount, Currency: s.terms.Currency, Plan: s.terms.Plans[0].ID, Scene: "mall", Merchant: "shop",
				Order:   "order-1",
				Consent: s.consent(i, credit.Document{Name: credit.QuoteDocument, Version: s.terms.Version, Hash: s.quotes[i]}),
			},
			Answer: func(a *credit.Account, events []credit.Event, _ credit.Moment) []byte {
				if e, ok := events[0].(credit.Authorised); ok {
					return fmt.Appendf(nil, `{"id":%q,"status":"authorised","amount":%d}`, a.ID.Part(credit.PrefixHold, e.Number), e.Amount)
				}
				return []byte("declined")
			},
		})
		if err == nil && string(answer.Body) == "declined" {
			err = fmt.Errorf("checkout %d was declined", n)
		}
		return err
	}
}
