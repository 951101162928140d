package office

import (
	"context"
	"database/sql"
	"time"

	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/follow"
	"github.com/yuefu/yuefu/session"
)

// endSessions is the reader that ends a customer's sessions when the closure of their
// account is approved (销户即退出登录). What sessions there were before it came is over.
var endSessions = follow.Reader{Name: "sessions", FromHead: true, Wants: says(`"closure.approved"`), Take: func(_ context.Context, entries []eventlog.Entry) (follow.Write, error) {
	var closed []string
	for i := range entries {
		closed = append(closed, entries[i].Account)
	}
	return func(ctx context.Context, tx *sql.Tx) error {
		for _, account := range closed {
			if err := session.EndIn(ctx, tx, account); err != nil {
				return err
			}
		}
		return nil
	}, nil
}}

// sweepSessions removes ended sessions now and then.
func (o *Office) sweepSessions(ctx context.Context) {
	again := time.NewTicker(time.Hour)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
		if err := o.Sessions.Sweep(ctx); err != nil && ctx.Err() == nil {
			o.logger.Error("ended sessions are still kept", "error", err)
		}
	}
}
