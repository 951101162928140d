package api

import (
	"context"
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/valyala/fasthttp"

	"github.com/yuefu/yuefu/consent"
	"github.com/yuefu/yuefu/consent/receipt"
	"github.com/yuefu/yuefu/credit"
)

// mostLeaves is how many leaves are told at a time.
const mostLeaves = 1000

// listReceipts lists what was agreed to, by whoever applied too, let in or not.
func listReceipts(c *call) error {
	id, err := c.account()
	if err != nil {
		return err
	}
	p, err := c.page()
	if err != nil {
		return err
	}
	if err := c.receiptsOf(id, "account"); err != nil {
		return err
	}
	list, err := c.server.consents.Receipts(background, id, p.Before, p.Limit)
	if err != nil {
		return err
	}
	var o out
	o.begin()
	o.list("data")
	for i := range list[:min(len(list), p.asked)] {
		told, err := list[i].Bytes()
		if err != nil {
			return err
		}
		o.comma()
		o.b = append(o.b, told...)
	}
	o.endList()
	if len(list) > p.asked {
		o.text("next", strconv.FormatInt(list[p.asked-1].Leaf, 10))
	}
	o.end()
	c.json(fasthttp.StatusOK, o.b)
	return nil
}

// receiptsOf makes sure that the account is the caller's, and that each consent of it
// that the caller may know of is in the tree.
func (c *call) receiptsOf(id credit.ID, what string) error {
	if !c.mine(id) {
		return missing(what)
	}
	position, err := c.look(id, func(*credit.Account, credit.Moment) {})
	if err != nil {
		return asWhat(err, what)
	}
	ctx, cancel := context.WithTimeout(background, patience)
	defer cancel()
	if err := c.server.consents.WaitFor(ctx, c.server.tables.PartitionOf(id), position); err != nil {
		return &problem{kind: kindUnavailable, cause: err}
	}
	return nil
}

// getReceipt gives one receipt as a file to keep, with its proof.
func getReceipt(c *call) error {
	id := c.parameters[0]
	account, _, _, ok := receipt.ParseID(id)
	if !ok {
		return missing("receipt")
	}
	size, err := c.queryNumber("size", 1, 1<<53, -1)
	if err != nil {
		return err
	}
	if err := c.receiptsOf(account, "receipt"); err != nil {
		return err
	}
	f, err := c.server.consents.File(background, id, size)
	if err != nil {
		return asTree(err, "size")
	}
	b, err := f.Bytes()
	if err != nil {
		return err
	}
	c.http.Response.Header.Set("Content-Disposition", `attachment; filename="`+f.Receipt.ID+`.json"`)
	c.json(fasthttp.StatusOK, b)
	return nil
}

// asTree says what is wrong with what was asked of the tree.
func asTree(err error, parameter string) error {
	switch {
	case errors.Is(err, consent.ErrMissing):
		return missing("receipt")
	case errors.Is(err, consent.ErrUnsigned):
		return &problem{kind: kindNoSigningKey}
	case errors.Is(err, consent.ErrNoTree):
		return parameterProblem(kindInvalidParameter, parameter, "the tree had no such size, or not these leaves yet")
	}
	return err
}

// treeHead is a tree's state as it is told: the signed note, and its lines for who does not read notes.
type treeHead struct {
	TreeHead string `json:"tree_head"`
	Origin   string `json:"origin"`
	Size     int64  `json:"size"`
	Root     string `json:"root"`
}

func headTold(h receipt.Head, signed string) treeHead {
	return treeHead{signed, h.Origin, h.Size, h.Root.String()}
}

func getTreeHead(c *call) error {
	h, signed, err := c.server.consents.Head(background)
	if err != nil {
		return asTree(err, "")
	}
	return c.told(headTold(h, signed))
}

// getTreeProof proves that a later tree begins with an earlier one.
func getTreeProof(c *call) error {
	from, err := c.queryNumber("from", 0, 1<<53, 0)
	if err != nil {
		return err
	}
	to, err := c.queryNumber("to", 0, 1<<53, -1)
	if err != nil {
		return err
	}
	h, signed, hashes, err := c.server.consents.Consistency(background, from, to)
	if err != nil {
		return asTree(err, "from")
	}
	proof := struct {
		From int64 `json:"from"`
		treeHead
		Hashes []string `json:"hashes"`
	}{from, headTold(h, signed), []string{}}
	for _, hash := range hashes {
		proof.Hashes = append(proof.Hashes, hash.String())
	}
	return c.told(proof)
}

// getTreeLeaves tells hashes only: nobody learns from them what they are of.
func getTreeLeaves(c *call) error {
	from, err := c.queryNumber("from", 0, 1<<53, 0)
	if err != nil {
		return err
	}
	to, err := c.queryNumber("to", 0, 1<<53, -1)
	if err != nil {
		return err
	}
	size, err := c.server.consents.Size(background)
	if err != nil {
		return err
	}
	if to < 0 {
		to = min(size, from+mostLeaves)
	}
	if to-from > mostLeaves {
		return parameterProblem(kindInvalidParameter, "to", "at most "+strconv.Itoa(mostLeaves)+" leaves are told at a time")
	}
	leaves, err := c.server.consents.Leaves(background, from, to)
	if err != nil {
		return asTree(err, "from")
	}
	answer := struct {
		From   int64    `json:"from"`
		To     int64    `json:"to"`
		Size   int64    `json:"size"`
		Hashes []string `json:"hashes"`
	}{from, to, size, []string{}}
	for _, hash := range leaves {
		answer.Hashes = append(answer.Hashes, hash.String())
	}
	return c.told(answer)
}

// getKeys publishes the keys by which what this installation signs is checked.
func getKeys(c *call) error {
	keys, err := c.server.consents.Keys(background)
	if err != nil {
		return err
	}
	return c.told(keys)
}

func (c *call) told(answer any) error {
	b, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	c.json(fasthttp.StatusOK, b)
	return nil
}
