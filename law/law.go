// Package law holds what the law sets, as dated data: rule packs (规则包). It knows
// which figure is in force on which date, where it stands and how sure we are of
// it, and it holds a programme against them; it refuses to know how a contract
// works them out, and it is not legal advice.
//
// A figure that nobody could name a source for is in no pack. What a contract was
// signed under is pinned in its terms: a new pack changes no running contract.
package law

import (
	"embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// NotAdvice stands on everything that shows rules.
var NotAdvice = Label{
	"规则包不构成法律意见：A 为公开来源中读到；B 为据一手文本所知，使用前请核对；C 为媒体或二手来源。",
	"Rule packs are not legal advice. A: read in a public source; B: from the primary text as known, check before relying on it; C: press or second hand.",
}

// Label is a text in both languages.
type Label struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Pack (规则包) is the law of one place, as far as it concerns a pay-later account:
// dated rules, in the order of their ids.
type Pack struct {
	Name     string         `json:"pack"`
	Edition  int            `json:"edition"` // raised with every change of the data
	Title    Label          `json:"title"`
	Currency money.Currency `json:"currency"` // of its amounts
	Rules    []Rule         `json:"rules"`
}

// Rule (规则) is one thing that the law asks, and from when to when.
type Rule struct {
	ID       string         `json:"id"`
	Title    Label          `json:"title"`
	Source   Source         `json:"source"`
	Mark     Mark           `json:"mark"`
	From     Since          `json:"from"`     // in force from this day; empty: for as long as the pack knows
	To       calendar.Date  `json:"to"`       // the last day; empty: until further notice
	Proposed bool           `json:"proposed"` // told, and not in force
	Note     Label          `json:"note"`
	Figures  map[Figure]any `json:"figures"` // each as its type in Rules
}

// Source (出处) says where a rule stands, and where to check it.
type Source struct {
	Name  Label  `json:"name"`
	Where string `json:"where"`
}

// Mark (可信度) says how sure we are of a rule: A read in a public source, B from the
// primary text as known and to be checked, C press or second hand.
type Mark string

var marks = []Mark{"A", "B", "C", "A/B"}

// Since is a first day. Where the source names only a month or a year, the rule
// counts from the first day of it: sooner costs a lender little, later somebody else much.
type Since struct {
	Text string // as the source has it: "2025-12"
	Day  calendar.Date
}

func (s Since) String() string { return s.Text }

// InForce says whether a rule is in force on a date.
func (r *Rule) InForce(on calendar.Date) bool {
	return !r.Proposed && r.From.Day <= on && (r.To == 0 || on <= r.To)
}

// None is the pack that asks nothing: for places without a pack, and for tests.
const None = "none"

//go:embed packs/*.json
var files embed.FS

// packs are those in the binary, by name.
var packs = builtIn()

func builtIn() map[string]*Pack {
	all := map[string]*Pack{}
	entries, err := files.ReadDir("packs")
	if err != nil {
		panic(err) // they are in the binary
	}
	for _, entry := range entries {
		data, err := files.ReadFile("packs/" + entry.Name())
		if err != nil {
			panic(err)
		}
		p, err := Load(data)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", entry.Name(), err)) // a test loads them all
		}
		if p.Name+".json" != entry.Name() {
			panic(entry.Name() + " holds the pack " + p.Name)
		}
		all[p.Name] = p
	}
	return all
}

// Names lists the packs that come with the product, in order.
func Names() []string {
	return slices.Sorted(maps.Keys(packs))
}

// Find returns a pack that comes with the product.
func Find(name string) (*Pack, error) {
	if p := packs[name]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("there is no rule pack %q: there are %s", name, strings.Join(Names(), ", "))
}

// On returns what a pack asks on a date.
func On(pack string, on calendar.Date) (*Rules, error) {
	p, err := Find(pack)
	if err != nil {
		return nil, err
	}
	return p.On(on)
}

// On returns what the pack asks on a date. A date before the first that it knows is
// refused: nobody may take 'not known' for 'nothing is asked'.
func (p *Pack) On(on calendar.Date) (*Rules, error) {
	if on == 0 {
		return nil, fmt.Errorf("rule pack %s: no date is given", p.Name)
	}
	turns := p.Turns()
	if len(turns) > 0 && on < turns[0] {
		return nil, fmt.Errorf("rule pack %s knows nothing of %s: its first rule is of %s", p.Name, on, turns[0])
	}
	r := &Rules{Pack: p.Name, Edition: p.Edition, Currency: p.Currency, from: map[Figure]*Rule{}}
	for _, turn := range turns {
		if turn <= on {
			r.Since = turn
		}
	}
	for i := range p.Rules {
		rule := &p.Rules[i]
		if !rule.InForce(on) {
			continue
		}
		r.InForce = append(r.InForce, rule)
		for _, f := range figures {
			if value, ok := rule.Figures[f.name]; ok {
				f.put(r, value)
				r.from[f.name] = rule
			}
		}
	}
	return r, nil
}

// Turns lists the dates on which what the pack asks changes, oldest first: the first day
// of a rule, and the day after its last.
func (p *Pack) Turns() []calendar.Date {
	var turns []calendar.Date
	for i := range p.Rules {
		if r := &p.Rules[i]; !r.Proposed {
			if r.From.Day != 0 {
				turns = append(turns, r.From.Day)
			}
			if r.To != 0 {
				turns = append(turns, r.To+1)
			}
		}
	}
	slices.Sort(turns)
	return slices.Compact(turns)
}
