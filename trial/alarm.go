package trial

import (
	"context"
	"log/slog"
	"strings"
)

// alarm keeps the last thing that a desk has called an error, so that a failure can name it.
type alarm struct{ last string }

// Enabled takes what is an error.
func (a *alarm) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelError }

// Handle keeps a record.
func (a *alarm) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	b.WriteString(r.Message)
	r.Attrs(func(attribute slog.Attr) bool {
		b.WriteString(" " + attribute.String())
		return true
	})
	a.last = b.String()
	return nil
}

// WithAttrs changes nothing: the desk has none.
func (a *alarm) WithAttrs([]slog.Attr) slog.Handler { return a }

// WithGroup changes nothing: the desk has none.
func (a *alarm) WithGroup(string) slog.Handler { return a }
