package wire_test

import (
	"bytes"
	"testing"

	"github.com/yuefu/yuefu/credit/wire"
)

func TestCommandsAreReadAgain(t *testing.T) {
	for _, c := range commandExamples {
		b, err := wire.EncodeCommand(c)
		if err != nil {
			t.Fatal(err)
		}
		read, err := wire.DecodeCommand(c.Name(), b)
		if err != nil {
			t.Errorf("%s: %v", c.Name(), err)
			continue
		}
		if again, err := wire.EncodeCommand(read); err != nil || !bytes.Equal(b, again) {
			t.Errorf("%s: %v\n%s\n%s", c.Name(), err, b, again)
		}
	}
	for name, body := range map[string]string{"authorise": `{"amount":1,"tip":2}`, "capture": `[]`, "borrow": `{}`} {
		if _, err := wire.DecodeCommand(name, []byte(body)); err == nil {
			t.Errorf("%s %s was read", name, body)
		}
	}
}
