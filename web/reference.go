package web

import (
	"fmt"
	"html/template"
	"strings"

	"go.yaml.in/yaml/v4"
)

// reference is the contract as its page shows it.
type reference struct {
	Title, Version string
	Description    template.HTML
	Groups         []group
	Objects        []object
}

type group struct {
	Name        string
	Description template.HTML
	Operations  []operation
}

type operation struct {
	ID, Method, Path, Summary string
	Description               template.HTML
	Parameters                []field
	Body                      *body
	Answers                   []answer
	Curl                      string
}

type body struct {
	Object  string // its name among the objects
	Fields  []field
	Example string
}

type answer struct {
	Status, Object, Example string
	Description             template.HTML
}

// object is a named schema.
type object struct {
	Name        string
	Description template.HTML
	Type        string
	Values      []string
	Fields      []field
}

// field is a member of an object, or a parameter.
type field struct {
	Name, In    string
	Required    bool
	Type        string
	Object      string // the named schema that it is, or is a list of
	Bounds      string
	Values      []string
	Description template.HTML
}

// readReference makes the page's content of a contract.
func readReference(spec []byte) (r *reference, err error) {
	c, err := readContract(spec)
	if err != nil {
		return nil, err
	}
	defer func() { // a reference to nothing, found somewhere deep
		if broken, ok := recover().(error); ok {
			r, err = nil, broken
		}
	}()
	r = &reference{
		Title: text(c.root, "info", "title"), Version: text(c.root, "info", "version"),
		Description: markdown(text(c.root, "info", "description")),
	}
	at := map[string]int{}
	for i, tag := range items(get(c.root, "tags")) {
		at[text(tag, "name")] = i
		r.Groups = append(r.Groups, group{Name: text(tag, "name"), Description: inline(text(tag, "description"))})
	}
	server := text(firstItem(get(c.root, "servers")), "url")
	for path, methods := range members(get(c.root, "paths")) {
		for method, node := range members(methods) {
			if method == "parameters" {
				continue
			}
			tag := ""
			if tags := items(get(node, "tags")); len(tags) > 0 {
				tag = tags[0].Value
			}
			i, ok := at[tag]
			if !ok {
				return nil, fmt.Errorf("web: %s %s has no tag of the contract", method, path)
			}
			o := c.operation(server, path, strings.ToUpper(method), get(methods, "parameters"), node)
			r.Groups[i].Operations = append(r.Groups[i].Operations, o)
		}
	}
	for name, schema := range members(get(c.root, "components", "schemas")) {
		r.Objects = append(r.Objects, c.object(name, schema))
	}
	return r, nil
}

func firstItem(n *yaml.Node) *yaml.Node {
	if all := items(n); len(all) > 0 {
		return all[0]
	}
	return nil
}

func (c contract) operation(server, path, method string, shared, n *yaml.Node) operation {
	o := operation{
		ID: text(n, "operationId"), Method: method, Path: path,
		Summary: text(n, "summary"), Description: markdown(text(n, "description")),
	}
	for _, list := range []*yaml.Node{shared, get(n, "parameters")} {
		for _, p := range items(list) {
			p, _ = c.resolve(p)
			f := c.field(text(p, "name"), get(p, "schema"))
			f.In, f.Required = text(p, "in"), text(p, "required") == "true"
			if says := text(p, "description"); says != "" {
				f.Description = inline(says)
			}
			o.Parameters = append(o.Parameters, f)
		}
	}
	if n := get(n, "requestBody"); n != nil {
		n, _ = c.resolve(n)
		media := get(n, "content", "application/json")
		schema, name := c.resolve(get(media, "schema"))
		o.Body = &body{Object: name, Fields: c.fields(schema), Example: c.exampleOf(media, true)}
	}
	for status, n := range members(get(n, "responses")) {
		n, _ = c.resolve(n)
		a := answer{Status: status, Description: inline(text(n, "description"))}
		for _, media := range members(get(n, "content")) {
			_, a.Object = c.resolve(get(media, "schema"))
			if status != "default" {
				a.Example = c.exampleOf(media, false)
			}
		}
		o.Answers = append(o.Answers, a)
	}
	open := items(get(n, "security"))
	o.Curl = curl(server, o, get(n, "security") != nil && len(open) == 0)
	return o
}

// curl is the request as a command line, with the key in a variable.
func curl(server string, o operation, public bool) string {
	lines := []string{"curl " + server + o.Path}
	if o.Method != "GET" {
		lines[0] = "curl -X " + o.Method + " " + server + o.Path
	}
	if !public {
		lines = append(lines, `-H "Authorization: Bearer $YUEFU_KEY"`)
	}
	for _, p := range o.Parameters {
		if p.In == "header" && p.Name == "Idempotency-Key" {
			lines = append(lines, `-H "Idempotency-Key: $(uuidgen)"`)
		}
	}
	if o.Body != nil {
		lines = append(lines, "-H 'Content-Type: application/json'", "-d '"+strings.NewReplacer("'", `'\''`, "\n", "\n  ").Replace(o.Body.Example)+"'")
	}
	return strings.Join(lines, " \\\n  ")
}
