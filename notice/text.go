package notice

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
	"unicode/utf16"
)

// Text is a notice in one language.
type Text struct {
	Title string
	Body  string
	SMS   string // without signature; empty: the kind is told in the inbox only
}

//go:embed templates/*.tmpl
var files embed.FS

// templates are read once: a kind without one in each language is a fault of the build,
// and the program does not start.
var templates = readTemplates()

type worded struct {
	kind     Kind
	language Language
}

func readTemplates() map[worded]*template.Template {
	all := map[worded]*template.Template{}
	for kind := range kinds {
		for _, language := range Languages {
			name := "templates/" + string(kind) + "." + string(language) + ".tmpl"
			all[worded{kind, language}] = template.Must(template.New("").Option("missingkey=error").ParseFS(files, name))
		}
	}
	return all
}

// Render tells figures in a language.
func Render(kind Kind, language Language, figures *Figures) (t Text, err error) {
	tmpl := templates[worded{kind, language}]
	if tmpl == nil {
		return t, fmt.Errorf("notice: %q is not told in %q", kind, language)
	}
	data := figures.print(language)
	for _, part := range []struct {
		name string
		text *string
	}{{"title", &t.Title}, {"body", &t.Body}, {"sms", &t.SMS}} {
		if part.name == "sms" && tmpl.Lookup("sms") == nil {
			continue
		}
		var b strings.Builder
		if err := tmpl.ExecuteTemplate(&b, part.name, data); err != nil {
			return t, fmt.Errorf("notice: %s in %s: %w", kind, language, err)
		}
		*part.text = strings.TrimSpace(b.String())
	}
	return t, nil
}

// Signed is a text with the signature (签名) that providers in China ask for at the front.
func Signed(signature, text string) string { return "【" + signature + "】" + text }

// Segments is in how many parts a phone's network carries a text: 70 characters of
// UCS-2 alone, and 67 each of several. The signature's brackets stand in no smaller alphabet.
func Segments(text string) int {
	n := len(utf16.Encode([]rune(text)))
	if n <= 70 {
		return 1
	}
	return (n + 66) / 67
}
