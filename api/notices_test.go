package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// TestTheInbox reads, page by page and in both languages, what a customer was told, and
// holds the amounts against the bill that the same API shows.
func TestTheInbox(t *testing.T) {
	w := newWorld(t)
	ctx, api := t.Context(), newChecker(t).client(w, w.platform)
	a := w.opened(t, "u-1")
	hold := w.authorised(t, a, 1_234_56, "next", "o-1")
	if _, err := api.Capture(ctx, hold.ID, "cap-1", client.CaptureRequest{Amount: 1_234_56}); err != nil {
		t.Fatal(err)
	}
	if _, err := api.AdvanceClock(ctx, client.AdvanceRequest{To: calendar.Of(2026, 2, 3)}); err != nil {
		t.Fatal(err)
	}
	inbox, err := api.ListNotices(ctx, a.ID, client.ListNoticesQuery{Language: "en"})
	if err != nil || len(inbox.Data) != 3 || inbox.Unread != 3 || inbox.Next != "" {
		t.Fatalf("%+v, %v", inbox, err)
	}
	bills, err := api.ListStatements(ctx, a.ID, client.ListStatementsQuery{})
	if err != nil || len(bills.Data) != 1 || bills.Data[0].Remaining != 1_234_56 {
		t.Fatalf("%+v, %v", bills, err)
	}
	reminder, bill, opening := inbox.Data[0], inbox.Data[1], inbox.Data[2]
	for _, n := range []client.Notice{reminder, bill} {
		if n.Reference != bills.Data[0].ID || !strings.Contains(n.Body, "CNY 1,234.56") || !strings.Contains(n.Body, "10 February 2026") || n.Read || n.Sms.Status == "" {
			t.Errorf("%+v", n)
		}
	}
	if reminder.Kind != client.NoticeReminder || bill.Kind != client.NoticeBill || opening.Kind != client.NoticeApplicationApproved || reminder.On != calendar.Of(2026, 2, 3) {
		t.Errorf("%s, %s, %s", reminder.Kind, bill.Kind, opening.Kind)
	}

	one, err := api.ListNotices(ctx, a.ID, client.ListNoticesQuery{Limit: 1, Language: "zh-Hans"})
	if err != nil || len(one.Data) != 1 || !strings.Contains(one.Data[0].Body, "1,234.56元") {
		t.Fatalf("%+v, %v", one, err)
	}
	rest, err := api.ListNotices(ctx, a.ID, client.ListNoticesQuery{Cursor: one.Next})
	if err != nil || len(rest.Data) != 2 || rest.Data[0].ID != bill.ID {
		t.Fatalf("%+v, %v", rest, err)
	}
	for range 2 { // it was read once, however often somebody looks
		if left, err := api.ReadNotice(ctx, a.ID, bill.ID); err != nil || left.Unread != 2 {
			t.Errorf("%+v, %v", left, err)
		}
	}
	if left, err := api.ReadAllNotices(ctx, a.ID); err != nil || left.Unread != 0 {
		t.Errorf("%+v, %v", left, err)
	}

	// Which language: asked for, the browser's, the customer's own.
	p, err := api.GetNoticePreferences(ctx, a.ID)
	if err != nil || p != (client.NoticePreferences{Language: "zh-Hans", ReminderSms: true}) {
		t.Errorf("%+v, %v", p, err)
	}
	chosen := client.NoticePreferences{Language: "en"}
	if p, err = api.SetNoticePreferences(ctx, a.ID, chosen); err != nil || p != chosen {
		t.Errorf("%+v, %v", p, err)
	}
	path := "/v1/accounts/" + a.ID + "/notices"
	for _, c := range []struct{ query, header, want string }{
		{"", "", `"en"`}, {"", "zh-CN,zh;q=0.9", `"zh-Hans"`}, {"?language=en", "zh-CN", `"en"`}, {"", "fr", `"en"`},
	} {
		got := w.send(t, http.MethodGet, path+c.query, "", "Authorization", "Bearer "+w.platform, "Accept-Language", c.header)
		if got.status != http.StatusOK || !strings.Contains(got.body, `"language":`+c.want) {
			t.Errorf("%+v: %d %s", c, got.status, got.body)
		}
	}
	if got := w.get(t, w.platform, path+"?language=de"); got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", got.status, got.body)
	}

	// Somebody else's inbox is not there, and neither is somebody else's notice.
	other := w.opened(t, "u-2")
	for _, c := range []struct{ key, method, path string }{
		{w.stranger, http.MethodGet, path}, {w.stranger, http.MethodPost, path + "/read-all"}, {w.stranger, http.MethodPost, path + "/" + bill.ID + "/read"},
		{w.stranger, http.MethodGet, "/v1/accounts/" + a.ID + "/notice-preferences"},
		{w.platform, http.MethodPost, "/v1/accounts/" + other.ID + "/notices/" + bill.ID + "/read"},
		{w.platform, http.MethodPost, path + "/ntc_0/read"}, {w.platform, http.MethodPost, path + "/" + bill.ID + "9/read"},
	} {
		if got := w.send(t, c.method, c.path, "", "Authorization", "Bearer "+c.key); got.status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", c.method, c.path, got.status, got.body)
		}
	}
	metrics := w.get(t, w.platform, "/metrics").body
	for _, line := range []string{`yuefu_messages_total{what="dropped"}`, `yuefu_messages{state="dead"} 0`} {
		if !strings.Contains(metrics, line) {
			t.Errorf("the metrics have no %s", line)
		}
	}
}
