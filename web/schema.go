package web

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/yuefu/yuefu/web/page"
)

// object describes a named schema.
func (c contract) object(name string, schema *yaml.Node) object {
	f := c.field(name, schema)
	return object{Name: name, Description: markdown(text(schema, "description")), Type: f.Type, Values: f.Values, Fields: c.fields(schema)}
}

// fields are the members of an object's schema.
func (c contract) fields(schema *yaml.Node) []field {
	required := map[string]bool{}
	for _, name := range items(get(schema, "required")) {
		required[name.Value] = true
	}
	var fields []field
	for name, schema := range members(get(schema, "properties")) {
		f := c.field(name, schema)
		f.Required = required[name]
		fields = append(fields, f)
	}
	return fields
}

// field describes one schema: its type, what bounds it, and where to read on.
func (c contract) field(name string, schema *yaml.Node) field {
	f := field{Name: name}
	target, named := c.resolve(schema)
	f.Object = named
	f.Type = text(target, "type")
	if f.Type == "array" {
		item, of := c.resolve(get(target, "items"))
		f.Type, f.Object = "array of "+text(item, "type"), of
		target, f.Bounds = item, bounds(target)
	} else {
		f.Bounds = bounds(target)
	}
	if format := text(target, "format"); format != "" && format != "int64" {
		f.Type += ", " + format
	}
	for _, value := range items(get(target, "enum")) {
		f.Values = append(f.Values, value.Value)
	}
	says := text(schema, "description")
	if says == "" && f.Object == "" {
		says = text(target, "description")
	}
	f.Description = inline(says)
	return f
}

// bounds writes a schema's limits as one reads them: 1 ≤ … ≤ 60.
func bounds(n *yaml.Node) string {
	for _, b := range []struct{ low, high, unit string }{
		{"minimum", "maximum", ""}, {"minLength", "maxLength", " characters"}, {"minItems", "maxItems", " items"},
	} {
		low, high := page.Grouped(text(n, b.low)), page.Grouped(text(n, b.high))
		switch {
		case low != "" && high != "":
			return fmt.Sprintf("%s to %s%s", low, high, b.unit)
		case high != "":
			return fmt.Sprintf("at most %s%s", high, b.unit)
		case low != "":
			return fmt.Sprintf("at least %s%s", low, b.unit)
		}
	}
	return ""
}

// exampleOf is a body's example: the author's where there is one, else one made of
// its schema. A request shows what it must have and what the author has an
// example of, an answer everything.
func (c contract) exampleOf(media *yaml.Node, request bool) string {
	var b strings.Builder
	if n := get(media, "example"); n != nil {
		writeJSON(&b, n, "")
		return b.String()
	}
	c.writeExample(&b, get(media, "schema"), "", request, "", 0)
	return b.String()
}

func (c contract) writeExample(b *strings.Builder, schema *yaml.Node, indent string, request bool, name string, depth int) {
	if n := get(schema, "example"); n != nil {
		writeJSON(b, n, indent)
		return
	}
	n, named := c.resolve(schema)
	if example := get(n, "example"); example != nil {
		writeJSON(b, example, indent)
		return
	}
	switch kind := text(n, "type"); {
	case len(items(get(n, "enum"))) > 0:
		writeJSON(b, items(get(n, "enum"))[0], indent)
	case kind == "object":
		c.writeObject(b, n, indent, request, depth)
	case kind == "array":
		if depth > 5 {
			b.WriteString("[]")
			return
		}
		b.WriteString("[")
		c.writeExample(b, get(n, "items"), indent, request, name, depth+1)
		b.WriteString("]")
	case kind == "integer" || kind == "number":
		b.WriteString(number(name, named, n))
	case kind == "boolean":
		b.WriteString("false")
	case text(n, "format") == "date":
		b.WriteString(`"2026-03-10"`)
	case text(n, "format") == "date-time":
		b.WriteString(`"2026-03-10T08:00:00Z"`)
	default:
		b.WriteString(`"…"`)
	}
}

// number is an example that stands within the schema's bounds.
func number(name, named string, n *yaml.Node) string {
	low, high := text(n, "minimum"), text(n, "maximum")
	switch {
	case named == "Amount" || high == "1000000000000" || high == "" && strings.Contains(name, "amount"):
		return "12345"
	case low != "":
		return low
	default:
		return "1"
	}
}

func (c contract) writeObject(b *strings.Builder, n *yaml.Node, indent string, request bool, depth int) {
	required := map[string]bool{}
	for _, name := range items(get(n, "required")) {
		required[name.Value] = true
	}
	first := true
	for name, schema := range members(get(n, "properties")) {
		if request && !required[name] && get(schema, "example") == nil {
			continue
		}
		if depth > 5 {
			continue
		}
		if first {
			b.WriteString("{")
		} else {
			b.WriteString(",")
		}
		first = false
		fmt.Fprintf(b, "\n%s  %q: ", indent, name)
		c.writeExample(b, schema, indent+"  ", request, name, depth+1)
	}
	if first {
		b.WriteString("{}")
		return
	}
	b.WriteString("\n" + indent + "}")
}

// writeJSON writes a node of YAML as JSON, in its own order.
func writeJSON(b *strings.Builder, n *yaml.Node, indent string) {
	switch n.Kind {
	case yaml.MappingNode:
		first := true
		b.WriteString("{")
		for key, value := range members(n) {
			if !first {
				b.WriteString(",")
			}
			first = false
			fmt.Fprintf(b, "\n%s  %q: ", indent, key)
			writeJSON(b, value, indent+"  ")
		}
		b.WriteString("\n" + indent + "}")
	case yaml.SequenceNode:
		b.WriteString("[")
		for i, item := range n.Content {
			if i > 0 {
				b.WriteString(", ")
			}
			writeJSON(b, item, indent)
		}
		b.WriteString("]")
	default:
		if tag := n.ShortTag(); tag == "!!str" || tag == "!!timestamp" {
			quoted, _ := json.Marshal(n.Value) // a string always can be
			b.Write(quoted)
			return
		}
		b.WriteString(n.Value)
	}
}
