// Package contract holds the request bodies of the API as openapi.yaml describes
// them, each with a reader that takes that and nothing else. It is made from the
// contract; it refuses to know what a body means.
package contract

//go:generate go -C .. tool -modfile=../tools/go.mod oapi-codegen --config generate/contract.yaml openapi.yaml
