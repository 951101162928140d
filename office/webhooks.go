package office

import (
	"context"
	"time"

	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/relay"
)

// openWebhooks tells platforms what happened, from now until background ends. Receivers live in real
// time, in a sandbox too: what its clock says is in the events.
func (o *Office) openWebhooks(options Options, background context.Context) {
	owners := event.NewOwners(o.Tables)
	o.Events = event.NewFeed(o.Log, o.Tables, owners)
	r := options.Webhooks
	r.Now, r.Elapsed, r.Sandbox, r.Log = time.Now, o.Clock.Elapsed, o.DB.Book().Sandbox, o.logger
	o.Webhooks = relay.New(o.DB, o.Log, o.Tables, owners, r)
	o.running.Go(func() { o.Webhooks.Run(background) })
}
