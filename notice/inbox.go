package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

const (
	insertNotice  = `INSERT INTO notice (partition, account, number, kind, day, time, reference, figures) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`
	insertMessage = `INSERT INTO notice_message (partition, account, number, not_before, not_after, tries, status, language, text, reason)
		VALUES ($1, $2, $3, $4, $5, 0, 'waiting', '', '', '') ON CONFLICT DO NOTHING`
)

// write puts notices into the inbox, and the messages that go with them in line. What
// stands there already stays as it is.
func (r *Room) write(ctx context.Context, tx *sql.Tx, list []Notice) error {
	for i := range list {
		n := &list[i]
		figures, err := json.Marshal(n.Figures)
		if err != nil {
			return fmt.Errorf("notice: %s: %w", n.ID(), err)
		}
		partition := r.tables.PartitionOf(n.Account)
		if _, err := r.db.Exec(ctx, tx, insertNotice, partition, string(n.Account), n.Number, string(n.Kind), n.Day.String(), n.Time, string(n.Reference), string(figures)); err != nil {
			return fmt.Errorf("notice: %s: %w", n.ID(), err)
		}
		if r.options.SMS == nil || kinds[n.Kind] == inboxOnly {
			continue
		}
		from, to := r.hours(kinds[n.Kind], n.Time)
		if _, err := r.db.Exec(ctx, tx, insertMessage, partition, string(n.Account), n.Number, from, to); err != nil {
			return fmt.Errorf("notice: message of %s: %w", n.ID(), err)
		}
	}
	return nil
}

// Told is a notice as it stands in the inbox, with what became of its message.
type Told struct {
	Notice
	Message Message // its status is empty where there is none
}

const selectNotices = `SELECT n.number, n.kind, CAST(n.day AS TEXT), n.time, COALESCE(n.read_at, 0), n.reference, n.figures,
		COALESCE(m.status, ''), COALESCE(m.reason, ''), COALESCE(m.sent_at, 0), COALESCE(m.settled_at, 0)
	FROM notice n LEFT JOIN notice_message m ON m.partition = n.partition AND m.account = n.account AND m.number = n.number
	WHERE n.partition = $1 AND n.account = $2 AND n.number < $3 ORDER BY n.number DESC LIMIT $4`

// Inbox (消息) lists what an account's customer was told, the newest first.
func (r *Room) Inbox(ctx context.Context, account credit.ID, p view.Page) (list []Told, err error) {
	before := p.Before
	if before <= 0 {
		before = 1<<63 - 1
	}
	rows, err := r.db.Reader().QueryContext(ctx, selectNotices, r.tables.PartitionOf(account), string(account), before, p.Limit)
	if err != nil {
		return nil, fmt.Errorf("notice: inbox: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		t := Told{Notice: Notice{Account: account}}
		var day, figures string
		m := &t.Message
		if err := rows.Scan(&t.Number, &t.Kind, &day, &t.Time, &t.ReadAt, &t.Reference, &figures, &m.Status, &m.Reason, &m.SentAt, &m.SettledAt); err != nil {
			return nil, fmt.Errorf("notice: inbox: %w", err)
		}
		if t.Day, err = calendar.Parse(day); err == nil {
			err = json.Unmarshal([]byte(figures), &t.Figures)
		}
		if err != nil {
			return nil, fmt.Errorf("notice: %s: %w", t.ID(), err)
		}
		list = append(list, t)
	}
	return list, rows.Err()
}

const countUnread = `SELECT count(*) FROM notice WHERE partition = $1 AND account = $2 AND read_at IS NULL`

// Unread counts what an account's customer has not read.
func (r *Room) Unread(ctx context.Context, account credit.ID) (n int64, err error) {
	if err := r.db.Reader().QueryRowContext(ctx, countUnread, r.tables.PartitionOf(account), string(account)).Scan(&n); err != nil {
		return 0, fmt.Errorf("notice: unread: %w", err)
	}
	return n, nil
}

const (
	markRead    = `UPDATE notice SET read_at = $1 WHERE partition = $2 AND account = $3 AND number = $4 AND read_at IS NULL`
	markAllRead = `UPDATE notice SET read_at = $1 WHERE partition = $2 AND account = $3 AND read_at IS NULL`
	findNotice  = `SELECT 1 FROM notice WHERE partition = $1 AND account = $2 AND number = $3`
)

// Read notes that a notice was read, the first time that it was. It reports false for
// one that there is not.
func (r *Room) Read(ctx context.Context, account credit.ID, number int64) (bool, error) {
	partition := r.tables.PartitionOf(account)
	var one int
	switch err := r.db.Reader().QueryRowContext(ctx, findNotice, partition, string(account), number).Scan(&one); {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("notice: read: %w", err)
	}
	now := r.now()
	err := r.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := r.db.Exec(ctx, tx, markRead, now, partition, string(account), number)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("notice: read: %w", err)
	}
	return true, nil
}

// ReadAll notes that everything was read.
func (r *Room) ReadAll(ctx context.Context, account credit.ID) error {
	now := r.now()
	err := r.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := r.db.Exec(ctx, tx, markAllRead, now, r.tables.PartitionOf(account), string(account))
		return err
	})
	if err != nil {
		return fmt.Errorf("notice: read all: %w", err)
	}
	return nil
}

// Preferences (通知偏好) are what a customer wants to get. What the law or the contract has
// to tell them is sent whatever they say.
type Preferences struct {
	Language    Language // of messages, and of the inbox unless it is asked for in another
	ReminderSMS bool     // messages 7, 3 and 1 days before a bill is due
}

const (
	selectPreferences = `SELECT language, reminder_sms FROM notice_preference WHERE partition = $1 AND account = $2`
	upsertPreferences = `INSERT INTO notice_preference (partition, account, language, reminder_sms, changed) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (partition, account) DO UPDATE SET language = excluded.language, reminder_sms = excluded.reminder_sms, changed = excluded.changed`
)

// Preferences finds an account's, or the standard ones.
func (r *Room) Preferences(ctx context.Context, account credit.ID) (Preferences, error) {
	p := Preferences{Language: Languages[0], ReminderSMS: true}
	err := r.db.Reader().QueryRowContext(ctx, selectPreferences, r.tables.PartitionOf(account), string(account)).Scan(&p.Language, &p.ReminderSMS)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return p, fmt.Errorf("notice: preferences: %w", err)
	}
	return p, nil
}

// Prefer keeps an account's preferences.
func (r *Room) Prefer(ctx context.Context, account credit.ID, p Preferences) error {
	now := r.now()
	err := r.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := r.db.Exec(ctx, tx, upsertPreferences, r.tables.PartitionOf(account), string(account), string(p.Language), p.ReminderSMS, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("notice: preferences: %w", err)
	}
	return nil
}
