package api

import (
	"net/url"
	"slices"
	"strings"
)

// node is one segment of the paths that there are.
type node struct {
	next   map[string]*node // by the segment that follows
	any    *node            // a segment that is a parameter
	routes map[string]*route
}

// maxParameters is how many parameters a path has at most.
const maxParameters = 2

func (n *node) add(r *route) {
	for segment := range strings.SplitSeq(r.pattern[1:], "/") {
		var to *node
		if strings.HasPrefix(segment, "{") {
			if n.any == nil {
				n.any = &node{}
			}
			to = n.any
		} else {
			if n.next == nil {
				n.next = map[string]*node{}
			}
			if to = n.next[segment]; to == nil {
				to = &node{}
				n.next[segment] = to
			}
		}
		n = to
	}
	if n.routes == nil {
		n.routes = map[string]*route{}
	}
	if n.routes[r.method] != nil {
		panic("two routes for " + r.method + " " + r.pattern)
	}
	n.routes[r.method] = r
}

// find walks a path as it was sent. Segments are compared as they are, only a
// parameter's is unescaped: %2F never makes two segments of one.
func (n *node) find(path []byte, parameters *[maxParameters]string) *node {
	if len(path) == 0 || path[0] != '/' {
		return nil
	}
	path = path[1:]
	for k := 0; ; {
		segment, rest := path, []byte(nil)
		more := false
		for i, c := range path {
			if c == '/' {
				segment, rest, more = path[:i], path[i+1:], true
				break
			}
		}
		to := n.next[string(segment)]
		if to == nil {
			if to = n.any; to == nil || len(segment) == 0 || k == maxParameters {
				return nil
			}
			value, err := url.PathUnescape(string(segment))
			if err != nil {
				return nil
			}
			parameters[k] = value
			k++
		}
		n = to
		if !more {
			return n
		}
		path = rest
	}
}

// allow lists the methods that a node answers to, as the Allow header has them.
func (n *node) allow() string {
	methods := []string{"OPTIONS"}
	for m := range n.routes {
		methods = append(methods, m)
		if m == "GET" {
			methods = append(methods, "HEAD")
		}
	}
	slices.Sort(methods)
	return strings.Join(methods, ", ")
}
