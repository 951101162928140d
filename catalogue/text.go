package catalogue

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/yuefu/yuefu/credit"
)

// Text (文本) is one version of what a person agrees to, in Markdown. Its hash is the
// SHA-256 of Body, so that anybody can check what was shown. A text that is for
// readers of two languages holds both, the binding one first: with two bodies
// nobody could tell from the hash which one a person saw.
type Text struct {
	Hash     string    `json:"hash"`
	Name     string    `json:"name"`
	Version  int       `json:"version"`
	Language string    `json:"language"` // as in Content-Language: "zh-Hans, en"
	Body     string    `json:"body,omitzero"`
	Created  time.Time `json:"created"`
}

// Document is how terms name the text.
func (t Text) Document() credit.Document {
	return credit.Document{Name: t.Name, Version: t.Version, Hash: t.Hash}
}

// The names of texts that rules speak of.
const (
	CreditAgreement = "credit_agreement" // 月付服务协议
	BureauQuery     = "bureau_query"     // 征信查询授权书
	BureauReport    = "bureau_report"    // 征信报送授权书
	DataSharing     = "data_sharing"     // 个人信息共享授权书
	CostDisclosure  = "cost_disclosure"  // 综合成本明示: made for each version of a programme
)

const maxText = 200_000 // bytes

// bilingual is the language of the texts that come with the product.
const bilingual = "zh-Hans, en"

//go:embed texts/*.v*.md
var textFiles embed.FS

// standardTexts are the texts that come with the product: texts/name.vN.md.
func standardTexts() []Text {
	files, err := textFiles.ReadDir("texts")
	if err != nil {
		panic(err) // they are in the binary
	}
	var texts []Text
	for _, file := range files {
		body, err := textFiles.ReadFile("texts/" + file.Name())
		if err != nil {
			panic(err)
		}
		name, rest, _ := strings.Cut(file.Name(), ".")
		t := newText(Text{Name: name, Language: bilingual, Body: string(body)})
		if _, err := fmt.Sscanf(rest, "v%d.md", &t.Version); err != nil {
			panic(file.Name() + " has no version")
		}
		texts = append(texts, t)
	}
	return texts
}

// newText puts a text under its hash.
func newText(t Text) Text {
	hash := sha256.Sum256([]byte(t.Body))
	t.Hash = hex.EncodeToString(hash[:])
	return t
}

// CreateText keeps a text for ever. To keep the same body again changes nothing.
func (c *Catalogue) CreateText(ctx context.Context, by string, t Text) (Text, error) {
	switch {
	case identifier.FindString(t.Name) == "":
		return Text{}, checkIdentifier("name", t.Name)
	case t.Version < 1:
		return Text{}, invalid("version: the first version of a text is 1")
	case t.Language == "":
		return Text{}, invalid("language is missing")
	case t.Body == "" || len(t.Body) > maxText || !utf8.ValidString(t.Body):
		return Text{}, invalid("body has to be 1 to %d bytes of UTF-8", maxText)
	}
	t = newText(t)
	if kept, err := c.Text(ctx, t.Hash); err == nil {
		return kept, t.sameName(kept)
	}
	err := c.change(ctx, Entry{Actor: by, Action: "text.created", Subject: t.Hash}, func(tx *sql.Tx, e *Entry) error {
		return insertText(ctx, tx, &t, e)
	})
	if err != nil {
		return Text{}, err
	}
	return c.Text(ctx, t.Hash)
}

// sameName refuses one body under two names: the hash would stand for both.
func (t Text) sameName(kept Text) error {
	if kept.Name != t.Name || kept.Version != t.Version {
		return fmt.Errorf("%w: this body is %s, version %d", ErrExists, kept.Name, kept.Version)
	}
	return nil
}

func insertText(ctx context.Context, tx *sql.Tx, t *Text, e *Entry) error {
	t.Created = e.At
	if _, err := tx.ExecContext(ctx, sqlInsertDocument, t.Hash, t.Name, t.Version, t.Language, t.Body, t.Created.UnixMicro()); err != nil {
		return err
	}
	head := *t
	head.Body = "" // the hash says which; the trail need not hold it twice
	return e.record(nil, head)
}

// Text returns the text with a hash.
func (c *Catalogue) Text(ctx context.Context, hash string) (Text, error) {
	if kept, ok := c.texts.Load(hash); ok {
		return kept.(Text), nil
	}
	t, err := textIn(ctx, c.db.Reader(), hash)
	if err == nil {
		c.texts.Store(hash, t)
	}
	return t, err
}

func textIn(ctx context.Context, from querier, hash string) (Text, error) {
	texts, err := query(ctx, from, func(rows *sql.Rows, t *Text) error {
		var created int64
		err := rows.Scan(&t.Hash, &t.Name, &t.Version, &t.Language, &t.Body, &created)
		t.Created = instant(created)
		return err
	}, sqlDocument, hash)
	if err != nil {
		return Text{}, err
	}
	if len(texts) == 0 {
		return Text{}, notFound("there is no text with this hash")
	}
	return texts[0], nil
}
