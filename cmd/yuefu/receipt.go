package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/yuefu/yuefu/consent/receipt"
)

type receiptCmd struct {
	Verify verifyReceiptCmd `cmd:"" help:"Check a downloaded receipt, offline: what was agreed to, when, and that it stands in the signed tree."`
	Audit  auditCmd         `cmd:"" help:"Ask a server for the tree of consents, and shout if history was rewritten since the last time."`
	NewKey newKeyCmd        `cmd:"" name:"new-key" help:"Make the key that signs receipts, in a file, and print its public half."`
}

type newKeyCmd struct {
	Name string `arg:"" help:"Whose receipts they are: an address of yours, such as pay.example.com/consents. Later keys keep it."`
	File string `arg:"" help:"The file to make; one that is there is left alone."`
}

func (c newKeyCmd) Run() error {
	private, err := receipt.NewKey(c.Name)
	if err != nil {
		return err
	}
	signer, err := receipt.ReadKey(private)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(private + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	fmt.Println(signer.Public)
	fmt.Fprintln(os.Stderr, inWords("这是公钥，请公布；私钥在 "+c.File+"，请与数据库分开保管。", "This is the public key: publish it. The private one is in "+c.File+": keep it apart from the database."))
	return nil
}

type verifyReceiptCmd struct {
	File string `arg:"" help:"The receipt as it was downloaded; - for standard input."`
	Key  string `help:"The lender's published key, or the file yuefu-keys.json that has it." placeholder:"KEY|FILE" env:"YUEFU_RECEIPT_KEY"`
	Head string `help:"A file with a signed tree head that was had from elsewhere, to compare." placeholder:"FILE"`
	Text string `help:"A file with the words that were agreed to, to compare." placeholder:"FILE"`
}

func (c verifyReceiptCmd) Run() error {
	l := language()
	b, err := readInput(c.File)
	if err != nil {
		return err
	}
	f, err := receipt.ParseFile(b)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	against, err := c.against()
	if err != nil {
		return err
	}
	style := paint(os.Stdout)
	for _, line := range f.Receipt.Words(l, time.Local) {
		fmt.Printf("  %s %s\n", pad(line.Heading, 10), line.Says)
	}
	fmt.Println()
	failed := false
	for _, finding := range f.Check(against) {
		mark := style("32", "✓")
		if finding.Err != nil {
			mark, failed = style("31", "✗"), true
		}
		fmt.Printf("  %s %s\n", mark, finding.Words(l))
	}
	fmt.Println()
	if failed {
		fmt.Println(" ", inWords("这份回执没有通过全部检查。", "This receipt did not pass every check."))
		return errReported
	}
	fmt.Println(" ", inWords("这份回执通过了全部检查。", "This receipt passed every check."))
	return nil
}

// against reads what the receipt is checked against.
func (c verifyReceiptCmd) against() (a receipt.Against, err error) {
	if c.Key != "" {
		text := c.Key
		if b, wrong := os.ReadFile(c.Key); wrong == nil {
			text = string(b)
		}
		if a.Keys, err = receipt.ReadVerifiers(text); err != nil {
			return a, fmt.Errorf("--key: %w", err)
		}
	}
	if c.Head != "" {
		b, err := os.ReadFile(c.Head)
		if err != nil {
			return a, err
		}
		if a.Head, err = receipt.HeadIn(string(b)); err != nil {
			return a, fmt.Errorf("--head: %w", err)
		}
	}
	if c.Text != "" {
		b, err := os.ReadFile(c.Text)
		if err != nil {
			return a, err
		}
		a.Text = receipt.WordsIn(b)
	}
	return a, nil
}

func readInput(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(os.Stdin, 1<<20))
	}
	return os.ReadFile(name)
}

// language is that of whoever runs this.
func language() receipt.Language {
	if chinese() {
		return receipt.Chinese
	}
	return receipt.English
}

func inWords(zh, en string) string {
	if chinese() {
		return zh
	}
	return en
}

// pad fills up to a width in columns, of which a Chinese character takes two.
func pad(s string, width int) string {
	for _, r := range s {
		width--
		if r > 0x2e80 {
			width--
		}
	}
	for ; width > 0; width-- {
		s += " "
	}
	return s
}
