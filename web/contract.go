package web

import (
	"fmt"
	"iter"
	"strings"

	"go.yaml.in/yaml/v4"
)

// contract is an OpenAPI document as a tree that keeps the order of its author.
type contract struct{ root *yaml.Node }

func readContract(spec []byte) (contract, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(spec, &document); err != nil {
		return contract{}, fmt.Errorf("web: the contract: %w", err)
	}
	if len(document.Content) != 1 {
		return contract{}, fmt.Errorf("web: the contract is empty")
	}
	return contract{document.Content[0]}, nil
}

// get follows names from a node; nil where there is nothing.
func get(n *yaml.Node, names ...string) *yaml.Node {
	for _, name := range names {
		var found *yaml.Node
		for key, value := range members(n) {
			if key == name {
				found = value
			}
		}
		if n = found; n == nil {
			return nil
		}
	}
	return n
}

// text is a scalar's text, empty where there is none.
func text(n *yaml.Node, names ...string) string {
	if n = get(n, names...); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

// members are the keys and values of a mapping, in order.
func members(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// items are the elements of a sequence.
func items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

// resolve follows a reference, and returns the last part of its name.
func (c contract) resolve(n *yaml.Node) (target *yaml.Node, name string) {
	for ref := text(n, "$ref"); ref != ""; ref = text(n, "$ref") {
		parts := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
		n, name = get(c.root, parts...), parts[len(parts)-1]
		if n == nil {
			panic(fmt.Errorf("web: the contract names %s, which is not there", ref))
		}
	}
	return n, name
}
