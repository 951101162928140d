package view

import (
	"bytes"
	"context"
	"fmt"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
)

// compareSnapshots holds each account's snapshot, with the entries after it, against
// what its whole history folds to: the same bytes.
func (t *Tables) compareSnapshots(ctx context.Context, a *audit, position int64) error {
	const atOnce = 500
	for rest := a.order; len(rest) > 0; {
		some := rest[:min(atOnce, len(rest))]
		rest = rest[len(some):]
		var accounts []string
		for _, id := range some {
			if !a.accounts[id].broken {
				accounts = append(accounts, string(id))
			}
		}
		histories, err := t.log.Histories(ctx, a.partition, accounts)
		if err != nil {
			return err
		}
		for _, h := range histories {
			if s := h.Snapshot; s == nil || s.Format != wire.StateFormat || s.Position > position {
				continue // none, one of another version, or newer than what is verified
			}
			a.report.Snapshots++
			x := a.accounts[credit.ID(h.Account)]
			if says := differsFrom(x.state, h, position); says != "" {
				a.violation(Violation{Check: CheckState, Position: h.Snapshot.Position, Account: x.state.ID, Says: "its snapshot " + says})
			}
		}
	}
	return nil
}

// differsFrom makes an account of its snapshot and the entries after it.
func differsFrom(state *credit.Account, h eventlog.History, position int64) (says string) {
	defer func() {
		if p := recover(); p != nil {
			says = fmt.Sprintf("can't be gone on from: %v", p)
		}
	}()
	account, err := wire.DecodeState(h.Snapshot.State)
	if err != nil {
		return err.Error()
	}
	for i := range h.Entries {
		if h.Entries[i].Position > position {
			break
		}
		events, day, err := decode(&h.Entries[i])
		if err != nil {
			return err.Error()
		}
		for _, event := range events {
			account.Apply(event, day)
		}
	}
	is, err := wire.EncodeState(account)
	if err != nil {
		return err.Error()
	}
	should, err := wire.EncodeState(state)
	if err != nil {
		return err.Error()
	}
	if !bytes.Equal(is, should) {
		return "does not lead to the state that its history folds to"
	}
	return ""
}
