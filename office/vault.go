package office

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
	"github.com/yuefu/yuefu/vault"
)

// VaultOptions say where personal data's master key is, and how long persons are kept.
type VaultOptions struct {
	// Key is a file with the master key, or the key itself: a keyset in JSON. A sandbox
	// without one makes its own.
	Key string

	// Required refuses to open a real installation without a key.
	Required bool

	// Retention is for how many days the law wants a person's identity kept after their
	// last contract has ended.
	Retention int
}

// ErrVaultKey tells an operator what is missing.
var ErrVaultKey = errors.New(`personal data needs a key that is not in the database.
  Make one:  yuefu vault new-key vault-key.json
  Name it:   --vault-key vault-key.json   (or YUEFU_VAULT_KEY=vault-key.json)
Keep it, and keep copies of it, apart from the database and its backups: without it nobody's name or phone can be read again.
To try things out with made-up people, use a new database with --sandbox`)

// openLeavers makes the vault's reader of the log, if there will be a vault. It comes before the desk
// opens, which hands over what it appends: else the whole log would be read back for it.
func (o *Office) openLeavers(ctx context.Context, options VaultOptions) (err error) {
	o.Retention = calendar.Date(max(options.Retention, 0))
	if o.vaultKey(ctx, options.Key) == nil {
		return nil
	}
	o.left, err = follow.Open(ctx, o.DB, o.Log, o.whoLeft(o.Retention), follow.Options{Log: o.logger})
	o.followers = append(o.followers, o.left)
	return err
}

// openVault opens the vault, and follows the log for customers who have left.
func (o *Office) openVault(ctx, background context.Context, options VaultOptions) error {
	key := o.vaultKey(ctx, options.Key)
	if key == nil {
		if options.Required {
			return ErrVaultKey
		}
		return nil
	}
	var err error
	o.Vault, err = vault.Open(ctx, o.DB, vault.Options{
		Key: key, MadeUp: o.DB.Book().Sandbox, Now: time.Now, Today: func() calendar.Date { return o.Desk.Today().Day }, Holds: o.holds,
	})
	if errors.Is(err, vault.ErrWrongKey) {
		return fmt.Errorf("%w: was another key used with it before? A copy of that one is needed; see docs/vault.md", err)
	}
	if err != nil {
		return err
	}
	o.running.Go(func() { o.left.Run(background) })
	o.running.Go(func() { o.eraseDue(background) })
	return nil
}

// vaultKey says how the master key is read, nil if there is none to read.
func (o *Office) vaultKey(ctx context.Context, named string) func() (*vault.Master, error) {
	switch beside := o.DB.File() + ".vault-key"; {
	case named != "":
		return func() (*vault.Master, error) { return namedKey(named) }
	case !o.DB.Book().Sandbox:
		return nil
	case o.DB.File() == "":
		return func() (*vault.Master, error) { return vault.Sandbox(context.WithoutCancel(ctx), o.DB) }
	default:
		return func() (*vault.Master, error) { return besideFile(beside) }
	}
}

// namedKey reads the key that an operator named: a file, or the keyset itself.
func namedKey(named string) (*vault.Master, error) {
	if strings.HasPrefix(strings.TrimSpace(named), "{") {
		return vault.ParseMaster([]byte(named))
	}
	return vault.LoadMaster(named)
}

// besideFile reads the key of a sandbox beside its database, or makes it.
func besideFile(path string) (*vault.Master, error) {
	m, err := vault.LoadMaster(path)
	if !errors.Is(err, vault.ErrWithoutKey) {
		return m, err
	}
	if m, err = vault.NewMaster(); err != nil {
		return nil, err
	}
	if err = m.Create(path); errors.Is(err, fs.ErrExist) { // another server was first
		return vault.LoadMaster(path)
	}
	return m, err
}

// holds says whether an account stands in the way of another one for the same person.
func (o *Office) holds(ctx context.Context, platform string, account credit.ID) (holds bool, err error) {
	err = o.Desk.Look(ctx, account, platform, func(a *credit.Account, _ credit.Moment, _ int64) {
		holds = a.Status == credit.Active || a.Status == credit.Closing || a.Application != nil && a.Application.Decision == credit.Referred
	})
	var refusal *credit.Error
	if errors.As(err, &refusal) && refusal.Kind == credit.NotFound {
		return false, nil // nobody ever applied
	}
	return holds, err
}

// whoLeft notices customers whose contract has ended (注销), and has them erased when
// the law lets it be, and the last word was said to them.
func (o *Office) whoLeft(retention calendar.Date) follow.Reader {
	return follow.Reader{Name: "vault", Wants: says(`"account.deregistered"`), Take: func(ctx context.Context, entries []eventlog.Entry) (follow.Write, error) {
		type leaver struct {
			platform, customer string
			on                 calendar.Date
		}
		var all []leaver
		for i := range entries {
			e := &entries[i]
			if err := o.Tables.WaitFor(ctx, e.Partition, e.Position); err != nil {
				return nil, err
			}
			account, err := o.Tables.Account(ctx, credit.ID(e.Account))
			if err != nil {
				return nil, err
			}
			if err := o.Sources.Forget(ctx, e.Account); err != nil { // no debit will ever be made from them
				return nil, err
			}
			stays, err := o.hasAccount(ctx, account.Platform, account.Customer)
			if err != nil {
				return nil, err
			}
			if !stays {
				all = append(all, leaver{account.Platform, account.Customer, calendar.Date(e.Day)})
			}
		}
		if len(all) == 0 {
			return nil, nil
		}
		return func(ctx context.Context, tx *sql.Tx) error {
			for _, l := range all {
				if err := vault.Left(ctx, tx, l.platform, l.customer, l.on, l.on+max(retention, vault.LastWord)); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}}
}

// hasAccount says whether a customer has an account in any programme, or waits for one.
func (o *Office) hasAccount(ctx context.Context, platform, customer string) (bool, error) {
	for _, programme := range o.Catalogue.Programmes(ctx, platform) {
		holds, err := o.holds(ctx, platform, credit.AccountID(platform, programme.Programme, customer))
		if err != nil || holds {
			return holds, err
		}
	}
	return false, nil
}

// eraseDue erases now and then who is due; in a sandbox, whose days pass in a moment, see evening.
func (o *Office) eraseDue(ctx context.Context) {
	again := time.NewTicker(time.Hour)
	defer again.Stop()
	for {
		if _, err := o.Vault.EraseDue(ctx); err != nil && ctx.Err() == nil {
			o.logger.Error("personal data is kept longer than it should be", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}

// eraseTonight does the same between two days of a sandbox.
func (o *Office) eraseTonight(ctx context.Context) {
	if o.Vault == nil {
		return
	}
	err := o.left.CatchUp(ctx)
	if err == nil {
		_, err = o.Vault.EraseDue(ctx)
	}
	if err != nil && ctx.Err() == nil {
		o.logger.Error("personal data is kept longer than it should be", "error", err)
	}
}
