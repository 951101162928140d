package receipt

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/go-json-experiment/json"
	"golang.org/x/mod/sumdb/note"
)

// unsignedHead reads a head whoever signed it: whether the rest holds is worth knowing,
// too, when the signature does not.
func unsignedHead(signed string) (Head, error) {
	text, _, ok := strings.Cut(signed, "\n\n")
	if !ok {
		return Head{}, wrong("不是签名的树头", "it is no signed tree head")
	}
	return ParseHead(text + "\n")
}

// sameHead compares the receipt's head with one from elsewhere. Heads of two sizes can
// only be compared with a proof, which whoever audits has.
func sameHead(own Head, failed error, elsewhere string, keys []note.Verifier) error {
	other, _, err := OpenHead(elsewhere, keys...)
	switch {
	case err != nil:
		return wrong("另一个树头：%[1]s", "the other tree head: %[2]s", Chinese.Reason(err), English.Reason(err))
	case failed != nil:
		return wrong("回执没有可比对的树头", "the receipt has no tree head to compare")
	case other.Size != own.Size:
		return wrong("回执在 %d 片叶的树下，另一个树头是 %d 片叶：请以 ?size=%[2]d 重新下载回执", "the receipt stands under the tree of %d leaves, the other head is of %d: get the receipt again with ?size=%[2]d", own.Size, other.Size)
	default:
		return Grew(own, other, nil)
	}
}

// agreedTo holds words against the hash that was agreed to.
func (r *Receipt) agreedTo(words []byte) error {
	if r.Document.Seals != SealsWords {
		return wrong("同意的是数字，不是文本", "what was agreed to are figures, not words")
	}
	if sum := sha256.Sum256(words); hex.EncodeToString(sum[:]) != r.Document.Hash {
		return wrong("这不是当时同意的文本：SHA-256 不同", "these are not the words that were agreed to: their SHA-256 is another")
	}
	return nil
}

// HeadIn finds the signed head in what the API answers, or takes it as it is.
func HeadIn(text string) (string, error) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return text, nil
	}
	var answer struct {
		TreeHead string `json:"tree_head"`
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.TreeHead == "" {
		return "", errors.New("there is no tree head in it")
	}
	return answer.TreeHead, nil
}

// WordsIn finds a text's body in what the API answers, or takes the words as they are.
func WordsIn(text []byte) []byte {
	var answer struct {
		Hash string `json:"hash"`
		Body string `json:"body"`
	}
	if json.Unmarshal(text, &answer) == nil && answer.Hash != "" && answer.Body != "" {
		return []byte(answer.Body)
	}
	return text
}
