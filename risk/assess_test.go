package risk_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/risk"
)

var policy = risk.Policy{
	MinimumLimit: 100, DefaultLimit: 5_000, MaximumLimit: 50_000, AutoApproveUpTo: 20_000,
	MinimumIncome: 2_000, IncomeMultiple: 3, ExcludeStudents: true,
}

func compiled(t interface {
	Helper()
	Fatal(args ...any)
}, p risk.Policy) *risk.Rules {
	t.Helper()
	rules, err := risk.Compile(p, 1)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestAssess(t *testing.T) {
	yes, no := new(true), new(false)
	adult := func(income money.Amount) credit.Declared {
		return credit.Declared{Adult: yes, Student: no, Income: income}
	}
	approved := func(limit money.Amount) credit.Assessment {
		return credit.Assessment{Decision: credit.Approved, Limit: limit}
	}
	refused := func(reasons ...string) credit.Assessment {
		return credit.Assessment{Decision: credit.Refused, Reasons: reasons}
	}
	referred := func(limit money.Amount, reasons ...string) credit.Assessment {
		return credit.Assessment{Decision: credit.Referred, Limit: limit, Reasons: reasons}
	}
	with := func(change func(*risk.Policy)) risk.Policy { p := policy; change(&p); return p }
	for _, c := range []struct {
		name     string
		policy   risk.Policy
		declared credit.Declared
		wanted   money.Amount
		want     credit.Assessment
	}{
		{"asks for no figure", policy, adult(0), 0, approved(5_000)},
		{"a minor", policy, credit.Declared{Adult: no, Student: no}, 0, refused(risk.UnderAge)},
		{"a minor, by any policy", risk.Policy{MinimumLimit: 1, DefaultLimit: 1, MaximumLimit: 1, AutoApproveUpTo: 1}, credit.Declared{Adult: no, Student: no}, 0, refused(risk.UnderAge)},
		{"does not say whether an adult", policy, credit.Declared{Student: no}, 0, refused(risk.DeclarationMissing)},
		{"does not say whether a student", policy, credit.Declared{Adult: yes}, 0, refused(risk.DeclarationMissing)},
		{"a student", policy, credit.Declared{Adult: yes, Student: yes}, 0, refused(risk.StudentsExcluded)},
		{"a student where they are welcome", with(func(p *risk.Policy) { p.ExcludeStudents = false }), credit.Declared{Adult: yes, Student: yes}, 0, approved(5_000)},
		{"two reasons at once", policy, credit.Declared{Adult: yes, Student: yes, Income: 1}, 0, refused(risk.StudentsExcluded, risk.IncomeTooLow)},

		{"income just below the least", policy, adult(1_999), 0, refused(risk.IncomeTooLow)},
		{"income at the least", policy, adult(2_000), 0, approved(5_000)},
		{"income carries less than the default", with(func(p *risk.Policy) { p.MinimumIncome = 0 }), adult(1_666), 0, approved(4_998)},
		{"income carries just the smallest line", with(func(p *risk.Policy) { p.MinimumIncome = 0 }), adult(34), 0, approved(102)},
		{"income carries less than the smallest line", with(func(p *risk.Policy) { p.MinimumIncome = 0 }), adult(33), 0, refused(risk.IncomeTooLow)},
		{"income below nothing", policy, adult(-1), 0, refused(risk.IncomeTooLow)},
		{"income beyond belief", policy, adult(1 << 62), 20_000, approved(20_000)},
		{"income is not asked", with(func(p *risk.Policy) { p.IncomeMultiple, p.MinimumIncome = 0, 0 }), adult(1), 20_000, approved(20_000)},

		{"asks for less than the smallest line", policy, adult(0), 99, refused(risk.RequestTooLow)},
		{"asks for the smallest line", policy, adult(0), 100, approved(100)},
		{"asks for less than nothing", policy, adult(0), -1, refused(risk.RequestTooLow)},
		{"the default without an income", policy, adult(0), 5_000, approved(5_000)},
		{"more than the default without an income", policy, adult(0), 5_001, referred(5_001, risk.IncomeNotDeclared)},
		{"as much as may be approved by itself", policy, adult(6_667), 20_000, approved(20_000)},
		{"a unit more", policy, adult(6_667), 20_001, referred(20_001, risk.AboveAutoApproval)},
		{"gets what the income carries, not what was asked", policy, adult(6_666), 20_001, approved(19_998)},
		{"never above the maximum", policy, adult(100_000), 1_000_000, referred(50_000, risk.AboveAutoApproval)},
		{"much without an income", policy, adult(0), 30_000, referred(30_000, risk.IncomeNotDeclared, risk.AboveAutoApproval)},
		{"a person decides everything", with(func(p *risk.Policy) { p.AutoApproveUpTo = 0 }), adult(0), 0, referred(5_000, risk.AboveAutoApproval)},
	} {
		got := compiled(t, c.policy).Assess(risk.Applicant{Declared: c.declared, Wanted: c.wanted})
		if _, err := compiled(t, c.policy).Again(got.Evaluation, risk.Applicant{Declared: c.declared, Wanted: c.wanted}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got.Evaluation = nil; !cmp.Equal(c.want, got) {
			t.Errorf("%s: %s", c.name, cmp.Diff(c.want, got))
		}
	}
}

// TestNobodyGetsMore holds every decision against what no policy may do.
func TestNobodyGetsMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		between := func(low, up money.Amount, what string) money.Amount {
			return money.Amount(rapid.Int64Range(int64(low), int64(up)).Draw(t, what))
		}
		maximum := between(1, 100_000, "maximum")
		minimum := between(1, maximum, "minimum")
		p := risk.Policy{
			MinimumLimit: minimum, DefaultLimit: between(minimum, maximum, "default"), MaximumLimit: maximum,
			AutoApproveUpTo: between(0, maximum, "auto"), MinimumIncome: between(0, 100_000, "income"),
			IncomeMultiple: rapid.IntRange(0, 120).Draw(t, "multiple"), ExcludeStudents: rapid.Bool().Draw(t, "exclude"),
		}
		adult, student := rapid.Bool().Draw(t, "adult"), rapid.Bool().Draw(t, "student")
		declared := credit.Declared{Adult: &adult, Student: &student, Income: between(-1, 100_000, "declared")}
		wanted := between(-1, 200_000, "wanted")
		a := compiled(t, p).Assess(risk.Applicant{Declared: declared, Wanted: wanted})
		approved := a.Decision == credit.Approved
		switch {
		case a.Decision != credit.Refused && (!adult || student && p.ExcludeStudents):
			t.Fatalf("lends to who is excluded: %+v", a)
		case a.Decision != credit.Refused && (a.Limit < p.MinimumLimit || a.Limit > p.MaximumLimit || wanted > 0 && a.Limit > wanted):
			t.Fatalf("a limit outside of the policy or above what was asked for: %+v", a)
		case approved && a.Limit > p.AutoApproveUpTo:
			t.Fatalf("approved what a person decides: %+v", a)
		case approved != (len(a.Reasons) == 0):
			t.Fatalf("a reason without a refusal, or a refusal without a reason: %+v", a)
		}
		for _, reason := range a.Reasons {
			if !slices.Contains(risk.Reasons, reason) {
				t.Fatalf("reason %s is not in the list", reason)
			}
		}
	})
}

func TestPolicyIsRefused(t *testing.T) {
	if err := policy.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*risk.Policy){
		"minimum_limit":      func(p *risk.Policy) { p.MinimumLimit = 0 },
		"default_limit":      func(p *risk.Policy) { p.DefaultLimit = 99 },
		"maximum_limit":      func(p *risk.Policy) { p.MaximumLimit = money.Max + 1 },
		"auto_approve_up_to": func(p *risk.Policy) { p.AutoApproveUpTo = 50_001 },
		"minimum_income":     func(p *risk.Policy) { p.MinimumIncome = -1 },
		"income_multiple":    func(p *risk.Policy) { p.IncomeMultiple = 121 },
	} {
		p := policy
		spoil(&p)
		if err := p.Validate(); err == nil || !strings.HasPrefix(err.Error(), name+" is ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReasonsAreTold walks the reasons through the page that customers' texts come from.
func TestReasonsAreTold(t *testing.T) {
	for _, reason := range risk.Reasons {
		if told := policy.Tell(reason); told.Words.ZH == "" || told.Words.EN == "" {
			t.Errorf("nobody tells %s", reason)
		}
	}
	page, err := os.ReadFile("../docs/reasons.md")
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| [^|]*\\p{Han}[^|]* \\| [^|]*[a-z][^|]* \\|").FindAllStringSubmatch(string(page), -1) {
		told[row[1]] = true
	}
	reasons := slices.Clone(risk.Reasons)
	for _, reason := range credit.Reasons {
		reasons = append(reasons, string(reason))
	}
	for _, reason := range credit.DisputeReasons {
		reasons = append(reasons, string(reason))
	}
	for _, reason := range credit.LimitReasons {
		reasons = append(reasons, string(reason))
	}
	for _, reason := range reasons {
		if !told[reason] {
			t.Errorf("docs/reasons.md does not tell %s in both languages", reason)
		}
		delete(told, reason)
	}
	for reason := range told {
		t.Errorf("docs/reasons.md tells %s, which nobody gives", reason)
	}
}
