// Package open chooses the log's implementation for a database, so that
// eventlog itself imports none.
package open

import (
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/postgres"
	"github.com/yuefu/yuefu/eventlog/sqlite"
)

// Log returns the log of an open database.
func Log(db *database.DB) (eventlog.Log, error) {
	if db.Dialect == database.PostgreSQL {
		return postgres.Open(db)
	}
	return sqlite.Open(db)
}
