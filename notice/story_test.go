package notice_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/database/pgtest"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/notice/sms/standin"
	"github.com/yuefu/yuefu/view"
)

func both(t *testing.T, run func(t *testing.T, dsn string)) {
	for _, dialect := range []database.Dialect{database.SQLite, database.PostgreSQL} {
		t.Run(dialect.String(), func(t *testing.T) {
			dsn := file(t)
			if dialect == database.PostgreSQL {
				dsn = pgtest.NewWith(t, pgtest.Options{NoSync: true})
			}
			run(t, dsn)
		})
	}
}

// TestAYearIsTold goes through what an account lives through, in months that pass at
// once: each day's notices stand at their dates, and each message was sent on its day.
func TestAYearIsTold(t *testing.T) {
	both(t, func(t *testing.T, dsn string) {
		tower := &standin.Tower{}
		w := openWorld(t, dsn, morning, tower)
		by, hand, silent := w.open("autopay"), w.open("hand"), w.open("silent-one")
		refused := w.apply("refused", credit.Refused)
		referred := w.apply("referred", credit.Referred)
		w.autopay(by, "tok_1")
		w.buy(by, 300_00)
		bought := w.buy(hand, 1_234_56)
		w.buy(silent, 10_00)
		w.to("2026-02-16") // reminders, the debit, and the day on which hand is overdue
		w.repay(hand, w.look(hand).Billed())
		w.repay(silent, w.look(silent).Billed())
		w.must(hand, credit.Refund{Purchase: bought, Amount: 34_56})
		w.must(hand, credit.OpenDispute{Purchase: bought, Amount: 100_00, Reason: credit.NotReceived})
		disputes := w.look(hand).Disputes
		w.must(hand, credit.SettleDispute{Dispute: disputes[0].Number, ForCustomer: true, Reviewer: "r"})
		w.must(hand, credit.Freeze{Kind: credit.BlockCustomer})
		w.must(hand, credit.Unfreeze{Kind: credit.BlockCustomer})
		w.must(hand, credit.ChangeLimit{Limit: 3_000_00, Reason: credit.LimitReasons[0], Operator: "op"})
		w.must(hand, credit.GrantTemporaryLimit{Amount: 500_00, LastDay: w.o.Desk.Today().Day + 3, Operator: "op"})
		w.must(hand, credit.ReturnCredit{Reference: "r"})
		w.must(by, credit.CancelAutopay{})
		w.must(by, credit.RequestClosure{})
		w.must(by, credit.WithdrawClosure{Closure: w.look(by).Closure.Number})
		w.must(by, credit.RequestClosure{})
		w.must(by, credit.RefuseClosure{Closure: w.look(by).Closure.Number, Reviewer: "r", Reason: "x"})
		w.must(by, credit.RequestClosure{})
		w.must(by, credit.ApproveClosure{Closure: w.look(by).Closure.Number, Reviewer: "r"})
		w.must(silent, credit.RequestClosure{Kind: credit.Deregister})
		w.must(silent, credit.ApproveClosure{Closure: w.look(silent).Closure.Number, Reviewer: "r"})
		w.settled()
		w.to("2026-02-21")

		for id, want := range map[credit.ID]string{
			by: `01-20 application_approved delivered
01-20 autopay_on delivered
02-01 bill delivered
02-03 reminder delivered
02-07 reminder delivered
02-09 reminder delivered
02-10 repaid delivered
02-16 autopay_off delivered
02-16 closing_received delivered
02-16 closing_withdrawn delivered
02-16 closing_received delivered
02-16 closing_refused delivered
02-16 closing_received delivered
02-16 closing_approved delivered
02-16 certificate_ready`,
			hand: `01-20 application_approved delivered
02-01 bill delivered
02-03 reminder delivered
02-07 reminder delivered
02-09 reminder delivered
02-10 reminder delivered
02-14 overdue delivered
02-14 penalty_began
02-16 repaid delivered
02-16 unfrozen
02-16 refund_credited
02-16 dispute_opened
02-16 refund_credited
02-16 dispute_settled delivered
02-16 frozen delivered
02-16 unfrozen
02-16 limit_changed delivered
02-16 temporary_limit_granted
02-20 temporary_limit_ended`,
			silent: `01-20 application_approved dropped no_phone
02-01 bill dropped no_phone
02-03 reminder dropped no_phone
02-07 reminder dropped no_phone
02-09 reminder dropped no_phone
02-10 reminder dropped no_phone
02-14 overdue dropped no_phone
02-14 penalty_began
02-16 repaid dropped no_phone
02-16 unfrozen
02-16 closing_received dropped no_phone
02-16 certificate_ready
02-16 deregistered dropped no_phone`,
			refused:  "01-20 application_refused delivered",
			referred: "01-20 application_referred",
		} {
			got := w.kinds(id)
			if id == by { // whether the debit or the reminder of the due date is quicker is nobody's promise
				got = slices.DeleteFunc(got, func(line string) bool { return strings.HasPrefix(line, "02-10 reminder") })
			}
			if diff := cmp.Diff(strings.Split(want, "\n"), got); diff != "" {
				t.Errorf("%s: %s", w.look(id).Customer, diff)
			}
		}
		for _, s := range tower.Books() {
			if s.Rang != 1 || !strings.HasPrefix(s.Message.Text, "【月付】") || s.Message.Phone != canary {
				t.Errorf("%+v", s)
			}
		}
		w.figuresAreTheBills(hand)
		w.figuresAreTheBills(by)
		w.nobodyLeaks()
		report, err := w.o.Tables.Verify(t.Context(), nil)
		if err != nil || len(report.Violations) > 0 {
			t.Errorf("%v, %v", report.Violations, err)
		}
	})
}

var printedAmount = regexp.MustCompile(`[0-9][0-9,]*\.[0-9]{2}`)

// amounts are those that stand in a text.
func amounts(t *testing.T, text string) (list []money.Amount) {
	t.Helper()
	for _, s := range printedAmount.FindAllString(strings.ReplaceAll(text, "0.05%", ""), -1) {
		a, err := money.Parse(strings.ReplaceAll(s, ",", ""), "CNY")
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, a)
	}
	return list
}

// figuresAreTheBills holds each amount that a customer reads, in both languages and in
// what was sent, against the bill's own rows.
func (w *world) figuresAreTheBills(id credit.ID) {
	w.t.Helper()
	statements, err := w.o.Tables.Statements(w.t.Context(), id, view.Page{})
	if err != nil || len(statements) != 1 {
		w.t.Fatal(err)
	}
	s := statements[0]
	sent := map[int64]string{}
	rows, err := w.o.DB.Reader().QueryContext(w.t.Context(), `SELECT number, text FROM notice_message WHERE account = $1`, string(id))
	if err != nil {
		w.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var number int64
		var text string
		if err := rows.Scan(&number, &text); err != nil {
			w.t.Fatal(err)
		}
		sent[number] = text
	}
	seen := 0
	for _, n := range w.inbox(id) {
		var want []money.Amount
		switch n.Kind {
		case notice.Bill, notice.Reminder:
			want = []money.Amount{s.Total}
		case notice.Overdue:
			// Four days at 0.05 % on what was billed: charged when it became overdue, and on the bill.
			want = []money.Amount{s.Total + s.Total.MulDiv(4*180_000, 1_000_000*360)}
		case notice.PenaltyBegan:
			want = []money.Amount{s.Total.MulDiv(4*180_000, 1_000_000*360)}
		default:
			continue
		}
		for _, language := range notice.Languages {
			text, err := notice.Render(n.Kind, language, &n.Figures)
			if err != nil {
				w.t.Fatal(err)
			}
			for _, a := range amounts(w.t, text.Body+text.SMS+sent[n.Number]) {
				seen++
				if a != want[0] {
					w.t.Errorf("%s says %d, and the bill %d: %s", n.Kind, a, want[0], text.Body)
				}
			}
			if due := s.Due.String(); n.Figures.Due.String() != due || !strings.Contains(text.Body, strconv.Itoa(10)) {
				w.t.Errorf("%s is due on %s: %s", n.Kind, due, text.Body)
			}
		}
	}
	if seen < 10 {
		w.t.Errorf("only %d amounts were compared", seen)
	}
}

// nobodyLeaks looks for the canary's number where none may be.
func (w *world) nobodyLeaks() {
	w.t.Helper()
	if strings.Contains(w.log.String()+w.dump(), canary[4:]) {
		w.t.Error("a phone number is in the log or in a table")
	}
}
