package wallet

import (
	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// renewPage asks for a newer agreement: what is different, the texts that are new, and
// the way out for who does not want it.
type renewPage struct {
	client.AgreementPending
	Texts *page.Texts
	Key   string
}

// renewing hands on what is asked for; where nothing is, it leads home.
func renewing(do func(*page.Visit, *page.Texts, client.AgreementPending) error) func(*page.Visit) error {
	return of(func(v *page.Visit, account client.Account) error {
		pending := account.AgreementPending
		if pending.Version == 0 {
			return v.Go(Path, "")
		}
		steps, err := v.Steps()
		if err != nil {
			return err
		}
		documents := make([]client.DocumentToAgree, len(pending.Documents))
		for i, d := range pending.Documents {
			documents[i] = client.DocumentToAgree{Document: d.Document, Version: d.Version, Hash: d.Hash, ReadingSeconds: pending.ReadingSeconds}
		}
		texts := v.Texts(documents, steps)
		texts.Path, texts.Back, texts.Leave = "/wallet/renew", "/wallet/renew", "/wallet/close"
		return do(v, texts, pending)
	})
}

func renew(v *page.Visit, texts *page.Texts, pending client.AgreementPending) error {
	return v.Show("renew", renewPage{pending, texts, v.Key()})
}

func renewText(_ *page.Visit, texts *page.Texts, _ client.AgreementPending) error {
	return texts.Read()
}

func agreeText(v *page.Visit, texts *page.Texts, _ client.AgreementPending) error {
	agreed, err := texts.Take()
	if err != nil || !agreed {
		return err
	}
	if next := texts.Next(); next != "" {
		return v.Go(next, "")
	}
	return v.Go("/wallet/renew", "")
}

// renewed sends what was agreed to; an act of its own, after all texts.
func renewed(v *page.Visit, texts *page.Texts, _ client.AgreementPending) error {
	key, err := v.FormKey()
	if err != nil {
		return err
	}
	if next := texts.Next(); next != "" {
		return v.Go(next, "")
	}
	if _, err := v.API.RenewAgreement(v.Context(), v.Account, key, client.RenewalRequest{Consents: texts.Consents(channel)}); err != nil {
		return err
	}
	if err := v.Forget(); err != nil {
		return err
	}
	return v.Go(Path, "renewed")
}
