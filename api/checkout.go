package api

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/session"
)

// payLater is the id of pay-later among the means of payment.
const payLater = "pay_later"

// said is what a platform said of an order, as the checkout keeps it.
type said struct {
	Amount      money.Amount   `json:"amount"`
	Currency    money.Currency `json:"currency"`
	Scene       string         `json:"scene"`
	Merchant    string         `json:"merchant"`
	Description string         `json:"description,omitzero"`
	Return      string         `json:"return_url"`
	Cancel      string         `json:"cancel_url,omitzero"`
	Means       []means        `json:"means"` // all of them, in the order in which they stand
}

// means is a means of payment. Names are left out for pay-later, which is called as its programme is.
type means struct {
	ID    string          `json:"id"`
	Names catalogue.Label `json:"names,omitzero"`
}

func newCheckoutSession(c *call) error {
	var body contract.CheckoutRequest
	if err := c.read(&body); err != nil {
		return err
	}
	programme, err := c.server.catalogue.Programme(background, c.caller.Platform, body.Programme)
	if err != nil {
		return err
	}
	if programme.Terms.Currency != money.Currency(body.Currency) {
		return &credit.Error{Kind: credit.CurrencyMismatch, Field: "currency", Detail: "the programme is in " + string(programme.Terms.Currency)}
	}
	list, err := sorted(&body)
	if err != nil {
		return err
	}
	text, err := json.Marshal(said{
		Amount: money.Amount(body.Amount), Currency: money.Currency(body.Currency), Scene: body.Scene, Merchant: body.Merchant,
		Description: body.Description, Return: body.ReturnURL, Cancel: body.CancelURL, Means: list,
	})
	if err != nil {
		return err
	}
	who := c.who(body.Programme, body.Customer)
	checkout, err := c.server.sessions.NewCheckout(background, who, body.Order, text)
	if errors.Is(err, session.ErrOrderConfirmed) {
		// It may have been voided since, which only who looks finds out.
		if checkout, err = c.server.sessions.CheckoutOf(background, who.Platform, body.Order); err == nil {
			if _, err = c.settled(checkout); err == nil {
				checkout, err = c.server.sessions.NewCheckout(background, who, body.Order, text)
			}
		}
	}
	if err != nil {
		return err
	}
	token, _, err := c.server.sessions.NewLink(background, who, session.About{Language: string(body.Language), Return: body.ReturnURL, Checkout: checkout.ID})
	if err != nil {
		return err
	}
	return c.showCheckout(fasthttp.StatusCreated, &checkout, c.origin()+"/checkout/enter?link="+token)
}

// sorted is all means of payment as the platform sorts them, pay-later among them.
func sorted(body *contract.CheckoutRequest) ([]means, error) {
	p := problem{kind: kindInvalidRequest}
	for _, address := range []struct{ name, value string }{{"return_url", body.ReturnURL}, {"cancel_url", body.CancelURL}} {
		if address.value != "" && !linkable(address.value) {
			p.faults = append(p.faults, fault{pointer: "/" + address.name, detail: "is not an http or https address"})
		}
	}
	at := len(body.Means)
	if body.PayLaterPosition > 0 {
		at = min(at, body.PayLaterPosition-1)
	}
	seen := map[string]bool{payLater: true}
	var list []means
	for i, m := range body.Means {
		if i == at {
			list = append(list, means{ID: payLater})
		}
		if seen[m.ID] {
			p.faults = append(p.faults, fault{pointer: "/means/" + strconv.Itoa(i) + "/id", detail: "stands twice, or is pay-later's own"})
		}
		seen[m.ID] = true
		list = append(list, means{m.ID, catalogue.Label{ZH: m.Names.Zh, EN: m.Names.En}})
	}
	if at == len(body.Means) {
		list = append(list, means{ID: payLater})
	}
	if len(p.faults) > 0 {
		return nil, &p
	}
	return list, nil
}

// checkout finds the path's checkout. To others than its platform and its customer it is not there.
func (c *call) checkout() (session.Checkout, error) {
	found, err := c.server.sessions.Checkout(background, c.parameters[0])
	switch {
	case errors.Is(err, session.ErrNoCheckout):
		return found, missing("checkout")
	case err != nil:
		return found, err
	case found.Platform != c.caller.Platform || !c.mine(credit.ID(found.Account)):
		return found, missing("checkout")
	}
	return c.settled(found)
}

func getCheckoutSession(c *call) error {
	checkout, err := c.checkout()
	if err != nil {
		return err
	}
	return c.showCheckout(fasthttp.StatusOK, &checkout, "")
}

// confirmCheckout keeps what the customer confirmed, and has it decided. What was kept
// first is what is decided, whoever asks: so no second tap and no second window, and no
// crash between the two, makes another authorisation of it.
func confirmCheckout(c *call) error {
	var body contract.CheckoutConfirmation
	if err := c.read(&body); err != nil {
		return err
	}
	checkout, err := c.checkout()
	if err != nil {
		return err
	}
	if checkout.Status == session.CheckoutConfirmed { // a second tap: the answer is the first one's
		return c.showCheckout(fasthttp.StatusOK, &checkout, "")
	}
	if !checkout.Status.Undecided() {
		return session.ErrDecided
	}
	var order said
	if err := json.Unmarshal(checkout.Said, &order); err != nil {
		return err
	}
	command := credit.Authorise{
		Amount: order.Amount, Currency: order.Currency, Plan: body.Plan, Scene: order.Scene, Merchant: order.Merchant, Order: checkout.Order,
		Consent: quoteConsent(&body.Consent),
	}
	request, err := wire.EncodeCommand(command)
	if err != nil {
		return err
	}
	checkout, err = c.server.sessions.Confirm(background, checkout.ID, request)
	if err == nil {
		checkout, err = c.settled(checkout)
	}
	if err != nil && !errors.Is(err, session.ErrDecided) || err != nil && checkout.Status != session.CheckoutConfirmed {
		return err
	}
	return c.showCheckout(fasthttp.StatusOK, &checkout, "")
}

// settled finishes what was begun: it decides what was confirmed, and finds out whether
// what was authorised has been voided since, by the wallet or by the platform.
func (c *call) settled(checkout session.Checkout) (session.Checkout, error) {
	sessions := c.server.sessions
	switch {
	case len(checkout.Request) > 0:
		if err := c.authoriseCheckout(&checkout); err != nil {
			return checkout, err
		}
	case checkout.Status == session.CheckoutConfirmed:
		account, number, _ := credit.ID(checkout.Authorisation).Owner(credit.PrefixHold)
		voided, err := c.voided(account, number)
		if err != nil || !voided {
			return checkout, err
		}
		if err := sessions.Voided(background, checkout.ID); err != nil {
			return checkout, err
		}
	default:
		return checkout, nil
	}
	return sessions.Checkout(background, checkout.ID)
}

// authoriseCheckout decides what was confirmed, under the checkout's own key.
func (c *call) authoriseCheckout(checkout *session.Checkout) error {
	sessions := c.server.sessions
	decoded, err := wire.DecodeCommand(credit.Authorise{}.Name(), checkout.Request)
	if err != nil {
		return fmt.Errorf("checkout %s: %w", checkout.ID, err)
	}
	command, ok := decoded.(credit.Authorise)
	if !ok {
		return fmt.Errorf("checkout %s: %T was confirmed", checkout.ID, decoded)
	}
	command.Offset, command.Full = c.server.offset(), c.server.full(checkout.Platform, command.Currency)
	command.MustAgree = c.server.mustAgree(checkout.Platform)
	answer, err := c.server.desk.Do(background, servicing.Request{
		Account: credit.ID(checkout.Account), Platform: checkout.Platform, Command: command, Own: true,
		Key: fmt.Sprintf("%s%s:%d", servicing.CheckoutKey, checkout.ID, checkout.Attempt),
		Answer: func(a *credit.Account, events []credit.Event, at credit.Moment) []byte {
			var o out
			authorisationAnswer(&o, a, events, at)
			return o.b
		},
	})
	var refusal *credit.Error
	if errors.As(err, &refusal) {
		return errors.Join(err, sessions.Refused(background, checkout))
	}
	if err != nil {
		return err
	}
	c.server.seen.note(answer.Partition, answer.Position)
	var decided struct {
		ID      string   `json:"id"`
		Status  string   `json:"status"`
		Plan    string   `json:"plan"`
		Reasons []string `json:"decline_reasons"`
	}
	if err := json.Unmarshal(answer.Body, &decided); err != nil {
		return fmt.Errorf("checkout %s: %w", checkout.ID, err)
	}
	if decided.Status == statusDeclined {
		return sessions.Declined(background, checkout, decided.Reasons)
	}
	return sessions.Approved(background, checkout, decided.ID, decided.Plan)
}

// voided says whether an authorisation was given back before any of it was captured.
func (c *call) voided(account credit.ID, number int64) (bool, error) {
	open := false
	if _, err := c.look(account, func(a *credit.Account, _ credit.Moment) {
		for i := range a.Holds {
			open = open || a.Holds[i].Number == number
		}
	}); err != nil || open {
		return false, err
	}
	if _, err := c.current(account, "authorisation"); err != nil {
		return false, err
	}
	row, err := c.server.tables.Authorisation(background, account.Part(credit.PrefixHold, number))
	return row.Status == statusVoided && row.Captured == 0, err
}

func chooseOtherMeans(c *call) error {
	var body contract.CheckoutChoice
	if err := c.read(&body); err != nil {
		return err
	}
	checkout, err := c.checkout()
	if err != nil {
		return err
	}
	var order said
	if err := json.Unmarshal(checkout.Said, &order); err != nil {
		return err
	}
	known := false
	for _, m := range order.Means {
		known = known || m.ID == body.Means && m.ID != payLater
	}
	if !known {
		return &problem{kind: kindUnknownMeans, faults: []fault{{pointer: "/means", detail: "is none of the checkout's other means"}}}
	}
	err = c.server.sessions.Choose(background, checkout.ID, body.Means)
	again := errors.Is(err, session.ErrDecided) && checkout.Chosen == body.Means // a second tap
	if err != nil && !again {
		return err
	}
	return c.showAgain(checkout.ID)
}

func cancelCheckout(c *call) error {
	checkout, err := c.checkout()
	if err != nil {
		return err
	}
	if err := c.readNothing(); err != nil {
		return err
	}
	switch {
	case checkout.Status == session.CheckoutConfirmed:
		if err := c.voidCheckout(&checkout); err != nil {
			return err
		}
	case checkout.Status != session.CheckoutCancelled:
		if err := c.server.sessions.Cancel(background, checkout.ID); err != nil {
			return err
		}
	}
	return c.showAgain(checkout.ID)
}

// voidCheckout gives back what was confirmed, once, and only as long as nothing of it was captured.
func (c *call) voidCheckout(checkout *session.Checkout) error {
	var order said
	if err := json.Unmarshal(checkout.Said, &order); err != nil {
		return err
	}
	account, number, _ := credit.ID(checkout.Authorisation).Owner(credit.PrefixHold)
	untouched := false
	position, err := c.look(account, func(a *credit.Account, _ credit.Moment) {
		for i := range a.Holds {
			untouched = untouched || a.Holds[i].Number == number && a.Holds[i].Amount == order.Amount
		}
	})
	if err != nil {
		return err
	}
	if !untouched {
		return &credit.Error{Kind: credit.HoldNotOpen, Detail: "the order was delivered, or the hold has ended: ask the merchant for a refund"}
	}
	answer, err := c.server.desk.Do(background, servicing.Request{
		Account: account, Platform: checkout.Platform, Command: credit.Void{Hold: number}, Own: true, Expect: position,
		Key:    servicing.CheckoutKey + checkout.ID + ":void",
		Answer: func(*credit.Account, []credit.Event, credit.Moment) []byte { return []byte("{}") },
	})
	if err != nil {
		return err
	}
	c.server.seen.note(answer.Partition, answer.Position)
	return c.server.sessions.Voided(background, checkout.ID)
}

// showAgain answers with a checkout as it is after something happened to it.
func (c *call) showAgain(id string) error {
	checkout, err := c.server.sessions.Checkout(background, id)
	if err != nil {
		return err
	}
	return c.showCheckout(fasthttp.StatusOK, &checkout, "")
}
