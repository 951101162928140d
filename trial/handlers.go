package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/yuefu/yuefu/api"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/servicing"
)

// edge is the API's own server before a desk, in this process: a request goes through
// route, policy, key, body and handler, and what the handler asks of the desk is seen.
// It needs no database, and so it takes what handlers decide on the desk alone.
type edge struct {
	*servicing.Desk
	server *api.Server
	heard  heard
}

// heard is what was said between a handler and the desk.
type heard struct {
	asked  credit.Command // nil: the desk was not asked
	answer servicing.Answer
	err    error
}

func newEdge(partitions []int32) *edge {
	e := &edge{}
	e.server = api.New(api.Options{Desk: e, Log: slog.New(slog.DiscardHandler), Partitions: partitions, Zone: "UTC"})
	return e
}

// Do is what a handler calls.
func (e *edge) Do(ctx context.Context, r servicing.Request) (servicing.Answer, error) {
	r.Gone = nil // there is no connection that could be closed
	answer, err := e.Desk.Do(ctx, r)
	e.heard = heard{r.Command, answer, err} // now: meanwhile somebody else may have been faster, and asked through it
	return answer, err
}

// asJSON is a command as a request to the API; no path if it is one that takes more than a desk.
func asJSON(id credit.ID, command credit.Command) (path, body string, role catalogue.Role) {
	role = catalogue.PlatformRole
	text := func(values map[string]any) string {
		b, _ := json.Marshal(values)
		return string(b)
	}
	account := "/v1/accounts/" + string(id)
	part := func(room, prefix string, n int64, verb string) string {
		return "/v1/" + room + "/" + string(id.Part(prefix, n)) + "/" + verb
	}
	switch c := command.(type) {
	case credit.Repay:
		return account + "/repayments", text(map[string]any{"amount": c.Amount, "currency": c.Currency, "source": c.Source}), role
	case credit.Capture:
		values := map[string]any{"amount": c.Amount}
		if c.Final {
			values["final"] = true
		}
		return part("authorisations", credit.PrefixHold, c.Hold, "captures"), text(values), role
	case credit.Void:
		return part("authorisations", credit.PrefixHold, c.Hold, "void"), "", role
	case credit.Refund:
		return part("purchases", credit.PrefixPurchase, c.Purchase, "refunds"), text(map[string]any{"amount": c.Amount}), role
	case credit.OpenDispute:
		return part("purchases", credit.PrefixPurchase, c.Purchase, "disputes"), text(map[string]any{"amount": c.Amount, "reason": c.Reason}), role
	case credit.WithdrawDispute:
		return part("disputes", credit.PrefixDispute, c.Dispute, "withdraw"), "", role
	case credit.ReturnCredit:
		return account + "/credit-balance-returns", text(map[string]any{"reference": c.Reference}), role
	case credit.RequestClosure:
		if c.Kind == credit.Deregister {
			return account + "/deregistrations", "", role
		}
		return account + "/closures", "", role
	case credit.WithdrawClosure:
		return part("closures", credit.PrefixClosure, c.Closure, "withdraw"), "", role
	case credit.SettleDebit:
		return part("debits", credit.PrefixDebit, c.Debit, "settle"), "", catalogue.OperatorRole
	case credit.SetSpendingCap:
		return account + "/spending-cap", text(map[string]any{"amount": c.Amount}), role
	case credit.RemoveSpendingCap:
		return account + "/spending-cap/remove", "", role
	case credit.KeepSpendingCap:
		return account + "/spending-cap/keep", "", role
	case credit.SwitchSceneOff:
		return account + "/scenes/" + c.Scene + "/switch-off", "", role
	case credit.SwitchSceneOn:
		return account + "/scenes/" + c.Scene + "/switch-on", "", role
	case credit.RemoveNightLock:
		return account + "/night-lock/remove", "", role
	case credit.ChooseDueDay:
		return account + "/due-day", text(map[string]any{"day": c.Day}), role
	case credit.Freeze:
		return account + "/blocks", text(map[string]any{"kind": c.Kind}), catalogue.OperatorRole
	case credit.Unfreeze:
		return account + "/blocks/" + string(c.Kind) + "/lift", "", catalogue.OperatorRole
	}
	return "", "", role
}

// ask asks a desk: through the API's handlers where those decide on the desk alone, or
// as they would.
func (w *world) ask(c *customer, key string, command credit.Command, desk *servicing.Desk) (servicing.Answer, error) {
	path, body, role := asJSON(c.id, command)
	if path == "" {
		return desk.Do(background, w.request(c, key, command))
	}
	before := w.edge.Desk // of whom somebody overtakes
	defer func() { w.edge.Desk = before }()
	w.edge.Desk, w.edge.heard = desk, heard{}
	r, err := http.NewRequest(http.MethodPost, "http://inside"+path, strings.NewReader(body))
	if err != nil {
		w.fail("%s: %v", path, err)
		return servicing.Answer{}, err
	}
	r.Header.Set("Idempotency-Key", key)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := w.edge.server.For(catalogue.Caller{Platform: platform, Role: role, KeyID: "inside"}).RoundTrip(r)
	if err != nil {
		w.fail("%s: %v", path, err)
		return servicing.Answer{}, err
	}
	told, _ := io.ReadAll(answer.Body) // it is in memory
	said := w.edge.heard
	if said.asked == nil {
		if kind := problemKind(told); slices.Contains([]string{"unavailable", "busy", "shutting_down", "outcome_unknown"}, kind) {
			return servicing.Answer{}, servicing.ErrUnavailable // the handler had only looked
		}
		// The contract of the API is stricter than the desk: no amount below 1, no number of nothing.
		if answer.StatusCode < 400 || answer.StatusCode >= 500 {
			w.fail("%s %s was answered %d %s, and the desk never asked", path, body, answer.StatusCode, told)
		}
		w.note("refused by a handler: " + command.Name())
		return desk.Do(background, w.request(c, key, command))
	}
	w.note("by a handler")
	w.through(said, path, body, command, answer, told)
	return said.answer, said.err
}

// through checks that the handler asked for what was asked of it, and told what the desk said.
func (w *world) through(said heard, path, body string, command credit.Command, answer *http.Response, told []byte) {
	meant, _ := wire.EncodeCommand(command)
	asked, _ := wire.EncodeCommand(said.asked)
	if command.Name() != said.asked.Name() || !bytes.Equal(meant, asked) {
		w.fail("%s %s asked the desk for %s %s, and means %s %s", path, body, said.asked.Name(), asked, command.Name(), meant)
	}
	replayed := answer.Header.Get("Idempotent-Replayed") == "true"
	switch err := said.err; {
	case err == nil && (answer.StatusCode >= 300 || !bytes.Equal(told, said.answer.Body) || replayed != said.answer.Replayed):
		w.fail("%s %s was answered %d %s (again: %t), and the desk says %s (again: %t)", path, body, answer.StatusCode, told, replayed, said.answer.Body, said.answer.Replayed)
	case err != nil:
		is, kind := problemKind(told), refusedKind(err)
		if answer.StatusCode < 400 || is == "" || kind != "" && is != kind {
			w.fail("%s %s was answered %d %s, and the desk says %v", path, body, answer.StatusCode, told, err)
		}
	}
}

// problemKind is the kind of a problem document, or nothing.
func problemKind(body []byte) string {
	var problem struct {
		Kind string `json:"kind"`
	}
	_ = json.Unmarshal(body, &problem) // what is none has no kind
	return problem.Kind
}

// refusedKind is the kind of a refusal, or nothing.
func refusedKind(err error) string {
	var refusal *credit.Error
	if errors.As(err, &refusal) {
		return string(refusal.Kind)
	}
	return ""
}
