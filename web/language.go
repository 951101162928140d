package web

import (
	"net/http"
	"strconv"
	"strings"
)

// language of a page, as HTML names it.
type language string

const (
	chinese language = "zh-Hans"
	english language = "en"
)

var languages = []language{chinese, english}

func (l language) other() language {
	if l == chinese {
		return english
	}
	return chinese
}

// of picks a label's text.
func (l language) of(label Label) string {
	if l == chinese {
		return label.ZH
	}
	return label.EN
}

// say returns a message; a missing one shouts, in the test that renders all pages.
func (l language) say(key string) string {
	m, ok := messages[key]
	if !ok {
		panic("web: there is no message " + key)
	}
	return l.of(m)
}

// languageCookie keeps the choice of ?lang=. It says nothing about who the visitor is.
const languageCookie = "lang"

// choose finds the visitor's language: what they just chose, what they chose
// before, what their browser prefers.
func choose(w http.ResponseWriter, r *http.Request) language {
	if chosen := language(r.URL.Query().Get("lang")); chosen == chinese || chosen == english {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: string(chosen), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, SameSite: http.SameSiteLaxMode})
		return chosen
	}
	if c, err := r.Cookie(languageCookie); err == nil && (c.Value == string(chinese) || c.Value == string(english)) {
		return language(c.Value)
	}
	return preferred(r.Header.Get("Accept-Language"))
}

// preferred reads Accept-Language; whoever prefers neither language gets English.
func preferred(header string) language {
	best, quality := english, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64)
		}
		tag = strings.ToLower(tag)
		if q <= quality {
			continue
		}
		switch primary, _, _ := strings.Cut(tag, "-"); primary {
		case "zh":
			best, quality = chinese, q
		case "en":
			best, quality = english, q
		}
	}
	return best
}
