package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/consent/receipt"
)

type auditCmd struct {
	URL   string `help:"The server's address." required:"" placeholder:"URL"`
	State string `help:"The file in which the last tree head is remembered; made on the first visit." required:"" placeholder:"FILE"`
	Key   string `help:"The lender's published key, or the file that has it; without it the keys that the server names on the first visit are trusted." placeholder:"KEY|FILE" env:"YUEFU_RECEIPT_KEY"`
}

func (c auditCmd) Run(ctx context.Context) error {
	server := client.New(strings.TrimSuffix(c.URL, "/"), "", &http.Client{Timeout: 30 * time.Second})
	state, err := c.state(ctx, server)
	if err != nil {
		return err
	}
	head, err := server.GetTreeHead(ctx)
	if err != nil {
		return err
	}
	before, after, err := state.Visit(head.TreeHead, func(from, to int64) ([]tlog.Hash, string, error) { return prove(ctx, server, from, to) })
	if errors.Is(err, receipt.ErrRewritten) {
		return c.shout(state, head.TreeHead, err)
	}
	if err != nil {
		return err
	}
	b, err := state.Bytes()
	if err == nil {
		err = replaceFile(c.State, b)
	}
	if err != nil {
		return err
	}
	if before.Origin == "" {
		fmt.Printf(inWords("%s：%d 份授权，树头已记下。\n", "%s: %d consents; the tree head is remembered.\n"), after.Origin, after.Size)
		return nil
	}
	fmt.Printf(inWords("%s：%d 份授权（上次 %d 份）。没有任何一份被添改或删除。\n", "%s: %d consents, %d at the last visit. Nothing was altered or dropped.\n"), after.Origin, after.Size, before.Size)
	return nil
}

// state is what was remembered, or the beginning of it.
func (c auditCmd) state(ctx context.Context, server *client.Client) (*receipt.State, error) {
	b, err := os.ReadFile(c.State)
	if err == nil {
		state, err := receipt.ParseState(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.State, err)
		}
		return state, c.trust(state)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	state := &receipt.State{}
	if c.Key != "" {
		return state, c.trust(state)
	}
	keys, err := server.GetPublishedKeys(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range keys.Keys {
		if k.Use == receipt.UseReceipts {
			state.Keys = append(state.Keys, k.Verifier)
			fmt.Fprintf(os.Stderr, inWords("首次访问，暂信公钥 %s，请与机构公布的比对\n", "first visit: trusting %s; compare it with what the lender publishes\n"), k.Verifier)
		}
	}
	return state, nil
}

// trust adds the keys that were given to those that are trusted: that is how a new key
// of the lender gets in.
func (c auditCmd) trust(state *receipt.State) error {
	if c.Key == "" {
		return nil
	}
	text := c.Key
	if b, err := os.ReadFile(c.Key); err == nil {
		text = string(b)
	}
	more, err := receipt.VerifiersIn(text)
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	state.Trust(more...)
	return nil
}

// shout says what happened, and keeps both signed heads: they are the proof.
func (c auditCmd) shout(state *receipt.State, head string, found error) error {
	evidence := c.State + ".evidence"
	err := replaceFile(evidence, []byte(state.TreeHead+"\n"+head))
	fmt.Fprintf(os.Stderr, inWords("!!! 历史被改写：%v\n!!! 两个签名的树头就是证据，保存在 %s\n", "!!! History was rewritten: %v\n!!! The two signed tree heads prove it; they are kept in %s\n"), language().Reason(found), evidence)
	return errors.Join(err, errReported)
}

func prove(ctx context.Context, server *client.Client, from, to int64) ([]tlog.Hash, string, error) {
	answer, err := server.GetTreeProof(ctx, client.GetTreeProofQuery{From: from, To: to})
	if err != nil {
		return nil, "", err
	}
	proof, err := receipt.Hashes(answer.Hashes)
	return proof, answer.TreeHead, err
}

// replaceFile writes a file whole or not at all.
func replaceFile(name string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), name)
}
