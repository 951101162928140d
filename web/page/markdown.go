package page

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// markdown renders agreements and other texts. HTML in them is left out, and links that
// would run something lead nowhere: that is goldmark's way unless told otherwise.
var markdown = goldmark.New(goldmark.WithExtensions(extension.Table))

// Markdown renders a text that people agree to.
func Markdown(text string) (template.HTML, error) {
	var b bytes.Buffer
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return "", fmt.Errorf("page: %w", err)
	}
	return template.HTML(b.String()), nil
}
