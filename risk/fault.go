package risk

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Fault is one thing wrong with a policy, and where.
type Fault struct {
	Field     string // such as "conditions/2/when"
	Condition string // its name, if it is a condition's
	Line      int    // in the expression, from 1; 0 where the fault is not in one
	Column    int    // from 1
	Says      string
}

func (f Fault) String() string {
	where := f.Field
	if f.Condition != "" {
		where += " (" + f.Condition + ")"
	}
	if f.Line > 0 {
		where += fmt.Sprintf(", line %d, column %d:", f.Line, f.Column)
	}
	return where + " " + f.Says
}

// Faults are all that is wrong with a policy.
type Faults []Fault

func (f Faults) Error() string {
	said := make([]string, len(f))
	for i := range f {
		said[i] = f[i].String()
	}
	return strings.Join(said, "; ")
}

// faults gathers them.
type faults struct{ found Faults }

// mostFaults bounds a list of faults: after so many, one more tells nothing new.
const mostFaults = 50

func (f *faults) add(field, says string) { f.put(Fault{Field: field, Says: says}) }

func (f *faults) put(one Fault) {
	if len(f.found) < mostFaults {
		f.found = append(f.found, one)
	}
}

// Label is a text in both languages.
type Label struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

const longestLabel = 300

func (l Label) check(f *faults, field string) {
	for _, one := range []struct{ name, text string }{{"zh", l.ZH}, {"en", l.EN}} {
		if one.text == "" || len(one.text) > 3*longestLabel || !utf8.ValidString(one.text) {
			f.add(field+"/"+one.name, fmt.Sprintf("has to say something, in at most %d bytes", 3*longestLabel))
		}
	}
}

// identifier says whether s is a name as facts, conditions and reasons have them.
func identifier(s string) bool {
	if s == "" || len(s) > 48 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}
