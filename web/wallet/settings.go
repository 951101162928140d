package wallet

import (
	"strconv"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

func settings(v *page.Visit, account client.Account) error {
	return v.Show("settings", account)
}

// settingPage is a page of one setting of the account, with what could not be done.
type settingPage struct {
	client.Account
	Sources []client.Source
	Preview *client.AutopayPreview // to be agreed to
	Label   string                 // of its source
	Wait    int
	Key     string
	Problem *client.Problem
}

func readSetting(v *page.Visit) (p settingPage, err error) {
	if p.Account, err = v.API.GetAccount(v.Context(), v.Account); err != nil {
		return p, err
	}
	sources, err := v.API.ListSources(v.Context(), v.Account)
	p.Sources, p.Key = sources.Data, v.Key()
	return p, err
}

// setting shows a page of the account as it is.
func setting(name string) func(*page.Visit) error {
	return func(v *page.Visit) error {
		p, err := readSetting(v)
		if isMissing(err) {
			return v.Show("none", nil)
		}
		if err != nil {
			return err
		}
		return v.Show(name, p)
	}
}

// change carries a form of a setting's page out, and comes back to it.
func change(name, path string, do func(v *page.Visit, key string) (done string, err error)) func(*page.Visit) error {
	return func(v *page.Visit) error {
		key, err := v.FormKey()
		if err != nil {
			return err
		}
		done, err := do(v, key)
		if err == nil {
			return v.Go(path, done)
		}
		var problem *client.Problem
		if !asProblem(err, &problem) {
			return err
		}
		p, err := readSetting(v)
		if err != nil {
			return err
		}
		p.Problem = problem
		return v.ShowAgain(name, problem, p)
	}
}

// setCap sets or removes the customer's own spending cap: lower at once, higher after a day.
func setCap(v *page.Visit, key string) (string, error) {
	account, err := v.API.GetAccount(v.Context(), v.Account)
	if err != nil {
		return "", err
	}
	switch v.R.PostFormValue("do") {
	case "remove":
		_, err = v.API.RemoveSpendingCap(v.Context(), v.Account, key)
		return "loosened", err
	case "keep":
		_, err = v.API.KeepSpendingCap(v.Context(), v.Account, key)
		return "kept", err
	}
	amount, err := v.Amount("amount", string(account.Currency))
	if err != nil && v.R.PostFormValue("amount") != "0" {
		return "", err
	}
	_, err = v.API.SetSpendingCap(v.Context(), v.Account, key, client.SpendingCapRequest{Amount: amount})
	if account.Spending.Cap != 0 && amount > account.Spending.Cap {
		return "loosened", err
	}
	return "protected", err
}

func setScene(v *page.Visit, key string) (string, error) {
	scene := v.R.PostFormValue("scene")
	if v.R.PostFormValue("do") == "on" {
		_, err := v.API.SwitchSceneOn(v.Context(), v.Account, scene, key)
		return "loosened", err
	}
	_, err := v.API.SwitchSceneOff(v.Context(), v.Account, scene, key)
	return "protected", err
}

func setNight(v *page.Visit, key string) (string, error) {
	if v.R.PostFormValue("do") == "remove" {
		_, err := v.API.RemoveNightLock(v.Context(), v.Account, key)
		return "loosened", err
	}
	_, err := v.API.SetNightLock(v.Context(), v.Account, key, client.NightLockRequest{From: v.R.PostFormValue("from"), Until: v.R.PostFormValue("until")})
	return "protected", err
}

// pause stops and starts all spending: the customer's own block.
func pause(v *page.Visit, key string) (string, error) {
	if v.R.PostFormValue("do") == "lift" {
		_, err := v.API.LiftBlock(v.Context(), v.Account, string(client.BlockKindCustomer), key)
		return "resumed", err
	}
	_, err := v.API.AddBlock(v.Context(), v.Account, key, client.BlockRequest{Kind: client.BlockKindCustomer})
	return "paused", err
}

func setDueDay(v *page.Visit, key string) (string, error) {
	day, err := strconv.Atoi(v.R.PostFormValue("day"))
	if err != nil {
		return "", errForm
	}
	_, err = v.API.ChooseDueDay(v.Context(), v.Account, key, client.DueDayRequest{Day: day})
	return "dueday", err
}

// autopay shows the standing instruction, or what a new one says, to be agreed to.
func autopay(v *page.Visit) error {
	p, err := readSetting(v)
	if isMissing(err) {
		return v.Show("none", nil)
	}
	if err != nil {
		return err
	}
	if source := v.R.URL.Query().Get("source"); source != "" {
		for _, s := range p.Sources {
			if s.Source == source {
				p.Label = s.Label
			}
		}
		if p.Label == "" {
			return missing(v) // not a source of this customer's
		}
		preview, err := v.API.PreviewAutopay(v.Context(), v.Account, client.AutopayPreviewRequest{Source: source})
		if err != nil {
			return err
		}
		p.Preview, p.Wait = &preview, preview.ReadingSeconds
		if err := v.Showing(preview.Text.Hash); err != nil {
			return err
		}
	}
	return v.Show("autopay", p)
}

func setAutopay(v *page.Visit, key string) (string, error) {
	if v.R.PostFormValue("do") == "cancel" {
		_, err := v.API.CancelAutopay(v.Context(), v.Account, key)
		return "autopayoff", err
	}
	hash := v.R.PostFormValue("text")
	seen, err := v.Agreed(hash)
	if err != nil {
		return "", err
	}
	version, err := strconv.Atoi(v.R.PostFormValue("version"))
	if err != nil {
		return "", errForm
	}
	_, err = v.API.SetAutopay(v.Context(), v.Account, key, client.AutopayRequest{
		Source: v.R.PostFormValue("source"),
		Consent: client.AutopayConsent{
			Document: client.AutopayDocumentAutopay, Version: version, Hash: hash, Person: v.Customer, Act: "tap_agree", Channel: channel,
			Language: seen.Language, ReadSeconds: seen.ReadSeconds, ShownAt: seen.ShownAt, AcceptedAt: seen.AcceptedAt,
		},
	})
	return "autopayon", err
}

// lower lowers the limit at the customer's own wish, at once; to raise it again takes a
// new assessment.
func lower(v *page.Visit, key string) (string, error) {
	account, err := v.API.GetAccount(v.Context(), v.Account)
	if err != nil {
		return "", err
	}
	limit, err := v.Amount("limit", string(account.Currency))
	if err != nil {
		return "", err
	}
	_, err = v.API.LowerLimit(v.Context(), v.Account, key, client.LowerLimitRequest{Limit: limit})
	return "lowered", err
}
