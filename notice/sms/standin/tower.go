// Package standin is a provider of text messages that is none: no phone rings, but it
// keeps books as if one had. Tests and the demo send by it; it can misbehave as real
// ones do, from a seed, so that the same run can be had again. It prints nothing.
package standin

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"
	"strconv"
	"sync"

	"github.com/yuefu/yuefu/notice/sms"
)

// Tower is a stand-in for a provider. The zero value delivers every message at once.
type Tower struct {
	Seed   uint64
	Refuse int // of a thousand messages are refused
	Lose   int // of a thousand reach no phone
	Late   int // of a thousand have their receipt only after they have been asked about some times

	mu       sync.Mutex
	messages map[string]*Sent
	order    int
}

// Sent is what the tower's books have of a message.
type Sent struct {
	Message sms.Message
	Outcome sms.Outcome
	Rang    int // how often the phone got it
	Asked   int // how often it was sent, or asked about
	Place   int // the how many-th to arrive
	wait    int // how often it has to be asked about before it has a receipt
}

// Send takes a message, once for an id.
func (t *Tower) Send(_ context.Context, m sms.Message) (sms.Outcome, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.messages[m.ID]
	if s != nil && s.Message != m {
		return sms.Outcome{}, sms.ErrConflict
	}
	if s == nil {
		if t.messages == nil {
			t.messages = map[string]*Sent{}
		}
		t.order++
		s = &Sent{Message: m, Outcome: sms.Outcome{Status: sms.Accepted}, Place: t.order}
		if t.chance(m.ID, "late") < t.Late {
			s.wait = 1 + t.chance(m.ID, "how late")%3
		}
		t.messages[m.ID] = s
	}
	return t.look(s), nil
}

// Ask says what became of a message.
func (t *Tower) Ask(_ context.Context, id string) (sms.Outcome, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.messages[id]
	if s == nil {
		return sms.Outcome{}, sms.ErrUnknown
	}
	return t.look(s), nil
}

// look decides a message whose time has come.
func (t *Tower) look(s *Sent) sms.Outcome {
	s.Asked++
	switch {
	case s.Outcome.Final() || s.Asked <= s.wait:
	case t.chance(s.Message.ID, "refused") < t.Refuse:
		s.Outcome = sms.Outcome{Status: sms.Refused, Reason: "number_blocked"}
	case t.chance(s.Message.ID, "lost") < t.Lose:
		s.Outcome = sms.Outcome{Status: sms.Undelivered, Reason: "phone_off"}
	default:
		s.Outcome = sms.Outcome{Status: sms.Delivered}
		s.Rang++
	}
	return s.Outcome
}

// chance is a number below a thousand that follows from the seed, the message and the
// question: the order in which messages arrive changes nothing.
func (t *Tower) chance(id, what string) int {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.FormatUint(t.Seed, 16) + "/" + what + "/" + id))
	v := h.Sum64()
	v ^= v >> 33 // the last letters of an id move the low bits only
	v *= 0xff51afd7ed558ccd
	return int((v >> 33) % 1000)
}

// Books lists the messages in the order in which they arrived.
func (t *Tower) Books() []Sent {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]Sent, 0, len(t.messages))
	for _, s := range t.messages {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(x, y Sent) int { return cmp.Compare(x.Place, y.Place) })
	return list
}
