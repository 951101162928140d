package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/vault"
)

type vaultCmd struct {
	NewKey newVaultKeyCmd `cmd:"" help:"Make the key that personal data is kept under."`
	Rotate rotateCmd      `cmd:"" help:"Add a key, and encrypt every person's key anew by it; while servers serve."`
	Retire retireCmd      `cmd:"" help:"Drop the keys that nothing needs any more: older backups lose their persons for good."`
}

type newVaultKeyCmd struct {
	File string `arg:"" help:"The file to write, which must not be there yet." type:"path"`
}

func (c newVaultKeyCmd) Run() error {
	m, err := vault.NewMaster()
	if err != nil {
		return err
	}
	if err := m.Create(c.File); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s has the key now. Keep it, and keep copies of it, apart from the database and its backups:\nwithout it nobody's name or phone can be read again.\n", c.File)
	return nil
}

// vaultFile is the database and the file with its key.
type vaultFile struct {
	databaseFlag
	VaultKey string `help:"The file with the key; it is replaced." required:"" env:"YUEFU_VAULT_KEY" placeholder:"FILE"`
}

// open opens both, and makes sure that they belong together.
func (f vaultFile) open(ctx context.Context) (*database.DB, *vault.Master, error) {
	m, err := vault.LoadMaster(f.VaultKey)
	if err != nil {
		return nil, nil, err
	}
	db, err := database.Open(ctx, f.DB, database.Options{Existing: true})
	if err != nil {
		return nil, nil, err
	}
	if err := vault.Opens(ctx, db, m); err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, m, nil
}

type rotateCmd struct{ vaultFile }

func (c rotateCmd) Run(ctx context.Context) (err error) {
	db, m, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if m, err = m.Rotated(); err != nil {
		return err
	}
	// The file first: no key may encrypt anything before it is safe. Servers read the
	// file again when they meet a key that theirs does not open.
	if err := m.Replace(c.VaultKey); err != nil {
		return err
	}
	var bar *progressbar.ProgressBar
	err = vault.Rewrap(ctx, db, m, func(done, of int) {
		if !term.IsTerminal(int(os.Stderr.Fd())) {
			return
		}
		if bar == nil {
			bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(os.Stderr), progressbar.OptionSetWidth(30), progressbar.OptionShowCount(),
				progressbar.OptionSetDescription("  persons' keys"), progressbar.OptionThrottle(50*time.Millisecond))
		}
		bar.ChangeMax(of)
		_ = bar.Set(done)
	})
	if bar != nil {
		_ = bar.Clear()
	}
	if err != nil {
		return fmt.Errorf("%w\nthe new key is in %s; what was not encrypted anew opens by the old one, which is there too: run this again", err, c.VaultKey)
	}
	fmt.Fprintf(os.Stderr, "every person's key is encrypted by the newest of the %d keys in %s.\nThe others open older backups: yuefu vault retire drops them.\n", m.Keys(), c.VaultKey)
	return nil
}

type retireCmd struct{ vaultFile }

func (c retireCmd) Run(ctx context.Context) (err error) {
	db, m, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	newest, err := m.Newest()
	if err != nil {
		return err
	}
	if err := vault.Opens(ctx, db, newest); err != nil {
		return fmt.Errorf("%w: an older key is still needed: run yuefu vault rotate first", err)
	}
	if err := newest.Replace(c.VaultKey); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%d older keys are gone from %s. Destroy their copies too, or what they opened is not erased.\n", m.Keys()-newest.Keys(), c.VaultKey)
	return nil
}
