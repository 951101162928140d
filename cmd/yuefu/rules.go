package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/database"
	"github.com/yuefu/yuefu/eventlog/open"
	"github.com/yuefu/yuefu/law"
	"github.com/yuefu/yuefu/office"
	"github.com/yuefu/yuefu/view"
)

type rulesCmd struct {
	List   rulesListCmd   `cmd:"" help:"Show what the law sets, by rule pack, with sources and how sure we are of them."`
	Impact rulesImpactCmd `cmd:"" help:"Say which live contracts a rule pack would break, by which rule, and how much they owe."`
}

type rulesListCmd struct {
	Pack string `help:"Only this pack: one that comes with the product, or a file." placeholder:"NAME|FILE"`
	On   string `help:"Only rules in force on this date." placeholder:"2026-11-24"`
	JSON bool   `help:"As JSON." name:"json"`
}

// ruleRow is a rule as JSON shows it.
type ruleRow struct {
	Pack    string    `json:"pack"`
	InForce bool      `json:"in_force"`
	Rule    *law.Rule `json:"rule"`
}

func (c rulesListCmd) Run() error {
	names := law.Names()
	if c.Pack != "" {
		names = []string{c.Pack}
	}
	on := calendar.At(time.Now())
	if c.On != "" {
		var err error
		if on, err = calendar.Parse(c.On); err != nil {
			return err
		}
	}
	rows := []ruleRow{}
	for _, name := range names {
		p, err := findPack(name)
		if err != nil {
			return err
		}
		if turns := p.Turns(); c.On != "" && c.Pack != "" && len(turns) > 0 && on < turns[0] {
			_, err := p.On(on) // says what the pack does not know
			return err
		}
		for i := range p.Rules {
			if r := &p.Rules[i]; c.On == "" || r.InForce(on) {
				rows = append(rows, ruleRow{p.Name, r.InForce(on), r})
			}
		}
	}
	if c.JSON {
		return writeJSON(os.Stdout, map[string]any{"not_legal_advice": law.NotAdvice, "on": on, "rules": rows})
	}
	t := rulesTable(table.Row{"rule", "", "from – to", "figures 数值", "what it asks 内容", "source 出处"})
	for _, row := range rows {
		r := row.Rule
		period := r.From.String() + " – " + r.To.String()
		if r.Proposed {
			period = "proposed 拟议"
		} else if !row.InForce {
			period += "\nnot in force 未生效"
		}
		asks := r.Title.ZH + "\n" + r.Title.EN
		if r.Note != (law.Label{}) {
			asks += "\n" + r.Note.ZH + " · " + r.Note.EN
		}
		t.AppendRow(table.Row{r.ID, r.Mark, strings.TrimSpace(period), figuresOf(r), asks, r.Source.Name.ZH + "\n" + r.Source.Name.EN + "\n" + r.Source.Where})
	}
	t.Render()
	fmt.Println(law.NotAdvice.ZH)
	fmt.Println(law.NotAdvice.EN)
	return nil
}

// figuresOf lists what a rule sets, and where the product looks each up.
func figuresOf(r *law.Rule) string {
	var lines []string
	for _, f := range law.KnownFigures() {
		if value, ok := r.Figures[f]; ok {
			lines = append(lines, fmt.Sprintf("%s = %v (%s)", f, value, f.Place()))
		}
	}
	return strings.Join(lines, "\n")
}

func rulesTable(header table.Row) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(os.Stdout)
	t.SetStyle(table.StyleLight)
	t.Style().Options.SeparateRows = true
	t.AppendHeader(header)
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 4, WidthMax: 44, WidthMaxEnforcer: wrapLines}, {Number: 5, WidthMax: 60, WidthMaxEnforcer: wrapLines}, {Number: 6, WidthMax: 40, WidthMaxEnforcer: wrapLines},
	})
	return t
}

// wrapLines breaks each line between words, and keeps the breaks that are there.
func wrapLines(cell string, width int) string {
	lines := strings.Split(cell, "\n")
	for i, line := range lines {
		lines[i] = text.WrapSoft(line, width)
	}
	return strings.Join(lines, "\n")
}

// findPack takes a pack that comes with the product, or a file.
func findPack(name string) (*law.Pack, error) {
	if !strings.ContainsAny(name, "./\\") {
		return law.Find(name)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return law.Load(data)
}

func writeJSON(to io.Writer, v any) error {
	e := json.NewEncoder(to)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

type rulesImpactCmd struct {
	databaseFlag
	Pack string `help:"The pack that would come: one that comes with the product, or a file." required:"" placeholder:"NAME|FILE"`
	From string `help:"The date from which it would count." required:"" placeholder:"2026-11-24"`
	JSON bool   `help:"As JSON." name:"json"`
}

func (c rulesImpactCmd) Run(ctx context.Context) error {
	pack, err := findPack(c.Pack)
	if err != nil {
		return err
	}
	from, err := calendar.Parse(c.From)
	if err != nil {
		return err
	}
	impact, err := c.find(ctx, pack, from)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(os.Stdout, impact)
	}
	t := rulesTable(table.Row{"contracts 合同", "accounts 账户", "owed 欠款", "rule 规则", "what it breaks 违反", "source 出处"})
	for _, b := range impact.Broken {
		t.AppendRow(table.Row{
			fmt.Sprintf("%s/%s v%d", b.Platform, b.Programme, b.Version), b.Accounts, string(b.Currency) + " " + b.Owed.Format(b.Currency),
			b.Rule + " [" + string(b.Mark) + "]", b.Field + "\n" + b.Says.ZH + "\n" + b.Says.EN, b.Source.Name.ZH + "\n" + b.Source.Name.EN + "\n" + b.Source.Where,
		})
	}
	if len(impact.Broken) > 0 {
		t.Render()
	}
	fmt.Printf("rule pack %s on %s: %d accounts of %d programme versions looked at, %d rules broken\n",
		impact.Pack, impact.On, impact.Accounts, impact.Versions, len(impact.Broken))
	fmt.Println(law.NotAdvice.ZH)
	fmt.Println(law.NotAdvice.EN)
	return nil
}

func (c rulesImpactCmd) find(ctx context.Context, pack *law.Pack, from calendar.Date) (impact *office.Impact, err error) {
	db, err := database.Open(ctx, c.DB, database.Options{Existing: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	log, err := open.Log(db)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }()
	tables, err := view.Open(ctx, db, log, view.Options{Log: slog.Default()})
	if err != nil {
		return nil, err
	}
	books, err := catalogue.Open(ctx, db, time.Now)
	if err != nil {
		return nil, err
	}
	return office.ImpactOf(ctx, books, tables, pack, from, entries("partitions"))
}
