package receipt

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Head (树头) is the state of the tree at a size: whoever has two signed heads can tell
// whether the later tree begins with the earlier one.
type Head struct {
	Origin string // whose tree: the name of its keys
	Size   int64
	Root   tlog.Hash
}

// String is the head as it is signed: three lines, as transparency logs write
// their checkpoints (c2sp.org/tlog-checkpoint).
func (h Head) String() string {
	return fmt.Sprintf("%s\n%d\n%s\n", h.Origin, h.Size, h.Root)
}

// ParseHead reads the three lines. Others may follow them in later forms; here there are none.
func ParseHead(text string) (h Head, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return h, wrong("树头应有三行：来源、大小、根", "a tree head has three lines: origin, size, root")
	}
	h.Origin = lines[0]
	if h.Size, err = strconv.ParseInt(lines[1], 10, 64); err != nil || h.Size < 0 || strconv.FormatInt(h.Size, 10) != lines[1] {
		return h, wrong("%q 不是树的大小", "%q is not the size of a tree", lines[1])
	}
	if h.Root, err = tlog.ParseHash(lines[2]); err != nil {
		return h, wrong("%q 不是树的根", "%q is not the root of a tree", lines[2])
	}
	if h.Origin == "" || h.String() != text {
		return h, wrong("树头的写法不对", "the tree head is not written as such a head is")
	}
	return h, nil
}

// Sign writes the head as a signed note. The same head by the same key has the same bytes.
func (h Head) Sign(by note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: h.String()}, by)
	if err != nil {
		return "", fmt.Errorf("sign the tree head: %w", err)
	}
	return string(signed), nil
}

// OpenHead reads a signed tree head, if one of the keys signed it, and says which.
func OpenHead(signed string, keys ...note.Verifier) (Head, note.Verifier, error) {
	opened, err := note.Open([]byte(signed), note.VerifierList(keys...))
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return Head{}, nil, wrong("不是这些公钥签的", "none of the keys signed it")
	case err != nil:
		return Head{}, nil, wrong("不是签名的树头（%v）", "it is no signed tree head (%v)", err)
	}
	h, err := ParseHead(opened.Text)
	if err != nil {
		return Head{}, nil, err
	}
	for _, s := range opened.Sigs { // those that hold
		if s.Name != h.Origin {
			continue
		}
		for _, k := range keys {
			if k.Name() == s.Name && k.KeyHash() == s.Hash {
				return h, k, nil
			}
		}
	}
	return Head{}, nil, wrong("这是 %s 的树头，却没有该名称的公钥签名", "it is a head of %s, but no key of that name signed it", h.Origin)
}

// Hashes reads hashes as the API tells them.
func Hashes(told []string) ([]tlog.Hash, error) {
	list := make([]tlog.Hash, len(told))
	for i, s := range told {
		h, err := tlog.ParseHash(s)
		if err != nil {
			return nil, fmt.Errorf("hash %d of a proof: %w", i, err)
		}
		list[i] = h
	}
	return list, nil
}

// Grew says why a later head is not a tree that begins with the earlier one's, by a
// proof of consistency. Both heads were opened before.
func Grew(before, after Head, proof []tlog.Hash) error {
	switch {
	case before.Origin != after.Origin:
		return wrong("两个树头属于两棵树：%s 和 %s", "the heads are of two trees: %s and %s", before.Origin, after.Origin)
	case after.Size < before.Size:
		return wrong("树曾有 %d 片叶，现在只有 %d 片：有内容被删除", "the tree had %d leaves and has %d: something was taken away", before.Size, after.Size)
	case after.Size == before.Size:
		if after.Root != before.Root {
			return wrong("同为 %d 片叶的两棵树，根却不同：历史被改写", "two trees of %d leaves have different roots: history was rewritten", after.Size)
		}
		return nil
	case before.Size == 0:
		return nil
	}
	if err := tlog.CheckTree(proof, after.Size, after.Root, before.Size, before.Root); err != nil {
		return wrong("%d 片叶的树并非从先前签名的 %d 片叶的树长成：历史被改写", "the tree of %d leaves does not begin with the tree of %d that was signed before: history was rewritten", after.Size, before.Size)
	}
	return nil
}
