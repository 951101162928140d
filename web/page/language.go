package page

import (
	"fmt"
	"net/http"
	"reflect"

	"github.com/yuefu/yuefu/language"
)

// Language of a page, as HTML names it.
type Language string

// The languages of all pages.
const (
	Chinese Language = "zh-Hans"
	English Language = "en"
)

// Languages are all of them.
var Languages = []Language{Chinese, English}

// Label is a text in both languages.
type Label struct{ ZH, EN string }

// Other is the language to change to.
func (l Language) Other() Language {
	if l == Chinese {
		return English
	}
	return Chinese
}

// Of picks a label's text.
func (l Language) Of(label Label) string {
	if l == Chinese {
		return label.ZH
	}
	return label.EN
}

// languageCookie keeps the choice of ?lang=. It says nothing about who the visitor is.
const languageCookie = "lang"

func languageChoice(r *http.Request, l Language) *http.Cookie {
	return &http.Cookie{Name: languageCookie, Value: string(l), Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: byHTTPS(r), SameSite: http.SameSiteLaxMode}
}

// Choose finds the visitor's language: what they just chose, what they chose
// before, what their browser prefers.
func Choose(w http.ResponseWriter, r *http.Request) Language {
	if chosen := Language(r.URL.Query().Get("lang")); chosen == Chinese || chosen == English {
		http.SetCookie(w, languageChoice(r, chosen))
		return chosen
	}
	if c, err := r.Cookie(languageCookie); err == nil && (c.Value == string(Chinese) || c.Value == string(English)) {
		return Language(c.Value)
	}
	if l := language.Preferred(r.Header.Get("Accept-Language")); l != "" {
		return Language(l)
	}
	return English
}

// ofAny picks the text of anything that has one in each language, such as the client's labels.
func (l Language) ofAny(label any) string {
	v := reflect.Indirect(reflect.ValueOf(label))
	if v.Kind() != reflect.Struct {
		return fmt.Sprint(label)
	}
	names := []string{"EN", "En"}
	if l == Chinese {
		names = []string{"ZH", "Zh"}
	}
	for _, name := range names {
		if f := v.FieldByName(name); f.IsValid() {
			return f.String()
		}
	}
	return ""
}
