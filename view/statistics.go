package view

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/yuefu/yuefu/database"
)

// statistics tell PostgreSQL how large the tables have become while they are young.
// Its own daemon looks once a minute; until then, each batch would be planned for
// empty tables and walk through whole partitions.
type statistics struct {
	entries atomic.Int64 // written by this process
	looking sync.Mutex
}

const (
	firstLook = 1_000     // entries after which tables are looked at the first time, …
	lastLook  = 4_000_000 // … each time after four times as many, until the daemon has long been there
	growth    = 4
)

// analyse looks at the tables that rows are found in.
const analyse = `ANALYZE account, application, authorisation, purchase, instalment, statement, statement_line, block, closure, autopay, debit, checkpoint`

func (s *statistics) written(ctx context.Context, t *Tables, entries int64) {
	if t.db.Dialect != database.PostgreSQL {
		return
	}
	after := s.entries.Add(entries)
	for look := int64(firstLook); look <= lastLook; look *= growth {
		if after-entries < look && look <= after {
			go s.look(ctx, t)
			return
		}
	}
}

func (s *statistics) look(ctx context.Context, t *Tables) {
	if !s.looking.TryLock() {
		return
	}
	defer s.looking.Unlock()
	if _, err := t.db.Pool().Exec(ctx, analyse); err != nil && ctx.Err() == nil {
		t.options.Log.Warn("statistics of the tables", "error", err)
	}
}
