// Package mutants is a list of bugs that somebody could have written: a guard left
// out, a day too many, a fen lost, an order turned round. Each is a small change of a
// source file, and a simulation that does not find it is not worth its time. It
// knows texts and where they stand; it refuses to know what they mean.
package mutants

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Mutant is one planted bug: a text that stands once in a file, and what stands there instead.
type Mutant struct {
	Name     string
	File     string // from the root of the module
	Old, New string
}

// Overlay writes the changed file into a folder, and what `go build -overlay` needs
// to take it for the real one. It returns the path of the latter. A text that does
// not stand in the file once is an error: the list has to follow the code.
func (m Mutant) Overlay(root, folder string) (string, error) {
	real := filepath.Join(root, m.File)
	text, err := os.ReadFile(real)
	if err != nil {
		return "", err
	}
	if times := strings.Count(string(text), m.Old); times != 1 {
		return "", fmt.Errorf("%s: the text to change stands %d times in %s", m.Name, times, m.File)
	}
	changed := filepath.Join(folder, "mutant.go")
	if err := os.WriteFile(changed, []byte(strings.Replace(string(text), m.Old, m.New, 1)), 0o600); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {real: changed}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "overlay.json")
	return path, os.WriteFile(path, overlay, 0o600)
}
