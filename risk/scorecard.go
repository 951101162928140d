package risk

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/money"
)

// Scorecard (评分卡) adds points up, and says what limit a score carries.
type Scorecard struct {
	Base            int              `json:"base_points"`
	Characteristics []Characteristic `json:"characteristics"`
	Limits          []ScoreLimit     `json:"limits"` // by rising score; who has less than the first asks for is refused
}

// Characteristic (评分项) gives points for one fact: those of the first bin (分箱) that the
// value falls into, or else Otherwise, so that each value has its points.
type Characteristic struct {
	Name      string   `json:"name"`
	Fact      string   `json:"fact"`
	Below     []Below  `json:"below,omitempty"` // of a number, rising
	Is        []WordIs `json:"is,omitempty"`    // of a flag or a word
	Otherwise int      `json:"otherwise"`
}

// Below is the bin of numbers up to one, without it.
type Below struct {
	Number int64 `json:"number"`
	Points int   `json:"points"`
}

// WordIs is the bin of some words; a flag's are true and false.
type WordIs struct {
	Words  []string `json:"words"`
	Points int      `json:"points"`
}

// ScoreLimit is the limit that a score carries from here on.
type ScoreLimit struct {
	From  int          `json:"from_score"`
	Limit money.Amount `json:"limit"`
}

const mostPoints = 10_000

func (s *Scorecard) check(f *faults, find func(name string) *FactRule) {
	points := func(field string, n int) {
		if n < -mostPoints || n > mostPoints {
			f.add(field, fmt.Sprintf("is %d, not within %d to %d", n, -mostPoints, mostPoints))
		}
	}
	points("scorecard/base_points", s.Base)
	if n := len(s.Characteristics); n > mostCharacteristics {
		f.add("scorecard/characteristics", fmt.Sprintf("are %d, more than %d", n, mostCharacteristics))
		return
	}
	seen := map[string]bool{}
	for i := range s.Characteristics {
		c := &s.Characteristics[i]
		field := fmt.Sprintf("scorecard/characteristics/%d", i)
		if !identifier(c.Name) || seen[c.Name] {
			f.add(field+"/name", "has to be a name of its own, in small letters")
		}
		seen[c.Name] = true
		rule := find(c.Fact)
		if rule == nil || c.Fact == scoreFact {
			f.add(field+"/fact", fmt.Sprintf("there is no fact %q", c.Fact))
			continue
		}
		c.check(f, field, rule)
		points(field+"/otherwise", c.Otherwise)
		for k := range c.Below {
			points(fmt.Sprintf("%s/below/%d/points", field, k), c.Below[k].Points)
		}
		for k := range c.Is {
			points(fmt.Sprintf("%s/is/%d/points", field, k), c.Is[k].Points)
		}
	}
	if n := len(s.Limits); n < 1 || n > mostBins {
		f.add("scorecard/limits", fmt.Sprintf("are %d, not 1 to %d", n, mostBins))
	}
	for i, l := range s.Limits {
		field := fmt.Sprintf("scorecard/limits/%d", i)
		if l.Limit < 1 || l.Limit > money.Max {
			f.add(field+"/limit", "has to be an amount")
		}
		if i > 0 && (l.From <= s.Limits[i-1].From || l.Limit < s.Limits[i-1].Limit) {
			f.add(field, "has to follow the one before: a higher score, and no lower limit")
		}
	}
}

// check says what is wrong with the bins: what would make one of them unreachable above all.
func (c *Characteristic) check(f *faults, field string, rule *FactRule) {
	switch {
	case len(c.Below)+len(c.Is) >= mostBins:
		f.add(field, fmt.Sprintf("has more than %d bins", mostBins))
		return
	case rule.Kind == Number && len(c.Is) > 0:
		f.add(field+"/is", rule.Name+" is a number: its bins are below")
	case rule.Kind != Number && len(c.Below) > 0:
		f.add(field+"/below", rule.Name+" is no number: its bins are is")
	}
	for k := 1; k < len(c.Below); k++ {
		if c.Below[k].Number <= c.Below[k-1].Number {
			f.add(fmt.Sprintf("%s/below/%d/number", field, k), "has to be above the one before")
		}
	}
	taken := map[string]bool{}
	for k := range c.Is {
		if len(c.Is[k].Words) == 0 {
			f.add(fmt.Sprintf("%s/is/%d/words", field, k), "are none")
		}
		for _, word := range c.Is[k].Words {
			if _, says := rule.read(word); rule.Kind != Number && (says != "" || taken[word]) {
				f.add(fmt.Sprintf("%s/is/%d/words", field, k), fmt.Sprintf("%q is no value of %s, or in another bin already", word, rule.Name))
			}
			taken[word] = true
		}
	}
}

// bin finds the bin of a value, from 1, and its points.
func (c *Characteristic) bin(v value) (bin, points int) {
	if n, ok := v.(int64); ok {
		for k, b := range c.Below {
			if n < b.Number {
				return k + 1, b.Points
			}
		}
		return len(c.Below) + 1, c.Otherwise
	}
	for k, b := range c.Is {
		if slices.Contains(b.Words, shown(v)) {
			return k + 1, b.Points
		}
	}
	return len(c.Is) + 1, c.Otherwise
}

// carried is the limit that a score carries, 0 if none.
func (s *Scorecard) carried(score int) (limit money.Amount) {
	for _, l := range s.Limits {
		if score >= l.From {
			limit = l.Limit
		}
	}
	return limit
}
