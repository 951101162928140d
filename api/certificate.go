package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/view"
)

// certificateForm is the version of what a certificate says. A certificate is made of
// what the log says and of nothing else, so that it has the same bytes for ever: another
// form gets the next number, for what is closed from then on.
const certificateForm = 1

func getClosingCertificate(c *call) error {
	return one(c, credit.PrefixClosure, "request to close", c.server.tables.Closure, c.certificate)
}

// certificate writes the certificate of an approved closure, and its SHA-256.
func (c *call) certificate(o *out, a owned, r *view.Closure) error {
	if r.Status != view.ClosureApproved {
		return &credit.Error{Kind: credit.ClosureNotApproved, Detail: "the request is " + r.Status}
	}
	account, err := c.server.tables.Account(background, r.Account)
	if err != nil {
		return err
	}
	var certificate out
	certificate.certificate(c.server.tables.PartitionOf(r.Account), &account, r)
	sum := sha256.Sum256(certificate.b)
	o.begin()
	o.raw("certificate", certificate.b)
	o.text("sha256", hex.EncodeToString(sum[:]))
	o.end()
	return nil
}

// certificate writes canonical JSON (RFC 8785): the members in order of their names.
func (o *out) certificate(partition int32, account *view.Account, r *view.Closure) {
	id, closure := string(r.Account), string(r.Account.Part(credit.PrefixClosure, r.Number))
	o.begin()
	o.text("account", id)
	o.text("closure", closure)
	o.text("customer", account.Customer)
	o.date("decided_on", r.DecidedOn)
	o.number("form", certificateForm)
	o.text("kind", r.Kind)
	o.object("log")
	o.number("partition", int64(partition))
	o.number("position", r.DecidedPosition)
	o.end()
	o.date("opened_on", r.OpenedOn)
	o.number("owed", 0)
	o.text("programme", account.Programme)
	o.date("requested_on", r.RequestedOn)
	o.object("texts")
	en := "This certifies that the pay-later account %s, opened on %s, was %s on %s at the customer's request of %s, and that nothing was owed, held, contested or left to be paid on it. Proof: entry %d/%d of the log."
	zh := "兹证明：月付账户 %s（%s 开通）已应用户 %[5]s 的申请于 %[4]s %[3]s，账户内无任何欠款、占用额度、争议及未退还的溢缴款。凭证：日志第 %[6]d/%[7]d 条。"
	did, done := "closed", "关闭"
	if r.Kind == string(credit.Deregister) {
		did, done = "de-registered", "注销"
	}
	o.text("en", fmt.Sprintf(en, id, r.OpenedOn, did, r.DecidedOn, r.RequestedOn, partition, r.DecidedPosition))
	o.text("zh", fmt.Sprintf(zh, id, r.OpenedOn, done, r.DecidedOn, r.RequestedOn, partition, r.DecidedPosition))
	o.end()
	o.end()
}
