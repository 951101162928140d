package office

import (
	"context"

	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
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

// index is what the desk hands its entries to: the tables, in which it finds what is
// due, and whoever else follows the log.
type index struct {
	*view.Tables
	followers *[]*follow.Follower
}

func (x index) Appended(entries []eventlog.Entry) {
	x.Tables.Appended(entries)
	for _, f := range *x.followers {
		f.Appended(entries)
	}
}
