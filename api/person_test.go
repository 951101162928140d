package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/vault"
)

// somebody is a made-up adult, with another number for each serial.
func somebody(serial int) client.PersonDetails {
	return client.PersonDetails{Name: "金丝雀", IdentityNumber: vault.MadeUpNumber(calendar.Of(1990, 1, 15), serial), Phone: vault.MadeUpPhone(serial)}
}

// asks is an application that says who applies.
func (s *teller) asks(customer string, p client.PersonDetails, adult bool) client.ApplicationRequest {
	return client.ApplicationRequest{
		Customer: customer, Programme: catalogue.SampleID, Consents: s.w.consents(s.t, customer), Person: p,
		Declared: client.Declared{Adult: adult, MonthlyIncome: 10_000_00}, RequestedLimit: 10_000_00,
	}
}

// leave settles nothing, since nothing is owed, and ends the contract.
func (s *teller) leave(account string) {
	s.t.Helper()
	asked := ok(s.shop.RequestDeregistration(s.t.Context(), account, s.key()))(s)
	s.is("left", ok(s.lender.ApproveClosure(s.t.Context(), asked.ID, s.key()))(s).Status, client.ClosureStatusApproved)
}

func TestPersons(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		ctx := t.Context()
		refused(s.shop.GetPerson(ctx, "u-1"))(s, "not_found")
		one := somebody(1)
		one.Email, one.Address = "canary@example.com", "上海市浦东新区世纪大道 1 号"
		shown := ok(s.shop.PutPerson(ctx, "u-1", one))(s)
		s.is("name", shown.Name, "金**")
		s.is("identity number", shown.IdentityNumber, "0000**********"+one.IdentityNumber[14:])
		s.is("phone", shown.Phone, "120****0001")
		s.is("email", shown.Email, "c***@example.com")
		s.is("adult", shown.Adult, true)
		s.is("read again", ok(s.shop.GetPerson(ctx, "u-1"))(s), shown)
		s.is("read by their wallet", ok(s.w.as("u-1", false).GetPerson(ctx, "u-1"))(s), shown)
		refused(s.w.as("u-2", false).GetPerson(ctx, "u-1"))(s, "not_found")
		refused(s.w.as("u-2", false).ExportCustomer(ctx, "u-1"))(s, "not_found")
		refused(s.checker.client(s.w, s.w.stranger).GetPerson(ctx, "u-1"))(s, "not_found")
		refused(s.checker.client(s.w, s.w.stranger).ExportCustomer(ctx, "u-1"))(s, "not_found")

		for _, by := range []client.CustomerSearch{{Phone: one.Phone}, {IdentityNumber: one.IdentityNumber}} {
			s.is("found", fmt.Sprint(ok(s.lender.SearchCustomers(ctx, by))(s).Customers), "[u-1]")
		}
		s.is("found by another", len(ok(s.checker.client(s.w, s.w.outsider).SearchCustomers(ctx, client.CustomerSearch{Phone: one.Phone}))(s).Customers), 0)
		refused(s.lender.SearchCustomers(ctx, client.CustomerSearch{}))(s, "invalid_request")
		refused(s.shop.SearchCustomers(ctx, client.CustomerSearch{Phone: one.Phone}))(s, "operator_key_required")

		// Each field's own problem, all of them at once, and never the value.
		for kind, spoil := range map[string]func(*client.PersonDetails){
			"invalid_name":            func(p *client.PersonDetails) { p.Name = "张三 7" },
			"invalid_identity_number": func(p *client.PersonDetails) { p.IdentityNumber = one.IdentityNumber[1:] + "0" },
			"invalid_phone":           func(p *client.PersonDetails) { p.Phone = "02112345678" },
			"invalid_email":           func(p *client.PersonDetails) { p.Email = "canary" },
			"invalid_request":         func(p *client.PersonDetails) { p.Name, p.Phone = "7", "7" },
		} {
			bad := one
			spoil(&bad)
			p := refused(s.shop.PutPerson(ctx, "u-1", bad))(s, kind)
			s.is("faults", len(p.Errors), map[bool]int{true: 2, false: 1}[kind == "invalid_request"])
			p = refused(s.shop.Apply(ctx, s.key(), s.asks("u-3", bad, true)))(s, kind)
			s.is("where", strings.HasPrefix(p.Errors[0].Pointer, "/person/"), true)
		}
		wide := one
		wide.Address = "\u00a0" + strings.Repeat("路", 199)
		if answer := s.w.send(t, http.MethodPut, "/v1/customers/u-1/person", mustJSON(t, wide), "Authorization", "Bearer "+s.w.platform, "Content-Type", "application/json"); answer.status == 200 {
			t.Errorf("an address with what cannot be seen: %s", answer.body)
		}
	})
}

// The declaration is held against the identity number: the day before the birthday, and the day.
func TestAdultByIdentityNumber(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		ctx := t.Context()
		young := somebody(7)
		young.IdentityNumber = vault.MadeUpNumber(calendar.Of(2008, 1, 16), 7) // 18 on the second day of the story
		p := refused(s.shop.Apply(ctx, s.key(), s.asks("u-1", young, true)))(s, "declaration_contradicts")
		s.is("where", p.Errors[0].Pointer, "/declared/adult")
		told := ok(s.shop.Apply(ctx, s.key(), s.asks("u-1", young, false)))(s)
		s.is("a minor", fmt.Sprint(told.Status, told.Reasons), "refused[under_age]")
		s.goTo("2026-01-16")
		without := s.asks("u-1", client.PersonDetails{}, false)
		refused(s.shop.Apply(ctx, s.key(), without))(s, "declaration_contradicts")
		without = s.asks("u-1", client.PersonDetails{}, true)
		s.is("grown up", ok(s.shop.Apply(ctx, s.key(), without))(s).Status, client.DecisionApproved)
	})
}

func TestOnePersonOneAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		ctx := t.Context()
		same := somebody(1)
		first := ok(s.shop.Apply(ctx, s.key(), s.asks("u-1", same, true)))(s)
		s.is("first", first.Status, client.DecisionApproved)
		refused(s.shop.Apply(ctx, s.key(), s.asks("u-2", same, true)))(s, "person_has_account")
		refused(s.shop.Apply(ctx, s.key(), s.asks("u-1", same, true)))(s, "already_open")
		refused(s.shop.Apply(ctx, s.key(), s.asks("u-1", somebody(2), true)))(s, "person_differs")
		refused(s.shop.PutPerson(ctx, "u-1", somebody(2)))(s, "person_differs")
		moved := same
		moved.Phone = vault.MadeUpPhone(99)
		ok(s.shop.PutPerson(ctx, "u-1", moved))(s)
		// Another platform's customer is another relation.
		other := s.asks("u-1", same, true)
		ok(s.checker.client(s.w, s.w.stranger).Apply(ctx, s.key(), other))(s)

		// Who opened before saying who they are takes their place afterwards, or can't.
		late := s.apply("u-late", 10_000_00, 10_000_00, false)
		refused(s.shop.PutPerson(ctx, "u-late", same))(s, "person_has_account")
		ok(s.shop.PutPerson(ctx, "u-late", somebody(3)))(s)
		refused(s.shop.Apply(ctx, s.key(), s.asks("u-4", somebody(3), true)))(s, "person_has_account")

		// Closing frees the place, de-registering too; a refusal never takes it.
		s.leave(first.Account)
		ok(s.shop.Apply(ctx, s.key(), s.asks("u-2", same, true)))(s)
		refused(s.shop.Apply(ctx, s.key(), s.asks("u-1", client.PersonDetails{}, true)))(s, "person_has_account")
		s.leave(late.Account)
		student := s.asks("u-5", somebody(3), true)
		student.Declared.Student = true
		s.is("a student", ok(s.shop.Apply(ctx, s.key(), student))(s).Status, client.DecisionRefused)
		s.is("their other name", ok(s.shop.Apply(ctx, s.key(), s.asks("u-6", somebody(3), true)))(s).Status, client.DecisionApproved)
	})
}

// Two servers' worth of customers with one identity come at once: one account opens.
func TestOnePersonAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		for round := range 3 {
			same := somebody(100 + round)
			var opened, told atomic.Int64
			var group sync.WaitGroup
			for i := range 6 {
				request := s.asks(fmt.Sprintf("u-%d-%d", round, i), same, true)
				group.Go(func() {
					_, err := s.w.client(s.w.platform).Apply(t.Context(), fmt.Sprintf("at-once-%d-%d", round, i), request)
					switch {
					case err == nil:
						opened.Add(1)
					case strings.Contains(err.Error(), "person_has_account"):
						told.Add(1)
					default:
						t.Error(err)
					}
				})
			}
			group.Wait()
			s.is("opened", opened.Load(), int64(1))
			s.is("told", told.Load(), int64(5))
		}
	})
}

func TestIdentityRequired(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		ctx := t.Context()
		now := ok(s.shop.GetProgramme(ctx, catalogue.SampleID))(s)
		draft := client.ProgrammeRequest{ID: catalogue.SampleID, Names: now.Names, Terms: now.Terms, Policy: now.Policy}
		draft.Policy.IdentityRequired = true
		s.is("told", ok(s.lender.CreateProgramme(ctx, draft))(s).Policy.IdentityRequired, true)
		refused(s.shop.Apply(ctx, s.key(), s.asks("u-1", client.PersonDetails{}, true)))(s, "identity_required")
		ok(s.shop.PutPerson(ctx, "u-1", somebody(1)))(s)
		s.is("known before", ok(s.shop.Apply(ctx, s.key(), s.asks("u-1", client.PersonDetails{}, true)))(s).Status, client.DecisionApproved)
		s.is("with it", ok(s.shop.Apply(ctx, s.key(), s.asks("u-2", somebody(2), true)))(s).Status, client.DecisionApproved)
	})
}

func TestExportAndErasure(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		ctx := t.Context()
		refused(s.shop.ExportCustomer(ctx, "u-1"))(s, "not_found")
		refused(s.shop.EraseCustomer(ctx, "u-1"))(s, "not_found")
		one := somebody(1)
		a := ok(s.shop.Apply(ctx, s.key(), s.asks("u-1", one, true)))(s).Opened
		bought := s.capture(s.authorise(a, 600_00, "flat6"), 600_00, true)
		ok(s.shop.PutSources(ctx, a.ID, client.SourcesRequest{Sources: []client.SourceTold{{Source: "tok_1", Label: "示例银行 ···· 1234"}}}))(s)
		s.goTo("2026-02-01")

		all := ok(s.shop.ExportCustomer(ctx, "u-1"))(s)
		s.is("name", all.Person.Name, one.Name)
		s.is("identity number", all.Person.IdentityNumber, one.IdentityNumber)
		s.is("phone", all.Person.Phone, one.Phone)
		s.is("readings", len(all.Readings), 1)
		s.is("for", all.Readings[0].Purpose, "export")
		s.is("accounts", len(all.Accounts), 1)
		it := all.Accounts[0]
		s.is("account", it.Account.ID, a.ID)
		s.is("purchase", it.Purchases[0].ID, bought.ID)
		s.is("statements", len(it.Statements), 1)
		s.is("sources", it.Sources[0].Label, "示例银行 ···· 1234")
		s.is("applications", fmt.Sprint(len(it.Applications), len(it.Applications[0].Agreements) > 0), "1 true")
		s.is("events", len(it.Events) > 4, true)
		s.is("notices", fmt.Sprint(len(it.Notices) >= 2, " ", it.Notices[0].Kind), "true bill")
		s.is("by their wallet", ok(s.w.as("u-1", false).ExportCustomer(ctx, "u-1"))(s).Readings[1].Actor, "customer")
		if answer := s.w.get(t, s.w.platform, "/v1/customers/u-1/export"); !strings.HasPrefix(answer.header.Get("Content-Disposition"), "attachment") {
			t.Error("the export is no download")
		}

		// Each condition that stands in the way, then none.
		p := refused(s.shop.EraseCustomer(ctx, "u-1"))(s, "person_in_use")
		conditions := ""
		for _, u := range p.Unmet {
			conditions += u.Condition + " " + string(u.Remedy) + ", "
		}
		s.is("conditions", conditions, "account_open closing, billed_amount_owed settlement, instalments_running settlement, ")
		quote := ok(s.shop.QuoteEarlyRepayment(ctx, a.ID, client.EarlyRepaymentQuoteRequest{}))(s)
		ok(s.shop.RepayEarly(ctx, a.ID, s.key(), client.EarlyRepaymentRequest{Amount: quote.Amount, Currency: client.CNY, Source: "pay", Quote: quote.Quote}))(s)
		s.leave(a.ID)
		waits := ok(s.shop.EraseCustomer(ctx, "u-1"))(s)
		s.is("waits", waits.Status, client.ErasureStatusScheduled)
		s.is("until", waits.EraseOn.String(), "2026-03-03") // 30 days after
		s.is("shown", ok(s.shop.GetPerson(ctx, "u-1"))(s).EraseOn.String(), "2026-03-03")
		s.goTo("2026-03-03")
		gone := ok(s.shop.EraseCustomer(ctx, "u-1"))(s)
		s.is("gone", gone.Status, client.ErasureStatusErased)
		s.is("again", ok(s.shop.EraseCustomer(ctx, "u-1"))(s), gone)
		refused(s.shop.GetPerson(ctx, "u-1"))(s, "not_found")

		// What the law keeps is in balance, under ids.
		rest := ok(s.shop.ExportCustomer(ctx, "u-1"))(s)
		s.is("nobody", rest.Person, client.ExportedPerson{})
		s.is("books", len(rest.Accounts[0].Purchases), 1)
		s.is("cards", len(rest.Accounts[0].Sources), 0)
		s.is("who read it", len(rest.Readings) >= 3, true)
		s.verified()

		// Who never had a contract is erased at once.
		ok(s.shop.PutPerson(ctx, "u-2", somebody(2)))(s)
		s.is("at once", ok(s.shop.EraseCustomer(ctx, "u-2"))(s).Status, client.ErasureStatusErased)
	})
}

// One key, one answer, for ever: whatever became of the person since.
func TestAnApplicationSentAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, s *teller) {
		ctx := t.Context()
		same := somebody(1)
		request := s.asks("u-1", same, true)
		first := ok(s.shop.Apply(ctx, "long-ago", request))(s)
		moved := same
		moved.Phone = vault.MadeUpPhone(2)
		ok(s.shop.PutPerson(ctx, "u-1", moved))(s)
		s.is("after they moved", ok(s.shop.Apply(ctx, "long-ago", request))(s).ID, first.ID)
		refused(s.shop.Apply(ctx, "another", request))(s, "person_differs")
		s.leave(first.Account)
		ok(s.shop.Apply(ctx, s.key(), s.asks("u-2", same, true)))(s)
		request.Person = moved
		s.is("after somebody else took the place", ok(s.shop.Apply(ctx, "long-ago", request))(s).ID, first.ID)
		refused(s.shop.Apply(ctx, "another", request))(s, "person_has_account")

		s.is("scheduled", ok(s.shop.EraseCustomer(ctx, "u-1"))(s).Status, client.ErasureStatusScheduled)
		s.goTo("2026-02-15")
		s.is("erased", ok(s.shop.EraseCustomer(ctx, "u-1"))(s).Status, client.ErasureStatusErased)
		other := request
		other.Person = somebody(9)
		s.is("after they were erased", ok(s.shop.Apply(ctx, "long-ago", other))(s).ID, first.ID)
		refused(s.shop.GetPerson(ctx, "u-1"))(s, "not_found")
	})
}
