package page

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/guess"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/session"
)

// Gate lets customers in to hosted pages.
type Gate struct {
	Sessions *session.Store
	API      func(session.Session) *client.Client // speaks for the session's customer, and for nobody else
	Zone     *time.Location                       // of the office, in which times are shown
	Now      func() time.Time                     // the office's clock, by which consents are dated
	Secure   bool                                 // customers come over https: the cookie goes nowhere else
	Guesses  *guess.Limits                        // stops who tries links and cookies; nil: nobody
	Log      *slog.Logger
}

// Visit is one request of a customer who was let in.
type Visit struct {
	session.Session
	API  *client.Client
	Lang Language
	W    http.ResponseWriter
	R    *http.Request

	set   *Set
	gate  *Gate
	token string
}

// Context is the request's.
func (v *Visit) Context() context.Context { return v.R.Context() }

// cookieName binds the cookie to this host where the browser can do that.
func (g *Gate) cookieName() string {
	if g.Secure {
		return "__Host-wallet"
	}
	return "wallet"
}

func (g *Gate) cookie(token string, seconds int) *http.Cookie {
	return &http.Cookie{
		Name: g.cookieName(), Value: token, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: g.Secure, SameSite: http.SameSiteLaxMode,
	}
}

// Enter begins a session from a link and leads to where, which is a path of ours, so
// that the link stands in no address bar, history or referrer. A browser that asks
// twice, or asks only for the head, uses no second link up.
func (g *Gate) Enter(set *Set, where func(session.Session) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			return // who only looks whether something is there does not use it up
		}
		w.Header().Set("Referrer-Policy", "no-referrer")
		link := r.URL.Query().Get("link")
		if g.stopped(set, w, r, guess.Link, link) {
			return // a link that is good stays good
		}
		token, who, err := g.Sessions.Enter(r.Context(), link)
		if err != nil {
			g.wrong(r, guess.Link, link, err)
			g.refuse(set, w, r, err)
			return
		}
		g.Guesses.Right(g.from(r), guess.Cookie, []byte(token))
		if old, err := r.Cookie(g.cookieName()); err == nil {
			// Whoever stood here before, on this browser, stands here no more.
			if err := g.Sessions.End(r.Context(), old.Value); err != nil {
				g.refuse(set, w, r, err)
				return
			}
		}
		http.SetCookie(w, g.cookie(token, int(session.Longest.Seconds())))
		if lang := Language(who.Language); lang == Chinese || lang == English {
			http.SetCookie(w, languageChoice(r, lang))
		}
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, where(who), http.StatusSeeOther)
	})
}

// For lets a session's customer in to a page. What handle returns an error from it has
// not answered: the customer is told what went wrong.
func (g *Gate) For(set *Set, handle func(*Visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie(g.cookieName())
		if err != nil {
			g.refuse(set, w, r, session.ErrEnded)
			return
		}
		if g.stopped(set, w, r, guess.Cookie, cookie.Value) {
			return
		}
		found, err := g.Sessions.Find(r.Context(), cookie.Value)
		if err != nil {
			if errors.Is(err, session.ErrEnded) {
				http.SetCookie(w, g.cookie("", -1)) // so that a browser is wrong once, however often it looks
			}
			g.wrong(r, guess.Cookie, cookie.Value, err)
			g.refuse(set, w, r, err)
			return
		}
		g.Guesses.Right(g.from(r), guess.Cookie, []byte(cookie.Value))
		v := &Visit{Session: found, API: g.API(found), Lang: Choose(w, r), W: w, R: r, set: set, gate: g, token: cookie.Value}
		if err := handle(v); err != nil {
			g.fail(v, err)
		}
	})
}

// Leave ends the session: logging out.
func (g *Gate) Leave(set *Set) http.Handler {
	return g.For(set, func(v *Visit) error {
		cookie, err := v.R.Cookie(g.cookieName())
		if err != nil {
			return err
		}
		end := func() error { return g.Sessions.End(v.Context(), cookie.Value) }
		if v.R.FormValue("everywhere") != "" {
			end = func() error { return g.Sessions.EndAll(v.Context(), v.Account) }
		}
		if err := end(); err != nil {
			return err
		}
		http.SetCookie(v.W, g.cookie("", -1))
		return set.render(v.W, v.R, v.Lang, http.StatusOK, notice, nil, trouble{Title: "left.title", Text: "left.text", Back: v.Return})
	})
}

// trouble is what the frame's own page tells.
type trouble struct {
	Title, Text string // messages
	Problem     *client.Problem
	Back        string // where the platform's pages are
	Seconds     int    // to wait
}

// refuse answers who is not let in.
func (g *Gate) refuse(set *Set, w http.ResponseWriter, r *http.Request, err error) {
	status, what := http.StatusUnauthorized, trouble{Title: "ended.title", Text: "ended.text"}
	if !errors.Is(err, session.ErrEnded) {
		g.Log.Error("a page failed", "error", err)
		status, what = http.StatusInternalServerError, trouble{Title: "failed.title", Text: "failed.text"}
	}
	g.tell(set, w, r, status, what)
}

// tell shows the frame's own page to who was not let in.
func (g *Gate) tell(set *Set, w http.ResponseWriter, r *http.Request, status int, what trouble) {
	if err := set.render(w, r, Choose(w, r), status, notice, nil, what); err != nil {
		g.Log.Error("a page failed", "error", err)
	}
}

// fail tells a customer what went wrong with a page. A problem of the API is told in
// its words; all else is ours, and logged.
func (g *Gate) fail(v *Visit, err error) {
	var problem *client.Problem
	status, what := http.StatusInternalServerError, trouble{Title: "failed.title", Text: "failed.text", Back: v.Return}
	if errors.As(err, &problem) {
		status, what.Problem = problem.Status, problem
		if problem.Status == http.StatusNotFound {
			what.Title, what.Text = "missing.title", "missing.text"
		}
	}
	if status >= http.StatusInternalServerError {
		g.Log.Error("a page failed", "page", v.R.Pattern, "error", err)
	}
	if err := v.set.render(v.W, v.R, v.Lang, status, notice, v, what); err != nil {
		g.Log.Error("a page failed", "page", v.R.Pattern, "error", err)
		http.Error(v.W, v.set.say(v.Lang, "failed.title"), http.StatusInternalServerError)
	}
}

// Show renders a page of the visit's room.
func (v *Visit) Show(name string, data any) error {
	return v.set.render(v.W, v.R, v.Lang, http.StatusOK, name, v, data)
}

// ShowAgain renders a page whose form could not be carried out, with why.
func (v *Visit) ShowAgain(name string, problem *client.Problem, data any) error {
	return v.set.render(v.W, v.R, v.Lang, problem.Status, name, v, data)
}

// Go leads to another page after a form was carried out, so that loading it again
// repeats nothing. done, if any, is the message done.… that the page begins with.
func (v *Visit) Go(path, done string) error {
	if done != "" {
		path += "?done=" + done
	}
	http.Redirect(v.W, v.R, path, http.StatusSeeOther)
	return nil
}

// Done is the message that a page begins with after a form was carried out, or nothing.
func (v *Visit) Done() string {
	key := "done." + v.R.URL.Query().Get("done")
	if _, ok := v.set.messages[key]; ok {
		return key
	}
	return ""
}

// Say is a message of the visit's room in its language.
func (v *Visit) Say(key string, pairs ...any) string { return v.set.say(v.Lang, key, pairs...) }

// Key is a new idempotency key for a form on a page: a form that is sent twice, by an
// impatient thumb or a bad line, is carried out once.
func (v *Visit) Key() string {
	var b [15]byte
	rand.Read(b[:]) // never fails: it would rather end the program
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// FormKey is the key that a form came with; a form without one is no form of ours.
func (v *Visit) FormKey() (string, error) {
	key := v.R.PostFormValue("key")
	if len(key) != 20 || strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return "", &client.Problem{Status: http.StatusBadRequest, Kind: client.KeyInvalid, Title: "this form has no key"}
	}
	return "page-" + key, nil
}

// Amount reads an amount of a form, as people write it: 1,234.5 or 1234.50 or 1234. What
// it can't read, or what is finer than the currency, is refused.
func (v *Visit) Amount(field, currency string) (int64, error) {
	decimals, err := money.Currency(currency).Decimals()
	if err != nil {
		return 0, err
	}
	amount, ok := readAmount(v.R.PostFormValue(field), decimals)
	if !ok {
		return 0, &client.Problem{Status: http.StatusUnprocessableEntity, Kind: client.InvalidAmount, Title: "no amount"}
	}
	return amount, nil
}

func readAmount(text string, decimals int) (int64, bool) {
	text = strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", " ", "").Replace(text)
	whole, fraction, _ := strings.Cut(text, ".")
	if len(whole) == 0 || len(whole) > 12 || len(fraction) > decimals || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false
	}
	amount, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	return amount, err == nil && amount > 0
}
