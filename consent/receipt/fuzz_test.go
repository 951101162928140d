package receipt_test

import (
	"bytes"
	"testing"

	"github.com/yuefu/yuefu/consent/receipt"
)

// Whatever is read is read as one receipt: what it is written as reads as the same,
// and nothing that is not the signed receipt passes the checks.
func FuzzParseFile(f *testing.F) {
	tree, file := downloaded(f)
	good, err := file.Bytes()
	if err != nil {
		f.Fatal(err)
	}
	leaf, err := file.Receipt.Leaf()
	if err != nil {
		f.Fatal(err)
	}
	keys := public(f, tree.signer)
	f.Add(good)
	f.Add([]byte(`{"receipt":{"form":1},"inclusion":{"index":-1,"hashes":null},"tree_head":"\n\n— ","key":""}`))
	f.Add(bytes.Replace(good, []byte(`"index": 4`), []byte(`"index": 4e0`), 1))
	f.Add(bytes.Replace(good, []byte("+08:00"), []byte("Z"), 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		read, err := receipt.ParseFile(b)
		if err != nil {
			return
		}
		found := read.Check(receipt.Against{Keys: keys})
		for _, l := range []receipt.Language{receipt.Chinese, receipt.English} {
			for _, finding := range found {
				finding.Words(l)
			}
		}
		written, err := read.Bytes()
		if err != nil {
			t.Fatalf("what was read can't be written: %v", err)
		}
		again, err := receipt.ParseFile(written)
		if err != nil {
			if len(written) > 64<<10 {
				return // indented it is too large
			}
			t.Fatalf("what was written can't be read: %v", err)
		}
		one, err1 := read.Receipt.Leaf()
		two, err2 := again.Receipt.Leaf()
		if one != two || err1 != nil || err2 != nil {
			t.Fatalf("one receipt has two leaves: %v, %v", err1, err2)
		}
		if len(failed(found)) == 0 && one != leaf {
			t.Fatal("another receipt passes")
		}
	})
}

func FuzzParseHead(f *testing.F) {
	f.Add("pay.example.com/consents\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := receipt.ParseHead(text); err == nil && h.String() != text {
			t.Errorf("%q is written as %q", text, h)
		}
	})
}
