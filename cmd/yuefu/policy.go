package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
)

type policyCmd struct {
	Check  policyCheckCmd  `cmd:"" help:"Say all that is wrong with a policy, with condition, line and column."`
	Run    policyRunCmd    `cmd:"" help:"Assess an applicant by a policy, and show how the decision comes about."`
	Sample policySampleCmd `cmd:"" help:"Write the sample programme's policy, to begin with."`
}

type policyCheckCmd struct {
	File string `arg:"" help:"The policy, as JSON." type:"existingfile"`
}

func (c policyCheckCmd) Run() error {
	rules, err := readPolicy(c.File)
	if err != nil {
		return err
	}
	p := rules.Policy()
	characteristics := 0
	if p.Scorecard != nil {
		characteristics = len(p.Scorecard.Characteristics)
	}
	fmt.Printf("%s can be used: %d facts, %d characteristics, %d conditions\nhash %s\n", c.File, len(p.Facts), characteristics, len(p.Conditions), rules.Hash())
	return nil
}

type policyRunCmd struct {
	File  string `arg:"" help:"The policy, as JSON." type:"existingfile"`
	Facts string `help:"Who applies, as JSON: declared, requested_limit, facts, history." required:"" type:"existingfile" placeholder:"FACTS.json"`
	JSON  bool   `help:"The record as it would be kept." name:"json"`
}

func (c policyRunCmd) Run() error {
	rules, err := readPolicy(c.File)
	if err != nil {
		return err
	}
	var who risk.Applicant
	if err := readStrictly(c.Facts, &who); err != nil {
		return err
	}
	if err := rules.Admit(who.Facts); err != nil {
		return tell(c.Facts, err)
	}
	assessment := rules.Assess(who)
	if c.JSON {
		fmt.Println(string(assessment.Evaluation))
		return nil
	}
	record, err := risk.ReadRecord(assessment.Evaluation)
	if err != nil {
		return err
	}
	showRecord(os.Stdout, &record, rules.Policy())
	return nil
}

type policySampleCmd struct{}

func (policySampleCmd) Run() error {
	text, err := json.Marshal(catalogue.Sample().Policy, jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	fmt.Println(string(text))
	return nil
}

// readPolicy reads a policy, and says on standard error all that is wrong with it.
func readPolicy(file string) (*risk.Rules, error) {
	var p risk.Policy
	if err := readStrictly(file, &p); err != nil {
		return nil, err
	}
	rules, err := risk.Compile(p, 1)
	if err != nil {
		return nil, tell(file, err)
	}
	return rules, nil
}

func tell(file string, err error) error {
	var faults risk.Faults
	if !errors.As(err, &faults) {
		return err
	}
	for _, f := range faults {
		fmt.Fprintf(os.Stderr, "%s: %s\n", file, f)
	}
	return errReported
}

// readStrictly refuses what it does not know: a typing error must not become a default.
func readStrictly(file string, v any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(bytes.TrimSpace(text), v, json.RejectUnknownMembers(true)); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// showRecord prints how a decision came about.
func showRecord(w io.Writer, r *risk.Record, p *risk.Policy) {
	show := func(header table.Row, fill func(t table.Writer)) {
		t := table.NewWriter()
		t.SetStyle(table.StyleLight)
		t.AppendHeader(header)
		fill(t)
		fmt.Fprintln(w, t.Render())
	}
	show(table.Row{"fact 信息", "value", "from 来源"}, func(t table.Writer) {
		for _, f := range r.Facts {
			t.AppendRow(table.Row{f.Name, f.Value, f.From})
		}
	})
	if s := r.Score; s != nil {
		show(table.Row{"characteristic 评分项", "fact", "bin 分箱", "points 得分"}, func(t table.Writer) {
			t.AppendRow(table.Row{"base_points", "", "", s.Base})
			for _, c := range s.Parts {
				t.AppendRow(table.Row{c.Characteristic, c.Fact, c.Bin, c.Points})
			}
			t.AppendFooter(table.Row{"score 评分", "", "", s.Total})
		})
	}
	if len(r.Conditions) > 0 {
		show(table.Row{"condition 规则", "when", "value", "outcome 结论"}, func(t table.Writer) {
			for i, c := range r.Conditions {
				outcome, value := string(p.Conditions[i].Outcome), string(c.Value)
				if c.Value != risk.True {
					outcome = ""
				}
				if c.Because != "" {
					value += " (" + c.Because + ")"
				}
				t.AppendRow(table.Row{c.Name, p.Conditions[i].When, value, outcome})
			}
		})
	}
	show(table.Row{"limit bounded by 额度约束", "at most, minor units"}, func(t table.Writer) {
		for _, b := range r.Limits {
			t.AppendRow(table.Row{b.By, int64(b.Limit)})
		}
		t.AppendFooter(table.Row{"at most in all 上限", int64(r.Ceiling)})
	})
	fmt.Fprintf(w, "decision 结论: %s", r.Decision)
	if r.Decision != credit.Refused {
		fmt.Fprintf(w, ", limit 额度 %d minor units", int64(r.Limit))
	}
	fmt.Fprintln(w)
	for _, reason := range r.Reasons {
		told := p.Tell(reason)
		fmt.Fprintf(w, "  %s\n    %s\n    %s\n", reason, told.Words.ZH, told.Words.EN)
		if told.Help != (risk.Label{}) {
			fmt.Fprintf(w, "    → %s\n    → %s\n", told.Help.ZH, told.Help.EN)
		}
	}
}
