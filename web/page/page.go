// Package page is the frame of all pages that the binary serves: languages, files,
// figures as people read them, what keeps a browser safe, and for a customer's pages
// who stands before them. It knows HTML, sessions and the client of the public API; it
// refuses to know accounts, databases and the desk: a page is a client like any other.
package page

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/yuefu/yuefu/calendar"
)

// Secure tells browsers to load from here only, whatever gets into a page, and takes no
// change that another site has them ask for. https says that visitors come by it: then
// they are to come by nothing else, and no cookie goes anywhere else. What says nothing
// else about it is kept nowhere.
func Secure(next http.Handler, https bool) http.Handler {
	safe := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if https {
			h.Set("Strict-Transport-Security", "max-age=31536000")
			r = r.WithContext(context.WithValue(r.Context(), httpsValue{}, true))
		}
		h.Set("Cache-Control", "no-store")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
		safe.ServeHTTP(w, r)
	})
}

// httpsValue is under which a request's context says that visitors come by https.
type httpsValue struct{}

func byHTTPS(r *http.Request) bool { return r.Context().Value(httpsValue{}) != nil }

// Money prints an amount of minor units with a comma between thousands.
func Money(amount int64, decimals int) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	digits := fmt.Sprintf("%0*d", decimals+1, amount)
	whole, fraction := digits[:len(digits)-decimals], digits[len(digits)-decimals:]
	return sign + strings.TrimSuffix(Grouped(whole)+"."+fraction, ".")
}

// Grouped puts a comma between the thousands of a whole number.
func Grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Day prints a date as the language's readers write it.
func (l Language) Day(d calendar.Date) string {
	year, month, day := d.Split()
	if l == Chinese {
		return fmt.Sprintf("%d年%d月%d日", year, month, day)
	}
	return fmt.Sprintf("%d %s %d", day, months[month-1], year)
}

// Month prints the month of a date.
func (l Language) Month(d calendar.Date) string {
	year, month, _ := d.Split()
	if l == Chinese {
		return fmt.Sprintf("%d年%d月", year, month)
	}
	return fmt.Sprintf("%s %d", months[month-1], year)
}

var months = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
