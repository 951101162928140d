package risk

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/yuefu/yuefu/money"
)

// Outcome is what a condition that holds comes to.
type Outcome string

// The outcomes.
const (
	Refuse Outcome = "refuse"
	Refer  Outcome = "refer"
	Cap    Outcome = "cap" // the limit is at most the condition's
)

// Condition (准入规则) is an expression in CEL over the facts, and what follows when it holds.
type Condition struct {
	Name    string       `json:"name"`
	When    string       `json:"when"`
	Outcome Outcome      `json:"outcome"`
	Limit   money.Amount `json:"limit,omitzero"` // for cap
	Reason  string       `json:"reason"`         // a code
	Words   Label        `json:"words"`          // what the customer reads
	Help    Label        `json:"help,omitzero"`  // what may help
}

const (
	longestWhen = 600 // code points
	// costliest is the largest static cost estimate of one condition, in CEL's units: some
	// two comparisons a unit. It is known before a policy is published, so that nothing has to be
	// counted when it is used.
	costliest = 60
	// partsPerMillion is what ratio answers in: a whole number, as everywhere in the core.
	partsPerMillion = 1_000_000
)

func (c *Condition) check(f *faults, field string, p *Policy) {
	bad := func(at, says string) { f.put(Fault{Field: field + "/" + at, Condition: c.Name, Says: says}) }
	if !identifier(c.Name) {
		bad("name", "has to be small letters, digits and underscores, at most 48")
	}
	switch c.Outcome {
	case Cap:
		if c.Limit < 1 || c.Limit > money.Max {
			bad("limit", "has to be an amount")
		}
	case Refuse, Refer:
		if c.Limit != 0 {
			bad("limit", "only a cap has one")
		}
	default:
		bad("outcome", "has to be refuse, refer or cap")
	}
	if !identifier(c.Reason) {
		bad("reason", "has to be small letters, digits and underscores, at most 48")
	} else if _, taken := standard[c.Reason]; taken {
		bad("reason", "has a meaning of its own already: choose another code")
	}
	for i := range p.Conditions {
		if o := &p.Conditions[i]; o.Reason == c.Reason && (o.Words != c.Words || o.Help != c.Help) {
			bad("reason", "is another condition's too, with other words")
			break
		}
	}
	c.Words.check(f, field+"/words")
	if c.Help != (Label{}) {
		c.Help.check(f, field+"/help")
	}
}

// judge is a condition that can be evaluated.
type judge struct {
	program cel.Program
	reads   []string // the facts that it needs
}

// language is what conditions can say: comparisons and sums of whole numbers, and, or,
// not, one of a list, if-then-else, ratio. No loops, no text functions, no clock, no fractions.
func language(facts []FactRule) (*cel.Env, error) {
	one := func(name, overload string) *env.Function {
		return &env.Function{Name: name, Overloads: []*env.Overload{{ID: overload}}}
	}
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(&env.LibrarySubset{
			DisableMacros: true,
			IncludeFunctions: []*env.Function{
				{Name: operators.LogicalAnd}, {Name: operators.LogicalOr}, {Name: operators.LogicalNot}, {Name: operators.Conditional},
				{Name: operators.Equals}, {Name: operators.NotEquals},
				one(operators.Less, overloads.LessInt64), one(operators.LessEquals, overloads.LessEqualsInt64),
				one(operators.Greater, overloads.GreaterInt64), one(operators.GreaterEquals, overloads.GreaterEqualsInt64),
				one(operators.Add, overloads.AddInt64), one(operators.Subtract, overloads.SubtractInt64),
				one(operators.Multiply, overloads.MultiplyInt64), one(operators.Negate, overloads.NegateInt64),
				one(operators.In, overloads.InList),
			},
		})),
		cel.Function("ratio", cel.Overload("ratio_int64_int64", []*cel.Type{cel.IntType, cel.IntType}, cel.IntType, cel.BinaryBinding(ratio))),
		cel.ParserExpressionSizeLimit(longestWhen),
		cel.ParserRecursionLimit(24),
	}
	for i := range facts {
		options = append(options, cel.Variable(facts[i].Name, celType(facts[i].Kind)))
	}
	return cel.NewCustomEnv(options...)
}

func celType(k Kind) *cel.Type {
	switch k {
	case Number:
		return cel.IntType
	case Flag:
		return cel.BoolType
	default:
		return cel.StringType
	}
}

// ratio is how much a is of b, in parts per million, half-even. Of nothing it is
// nothing that could be compared: the condition is then for a person to decide.
func ratio(a, b ref.Val) ref.Val {
	x, y := int64(a.(types.Int)), int64(b.(types.Int))
	if edge := int64(money.Max); x < -edge || x > edge || y < 1 || y > edge {
		return types.NewErr("ratio(%d, %d) is not defined", x, y)
	}
	if x < 0 {
		return types.Int(-money.Amount(-x).MulDiv(partsPerMillion, y))
	}
	return types.Int(money.Amount(x).MulDiv(partsPerMillion, y))
}

// compile makes a condition ready, or says with line and column why it can't be.
func (c *Condition) compile(in *cel.Env, f *faults, field string) (j judge) {
	bad := func(line, column int, says string) {
		f.put(Fault{Field: field + "/when", Condition: c.Name, Line: line, Column: column, Says: says})
	}
	if strings.TrimSpace(c.When) == "" {
		bad(1, 1, "says nothing")
		return j
	}
	unreadable := func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }
	if i := strings.IndexFunc(c.When, unreadable); i >= 0 {
		bad(1, utf8.RuneCountInString(c.When[:i])+1, "has a line break, or another character that can't be printed")
		return j
	}
	checked, issues := in.Compile(c.When)
	if issues.Err() != nil {
		for _, e := range issues.Errors() {
			if !strings.Contains(e.Message, "!error!") { // follows from another one
				bad(max(1, e.Location.Line()), e.Location.Column()+1, plain(e.Message))
			}
		}
		return j
	}
	if checked.OutputType() != cel.BoolType {
		bad(1, 1, fmt.Sprintf("comes to a %s, and a condition has to be true or false", checked.OutputType()))
		return j
	}
	tree := checked.NativeRep()
	fractions := false
	for _, e := range ast.MatchDescendants(ast.NavigateAST(tree), func(ast.NavigableExpr) bool { return true }) {
		switch e.Kind() {
		case ast.IdentKind:
			if name := e.AsIdent(); !slices.Contains(j.reads, name) {
				j.reads = append(j.reads, name)
			}
		case ast.LiteralKind:
			switch e.AsLiteral().(type) {
			case types.Int, types.Bool, types.String:
			default:
				at := tree.SourceInfo().GetStartLocation(e.ID())
				bad(at.Line(), at.Column()+1, "only whole numbers, words and true or false can be compared with")
				fractions = true
			}
		}
	}
	if fractions {
		return j
	}
	slices.Sort(j.reads)
	estimate, err := in.EstimateCost(checked, sizes{})
	if err != nil || estimate.Max > costliest {
		bad(1, 1, fmt.Sprintf("costs up to %d, more than %d: say it in several conditions", estimate.Max, costliest))
		return j
	}
	if j.program, err = in.Program(checked); err != nil {
		bad(1, 1, err.Error())
	}
	return j
}

// plain puts CEL's messages into words for people who write policies.
func plain(message string) string {
	for _, banned := range []string{"'_/_'", "'_%_'"} {
		if strings.Contains(message, banned) {
			return "whole numbers lose what is left over: instead of a / b > 0.5 write ratio(a, b) > 500000, in parts per million"
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(message, "\n", " "))
}

// sizes tells the cost estimate how long words can be.
type sizes struct{}

func (sizes) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	if node.Type() == types.StringType {
		return &cost.SizeEstimate{Min: 0, Max: 48}
	}
	return nil
}

func (sizes) EstimateCallCost(function, _ string, _ *cost.AstNode, _ []cost.AstNode) *cost.CallEstimate {
	if function == "ratio" {
		return &cost.CallEstimate{CostEstimate: cost.Estimate{Min: 1, Max: 1}}
	}
	return nil
}
