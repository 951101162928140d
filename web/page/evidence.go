package page

import (
	"errors"
	"net/http"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/session"
)

// Evidence is what the server itself saw of a consent: when something was shown, when it
// was agreed to, and for how long it could be read. No page tells it.
type Evidence struct {
	ShownAt     time.Time
	AcceptedAt  time.Time
	ReadSeconds int
	Language    client.ConsentLanguage
}

// Showing notes that this page shows something that the person may agree to on the next
// one: a text by its hash, a quote by its token.
func (v *Visit) Showing(what string) error {
	return v.gate.Sessions.Show(v.Context(), v.token, what)
}

// Agreed is the evidence for what the person agrees to with this request. What was never
// shown in this session can't be agreed to. Times are the office's, which stand still
// in a sandbox while the person reads: what really passed is taken off.
func (v *Visit) Agreed(what string) (Evidence, error) {
	long, err := v.gate.Sessions.Shown(v.Context(), v.token, what)
	if errors.Is(err, session.ErrEnded) {
		return Evidence{}, &client.Problem{Status: http.StatusUnprocessableEntity, Kind: client.ConsentOutdated, Title: "this was never shown"}
	}
	if err != nil {
		return Evidence{}, err
	}
	now := v.gate.Now()
	return Evidence{
		ShownAt: now.Add(-long), AcceptedAt: now, ReadSeconds: int(long / time.Second), Language: client.ConsentLanguage(v.Lang),
	}, nil
}

// Keep keeps what the person did at a step of something longer, in this session and no other.
func (v *Visit) Keep(step string, data []byte) error {
	return v.gate.Sessions.Keep(v.Context(), v.token, step, data)
}

// Steps are what the person did so far.
func (v *Visit) Steps() (map[string][]byte, error) {
	return v.gate.Sessions.Steps(v.Context(), v.token)
}

// Forget forgets it all.
func (v *Visit) Forget() error { return v.gate.Sessions.Forget(v.Context(), v.token) }
