package storefront

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/yuefu/yuefu/api/client"
)

// stage is how far an order is.
type stage string

const (
	unpaid    stage = "unpaid"    // nobody has decided how it is paid
	declined  stage = "declined"  // pay-later was: another means may still be chosen
	other     stage = "other"     // another means was chosen: the shop's own cashier goes on
	held      stage = "held"      // pay-later was confirmed: to be shipped
	shipped   stage = "shipped"   // and captured: owed
	cancelled stage = "cancelled" // by the customer, before it was shipped
	expired   stage = "expired"   // nobody shipped it while the hold lasted
)

// order is one of a customer's. What it says of money was told by yuefu.
type order struct {
	ID       string
	Customer string
	Product  product
	Stage    stage
	Checkout string // the checkout session's id
	Chosen   string // another means
	Plan     string
	Hold     string // the authorisation's id
	Purchase string // the purchase's id
	Refunds  []int64
}

// Left is what of it could still be refunded.
func (o order) Left() int64 {
	left := o.Product.Price
	for _, r := range o.Refunds {
		left -= r
	}
	return left
}

// buy puts one thing into the cart: that is an order that nobody has paid for yet.
func buy(v *visit) error {
	p, ok := findProduct(v.r.PostFormValue("product"))
	if !ok {
		return errNothing
	}
	o, err := v.newOrder(p)
	if err != nil {
		return err
	}
	return v.goTo("/orders/" + o.ID)
}

func (v *visit) newOrder(p product) (order, error) {
	if err := v.known(); err != nil {
		return order{}, err
	}
	o := &order{ID: "o-" + strings.ToLower(token()[:12]), Customer: v.customer, Product: p, Stage: unpaid}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.orders[o.ID] = o
	v.newest = append(v.newest, o)
	return *o, nil
}

// mine is the path's order. Another customer's is not there.
func (v *visit) mine() (order, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	o := v.orders[v.r.PathValue("id")]
	if o == nil || o.Customer != v.customer {
		return order{}, errNothing
	}
	return *o, nil
}

// change keeps what is new of an order.
func (s *Shop) change(id string, change func(*order)) order {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[id]
	change(o)
	return *o
}

// means are those that the shop has besides pay-later. yuefu's page shows them all in
// equal size, none of them chosen.
var means = []client.OtherMeans{
	{ID: "card", Names: client.Label{Zh: "银行卡支付", En: "Bank card"}},
	{ID: "balance", Names: client.Label{Zh: "商城余额", En: "Shop balance"}},
}

// pay begins a checkout and leads to yuefu's page. A link leads here and no form: from a
// form the browser would let nobody lead to another site (form-action in secure).
func pay(v *visit) error {
	o, err := v.mine()
	if err == nil {
		o, err = v.refresh(v.ctx(), o)
	}
	if err != nil {
		return err
	}
	if o.Stage != unpaid && o.Stage != declined && o.Stage != other && o.Stage != cancelled {
		return v.goTo("/orders/" + o.ID)
	}
	here := v.Public + "/orders/" + o.ID
	c, err := v.API.CreateCheckoutSession(v.ctx(), client.CheckoutRequest{
		Programme: v.Programme, Customer: v.customer, Order: o.ID, Amount: o.Product.Price, Currency: currency,
		Scene: scene, Merchant: merchant, Description: v.in(o.Product.ZH, o.Product.EN),
		Means: means, PayLaterPosition: 2, Language: v.lang, ReturnURL: here, CancelURL: here,
	})
	if err != nil {
		return err
	}
	v.change(o.ID, func(o *order) { o.Checkout, o.Stage, o.Chosen = c.ID, unpaid, "" })
	return v.goTo(c.URL)
}

// quickCheckout buys the first thing at once, for links that show a checkout.
func quickCheckout(v *visit) error {
	o, err := v.newOrder(goods[0])
	if err != nil {
		return err
	}
	return v.goTo("/orders/" + o.ID + "/pay")
}

// refresh asks yuefu, server to server, what came of an order's checkout. It is asked
// whenever it matters: that the customer came back to us with an address says nothing.
func (s *Shop) refresh(ctx context.Context, o order) (order, error) {
	if o.Checkout == "" || o.Purchase != "" {
		return o, nil
	}
	c, err := s.API.GetCheckoutSession(ctx, o.Checkout)
	if err != nil {
		return o, err
	}
	now := map[client.CheckoutStatus]stage{
		client.CheckoutOpen: unpaid, client.CheckoutExpired: unpaid, client.CheckoutDeclined: declined,
		client.CheckoutChosenOther: other, client.CheckoutConfirmed: held, client.CheckoutCancelled: cancelled,
	}[c.Status]
	if now == held {
		// What was confirmed has to be what is sold.
		if c.Order != o.ID || c.Customer != o.Customer || c.Amount != o.Product.Price || c.Currency != currency {
			return o, errNothing
		}
		a, err := s.API.GetAuthorisation(ctx, c.Authorisation)
		if err != nil {
			return o, err
		}
		if a.Status == client.AuthorisationStatusExpired {
			now = expired
		}
	}
	return s.change(o.ID, func(o *order) {
		if o.Checkout == c.ID && o.Purchase == "" {
			o.Stage, o.Hold, o.Plan, o.Chosen = now, c.Authorisation, c.Plan, c.Chosen
		}
	}), nil
}

// showOrder is the cart of one, and the page that a customer comes back to.
func showOrder(v *visit) error {
	o, err := v.mine()
	if err == nil {
		o, err = v.refresh(v.ctx(), o)
	}
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "order", orderPage{Order: o})
}

// orderPage is an order, and whether an amount that was filled in is none.
type orderPage struct {
	Order order
	Wrong bool
}

func listOrders(v *visit) error {
	v.mu.Lock()
	var mine []order
	for _, o := range slices.Backward(v.newest) {
		if o.Customer == v.customer {
			mine = append(mine, *o)
		}
	}
	v.mu.Unlock()
	return v.show(http.StatusOK, "orders", mine)
}

// ship is what the warehouse does: with the goods on their way, the hold becomes a
// purchase. The order's id makes the key: however often it is asked for, it is done once.
func ship(v *visit) error {
	o, err := v.mine()
	if err != nil {
		return err
	}
	if o.Stage != held {
		return v.goTo("/orders/" + o.ID)
	}
	p, err := v.API.Capture(v.ctx(), o.Hold, o.ID+"-ship", client.CaptureRequest{Amount: o.Product.Price, Final: true})
	if err != nil {
		return err
	}
	v.change(o.ID, func(o *order) { o.Purchase, o.Stage = p.ID, shipped })
	return v.goTo("/orders/" + o.ID)
}

// refund is what the service desk does: gives back the whole or a part. The form says
// which refund of the order it is, so that one that is sent twice is one.
func refund(v *visit) error {
	o, err := v.mine()
	if err != nil {
		return err
	}
	amount, ok := readAmount(v.r.PostFormValue("amount"))
	if v.r.PostFormValue("whole") != "" {
		amount, ok = o.Left(), true
	}
	if !ok || amount < 1 || amount > o.Left() {
		return v.show(http.StatusUnprocessableEntity, "order", orderPage{Order: o, Wrong: true})
	}
	number := v.r.PostFormValue("number")
	if o.Purchase == "" || number != strconv.Itoa(len(o.Refunds)) {
		return v.goTo("/orders/" + o.ID)
	}
	given, err := v.API.Refund(v.ctx(), o.Purchase, o.ID+"-refund-"+number, client.RefundRequest{Amount: amount})
	if err != nil {
		return err
	}
	v.change(o.ID, func(o *order) {
		if strconv.Itoa(len(o.Refunds)) == number {
			o.Refunds = append(o.Refunds, given.Amount)
		}
	})
	return v.goTo("/orders/" + o.ID)
}

// readAmount reads yuan as people write them.
func readAmount(text string) (int64, bool) {
	whole, cents, _ := strings.Cut(strings.ReplaceAll(text, ",", ""), ".")
	if len(whole) < 1 || len(whole) > 9 || len(cents) > 2 || strings.Trim(whole+cents, "0123456789") != "" {
		return 0, false
	}
	amount, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	return amount, err == nil
}
