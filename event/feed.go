package event

import (
	"cmp"
	"context"
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/eventlog"
	"github.com/yuefu/yuefu/view"
)

// Feed (事件流) reads what happened to a platform's accounts.
type Feed struct {
	log    eventlog.Log
	tables *view.Tables
	owners *Owners
}

// NewFeed makes one over a log.
func NewFeed(log eventlog.Log, tables *view.Tables, owners *Owners) *Feed {
	return &Feed{log: log, tables: tables, owners: owners}
}

// Filter says which events of a platform are asked for.
type Filter struct {
	Platform string
	Account  credit.ID // only of this account of the platform; empty: of all
	Types    []string  // only of these; empty: of all
}

func (f *Filter) wants(e *Event) bool { return len(f.Types) == 0 || slices.Contains(f.Types, e.Type) }

// Page is a part of a feed.
type Page struct {
	Events []Event
	Next   Cursor
	More   bool // there was more when the page was read
}

// looks is how many entries one page looks at: a filter that finds little ends with
// a short page, not with a request that takes for ever.
const looks = 5_000

// stream is what is left to read of one partition.
type stream struct {
	index   int
	number  int32
	head    int64 // nothing after it is read for this page
	after   int64 // read up to here
	entries []eventlog.Entry
	owners  map[credit.ID]view.Owner
}

// Read returns the next events after a cursor, in order for each account, and over all
// nearly in the order in which they were recorded.
func (f *Feed) Read(ctx context.Context, filter Filter, from Cursor, limit int) (Page, error) {
	page := Page{Next: Cursor{positions: slices.Clone(from.positions), inside: from.inside, told: from.told}}
	streams, err := f.streams(ctx, filter, from)
	if err != nil {
		return page, err
	}
	for looked := 0; len(streams) > 0; looked++ {
		for _, s := range streams {
			if len(s.entries) == 0 {
				if err := f.refill(ctx, filter, s, max(8, limit/len(streams))); err != nil {
					return page, err
				}
			}
		}
		// What a partition has no more of is told; that there was an entry of somebody else is, too.
		streams = slices.DeleteFunc(streams, func(s *stream) bool {
			if len(s.entries) > 0 {
				return false
			}
			if s.head > page.Next.positions[s.index] {
				page.Next.pass(s.index, s.head)
			}
			return true
		})
		if len(streams) == 0 {
			break
		}
		if looked == looks || len(page.Events) == limit {
			page.More = true
			break
		}
		s := slices.MinFunc(streams, page.Next.order)
		if err := page.take(filter, s, limit); err != nil {
			return page, err
		}
	}
	return page, nil
}

// order puts first the entry that was told in part, and then the one that was recorded first.
func (c *Cursor) order(a, b *stream) int {
	switch c.inside {
	case a.index:
		return -1
	case b.index:
		return 1
	}
	return cmp.Compare(a.entries[0].Time, b.entries[0].Time)
}

// pass says that everything of a partition up to a position is told.
func (c *Cursor) pass(index int, position int64) {
	c.positions[index] = position
	if c.inside == index {
		c.inside, c.told = -1, 0
	}
}

// streams are the partitions that have something after the cursor.
func (f *Feed) streams(ctx context.Context, filter Filter, from Cursor) (list []*stream, err error) {
	numbers := f.log.Partitions()
	heads, err := f.log.Heads(ctx, numbers)
	if err != nil {
		return nil, err
	}
	for i, head := range heads {
		if head.Position > from.positions[i] && (filter.Account == "" || f.tables.PartitionOf(filter.Account) == numbers[i]) {
			list = append(list, &stream{index: i, number: numbers[i], head: head.Position, after: from.positions[i]})
		}
	}
	return list, nil
}

// refill reads the next entries of a partition.
func (f *Feed) refill(ctx context.Context, filter Filter, s *stream, many int) (err error) {
	if s.after >= s.head {
		return nil
	}
	if filter.Account != "" {
		s.entries, err = f.tables.History(ctx, filter.Account, s.after, many)
	} else {
		s.entries, err = f.log.Read(ctx, s.number, s.after, many)
	}
	if err != nil {
		return err
	}
	for len(s.entries) > 0 && s.entries[len(s.entries)-1].Position > s.head {
		s.entries = s.entries[:len(s.entries)-1]
	}
	if len(s.entries) == 0 {
		s.after = s.head
		return nil
	}
	s.after = s.entries[len(s.entries)-1].Position
	s.owners, err = f.owners.Of(ctx, s.number, s.entries)
	return err
}

// take tells the next entry of a stream, or as much of it as the page has room for.
func (p *Page) take(filter Filter, s *stream, limit int) error {
	e := &s.entries[0]
	owner := s.owners[credit.ID(e.Account)]
	if e.Account != "" && owner.Platform == filter.Platform {
		list, err := Of(e, owner.Customer)
		if err != nil {
			return err
		}
		for i := range list {
			told := p.Next.inside == s.index && list[i].Place.Number <= p.Next.told
			if told || !filter.wants(&list[i]) {
				continue
			}
			p.Events = append(p.Events, list[i])
			if i < len(list)-1 && len(p.Events) == limit {
				p.Next.inside, p.Next.told = s.index, list[i].Place.Number
				return nil
			}
		}
	}
	p.Next.pass(s.index, e.Position)
	s.entries = s.entries[1:]
	return nil
}
