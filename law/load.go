package law

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

var (
	packName = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	ruleName = regexp.MustCompile(`^[a-z]+(-[a-z]+)*(\.[a-z_]+)$`)
	member   = regexp.MustCompile(`^[a-z_]+$`)
)

// Load reads a pack. An unknown or repeated member, a figure that nobody knows, a
// rule without source or mark, a rule that ends before it begins, and two rules
// that set one figure on one day are refused: a typing error must not move a cap.
func Load(data []byte) (*Pack, error) {
	if err := plain(data); err != nil {
		return nil, fmt.Errorf("read rule pack: %w", err)
	}
	var p Pack
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	decoder.UseNumber() // as written, whatever its size
	if err := decoder.Decode(&p); err != nil {
		return nil, fmt.Errorf("read rule pack: %w", err)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("read rule pack %s: %w", p.Name, err)
	}
	return &p, nil
}

// plain refuses what encoding/json would let through: repeated members, members in
// another letter case, bad UTF-8, and whatever follows the end.
func plain(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("it is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := walk(decoder); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more data after the pack")
	}
	return nil
}

func walk(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		if delim == '{' {
			token, err := decoder.Token()
			if err != nil {
				return err
			}
			name, _ := token.(string)
			if seen[name] || !member.MatchString(name) {
				return fmt.Errorf("member %q is told twice, or is not in small letters", name)
			}
			seen[name] = true
		}
		if err := walk(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

// UnmarshalJSON reads a date, a month or a year.
func (s *Since) UnmarshalJSON(data []byte) error {
	text, err := words(data)
	if err != nil || text == "" {
		return err
	}
	s.Text = text
	s.Day, err = calendar.Parse(text + "-01-01"[min(len("-01-01"), max(0, len(text)-4)):])
	return err
}

// MarshalJSON writes what UnmarshalJSON reads.
func (s Since) MarshalJSON() ([]byte, error) { return json.Marshal(s.Text) }

func (p *Pack) check() error {
	if !packName.MatchString(p.Name) || p.Edition < 1 {
		return errors.New("a pack has a name, and an edition from 1")
	}
	if err := p.Title.check("title"); err != nil {
		return err
	}
	if _, err := p.Currency.Decimals(); p.Currency != "" && err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range p.Rules {
		r := &p.Rules[i]
		if seen[r.ID] {
			return fmt.Errorf("rule %s stands twice", r.ID)
		}
		seen[r.ID] = true
		if err := r.check(p); err != nil {
			return fmt.Errorf("rule %q: %w", r.ID, err)
		}
		for k := range i {
			if f := r.clashes(&p.Rules[k]); f != "" {
				return fmt.Errorf("rules %s and %s both set %s on one day", p.Rules[k].ID, r.ID, f)
			}
		}
	}
	return nil
}

func (r *Rule) check(p *Pack) error {
	switch {
	case !ruleName.MatchString(r.ID) || !strings.HasPrefix(r.ID, p.Name+"."):
		return fmt.Errorf("an id is %s.something", p.Name)
	case r.Source.Where == "":
		return errors.New("it does not say where to check it")
	case !slices.Contains(marks, r.Mark):
		return fmt.Errorf("mark %q is not known", r.Mark)
	case r.From.Day < 0 || r.To < 0:
		return errors.New("a rule of before 1970 needs no date")
	case r.To != 0 && r.To < r.From.Day:
		return fmt.Errorf("it ends on %s, before it begins", r.To)
	case len(r.Figures) == 0:
		return errors.New("it sets no figure")
	}
	if err := errors.Join(r.Title.check("title"), r.Source.Name.check("source.name")); err != nil {
		return err
	}
	if r.Note != (Label{}) {
		if err := r.Note.check("note"); err != nil {
			return err
		}
	}
	for _, name := range r.names() {
		k := slices.IndexFunc(figures, func(f figure) bool { return f.name == name })
		if k < 0 {
			return fmt.Errorf("the figure %s is not known", name)
		}
		raw, err := json.Marshal(r.Figures[name])
		if err != nil {
			return err
		}
		if r.Figures[name], err = figures[k].read(raw); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if _, amount := r.Figures[name].(money.Amount); amount && p.Currency == "" {
			return fmt.Errorf("%s is an amount, and the pack names no currency", name)
		}
	}
	return nil
}

// names lists the figures that a rule sets, in order.
func (r *Rule) names() []Figure {
	return slices.Sorted(maps.Keys(r.Figures))
}

// clashes returns a figure that both rules set on one day.
func (r *Rule) clashes(other *Rule) Figure {
	end := func(r *Rule) calendar.Date {
		if r.To == 0 {
			return 1<<31 - 1
		}
		return r.To
	}
	if r.Proposed || other.Proposed || r.From.Day > end(other) || other.From.Day > end(r) {
		return ""
	}
	for _, name := range r.names() {
		if _, both := other.Figures[name]; both {
			return name
		}
	}
	return ""
}

func (l Label) check(what string) error {
	if l.ZH == "" || l.EN == "" {
		return fmt.Errorf("%s is needed in both languages", what)
	}
	return nil
}
