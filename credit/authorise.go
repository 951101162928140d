package credit

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// Authorise asks for a hold on the limit for an order (占用额度). Consent names the
// quote that the customer saw; it moves no money.
type Authorise struct {
	Amount   money.Amount   `json:"amount"`
	Currency money.Currency `json:"currency"`
	Plan     string         `json:"plan"`
	Scene    string         `json:"scene"`
	Merchant string         `json:"merchant"`
	Order    string         `json:"order"`
	Consent  Consent        `json:"consent"`

	// Full names the funders that have no room, as the edge found out.
	Full      []string       `json:"-"`
	MustAgree map[string]int `json:"-"` // by programme: orders need at least this version of the agreement
	Offset    int            `json:"-"` // seconds that local time is ahead of UTC, for the night lock
}

// QuoteDocument is the name under which a customer consents to a quote.
const QuoteDocument = "quote"

// Reason says why an authorisation was declined. The first one found is what the
// customer may see.
type Reason string

// The reasons for a decline.
const (
	ReasonNotActive     Reason = "account_not_active"
	ReasonFrozen        Reason = "account_frozen"
	ReasonAgreement     Reason = "agreement_pending" // a newer version waited for the customer for as long as it may
	ReasonScene         Reason = "scene_not_allowed"
	ReasonLimitExceeded Reason = "limit_exceeded"
	ReasonSceneOff      Reason = "scene_switched_off" // by the customer
	ReasonNightLock     Reason = "night_locked"       // by the customer, at this time of the day
	ReasonMerchant      Reason = "merchant_not_allowed"
	ReasonSceneLimit    Reason = "scene_limit_exceeded"
	ReasonSpendingCap   Reason = "spending_cap_exceeded" // the customer's own
	ReasonFunding       Reason = "funding_unavailable"   // the funders of the quote have no room: another quote may have others
)

// Reasons lists them all, in the order in which they are looked for.
var Reasons = []Reason{
	ReasonNotActive, ReasonFrozen, ReasonAgreement, ReasonScene, ReasonSceneOff, ReasonNightLock, ReasonMerchant, ReasonLimitExceeded, ReasonSceneLimit, ReasonSpendingCap, ReasonFunding,
}

// Authorised (占用) says that an amount of the limit is held for an order.
type Authorised struct {
	Number    int64         `json:"n"`
	Amount    money.Amount  `json:"amount"`
	Plan      string        `json:"plan"`
	Scene     string        `json:"scene"`
	Merchant  string        `json:"merchant"`
	Order     string        `json:"order"`
	Quote     string        `json:"quote"`
	Agreement Agreement     `json:"agreement"`
	LastDay   calendar.Date `json:"last_day"`
	Route     int           `json:"route,omitzero"`  // the place of its route in the contract's list
	Minute    int           `json:"minute,omitzero"` // of the local day, where the customer has a night lock
}

// Declined (拒绝) says that an order was not let through. It is kept, and counted, like
// an approval.
type Declined struct {
	Number   int64        `json:"n"`
	Amount   money.Amount `json:"amount"`
	Plan     string       `json:"plan"`
	Scene    string       `json:"scene"`
	Merchant string       `json:"merchant"`
	Order    string       `json:"order"`
	Reasons  []Reason     `json:"reasons"`
}

func (Authorise) Name() string  { return "authorise" }
func (Authorised) Name() string { return "authorisation.approved" }
func (Declined) Name() string   { return "authorisation.declined" }

func (c Authorise) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.opened(); err != nil {
		return err
	}
	if err := checkAmount(c.Amount); err != nil {
		return err
	}
	if c.Currency != a.Terms.Currency {
		return &Error{Kind: CurrencyMismatch, Field: "currency", Detail: "the account is in " + string(a.Terms.Currency)}
	}
	plan, ok := a.Terms.Plan(c.Plan)
	if !ok {
		return &Error{Kind: UnknownPlan, Field: "plan", Detail: "the contract has no such plan"}
	}
	route, token := a.quoted(plan, c, at.Day)
	shown := Document{Name: QuoteDocument, Version: a.Terms.Version, Hash: token}
	if err := checkConsent(c.Consent, a.Customer, shown, a.Terms.reading(), at); err != nil {
		return err
	}

	n := a.number()
	if reasons := a.declineReasons(c, route, at); len(reasons) > 0 {
		emit(Declined{Number: n, Amount: c.Amount, Plan: c.Plan, Scene: c.Scene, Merchant: c.Merchant, Order: c.Order, Reasons: reasons})
		return nil
	}
	e := Authorised{
		Number: n, Amount: c.Amount, Plan: c.Plan, Scene: c.Scene, Merchant: c.Merchant, Order: c.Order,
		Quote: token, Agreement: c.Consent.Kept(shown), LastDay: at.Day + calendar.Date(a.Terms.HoldDays), Route: route,
	}
	if a.NightLock != nil {
		e.Minute = minuteOf(at.Time, c.Offset)
	}
	emit(e)
	return nil
}

// quoted finds the route whose quote the customer consented to, and that quote's
// token. Consent to none of them is answered with the first one's.
func (a *Account) quoted(plan Plan, c Authorise, day calendar.Date) (route int, token string) {
	parts := a.OwnTerms().Schedule(plan, c.Amount, day)
	for i := range max(1, len(a.Terms.Routes)) {
		t := a.quoteToken(plan, c.Amount, day, parts, i)
		if t == c.Consent.Hash {
			return i, t
		}
		if i == 0 {
			token = t
		}
	}
	return 0, token
}

// DeclinedFor are the reasons for which an order would be declined now, so that a customer
// hears of them before they read its figures. Who lends, and has room, is not asked.
func (a *Account) DeclinedFor(c Authorise, at Moment) []Reason {
	c.Full = nil
	return a.declineReasons(c, 0, at)
}

func (a *Account) declineReasons(c Authorise, route int, at Moment) (reasons []Reason) {
	if a.Status != Active {
		reasons = append(reasons, ReasonNotActive)
	}
	if len(a.Blocks) > 0 {
		reasons = append(reasons, ReasonFrozen)
	}
	if a.agreement().Version < c.MustAgree[a.Terms.Programme] {
		reasons = append(reasons, ReasonAgreement)
	}
	if !slices.Contains(a.Terms.Scenes, c.Scene) {
		reasons = append(reasons, ReasonScene)
	}
	if a.off(c.Scene) != nil {
		reasons = append(reasons, ReasonSceneOff)
	}
	if a.NightLock.Locks(minuteOf(at.Time, c.Offset)) {
		reasons = append(reasons, ReasonNightLock)
	}
	if !a.Terms.Merchants.allows(c.Merchant) {
		reasons = append(reasons, ReasonMerchant)
	}
	if c.Amount > a.Available() {
		reasons = append(reasons, ReasonLimitExceeded)
	}
	if limit, limited := a.SceneLimit(c.Scene); limited && c.Amount > limit-a.UsedIn(c.Scene) {
		reasons = append(reasons, ReasonSceneLimit)
	}
	if most := a.SpendingCap; most != nil && c.Amount > most.Amount-a.SpentIn(at.Day) {
		reasons = append(reasons, ReasonSpendingCap)
	}
	if len(c.Full) > 0 && a.Terms.Routing()[route].among(c.Full) {
		reasons = append(reasons, ReasonFunding)
	}
	return reasons
}

func checkAmount(amount money.Amount) error {
	if amount <= 0 || amount > money.Max {
		return &Error{Kind: InvalidAmount, Field: "amount", Detail: "an amount is a whole number of minor units from 1 to " + money.Max.Format("JPY")}
	}
	return nil
}

func (e Authorised) apply(a *Account, on calendar.Date) {
	a.numbered(e.Number)
	a.spend(on, e.Amount)
	a.Holds = append(a.Holds, Hold{Number: e.Number, Amount: e.Amount, Plan: e.Plan, Scene: e.Scene, Merchant: e.Merchant, On: on, LastDay: e.LastDay, Route: e.Route})
}

func (e Declined) apply(a *Account, _ calendar.Date) { a.numbered(e.Number) }
