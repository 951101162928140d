package office

import (
	"bytes"
	"context"
	"time"

	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
	"github.com/yuefu/yuefu/relay"
	"github.com/yuefu/yuefu/view"
)

// follow has a reader follow the log until background ends. It comes before the desk
// opens, which hands over what it appends.
func (o *Office) follow(ctx, background context.Context, reader follow.Reader) (*follow.Follower, error) {
	f, err := follow.Open(ctx, o.DB, o.Log, reader, follow.Options{Log: o.logger})
	if err != nil {
		return nil, err
	}
	o.followers = append(o.followers, f)
	o.running.Go(func() { f.Run(background) })
	return f, nil
}

// says makes a reader's Wants of a name that stands in the events that concern it, and in none of a checkout.
func says(event string) func(*eventlog.Entry) bool {
	name := []byte(event)
	return func(e *eventlog.Entry) bool {
		return e.Name != "authorise" && e.Name != "capture" && bytes.Contains(e.Events, name)
	}
}

// openConsents has the tree of consents grow with the log.
func (o *Office) openConsents(ctx, background context.Context, key *receipt.Signer) (err error) {
	if o.Consents, err = consent.Open(ctx, o.DB, o.Log); err != nil {
		return err
	}
	if err := o.Consents.SignWith(ctx, key, time.Now); err != nil {
		return err
	}
	if !o.Consents.Signs() {
		o.logger.Warn("consents get no receipts: start with --signing-key, see docs/receipts.md")
	}
	f, err := o.follow(ctx, background, o.Consents.Reader())
	if err != nil {
		return err
	}
	o.Consents.Follow(f)
	return nil
}

// index is what the desk hands its entries to: the tables, in which it finds what is
// due, and whoever else follows the log.
type index struct {
	*view.Tables
	followers *[]*follow.Follower
	webhooks  *relay.Relay
}

func (x index) Appended(entries []eventlog.Entry) {
	x.Tables.Appended(entries)
	for _, f := range *x.followers {
		f.Appended(entries)
	}
	x.webhooks.Appended(entries)
}
