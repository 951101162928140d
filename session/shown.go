package session

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Show notes that a session's page shows something now that the person may agree to: a
// text by its hash, figures by their token. Shown again it counts from then on, since
// nobody knows what stood before the person in between.
func (s *Store) Show(ctx context.Context, token, what string) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO page_shown (hash, what, shown) VALUES ($1, $2, $3)
			ON CONFLICT (hash, what) DO UPDATE SET shown = excluded.shown`, hash(token), what, s.now().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("session: note what was shown: %w", err)
	}
	return nil
}

// Shown is for how long something has stood before the session's person; ErrEnded if it
// was never shown in this session.
func (s *Store) Shown(ctx context.Context, token, what string) (time.Duration, error) {
	var at int64
	row := s.db.Reader().QueryRowContext(ctx, `SELECT shown FROM page_shown WHERE hash = $1 AND what = $2`, hash(token), what)
	if err := row.Scan(&at); err != nil {
		return 0, ended(err)
	}
	return max(0, s.now().Sub(time.UnixMicro(at))), nil
}
