package checkout

import (
	"errors"
	"net/http"
	"slices"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// resultPage is what came of it.
type resultPage struct {
	order
	Hold    client.Authorisation // what was confirmed
	Chosen  client.Label         // the other means
	Against []string
	Problem *client.Problem
}

func result(v *visit) error { return v.showResult(nil) }

func (v *visit) showResult(problem *client.Problem) error {
	p := resultPage{order: v.order(), Problem: problem}
	var err error
	switch v.Checkout.Status {
	case client.CheckoutOpen:
		return v.Go(Path, "")
	case client.CheckoutConfirmed:
		if p.Hold, err = v.API.GetAuthorisation(v.Context(), v.Checkout.Authorisation); err != nil {
			return err
		}
	case client.CheckoutDeclined:
		if p.Against, err = v.against(v.Checkout.DeclineReasons); err != nil {
			return err
		}
	case client.CheckoutChosenOther:
		if i := slices.IndexFunc(v.Checkout.Means, func(m client.Means) bool { return m.ID == v.Checkout.Chosen }); i >= 0 {
			p.Chosen = v.Checkout.Means[i].Names
		}
	case client.CheckoutCancelled, client.CheckoutExpired: // there is nothing to add
	}
	if problem != nil {
		return v.ShowAgain("result", problem, p)
	}
	return v.Show("result", p)
}

// cancel is 'I didn't want it' before, and 'I didn't mean to' after confirming.
func cancel(v *visit) error {
	_, err := v.API.CancelCheckout(v.Context(), v.Checkout.ID)
	var problem *client.Problem
	switch {
	case err == nil || decided(err):
		return v.Go("/checkout/result", "")
	case errors.As(err, &problem) && problem.Status < http.StatusInternalServerError:
		return v.showResult(problem)
	}
	return err
}

// against says in words what stands against pay-later: the first reason is what the
// customer is told, with how much is left and until when.
func (v *visit) against(reasons []string) ([]string, error) {
	if len(reasons) == 0 {
		return nil, nil
	}
	words := []string{page.Reason(v.Lang, reasons[0])}
	account, err := v.API.GetAccount(v.Context(), v.Account)
	var problem *client.Problem
	if errors.As(err, &problem) && problem.Status == http.StatusNotFound {
		return words, nil
	}
	if err != nil {
		return nil, err
	}
	if more := v.figures(reasons[0], &account); more != "" {
		words = append(words, more)
	}
	return words, nil
}

// figures are the amounts and dates behind a reason.
func (v *visit) figures(reason string, a *client.Account) string {
	sum := func(amount int64) string {
		text, err := page.Sum(string(a.Currency), max(0, amount))
		if err != nil {
			return ""
		}
		return text
	}
	scene := client.AccountScene{}
	if i := slices.IndexFunc(a.Scenes, func(s client.AccountScene) bool { return s.Scene == v.Checkout.Scene }); i >= 0 {
		scene = a.Scenes[i]
	}
	switch reason {
	case "spending_cap_exceeded":
		text := v.Say("why.cap", "cap", sum(a.Spending.Cap), "left", sum(a.Spending.Cap-a.Spending.ThisMonth))
		if on := a.Spending.Raise.TakesEffect; on != 0 {
			return text + v.Say("why.cap.raise", "day", v.Lang.Day(on))
		}
		return text + v.Say("why.cap.month")
	case "scene_switched_off":
		if scene.OnFrom != 0 {
			return v.Say("why.scene", "day", v.Lang.Day(scene.OnFrom))
		}
	case "night_locked":
		return v.Say("why.night", "from", a.NightLock.From, "until", a.NightLock.Until)
	case "limit_exceeded":
		return v.Say("why.limit", "available", sum(a.Available), "amount", sum(v.Checkout.Amount))
	case "scene_limit_exceeded":
		return v.Say("why.scene.limit", "left", sum(scene.Limit-scene.Used), "limit", sum(scene.Limit))
	case "account_frozen":
		for _, b := range a.Blocks {
			return v.Say("why.block." + string(b.Kind))
		}
	}
	return ""
}
