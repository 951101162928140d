package memory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/eventlog/logtest"
	"github.com/yuefu/yuefu/eventlog/memory"
)

func TestLog(t *testing.T) {
	logtest.Run(t, func(*testing.T) logtest.Store {
		store := memory.NewStore(3, 1, 4, 15)
		return logtest.Store{
			Open: func() eventlog.Log { return memory.Open(store) },
			Cut: func() eventlog.Log {
				once := memory.LostAfter
				return memory.OpenFaulty(store, memory.Faults{Append: func([]eventlog.Entry) (fault memory.Fault) {
					fault, once = once, memory.None
					return fault
				}})
			},
		}
	})
}

func TestFaults(t *testing.T) {
	for _, test := range []struct {
		fault memory.Fault
		want  error
		added int
	}{
		{memory.None, nil, 1},
		{memory.Refused, memory.ErrBroken, 0},
		{memory.LostBefore, eventlog.ErrUnknown, 0},
		{memory.LostAfter, eventlog.ErrUnknown, 1},
		{memory.Overtaken, eventlog.ErrFenced, 0},
	} {
		store := memory.NewStore(7)
		log := memory.OpenFaulty(store, memory.Faults{Append: func([]eventlog.Entry) memory.Fault { return test.fault }})
		err := log.Append(t.Context(), []eventlog.Head{{Partition: 7}}, []eventlog.Entry{{Partition: 7, Position: 1, Key: "k", Name: "n", Due: -1}})
		if !errors.Is(err, test.want) || len(store.Entries(7, 0)) != test.added {
			t.Errorf("fault %d: got %v and %d entries, want %v and %d", test.fault, err, len(store.Entries(7, 0)), test.want, test.added)
		}
	}
}

func TestAStoreThatDoesNotAnswer(t *testing.T) {
	log := memory.OpenFaulty(memory.NewStore(7), memory.Faults{Read: func() error { return memory.ErrBroken }})
	for name, call := range map[string]func(context.Context) error{
		"heads":     func(ctx context.Context) error { _, err := log.Heads(ctx, []int32{7}); return err },
		"read":      func(ctx context.Context) error { _, err := log.Read(ctx, 7, 0, 1); return err },
		"histories": func(ctx context.Context) error { _, err := log.Histories(ctx, 7, []string{"a"}); return err },
		"keys":      func(ctx context.Context) error { _, err := log.ByKeys(ctx, 7, nil); return err },
		"snapshots": func(ctx context.Context) error { return log.SaveSnapshots(ctx, nil) },
	} {
		if err := call(t.Context()); !errors.Is(err, memory.ErrBroken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
