package receipt

import (
	"errors"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// State is what an auditor remembers of a tree between two visits: the last head that
// held, and the keys that it trusts.
type State struct {
	TreeHead string   `json:"tree_head"`
	Keys     []string `json:"keys"` // trusted from the first visit on
}

// ErrRewritten says that the tree is not the one that was there before: the two heads
// prove it to anybody, since both are signed.
var ErrRewritten = errors.New("history was rewritten")

// ParseState reads what an auditor wrote down.
func ParseState(b []byte) (*State, error) {
	s := new(State)
	if err := json.Unmarshal(b, s, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("it is no state of an auditor: %w", err)
	}
	return s, nil
}

// Bytes are the state as it is written down.
func (s *State) Bytes() ([]byte, error) {
	b, err := json.Marshal(s, jsontext.WithIndent("  "))
	if err != nil {
		return nil, err
	}
	return append(b, '\n'), nil
}

// Verifiers are the keys that the auditor trusts.
func (s *State) Verifiers() (list []note.Verifier, err error) {
	for _, k := range s.Keys {
		v, err := note.NewVerifier(k)
		if err != nil {
			return nil, fmt.Errorf("the key %.80q: %w", k, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// Trust adds keys to those that the auditor trusts.
func (s *State) Trust(keys ...string) {
	for _, k := range keys {
		if !slices.Contains(s.Keys, k) {
			s.Keys = append(s.Keys, k)
		}
	}
}

// Visit looks at the tree's head of today. prove asks the server for the proof that the
// later tree begins with the earlier one, and for the signed head of the later one. Where
// all holds the state remembers the new head. On the first visit there is none before.
func (s *State) Visit(signed string, prove func(from, to int64) (proof []tlog.Hash, signed string, err error)) (before, after Head, err error) {
	keys, err := s.Verifiers()
	if err != nil {
		return before, after, err
	}
	if after, _, err = OpenHead(signed, keys...); err != nil {
		return before, after, fmt.Errorf("the server's tree head: %w", err)
	}
	if s.TreeHead == "" {
		s.TreeHead = signed
		return before, after, nil
	}
	if before, _, err = OpenHead(s.TreeHead, keys...); err != nil {
		return before, after, fmt.Errorf("the tree head of the last visit: %w", err)
	}
	var proof []tlog.Hash
	if before.Size > 0 && before.Size < after.Size && before.Origin == after.Origin {
		again := ""
		if proof, again, err = prove(before.Size, after.Size); err != nil {
			return before, after, fmt.Errorf("the proof from %d to %d leaves: %w", before.Size, after.Size, err)
		}
		if told, _, err := OpenHead(again, keys...); err != nil || told != after {
			return before, after, fmt.Errorf("%w: %w", ErrRewritten, wrong("同为 %d 片叶，却签了两棵树", "the server signed two trees of %d leaves", after.Size))
		}
	}
	if err := Grew(before, after, proof); err != nil {
		return before, after, fmt.Errorf("%w: %w", ErrRewritten, err)
	}
	s.TreeHead = signed
	return before, after, nil
}
