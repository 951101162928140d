package event

import (
	"context"
	"fmt"
	"sync"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/view"
)

// remembered is how many owners each of two generations holds: an account has one
// owner for ever, so that what is known never gets old.
const remembered = 20_000

// Owners knows whose accounts are: an entry of the log says only which account it is about.
type Owners struct {
	tables *view.Tables

	mu           sync.Mutex
	young, elder map[credit.ID]view.Owner
}

// NewOwners makes one that asks the tables, and the log for what the tables do not have yet.
func NewOwners(tables *view.Tables) *Owners {
	return &Owners{tables: tables, young: map[credit.ID]view.Owner{}, elder: map[credit.ID]view.Owner{}}
}

// Of returns the owners of the accounts of some entries of one partition.
func (o *Owners) Of(ctx context.Context, partition int32, entries []eventlog.Entry) (map[credit.ID]view.Owner, error) {
	found := make(map[credit.ID]view.Owner, len(entries))
	var missing []credit.ID
	o.mu.Lock()
	for i := range entries {
		id := credit.ID(entries[i].Account)
		if _, seen := found[id]; seen || id == "" {
			continue
		}
		owner, known := o.young[id]
		if !known {
			if owner, known = o.elder[id]; known {
				o.keep(owner)
			}
		}
		if found[id] = owner; !known {
			missing = append(missing, id)
		}
	}
	o.mu.Unlock()
	if len(missing) == 0 {
		return found, nil
	}
	owners, err := o.tables.Owners(ctx, partition, missing)
	if err != nil {
		return nil, err
	}
	for _, owner := range owners {
		found[owner.Account] = owner
	}
	for _, id := range missing {
		if found[id].Account != "" {
			continue
		}
		owner, err := o.first(ctx, id)
		if err != nil {
			return nil, err
		}
		found[id] = owner
		owners = append(owners, owner)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, owner := range owners {
		o.keep(owner)
	}
	return found, nil
}

// keep remembers an owner. The caller has the lock.
func (o *Owners) keep(owner view.Owner) {
	if len(o.young) >= remembered {
		o.elder, o.young = o.young, make(map[credit.ID]view.Owner, remembered/4)
	}
	o.young[owner.Account] = owner
}

// first reads whose an account is from its first entry, the application, which the
// log has before the tables do.
func (o *Owners) first(ctx context.Context, id credit.ID) (view.Owner, error) {
	entries, err := o.tables.History(ctx, id, 0, 1)
	if err != nil {
		return view.Owner{}, err
	}
	if len(entries) == 1 {
		command, err := wire.DecodeCommand(entries[0].Name, entries[0].Command)
		if err != nil {
			return view.Owner{}, err
		}
		if apply, ok := command.(credit.Apply); ok {
			return view.Owner{Account: id, Platform: apply.Platform, Customer: apply.Customer}, nil
		}
	}
	return view.Owner{}, fmt.Errorf("event: account %s does not begin with an application", id)
}
