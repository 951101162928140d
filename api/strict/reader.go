// Package strict reads JSON bodies the way a contract describes them and no other
// way: what is missing, unknown, doubled, of another type or out of bounds is
// found, all of it, each with a pointer to where it stands. It knows JSON and
// bounds; it refuses to know what a body means. The readers of api/contract, which
// are made from the contract, are written in its words.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Fault is one thing that is wrong with a body. It never holds a value from the
// body: that could be somebody's personal data.
type Fault struct {
	Pointer string // where, as a JSON pointer (RFC 6901)
	Detail  string
	Kind    string // a kind of problem of its own, if the contract gives one
}

const (
	maxFaults  = 20  // who has more wrong than this mends these first
	maxPointer = 200 // bytes: names in it are the caller's
)

// Body is what a reader of a contract's type fills in.
type Body interface{ Read(*Reader) }

// Reader goes through one body. Its methods are called in the order of the text;
// once the text is found not to be JSON they all do nothing.
type Reader struct {
	decoder jsontext.Decoder
	text    bytes.Buffer
	name    []byte
	scratch []byte
	faults  []Fault
	broken  error
}

// Read reads text into v. It returns what is wrong: faults, each with its place,
// or an error when the text is no JSON at all (bad syntax, a member twice, bytes
// that are not UTF-8, something behind the end). v holds no reference to text.
func (r *Reader) Read(text []byte, v Body) ([]Fault, error) {
	r.text = *bytes.NewBuffer(text)
	r.decoder.Reset(&r.text)
	r.faults, r.broken = nil, nil
	v.Read(r)
	if r.broken == nil {
		if _, err := r.decoder.ReadToken(); !errors.Is(err, io.EOF) {
			r.broken = errTrailing
		}
	}
	r.text = bytes.Buffer{}
	return r.faults, r.broken
}

var errTrailing = errors.New("something stands behind the end of the body")

// Broken says in a sentence without any value why a text is no JSON.
func Broken(err error) string {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, errTrailing):
		return errTrailing.Error()
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "a member stands twice in one object"
	case errors.As(err, &syntax):
		return "the body is no JSON text in UTF-8, from byte " + strconv.FormatInt(syntax.ByteOffset, 10)
	}
	return "the body is no JSON text in UTF-8"
}

// Fault notes something wrong with the value that was read last.
func (r *Reader) Fault(format string, args ...any) {
	r.fault("", "", format, args...)
}

func (r *Reader) fault(kind, member, format string, args ...any) {
	if r.broken != nil || len(r.faults) == maxFaults {
		return
	}
	pointer := string(r.decoder.StackPointer())
	if member != "" {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(member)
	}
	if len(pointer) > maxPointer {
		pointer = strings.ToValidUTF8(pointer[:maxPointer], "")
	}
	r.faults = append(r.faults, Fault{Pointer: pointer, Detail: fmt.Sprintf(format, args...), Kind: kind})
}

// Begin enters an object. It is false, and the value passed over, if there is none.
func (r *Reader) Begin() bool { return r.enter('{', "an object") }

func (r *Reader) enter(kind jsontext.Kind, what string) bool {
	if r.broken != nil {
		return false
	}
	if r.decoder.PeekKind() != kind {
		r.skip(what)
		return false
	}
	_, r.broken = r.decoder.ReadToken()
	return r.broken == nil
}

// skip passes over a value that is not what it has to be.
func (r *Reader) skip(what string) {
	if r.broken != nil {
		return
	}
	kind := r.decoder.PeekKind()
	if _, r.broken = r.decoder.ReadValue(); r.broken != nil {
		return
	}
	if kind == 'n' {
		r.Fault("may not be null: leave it out or give a value")
		return
	}
	r.Fault("has to be %s", what)
}

// Next goes to the next member of the object that was entered last, and leaves the
// object after its last one.
func (r *Reader) Next() bool {
	if r.broken != nil {
		return false
	}
	if r.decoder.PeekKind() == '}' {
		_, r.broken = r.decoder.ReadToken()
		return false
	}
	var raw jsontext.Value
	if raw, r.broken = r.decoder.ReadValue(); r.broken != nil {
		return false
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		r.name = raw[1 : len(raw)-1]
		return true
	}
	r.scratch, r.broken = jsontext.AppendUnquote(r.scratch[:0], raw)
	r.name = r.scratch
	return r.broken == nil
}

// Name is the name of the member that Next went to. It is good until the next read.
func (r *Reader) Name() []byte { return r.name }

// Unknown passes over a member that the contract does not have.
func (r *Reader) Unknown() {
	if r.broken != nil {
		return
	}
	if _, r.broken = r.decoder.ReadValue(); r.broken == nil {
		r.Fault("is not known here: names are exact, in their letters' case too")
	}
}

// Required notes a member that was not seen in the object that was just left: its
// bit of seen is not set. kind is the kind of the problem, if not the usual one.
func (r *Reader) Required(seen uint64, bit int, kind, name string) {
	if seen&(1<<bit) == 0 {
		r.fault(kind, name, "is missing")
	}
}

// BeginList enters a list. It is false, and the value passed over, if there is none.
func (r *Reader) BeginList() bool { return r.enter('[', "a list") }

// More goes to the next item of the list that was entered last, and leaves the
// list after its last one, noting if it has not between low and up items. got is
// how many there were so far; more than up are passed over.
func (r *Reader) More(got, low, up int) bool {
	if r.broken != nil {
		return false
	}
	for passed := got; ; passed++ {
		if r.decoder.PeekKind() == ']' {
			if _, r.broken = r.decoder.ReadToken(); r.broken == nil && (passed < low || passed > up) {
				r.Fault("has to have from %d to %d items", low, up)
			}
			return false
		}
		if passed < up {
			return true
		}
		if _, r.broken = r.decoder.ReadValue(); r.broken != nil {
			return false
		}
	}
}
