package receipt

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// File is what a person downloads and keeps: the receipt, where it stands in the tree,
// and the signed head of that tree. Nothing else is needed to check it but the
// published key.
type File struct {
	Receipt   Receipt   `json:"receipt"`
	Inclusion Inclusion `json:"inclusion"`
	TreeHead  string    `json:"tree_head"` // a signed note
	Key       string    `json:"key"`       // the public key that it was signed with; whose it is, is published
}

// Inclusion proves that the receipt is a leaf of the tree under the head.
type Inclusion struct {
	Index  int64       `json:"index"`
	Hashes []tlog.Hash `json:"hashes"`
}

// Bounds of what is read: no tree of 2⁶³ leaves has a longer proof.
const (
	largestFile = 64 << 10
	mostHashes  = 64
)

// Bytes are the file, indented for who looks into it.
func (f *File) Bytes() ([]byte, error) {
	b, err := json.Marshal(f, jsontext.WithIndent("  "))
	if err != nil {
		return nil, fmt.Errorf("receipt %s: %w", f.Receipt.ID, err)
	}
	return append(b, '\n'), nil
}

// ParseFile reads a file. What it does not know to the last member it refuses, as it
// does a name that stands twice: two readers would read two receipts.
func ParseFile(b []byte) (*File, error) {
	if len(b) > largestFile {
		return nil, errors.New("it is too large for a receipt")
	}
	f := new(File)
	if err := json.Unmarshal(b, f, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("it is no receipt of form %d: %w", Form, err)
	}
	if len(f.Inclusion.Hashes) > mostHashes {
		return nil, errors.New("its proof of inclusion is longer than one can be")
	}
	if f.Receipt.ID == "" || f.TreeHead == "" {
		return nil, errors.New("it lacks the receipt, or the tree head")
	}
	return f, nil
}

// Check is one thing that is checked of a receipt.
type Check string

// The checks, in their order.
const (
	CheckEvidence  Check = "evidence"  // what it says can be
	CheckSignature Check = "signature" // the tree head is signed
	CheckInclusion Check = "inclusion" // the receipt is a leaf of the tree under the head
	CheckKey       Check = "key"       // by a key that was published
	CheckHead      Check = "head"      // that head is the one that others saw
	CheckText      Check = "text"      // the words are those that were agreed to
)

// Finding is what became of a check: it holds where Err is nil.
type Finding struct {
	Check Check
	Err   error
}

// ErrKeyNotGiven says that nobody said which keys are published.
var ErrKeyNotGiven = errors.New("no published key was given")

// Against is what a receipt is checked against; each part may be missing.
type Against struct {
	Keys []note.Verifier // as published; without one, who signed stays open: the check 'key' fails
	Head string          // a signed tree head that was had from elsewhere
	Text []byte          // the words
}

// Check checks a receipt, and says of each check what became of it.
func (f *File) Check(against Against) (found []Finding) {
	add := func(check Check, err error) { found = append(found, Finding{check, err}) }
	add(CheckEvidence, f.Receipt.Sound())

	keys := against.Keys
	if len(keys) == 0 {
		if own, err := note.NewVerifier(f.Key); err == nil {
			keys = []note.Verifier{own}
		}
	}
	head, _, err := OpenHead(f.TreeHead, keys...)
	add(CheckSignature, err)
	if err == nil {
		add(CheckInclusion, f.included(head))
	} else if unsigned, broken := unsignedHead(f.TreeHead); broken == nil {
		add(CheckInclusion, f.included(unsigned))
	} else {
		add(CheckInclusion, wrong("没有可用的树头", "there is no tree head that it could be under"))
	}
	if len(against.Keys) == 0 {
		add(CheckKey, ErrKeyNotGiven)
	} else {
		add(CheckKey, err)
	}
	if against.Head != "" {
		add(CheckHead, sameHead(head, err, against.Head, keys))
	}
	if against.Text != nil {
		add(CheckText, f.Receipt.agreedTo(against.Text))
	}
	return found
}

func (f *File) included(head Head) error {
	leaf, err := f.Receipt.Leaf()
	if err != nil {
		return err
	}
	if f.Inclusion.Index < 0 || f.Inclusion.Index >= head.Size {
		return wrong("%d 片叶的树没有第 %d 片叶", "a tree of %d leaves has no leaf %d", head.Size, f.Inclusion.Index)
	}
	if err := tlog.CheckRecord(f.Inclusion.Hashes, head.Size, head.Root, f.Inclusion.Index, leaf); err != nil {
		return wrong("证明指向的不是这份回执：回执或证明被改过", "the receipt is not the leaf that the proof leads to: it, or the proof, was altered")
	}
	return nil
}
