package api

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/yuefu/yuefu/api/strict"
)

// checkQuery refuses parameters that the route does not know: a filter that is
// misspelt and so ignored would show everything.
func (c *call) checkQuery() error {
	if len(c.http.URI().QueryString()) == 0 {
		return nil
	}
	var seen []string
	for k := range c.http.QueryArgs().All() {
		name := string(k)
		if !slices.Contains(c.route.query, name) {
			return parameterProblem(kindUnknownParameter, cut(name), "is not known here")
		}
		if slices.Contains(seen, name) {
			return parameterProblem(kindInvalidParameter, name, "stands twice")
		}
		seen = append(seen, name)
	}
	return nil
}

// cut keeps what callers sent short enough to show it to them again.
func cut(s string) string {
	const most = 64
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

const keyHeader = "Idempotency-Key"

// deskKeys begin the keys of what the desk does to an account by itself. A caller
// who took one would stand in the way of the account's close of business, of a debit's result, or of a reminder.
var deskKeys = [][]byte{[]byte("close:"), []byte("debit:"), []byte("notice:")}

func (c *call) readKey() error {
	values := c.http.Request.Header.PeekAll(keyHeader)
	switch {
	case len(values) == 0 || len(values) == 1 && len(values[0]) == 0:
		return &problem{kind: kindKeyMissing}
	case len(values) > 1:
		return parameterProblem(kindKeyInvalid, keyHeader, "stands twice")
	case len(values[0]) > 128:
		return parameterProblem(kindKeyInvalid, keyHeader, "has more than 128 characters")
	case slices.ContainsFunc(deskKeys, func(own []byte) bool { return bytes.HasPrefix(values[0], own) }):
		return parameterProblem(kindKeyInvalid, keyHeader, "begins with close:, debit: or notice:, as only what the desk does by itself does")
	}
	for _, b := range values[0] {
		if b < ' ' || b > '~' {
			return parameterProblem(kindKeyInvalid, keyHeader, "has a character that is not printable ASCII")
		}
	}
	c.key = string(values[0])
	return nil
}

// queryText reads a query parameter of 1 to most characters, if it is there.
func (c *call) queryText(name string, most int) (string, error) {
	args := c.http.QueryArgs()
	if !args.Has(name) {
		return "", nil
	}
	s := string(args.Peek(name))
	if n := len([]rune(s)); n < 1 || n > most || !strict.Printable(s) {
		return "", parameterProblem(kindInvalidParameter, name, fmt.Sprintf("has to have from 1 to %d printable characters", most))
	}
	return s, nil
}

// queryNumber reads a whole number of low to up, or standard if it is not there.
func (c *call) queryNumber(name string, low, up, standard int64) (int64, error) {
	args := c.http.QueryArgs()
	if !args.Has(name) {
		return standard, nil
	}
	s := string(args.Peek(name))
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < low || v > up || s[0] == '+' || s[0] == '-' {
		return 0, parameterProblem(kindInvalidParameter, name, fmt.Sprintf("has to be a whole number from %d to %d", low, up))
	}
	return v, nil
}
