package api

import (
	"bytes"

	"github.com/yuefu/yuefu/api/strict"
)

// read reads the body as the contract describes it, and nothing else.
func (c *call) read(v strict.Body) error {
	if err := c.checkMedia(); err != nil {
		return err
	}
	faults, err := c.reader.Read(c.http.PostBody(), v)
	if err != nil {
		return &problem{kind: kindMalformedBody, detail: strict.Broken(err)}
	}
	if len(faults) > 0 {
		return bodyProblem(faults)
	}
	return nil
}

// nothing is the body of a route that wants none: left out, or an empty object.
type nothing struct{}

func (nothing) Read(r *strict.Reader) {
	if r.Begin() {
		for r.Next() {
			r.Unknown()
		}
	}
}

func (c *call) readNothing() error {
	if len(c.http.PostBody()) == 0 {
		return nil
	}
	return c.read(nothing{})
}

// checkMedia refuses what is not JSON as it is: not a form, not compressed.
func (c *call) checkMedia() error {
	h := &c.http.Request.Header
	media, parameters, _ := bytes.Cut(h.ContentType(), []byte{';'})
	parameters = bytes.TrimSpace(parameters)
	if !bytes.EqualFold(bytes.TrimSpace(media), []byte("application/json")) ||
		len(parameters) > 0 && !bytes.EqualFold(parameters, []byte("charset=utf-8")) && !bytes.EqualFold(parameters, []byte(`charset="utf-8"`)) ||
		len(h.Peek("Content-Encoding")) > 0 {
		return &problem{kind: kindUnsupportedMedia}
	}
	return nil
}
