package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
)

type keysCmd struct {
	Create createKeyCmd `cmd:"" help:"Make an API key and print its secret, this once."`
	Revoke revokeKeyCmd `cmd:"" help:"End an API key."`
}

type createKeyCmd struct {
	databaseFlag
	Platform  string `help:"The platform that the key is for; it is created when it does not exist." required:""`
	Role      string `help:"platform: everything a platform does; operator: its programmes and reviews too." enum:"platform,operator" default:"platform"`
	Programme bool   `help:"Also give the platform the sample programme, active, if it has none."`
}

func (c createKeyCmd) Run(ctx context.Context) error {
	return withCatalogue(ctx, c.DB, func(cat *catalogue.Catalogue) error {
		if err := ensurePlatform(ctx, cat, c.Platform); err != nil {
			return err
		}
		if c.Programme {
			if err := ensureProgramme(ctx, cat, c.Platform); err != nil {
				return err
			}
		}
		_, secret, err := cat.CreateKey(ctx, catalogue.Installation, c.Platform, catalogue.Role(c.Role))
		if err != nil {
			return err
		}
		fmt.Println(secret)
		return nil
	})
}

type revokeKeyCmd struct {
	databaseFlag
	Platform string `help:"The platform whose key it is." required:""`
	ID       string `arg:"" help:"The key's id, key_…"`
}

func (c revokeKeyCmd) Run(ctx context.Context) error {
	return withCatalogue(ctx, c.DB, func(cat *catalogue.Catalogue) error {
		return cat.RevokeKey(ctx, catalogue.Installation, c.Platform, c.ID)
	})
}

func withCatalogue(ctx context.Context, dsn string, do func(*catalogue.Catalogue) error) error {
	db, err := database.Open(ctx, dsn, database.Options{})
	if err != nil {
		return err
	}
	cat, err := catalogue.Open(ctx, db, time.Now)
	if err == nil {
		err = do(cat)
	}
	return errors.Join(err, db.Close())
}

func ensurePlatform(ctx context.Context, cat *catalogue.Catalogue, id string) error {
	platforms, err := cat.Platforms(ctx)
	if err != nil {
		return err
	}
	for _, p := range platforms {
		if p.ID == id {
			return nil
		}
	}
	_, err = cat.CreatePlatform(ctx, catalogue.Installation, id, id)
	return err
}

// ensureProgramme gives a platform the sample programme, active, if it has no programme.
func ensureProgramme(ctx context.Context, cat *catalogue.Catalogue, platform string) error {
	if len(cat.Programmes(ctx, platform)) > 0 {
		return nil
	}
	version, err := cat.CreateProgramme(ctx, catalogue.Installation, platform, catalogue.SampleID, catalogue.Sample())
	if err != nil {
		return err
	}
	return cat.Activate(ctx, catalogue.Installation, platform, version.Programme, version.Number)
}
