package session

import (
	"context"
	"database/sql"
	"fmt"
)

// Keep keeps what a session's person did at a step of something longer. Done again it takes
// the place of what they did before. It is gone with the session's evidence.
func (s *Store) Keep(ctx context.Context, token, step string, data []byte) error {
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO page_step (hash, step, data, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (hash, step) DO UPDATE SET data = excluded.data, at = excluded.at`, hash(token), step, string(data), s.now().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("session: keep a step: %w", err)
	}
	return nil
}

// Steps are what a session's person did so far.
func (s *Store) Steps(ctx context.Context, token string) (map[string][]byte, error) {
	rows, err := s.db.Reader().QueryContext(ctx, `SELECT step, data FROM page_step WHERE hash = $1`, hash(token))
	if err != nil {
		return nil, fmt.Errorf("session: read steps: %w", err)
	}
	defer rows.Close()
	steps := map[string][]byte{}
	for rows.Next() {
		var step, data string
		if err := rows.Scan(&step, &data); err != nil {
			return nil, fmt.Errorf("session: read steps: %w", err)
		}
		steps[step] = []byte(data)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("session: read steps: %w", err)
	}
	return steps, nil
}

// Forget forgets all steps of a session: nothing of them carries over to another try.
func (s *Store) Forget(ctx context.Context, token string) error {
	return s.remove(ctx, `DELETE FROM page_step WHERE hash = $1`, hash(token))
}
