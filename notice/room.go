package notice

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/notice/sms"
	"github.com/yuefu/yuefu/servicing"
	"github.com/yuefu/yuefu/view"
)

// Desk shows accounts and records contacts. *servicing.Desk is it.
type Desk interface {
	Look(ctx context.Context, account credit.ID, platform string, read func(a *credit.Account, at credit.Moment, position int64)) error
	Do(ctx context.Context, r servicing.Request) (servicing.Answer, error)
	Today() credit.Moment
}

// Phones (电话) finds a customer's number, for one message. Nothing keeps what it returns.
type Phones interface {
	Phone(ctx context.Context, platform, customer string) (string, error)
}

// ErrNoPhone says that a customer has no number: they are told in the inbox only.
var ErrNoPhone = errors.New("notice: the customer has no phone number")

// Options are the room's settings; the zero value of each is a good one.
type Options struct {
	SMS       sms.Provider  // nil: the inbox only
	Phones    Phones        // nil: nobody has a number
	Signature string        // 短信签名; default: 月付
	Poll      time.Duration // how often to look for messages to send; default 1 s
	Call      time.Duration // how long the provider may take for one answer; default 15 s
	Patience  time.Duration // between two tries of a message, at first; it doubles ten times; default 1 s
	Workers   int           // messages that are sent at the same time; default 8
	Log       *slog.Logger  // default: slog.Default()
}

// Room is what tells customers. Its methods are safe for concurrent use.
type Room struct {
	db      *database.DB
	tables  *view.Tables
	desk    func() Desk
	clock   servicing.Clock
	zone    *time.Location
	options Options
	sender
}

// New makes the room. desk is asked for when it is needed: it opens later.
func New(db *database.DB, tables *view.Tables, desk func() Desk, clock servicing.Clock, zone *time.Location, options Options) *Room {
	set := func(v *time.Duration, standard time.Duration) {
		if *v <= 0 {
			*v = standard
		}
	}
	set(&options.Poll, time.Second)
	set(&options.Call, 15*time.Second)
	set(&options.Patience, time.Second)
	if options.Workers <= 0 {
		options.Workers = 8
	}
	if options.Signature == "" {
		options.Signature = "月付"
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}
	return &Room{db: db, tables: tables, desk: desk, clock: clock, zone: zone, options: options, sender: sender{waits: map[credit.ID]wait{}}}
}

func (r *Room) now() int64 { return r.clock.Now().UnixMicro() }
