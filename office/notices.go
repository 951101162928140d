package office

import (
	"context"
	"errors"

	"github.com/yuefu/yuefu/follow"
	"github.com/yuefu/yuefu/notice"
	"github.com/yuefu/yuefu/vault"
)

// openNotices makes the room that tells customers, and its reader. It comes before the
// desk opens, which hands over what it appends; nothing is read until then.
func (o *Office) openNotices(ctx context.Context, options notice.Options) (err error) {
	options.Log = o.logger
	if options.Phones == nil {
		options.Phones = phones{o}
	}
	o.Notices = notice.New(o.DB, o.Tables, func() notice.Desk { return o.Desk }, o.Clock, o.Zone, options)
	o.told, err = follow.Open(ctx, o.DB, o.Log, o.Notices.Reader(), follow.Options{Log: o.logger, Batch: 256})
	if err != nil {
		return err
	}
	o.followers = append(o.followers, o.told)
	return nil
}

// tell has notices written and messages sent until the office closes. Both ask the
// desk, so they end before it does.
func (o *Office) tell(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{}, 2)
	for _, run := range []func(context.Context){o.told.Run, o.Notices.Run} {
		go func() {
			defer func() { ended <- struct{}{} }()
			run(ctx)
		}()
	}
	o.silence = func() {
		stop()
		<-ended
		<-ended
	}
}

// tellEvening has a sandbox's customers told of a day before the next one begins.
func (o *Office) tellEvening(ctx context.Context) {
	if err := o.told.CatchUp(ctx); err != nil {
		if ctx.Err() == nil {
			o.logger.Error("notices of a sandbox's day", "error", err)
		}
		return
	}
	o.Notices.Evening(ctx)
}

// Told returns when customers were told of everything up to a position of a partition.
func (o *Office) Told(ctx context.Context, partition int32, position int64) error {
	return o.told.WaitFor(ctx, partition, position)
}

// phones are the vault's. A customer of whom it knows no number, or who has left and is
// to be left in peace, is told in the inbox only.
type phones struct{ office *Office }

func (p phones) Phone(ctx context.Context, platform, customer string) (string, error) {
	if p.office.Vault == nil {
		return "", notice.ErrNoPhone
	}
	number, err := p.office.Vault.Phone(ctx, platform, customer, vault.Notice)
	if errors.Is(err, vault.ErrNoPerson) || errors.Is(err, vault.ErrRestricted) || err == nil && number == "" {
		return "", notice.ErrNoPhone
	}
	return number, err
}
