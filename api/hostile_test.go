package api

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/web/page/pagetest"
)

// freeText walks a schema beside a good value to each text of which the contract says
// neither which words nor which form it has. whole writes the body with another text there.
func freeText(schema *openapi3.Schema, pointer string, good any, whole func(any) any, found func(pointer string, whole func(any) any)) {
	switch {
	case schema.Type.Is("object"):
		members, _ := good.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			with := func(v any) any {
				m := maps.Clone(members)
				if m == nil {
					m = map[string]any{}
				}
				m[name] = v
				return whole(m)
			}
			if len(pointer) < 100 { // a schema may contain itself
				freeText(schema.Properties[name].Value, pointer+"/"+name, members[name], with, found)
			}
		}
	case schema.Type.Is("array"):
		items, _ := good.([]any)
		with := func(v any) any { return whole([]any{v}) }
		var first any
		if len(items) > 0 {
			first = items[0]
			with = func(v any) any { l := slices.Clone(items); l[0] = v; return whole(l) }
		}
		freeText(schema.Items.Value, pointer+"/0", first, with, found)
	case schema.Type.Is("string") && len(schema.Enum) == 0 && schema.Format == "" && schema.Pattern == "":
		found(pointer, whole)
	}
}

// TestHostileTextIsOnlyText puts each hostile text into each free text of each body: it
// is taken or it is refused, and either way the answer is JSON that no browser takes for
// anything else. What of it is shown on pages, and how, the tests of the pages tell.
func TestHostileTextIsOnlyText(t *testing.T) {
	w := newWorld(t)
	document := specification(t)
	samples, methods := w.samples(t), map[string]string{}
	for _, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			methods[operation.OperationID] = method
		}
	}
	texts := pagetest.Hostile
	if testing.Short() {
		texts = texts[:10]
	}
	fields, taken := 0, map[string]int{}
	all := bodies(document)
	for _, operation := range slices.Sorted(maps.Keys(all)) {
		s := samples[operation]
		freeText(all[operation].Value, "", s.body, func(v any) any { return v }, func(pointer string, whole func(any) any) {
			fields++
			for i, text := range texts {
				if operation == "createProgramme" && (i+fields)%6 > 0 {
					continue // each is a version that all servers read again: a few in each field, each in some
				}
				body, err := json.Marshal(whole(text))
				if err != nil {
					t.Fatal(err)
				}
				a := s.post(t, w, methods[operation], fmt.Sprintf("hostile-%d-%d", fields, i), string(body))
				var decoded any
				media := a.header.Get("Content-Type")
				switch {
				case a.status >= 500, a.header.Get("X-Content-Type-Options") != "nosniff":
					t.Fatalf("%s%s: %q: %d %s", operation, pointer, text, a.status, a.body)
				case media != "application/json" && media != "application/problem+json":
					t.Fatalf("%s%s: %q is answered with %s", operation, pointer, text, media)
				case json.Unmarshal([]byte(a.body), &decoded) != nil:
					t.Fatalf("%s%s: %q: no JSON: %s", operation, pointer, text, a.body)
				}
				hidden := func(r rune) bool { return !unicode.IsPrint(r) }
				if a.status < 300 {
					taken[operation+pointer]++
					if slices.ContainsFunc([]rune(text), hidden) {
						t.Errorf("%s%s takes %+q", operation, pointer, text)
					}
				}
			}
		})
	}
	if fields < 80 || len(taken) < 15 {
		t.Errorf("only %d fields have free text, and %d took some", fields, len(taken))
	}
	t.Log(fields, "free texts,", len(texts), "hostile ones each; taken:", taken)
}
