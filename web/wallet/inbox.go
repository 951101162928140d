package wallet

import (
	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// inboxPage is what the customer was told, the newest first, and how they want to be told.
type inboxPage struct {
	client.NoticeList
	Wishes  client.NoticePreferences
	Key     string
	Problem *client.Problem
}

func inbox(v *page.Visit) error {
	list, err := v.API.ListNotices(v.Context(), v.Account, client.ListNoticesQuery{
		Cursor: client.Cursor(v.R.URL.Query().Get("older")), Limit: 30, Language: string(v.Lang),
	})
	if isMissing(err) {
		return v.Show("none", nil)
	}
	if err != nil {
		return err
	}
	wishes, err := v.API.GetNoticePreferences(v.Context(), v.Account)
	if err != nil {
		return err
	}
	return v.Show("inbox", inboxPage{NoticeList: list, Wishes: wishes, Key: v.Key()})
}

// readAll notes that everything in the inbox was seen.
func readAll(v *page.Visit) error {
	if _, err := v.API.ReadAllNotices(v.Context(), v.Account); err != nil {
		return err
	}
	return v.Go("/wallet/inbox", "")
}

// setWishes keeps in which language the customer wants to be told, and whether they are
// reminded by SMS before a due date. What the law asks for is sent in any case.
func setWishes(v *page.Visit) error {
	wishes := client.NoticePreferences{Language: client.PageLanguage(v.R.PostFormValue("language")), ReminderSms: v.R.PostFormValue("reminders") != ""}
	if _, err := v.API.SetNoticePreferences(v.Context(), v.Account, wishes); err != nil {
		return err
	}
	return v.Go("/wallet/inbox", "wishes")
}
