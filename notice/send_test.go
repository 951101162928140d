package notice_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/notice/sms"
	"github.com/yuefu/yuefu/notice/sms/standin"
	"github.com/yuefu/yuefu/unreliable"
)

// quiet is a log that nobody reads: what is wrong the books tell.
var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// audit holds a provider's books against ours: nobody's phone rang twice for a notice, and
// what stands here as delivered is what rang.
func (w *world) audit(tower *standin.Tower, ids ...credit.ID) {
	w.t.Helper()
	rang := map[string]standin.Sent{}
	for _, s := range tower.Books() {
		rang[s.Message.ID] = s
		if s.Rang > 1 {
			w.t.Errorf("%s rang %d times", s.Message.ID, s.Rang)
		}
	}
	told := 0
	for _, id := range ids {
		for _, n := range w.inbox(id) {
			if n.Message.Status == "" {
				continue
			}
			told++
			s, arrived := rang[string(n.ID())]
			delete(rang, string(n.ID()))
			switch n.Message.Status {
			case notice.Delivered:
				if s.Rang != 1 {
					w.t.Errorf("%s is delivered, and rang %d times", n.ID(), s.Rang)
				}
			case notice.Undelivered, notice.Refused:
				if !arrived || s.Rang != 0 || string(s.Outcome.Status) != string(n.Message.Status) {
					w.t.Errorf("%s is %s, and the provider has %+v", n.ID(), n.Message.Status, s)
				}
			case notice.Dropped:
				if arrived {
					w.t.Errorf("%s was dropped, and arrived", n.ID())
				}
			default:
				w.t.Errorf("%s is %s", n.ID(), n.Message.Status)
			}
		}
	}
	for id := range rang {
		w.t.Errorf("%s arrived, and nobody here was told of it", id)
	}
	if told < 10 {
		w.t.Errorf("only %d messages show little", told)
	}
}

// TestAProviderThatMisbehaves is late, answers twice, loses answers, hangs and is down;
// and another server sends the same messages at the same time. Everybody is told once.
func TestAProviderThatMisbehaves(t *testing.T) {
	for seed := range uint64(2) {
		tower := &standin.Tower{Seed: seed, Late: 300, Refuse: 50, Lose: 50}
		faults := &unreliable.Faults{Seed: seed, Fail: 60, Lose: 60, Hang: 10, Broken: 60, Twice: 60, Stale: 60, Slow: 60, Down: 10, Earlier: standin.Earlier}
		server := httptest.NewServer(faults.Around(sms.Handler(tower, "")))
		transport := &http.Transport{}
		client, err := sms.NewClient(server.URL, "", transport)
		if err != nil {
			t.Fatal(err)
		}
		w := openWorld(t, file(t), morning, client)
		other := notice.New(w.o.DB, w.o.Tables, func() notice.Desk { return w.o.Desk }, w.o.Clock, w.o.Zone, notice.Options{
			SMS: client, Phones: w.phones, Poll: time.Millisecond, Patience: time.Millisecond, Call: 100 * time.Millisecond, Log: quiet,
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			other.Run(ctx)
		}()
		chance := rand.New(rand.NewPCG(seed, 3))
		var ids []credit.ID
		for i := range 4 {
			ids = append(ids, w.open(fmt.Sprint("c", i)))
			w.buy(ids[i], 100_00)
		}
		for _, day := range []string{"2026-02-01", "2026-02-03", "2026-02-08", "2026-02-10", "2026-02-14"} {
			w.to(day)
			for _, id := range ids {
				if a := w.look(id); chance.IntN(3) == 0 && a.Billed() > 0 {
					w.repay(id, a.Billed())
				}
			}
			w.settled()
		}
		stop()
		<-ended
		w.audit(tower, ids...)
		w.nobodyLeaks()
		server.Close()
		transport.CloseIdleConnections()
	}
}

// dying is a provider whose caller's machine stops at the n-th call: it may have been
// carried out, and nobody hears of it.
type dying struct {
	*standin.Tower
	stop  context.CancelFunc
	calls int
	at    int
}

func (d *dying) die(carry func()) error {
	d.calls++
	if d.calls < d.at {
		return nil
	}
	if d.at%2 == 0 {
		carry()
	}
	d.stop()
	return errors.New("the machine has stopped")
}

func (d *dying) Send(ctx context.Context, m sms.Message) (sms.Outcome, error) {
	if err := d.die(func() { _, _ = d.Tower.Send(ctx, m) }); err != nil {
		return sms.Outcome{}, err
	}
	return d.Tower.Send(ctx, m)
}

func (d *dying) Ask(ctx context.Context, id string) (sms.Outcome, error) {
	if err := d.die(func() {}); err != nil {
		return sms.Outcome{}, err
	}
	return d.Tower.Ask(ctx, id)
}

// TestKilledAnywhere stops a server at each call to its provider, and has another go on.
func TestKilledAnywhere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "before.db")
	// A world with messages that wait: the provider is down.
	w := openWorld(t, path, morning, &dying{Tower: &standin.Tower{}, stop: func() {}})
	var ids []credit.ID
	for i := range 5 {
		ids = append(ids, w.open(fmt.Sprint("c", i)))
		w.autopay(ids[i], "tok")
	}
	w.told()
	w.close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 1; at <= 12; at++ {
		dsn := filepath.Join(folder, fmt.Sprint("killed", at, ".db"))
		if err := os.WriteFile(dsn, before, 0o600); err != nil {
			t.Fatal(err)
		}
		key, err := os.ReadFile(path + ".vault-key")
		if err == nil {
			err = os.WriteFile(dsn+".vault-key", key, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		tower := &standin.Tower{Seed: 5, Late: 300}
		w := openWorld(t, dsn, morning, nil)
		make := func(provider sms.Provider) *notice.Room {
			return notice.New(w.o.DB, w.o.Tables, func() notice.Desk { return w.o.Desk }, w.o.Clock, w.o.Zone, notice.Options{SMS: provider, Phones: w.phones, Workers: 1, Patience: time.Nanosecond, Log: quiet})
		}
		ctx, stop := context.WithCancel(t.Context())
		killed := make(&dying{Tower: tower, stop: stop, at: at})
		for i := 0; i < 50 && ctx.Err() == nil; i++ {
			_, _ = killed.Round(ctx, true)
		}
		stop()
		next := make(tower)
		for left := 1; left > 0; {
			if left, err = next.Round(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		w.audit(tower, ids...)
		w.close()
	}
}

// TestNights: nobody's phone rings about a debt at night, and not about yesterday's due
// date in the morning; what somebody has just done is answered at once.
func TestNights(t *testing.T) {
	tower := &standin.Tower{}
	w := openWorld(t, file(t), "2026-01-20T22:30:00+08:00", tower)
	id := w.open("night")
	w.buy(id, 100_00)
	w.to("2026-02-14")
	w.told()
	if _, err := w.o.Notices.Round(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	for _, line := range w.kinds(id) {
		_, rest, _ := strings.Cut(line, " ")
		want := map[string]string{
			"application_approved": "application_approved delivered", "bill": "bill waiting", "reminder": "reminder dropped too_late", "overdue": "overdue waiting", "penalty_began": "penalty_began",
		}
		kind, _, _ := strings.Cut(rest, " ")
		// By the next night the day is over for which the one before had waited.
		if rest != want[kind] && rest != "bill dropped too_late" && !strings.HasPrefix(rest, "reminder waiting") {
			t.Errorf("%s", line)
		}
	}
	if n := len(tower.Books()); n != 1 {
		t.Errorf("%d messages arrived", n)
	}
}

// TestWhatIsNotSent: a customer who switched reminders off, one who has paid, and one
// who was called three times already; the due date and overdue are told all the same.
func TestWhatIsNotSent(t *testing.T) {
	tower := &standin.Tower{}
	w := openWorld(t, file(t), morning, tower)
	off, busy := w.open("off"), w.open("busy")
	w.buy(off, 100_00)
	w.buy(busy, 100_00)
	if err := w.o.Notices.Prefer(t.Context(), off, notice.Preferences{Language: notice.English}); err != nil {
		t.Fatal(err)
	}
	w.to("2026-02-10")
	w.settled()
	want := "02-01 bill delivered|02-03 reminder dropped switched_off|02-07 reminder dropped switched_off|02-09 reminder dropped switched_off|02-10 reminder delivered"
	if got := strings.Join(w.kinds(off)[1:], "|"); got != want {
		t.Errorf("%s", got)
	}
	for _, s := range tower.Books() {
		if english := strings.Contains(s.Message.Text, "Your bill"); english != strings.Contains(s.Message.ID, string(off)[4:]) && !strings.Contains(s.Message.Text, "开通") && !strings.Contains(s.Message.Text, "open") {
			t.Errorf("%s", s.Message.Text)
		}
	}
	// On the day on which it becomes overdue the message is one of three.
	w.to("2026-02-14")
	w.settled()
	if a := w.look(busy); a.ContactsLeft(w.o.Desk.Today().Day) != 2 {
		t.Errorf("%d contacts are left", a.ContactsLeft(w.o.Desk.Today().Day))
	}
	for i := range 3 {
		err := w.do(busy, credit.MakeContact{Channel: credit.ByCall, Purpose: credit.Collection, Party: credit.TheCustomer, Effective: true, Offset: 8 * 3600})
		if (err == nil) != (i < 2) {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
	w.autopay(busy, "tok_empty")
	w.repay(busy, 1_00) // something to bounce: told as a debt, with no contact left today
	w.settled()
	a := w.look(busy)
	if a.ContactsLeft(w.o.Desk.Today().Day) != 0 {
		t.Errorf("%d contacts are left", a.ContactsLeft(w.o.Desk.Today().Day))
	}
	w.nobodyLeaks()
}

// TestMessagesThatDie: what could not be handed over within its hours is for people to look at.
func TestMessagesThatDie(t *testing.T) {
	w := openWorld(t, file(t), morning, &dying{Tower: &standin.Tower{}, stop: func() {}})
	id := w.open("lost")
	w.told()
	if _, err := w.o.Notices.Round(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if open, dead, err := w.o.Notices.Backlog(t.Context()); open != 1 || dead != 0 || err != nil {
		t.Errorf("%d wait, %d are dead, %v", open, dead, err)
	}
	w.to("2026-01-22")
	w.settled()
	if got := strings.Join(w.kinds(id), "|"); got != "01-20 application_approved dead provider_down" {
		t.Errorf("%s", got)
	}
	if open, dead, err := w.o.Notices.Backlog(t.Context()); open != 0 || dead != 1 || err != nil {
		t.Errorf("%d wait, %d are dead, %v", open, dead, err)
	}
	w.nobodyLeaks()
}

// TestOpenMessagesAreFoundByTheirIndex, which has no look at what is settled, or waits for the morning.
func TestOpenMessagesAreFoundByTheirIndex(t *testing.T) {
	both(t, func(t *testing.T, dsn string) {
		w := openWorld(t, dsn, morning, &standin.Tower{})
		explain := "EXPLAIN QUERY PLAN "
		if w.o.DB.Dialect == database.PostgreSQL {
			explain = "EXPLAIN "
		}
		rows, err := w.o.DB.Reader().QueryContext(t.Context(), explain+notice.SelectOpen, w.o.DB.Book().Partitions[0], 1, 0, "", 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, _ := rows.Columns()
		var plan strings.Builder
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&plan, *values[len(values)-1].(*any))
		}
		if !strings.Contains(plan.String(), "notice_message_open") {
			t.Errorf("the plan is\n%s", &plan)
		}
	})
}
