package receipt

import (
	"errors"
	"fmt"
)

// fault is a reason that is told to whoever checks a receipt, in both languages.
type fault struct{ zh, en string }

func (f *fault) Error() string { return f.en }

// wrong makes a fault of two formats for the same values.
func wrong(zh, en string, values ...any) error {
	return &fault{fmt.Sprintf(zh, values...), fmt.Sprintf(en, values...)}
}

// Reason tells an error in a language, where it is one that has both.
func (l Language) Reason(err error) string {
	var f *fault
	if errors.As(err, &f) {
		return l.choose(f.zh, f.en)
	}
	return err.Error()
}
