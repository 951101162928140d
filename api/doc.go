// Package api is the public HTTP API: openapi.yaml is its contract. It knows HTTP,
// keys and JSON; it refuses to know rules: a handler decodes, calls, replies.
package api

import _ "embed"

//go:embed openapi.yaml
var openapi []byte

// Contract is the API's contract, OpenAPI 3.1 in YAML.
func Contract() []byte { return openapi }
