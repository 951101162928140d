package wallet

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yuefu/yuefu/web/page"
)

//go:embed help/*.md
var helpFiles embed.FS

// article is one answer of the help, from help/<name>.<language>.md: the title on the
// first line, the words that people search for on the second, then paragraphs. A
// paragraph that begins with > is a link: > /wallet/close Close monthly pay.
type article struct {
	Name, Title string
	words       string // lower case, to be searched
	Parts       []part
}

// part is a paragraph, or a link.
type part struct{ Text, Link string }

// articles are all of them by language, in the order of their names.
var articles = readArticles()

func readArticles() map[page.Language][]article {
	all := map[page.Language][]article{}
	files, err := fs.Glob(helpFiles, "help/*.md")
	if err != nil {
		panic(err) // they are in the binary
	}
	slices.Sort(files)
	for _, file := range files {
		name, rest, _ := strings.Cut(path.Base(file), ".")
		body, err := helpFiles.ReadFile(file)
		if err != nil {
			panic(err)
		}
		lines := strings.Split(strings.TrimSpace(string(body)), "\n")
		a := article{Name: name[3:], Title: lines[0], words: strings.ToLower(string(body))}
		for _, line := range lines[2:] {
			if link, ok := strings.CutPrefix(line, "> "); ok {
				to, text, _ := strings.Cut(link, " ")
				a.Parts = append(a.Parts, part{Text: text, Link: to})
			} else if line != "" {
				a.Parts = append(a.Parts, part{Text: line})
			}
		}
		lang := page.Language(strings.TrimSuffix(rest, ".md"))
		all[lang] = append(all[lang], a)
	}
	return all
}

// find returns the articles that have all words of a question. Chinese is not written
// with spaces between words, so that a question of one word is looked for as it stands,
// and then by the pairs of its characters, the best first.
func find(lang page.Language, question string) []article {
	question = strings.ToLower(strings.TrimSpace(question))
	if question == "" {
		return articles[lang]
	}
	type hit struct {
		article
		score int
	}
	var hits []hit
	for _, a := range articles[lang] {
		score := 0
		for word := range strings.FieldsSeq(question) {
			if strings.Contains(a.words, word) {
				score += 100
				continue
			}
			runes := []rune(word)
			for i := 0; i+1 < len(runes); i++ {
				if runes[i] > 0x2e80 && strings.Contains(a.words, string(runes[i:i+2])) {
					score += 10
				}
			}
		}
		if score > 0 {
			if strings.Contains(strings.ToLower(a.Title), question) {
				score += 50
			}
			hits = append(hits, hit{a, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return b.score - a.score })
	var found []article
	for _, h := range hits {
		found = append(found, h.article)
	}
	return found
}

// helpPage is what the help found.
type helpPage struct {
	Question string
	Articles []article
}

func help(v *page.Visit) error {
	question := v.R.URL.Query().Get("q")
	if runes := []rune(question); len(runes) > 60 {
		question = string(runes[:60])
	}
	return v.Show("help", helpPage{question, find(v.Lang, question)})
}

func oneArticle(v *page.Visit) error {
	for _, a := range articles[v.Lang] {
		if a.Name == v.R.PathValue("name") {
			return v.Show("article", a)
		}
	}
	return missing(v)
}
