package checkout_test

import (
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/server/servertest"
	"github.com/yuefu/yuefu/web/checkout"
)

// house is the real thing on a sandbox, with a shop that has customers.
type house struct{ *servertest.House }

// person is somebody who was let in.
type person struct{ *servertest.Person }

func newHouse(t *testing.T) *house { return &house{servertest.New(t)} }

// order is what the shop asks its customers to pay.
func order(customer string, amount int64) client.CheckoutRequest {
	return client.CheckoutRequest{
		Customer: customer, Programme: catalogue.SampleID, Amount: amount, Currency: "CNY", Scene: "mall", Merchant: "m-17", Order: "o-" + customer,
		Description: "蓝色雨伞 Blue umbrella", ReturnURL: "https://shop.example/orders/1?a=b", CancelURL: "https://shop.example/cart", PayLaterPosition: 2,
		Means: []client.OtherMeans{{ID: "card", Names: client.Label{Zh: "银行卡", En: "Bank card"}}, {ID: "balance", Names: client.Label{Zh: "余额", En: "Balance"}}},
	}
}

// pay begins a checkout for a customer, who opens it.
func (h *house) pay(t *testing.T, request client.CheckoutRequest) (*person, client.CheckoutSession) {
	t.Helper()
	c, err := h.Shop.CreateCheckoutSession(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return h.enter(t, c.URL, checkout.Path), c
}

// enter lets somebody in by a link that leads to a page.
func (h *house) enter(t *testing.T, link, leads string) *person {
	t.Helper()
	return &person{h.Enter(t, link, leads)}
}
