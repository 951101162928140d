package client

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Webhook takes the events that yuefu sends to an endpoint.
type Webhook struct{ hooks []*standardwebhooks.Webhook }

// NewWebhook makes one for an endpoint's secret, or several while a secret is rotated.
func NewWebhook(secrets ...string) (*Webhook, error) {
	w := &Webhook{}
	for _, secret := range secrets {
		hook, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			return nil, fmt.Errorf("webhook secret: %w", err)
		}
		w.hooks = append(w.hooks, hook)
	}
	return w, nil
}

// Event returns the event of a request, if one of the secrets signed it within the last five
// minutes. The body has to be as it came, byte for byte. An error: answer 401, and believe nothing of
// it. The same event may come again: its ID is the same then.
func (w *Webhook) Event(header http.Header, body []byte) (e Event, err error) {
	err = fmt.Errorf("no secret")
	for _, hook := range w.hooks {
		if err = hook.Verify(body, header); err == nil {
			break
		}
	}
	if err != nil {
		return e, fmt.Errorf("webhook: %w", err)
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return e, fmt.Errorf("webhook: %w", err)
	}
	return e, nil
}
