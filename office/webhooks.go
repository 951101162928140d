package office

import (
	"bytes"
	"context"
	"time"

	"github.com/yuefu/yuefu/event"
	"github.com/yuefu/yuefu/relay"
	"github.com/yuefu/yuefu/vault"
)

// openWebhooks makes what tells platforms what happened. It comes before the desk, which hands
// over what it appends. Receivers live in real time, in a sandbox too: what its clock says
// is in the events.
func (o *Office) openWebhooks(options relay.Options) *sealer {
	owners, s := event.NewOwners(o.Tables), &sealer{}
	o.Events = event.NewFeed(o.Log, o.Tables, owners)
	options.Now, options.Elapsed, options.Sandbox, options.Log, options.Sealer = time.Now, o.Clock.Elapsed, o.DB.Book().Sandbox, o.logger, s
	o.Webhooks = relay.New(o.DB, o.Log, o.Tables, owners, options)
	return s
}

// runWebhooks sends, from now until background ends. It comes after the vault, in which the secrets are.
func (o *Office) runWebhooks(ctx, background context.Context, s *sealer) (err error) {
	if o.Vault != nil {
		if s.secrets, err = o.Vault.Secrets(ctx); err != nil {
			return err
		}
	}
	o.running.Go(func() { o.Webhooks.Run(background) })
	return nil
}

// sealer keeps webhooks' secrets by the vault's key. An installation without a key keeps them as
// they are, and reads those still when it has one.
type sealer struct{ secrets *vault.Secrets }

// Seal implements relay.Sealer.
func (s *sealer) Seal(plain, context []byte) ([]byte, error) {
	if s.secrets == nil {
		return plain, nil
	}
	return s.secrets.Seal(plain, context)
}

// Open implements relay.Sealer.
func (s *sealer) Open(sealed, context []byte) ([]byte, error) {
	if s.secrets == nil || bytes.HasPrefix(sealed, []byte(relay.SecretPrefix)) {
		return sealed, nil
	}
	return s.secrets.Open(sealed, context)
}
