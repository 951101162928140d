package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/docs"
	"github.com/yuefu/yuefu/money"
)

//go:embed templates
var frameFiles embed.FS

// Static has the styles and scripts of all hosted pages, for ReadAssets.
//
//go:embed static
var Static embed.FS

// Messages are texts by their keys: the Chinese one, then the English one.
type Messages map[string][2]string

// In returns the text of a message in a language, and whether there is one.
func (m Messages) In(l Language, key string) (string, bool) {
	texts, ok := m[key]
	return l.Of(Label{ZH: texts[0], EN: texts[1]}), ok
}

// Set is the hosted pages of one room, in each language, in the frame that all of them have.
type Set struct {
	files     *Assets
	zone      *time.Location
	messages  Messages
	templates map[Language]map[string]*template.Template
}

// NewSet parses templates/*.html of a room: each is a page, but for those whose name
// begins with _, which all pages may use. messages are the room's texts; the frame has
// its own. Times are shown in zone. It fails on a template that can't be parsed.
func NewSet(files *Assets, zone *time.Location, templates fs.FS, messages Messages) (*Set, error) {
	s := &Set{files: files, zone: zone, messages: Messages{}, templates: map[Language]map[string]*template.Template{}}
	for _, list := range []Messages{frameMessages, messages} {
		for key, texts := range list {
			if _, twice := s.messages[key]; twice {
				return nil, fmt.Errorf("page: there are two messages %s", key)
			}
			s.messages[key] = texts
		}
	}
	names, err := fs.Glob(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, lang := range Languages {
		s.templates[lang] = map[string]*template.Template{}
		shared, err := template.New("frame.html").Funcs(s.functions(lang)).ParseFS(frameFiles, "templates/frame.html", "templates/cost.html", "templates/document.html")
		if err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		for _, name := range names {
			if strings.HasPrefix(path.Base(name), "_") {
				if _, err := shared.ParseFS(templates, name); err != nil {
					return nil, fmt.Errorf("page: %w", err)
				}
			}
		}
		add := func(from fs.FS, name string) error {
			t, err := shared.Clone()
			if err != nil {
				return err
			}
			if t, err = t.ParseFS(from, name); err != nil {
				return err
			}
			s.templates[lang][strings.TrimSuffix(path.Base(name), ".html")] = t
			return nil
		}
		for _, own := range []string{notice, agree} {
			if err := add(frameFiles, "templates/"+own+".html"); err != nil {
				return nil, fmt.Errorf("page: %w", err)
			}
		}
		for _, name := range names {
			if strings.HasPrefix(path.Base(name), "_") {
				continue
			}
			if err := add(templates, name); err != nil {
				return nil, fmt.Errorf("page: %w", err)
			}
		}
	}
	return s, nil
}

// notice is the frame's own page: for what went wrong, and for who is not let in.
const notice = "notice"

// functions are what templates say things with.
func (s *Set) functions(lang Language) template.FuncMap {
	return template.FuncMap{
		"t":        func(key string, pairs ...any) string { return s.say(lang, key, pairs...) },
		"is":       func(key string) bool { _, ok := s.messages[key]; return ok },
		"asset":    s.files.Path,
		"moment":   func(at time.Time) string { return lang.Moment(at.In(s.zone)) },
		"markdown": Markdown,
		"day":      lang.Day,
		"month":    lang.Month,
		"brief":    lang.Brief,
		"reason":   func(code any) string { return Reason(lang, fmt.Sprint(code)) },
		"money":    func(currency any, amount any) (string, error) { return Sum(fmt.Sprint(currency), amount) },
		"rate":     func(millionths any) (string, error) { return Rate(millionths) },
		"annual":   func(millionths any) (string, error) { return Annual(millionths) },
		"add":      func(a, b int64) int64 { return a + b },
		"label":    func(l any) string { return lang.ofAny(l) },
		"list":     func(values ...any) []any { return values },
		"dict":     dict,
	}
}

// dict makes a map of pairs, for a template that is given more than one thing.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("a name without a value")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return m, nil
}

// say returns a message with {name} replaced by the value that follows the name in
// pairs; a missing message shouts, in the test that renders all pages.
func (s *Set) say(lang Language, key string, pairs ...any) string {
	text, ok := s.messages.In(lang, key)
	if !ok {
		panic("page: there is no message " + key)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text
}

// symbols stand before an amount; other currencies have their code there.
var symbols = map[string]string{"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$"}

// Sum prints an amount with its currency: ¥1,234.50.
func Sum(currency string, amount any) (string, error) {
	var minor int64
	switch v := amount.(type) {
	case int64:
		minor = v
	case int:
		minor = int64(v)
	default:
		if _, err := fmt.Sscan(fmt.Sprint(amount), &minor); err != nil {
			return "", fmt.Errorf("%v is no amount: %w", amount, err)
		}
	}
	decimals, err := money.Currency(currency).Decimals()
	if err != nil {
		return "", err
	}
	text, minus := strings.CutPrefix(Money(minor, decimals), "-")
	symbol, ok := symbols[currency]
	if !ok {
		symbol = currency + " "
	}
	if minus {
		return "−" + symbol + text, nil
	}
	return symbol + text, nil
}

// Rate prints a rate in millionths as a percentage: 149400 is 14.94%.
func Rate(millionths any) (string, error) {
	var m int64
	if _, err := fmt.Sscan(fmt.Sprint(millionths), &m); err != nil {
		return "", fmt.Errorf("%v is no rate: %w", millionths, err)
	}
	text := Money(m, 4)
	for strings.HasSuffix(text, "0") && len(text)-strings.IndexByte(text, '.') > 3 {
		text = text[:len(text)-1]
	}
	return text + "%", nil
}

// Moment prints a date with its time of day.
func (l Language) Moment(at time.Time) string {
	return l.Day(calendar.At(at)) + " " + at.Format("15:04:05")
}

// Annual prints what credit costs a year to two decimals, as the law and people do: 122394 is 12.24%.
func Annual(millionths any) (string, error) {
	var m int64
	if _, err := fmt.Sscan(fmt.Sprint(millionths), &m); err != nil {
		return "", fmt.Errorf("%v is no rate: %w", millionths, err)
	}
	return Money((m+50)/100, 2) + "%", nil
}

// Brief prints a date without its year, for dates that are near.
func (l Language) Brief(d calendar.Date) string {
	_, month, day := d.Split()
	if l == Chinese {
		return fmt.Sprintf("%d月%d日", month, day)
	}
	return fmt.Sprintf("%d %s", day, months[month-1])
}

var reasons = docs.Reasons()

// Reason is what a customer reads for a reason code, the code itself where there is nothing better.
func Reason(lang Language, code string) string {
	if words, ok := reasons[code]; ok {
		return lang.Of(Label(words))
	}
	return code
}

// view is what every template gets.
type view struct {
	Name  string // of the template
	Lang  Language
	Other Language // the language to change to
	Path  string   // of the page, to come back to
	Visit *Visit   // nil before anybody is let in
	Data  any
}

// Render writes a page, whole or not at all.
func (s *Set) render(w http.ResponseWriter, r *http.Request, lang Language, status int, name string, visit *Visit, data any) error {
	t := s.templates[lang][name]
	if t == nil {
		return fmt.Errorf("page: there is no page %s", name)
	}
	var body bytes.Buffer
	v := view{Name: name, Lang: lang, Other: lang.Other(), Path: r.URL.Path, Visit: visit, Data: data}
	if err := t.Execute(&body, v); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(lang))
	h.Set("Vary", "Accept-Language, Cookie")
	h.Set("Cache-Control", "no-store") // it is about one person, on a phone that others may hold
	w.WriteHeader(status)
	_, err := w.Write(body.Bytes())
	return err
}
