package servertest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Person is somebody with a browser that keeps cookies and follows no redirects.
type Person struct {
	T    *testing.T
	H    *House
	HTTP *http.Client
}

// Enter lets somebody in by a link that leads to a page.
func (h *House) Enter(t *testing.T, link, leads string) *Person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &Person{t, h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	status, to, _ := p.Get(strings.TrimPrefix(link, h.URL))
	if status != http.StatusSeeOther || to != leads {
		t.Fatalf("entering: %d to %s", status, to)
	}
	return p
}

// Do sends a request with the person's cookies.
func (p *Person) Do(r *http.Request) (status int, location, body string) {
	p.T.Helper()
	answer, err := p.HTTP.Do(r)
	if err != nil {
		p.T.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.T.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

// Get asks for a page, whatever comes.
func (p *Person) Get(path string) (status int, location, body string) {
	p.T.Helper()
	r, err := http.NewRequestWithContext(p.T.Context(), http.MethodGet, p.H.URL+path, nil)
	if err != nil {
		p.T.Fatal(err)
	}
	return p.Do(r)
}

// Read is a page that has to be there.
func (p *Person) Read(path string) string {
	p.T.Helper()
	status, to, body := p.Get(path)
	if status != http.StatusOK {
		p.T.Fatalf("%s: %d %s", path, status, to)
	}
	return body
}

// Post sends a form as a browser on our own page does.
func (p *Person) Post(path string, form url.Values, headers ...string) (status int, location, body string) {
	p.T.Helper()
	r, err := http.NewRequestWithContext(p.T.Context(), http.MethodPost, p.H.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.T.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return p.Do(r)
}

var (
	formPattern   = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)".*?</form>`)
	fieldPattern  = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	buttonPattern = regexp.MustCompile(`<button[^>]* name="([^"]+)" value="([^"]*)"`)
)

// Fill finds the form on a page that goes to an action and whose text has mark, and
// returns its hidden fields with those that the person fills in.
func (p *Person) Fill(body, action, mark string, filled ...string) url.Values {
	p.T.Helper()
	for _, m := range formPattern.FindAllStringSubmatch(body, -1) {
		if m[1] != action || !strings.Contains(m[0], mark) {
			continue
		}
		form := url.Values{}
		for _, f := range fieldPattern.FindAllStringSubmatch(m[0], -1) {
			form.Set(f[1], f[2])
		}
		if b := buttonPattern.FindStringSubmatch(m[0]); b != nil {
			form.Set(b[1], b[2])
		}
		for i := 0; i < len(filled); i += 2 {
			form.Set(filled[i], filled[i+1])
		}
		return form
	}
	p.T.Fatalf("there is no form to %s with %q on the page:\n%s", action, mark, body)
	return nil
}

// Submit fills a page's form in and sends it; it has to lead to another page.
func (p *Person) Submit(path, action, mark string, filled ...string) string {
	p.T.Helper()
	status, to, body := p.Post(action, p.Fill(p.Read(path), action, mark, filled...))
	if status != http.StatusSeeOther {
		p.T.Fatalf("%s: %d\n%s", action, status, body)
	}
	return to
}
