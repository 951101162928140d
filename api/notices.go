package api

import (
	"context"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/api/contract"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/view"
)

// Notices are what customers are told. *notice.Room is it.
type Notices interface {
	Inbox(ctx context.Context, account credit.ID, p view.Page) ([]notice.Told, error)
	Unread(ctx context.Context, account credit.ID) (int64, error)
	Read(ctx context.Context, account credit.ID, number int64) (bool, error)
	ReadAll(ctx context.Context, account credit.ID) error
	Preferences(ctx context.Context, account credit.ID) (notice.Preferences, error)
	Prefer(ctx context.Context, account credit.ID, p notice.Preferences) error
	Counts() notice.Counts
	Backlog(ctx context.Context) (open, dead int64, err error)
}

// recipient finds whose notices the path is about, once everything that happened to
// the account is told.
func (c *call) recipient() (credit.ID, error) {
	id, err := c.account()
	if err != nil {
		return "", err
	}
	a, err := c.current(id, "account")
	if err != nil {
		return "", err
	}
	if c.server.notices == nil {
		return "", &problem{kind: kindNoSuchRoute}
	}
	return id, c.wholeInbox(id, a.position)
}

// wholeInbox waits until everything that happened to an account up to a position is told.
func (c *call) wholeInbox(id credit.ID, position int64) error {
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	if err := c.server.told(ctx, c.server.tables.PartitionOf(id), position); err != nil {
		return &problem{kind: kindUnavailable, cause: err}
	}
	return nil
}

func listNotices(c *call) error {
	language, err := c.queryText("language", len("zh-Hans"))
	if err != nil {
		return err
	}
	switch notice.Language(language) {
	case "", notice.Chinese, notice.English:
	default:
		return parameterProblem(kindInvalidParameter, "language", "has to be zh-Hans or en")
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	id, err := c.recipient()
	if err != nil {
		return err
	}
	l, err := c.language(id, notice.Language(language))
	if err != nil {
		return err
	}
	list, err := c.server.notices.Inbox(background, id, p.Page)
	if err != nil {
		return err
	}
	unread, err := c.server.notices.Unread(background, id)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range list[:min(len(list), p.asked)] {
		if err := o.notice(&list[i], l); err != nil {
			return err
		}
	}
	o.endList()
	if len(list) > p.asked {
		o.text("next", strconv.FormatInt(list[p.asked-1].Number, 10))
	}
	o.number("unread", unread)
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// language is the one that was asked for, that the caller's browser prefers, or that
// the customer chose, in this order.
func (c *call) language(id credit.ID, asked notice.Language) (notice.Language, error) {
	if asked != "" {
		return asked, nil
	}
	if l := notice.Preferred(string(c.http.Request.Header.Peek("Accept-Language"))); l != "" {
		return l, nil
	}
	p, err := c.server.notices.Preferences(background, id)
	return p.Language, err
}

func (o *out) notice(n *notice.Told, l notice.Language) error {
	text, err := notice.Render(n.Kind, l, &n.Figures)
	if err != nil {
		return err
	}
	o.begin()
	o.id("id", n.ID())
	o.id("account", n.Account)
	o.text("kind", string(n.Kind))
	o.text("language", string(l))
	o.text("title", text.Title)
	o.text("body", text.Body)
	o.date("on", n.Day)
	o.instant("told_at", time.UnixMicro(n.Time))
	o.bool("read", n.ReadAt != 0)
	o.maybe("reference", string(n.Reference))
	if m := n.Message; m.Status != "" {
		o.object("sms")
		o.text("status", string(m.Status))
		o.maybe("reason", m.Reason)
		if m.SentAt != 0 {
			o.instant("sent_at", time.UnixMicro(m.SentAt))
		}
		if m.SettledAt != 0 {
			o.instant("settled_at", time.UnixMicro(m.SettledAt))
		}
		o.end()
	}
	o.end()
	return nil
}

func readNotice(c *call) error {
	if err := c.readNothing(); err != nil {
		return err
	}
	id, err := c.recipient()
	if err != nil {
		return err
	}
	account, number, ok := credit.ID(c.parameters[1]).Owner(notice.Prefix)
	if !ok || account != id {
		return missing("notice")
	}
	if ok, err = c.server.notices.Read(background, id, number); err != nil {
		return err
	}
	if !ok {
		return missing("notice")
	}
	return c.unread(id)
}

func readAllNotices(c *call) error {
	if err := c.readNothing(); err != nil {
		return err
	}
	id, err := c.recipient()
	if err != nil {
		return err
	}
	if err := c.server.notices.ReadAll(background, id); err != nil {
		return err
	}
	return c.unread(id)
}

func (c *call) unread(id credit.ID) error {
	n, err := c.server.notices.Unread(background, id)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.number("unread", n)
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

func getNoticePreferences(c *call) error {
	id, err := c.recipient()
	if err != nil {
		return err
	}
	return c.preferences(id)
}

func setNoticePreferences(c *call) error {
	id, err := c.recipient()
	if err != nil {
		return err
	}
	var body contract.NoticePreferences
	if err := c.read(&body); err != nil {
		return err
	}
	if err := c.server.notices.Prefer(background, id, notice.Preferences{Language: notice.Language(body.Language), ReminderSMS: body.ReminderSms}); err != nil {
		return err
	}
	return c.preferences(id)
}

func (c *call) preferences(id credit.ID) error {
	p, err := c.server.notices.Preferences(background, id)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.text("language", string(p.Language))
	o.bool("reminder_sms", p.ReminderSMS)
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}
