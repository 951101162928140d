// Package receipt is the receipt of one consent: its bytes, the file that a person
// downloads, the signed tree head that it stands under, and how anybody checks all
// of it, offline, with the published key. It knows forms, hashes and signatures; it
// refuses to know databases, accounts and where a receipt comes from.
package receipt

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// Form is the version of a receipt's bytes. What was once a leaf of the tree has its
// hash for ever: another form gets the next number, for what is agreed from then on.
const Form = 1

// Prefix is that of a receipt's id.
const Prefix = "rcp_"

// Receipt (授权回执) is the evidence of one consent, as a leaf of the tree. It names the
// person by the platform's own id, and holds no personal data.
type Receipt struct {
	Form        int           `json:"form"`
	ID          string        `json:"id"`
	Account     credit.ID     `json:"account"`
	Customer    string        `json:"customer"` // the platform's id of who agreed
	Document    Document      `json:"document"`
	Subject     Subject       `json:"subject"` // what it was about
	ShownAt     time.Time     `json:"shown_at"`
	ReadSeconds int           `json:"read_seconds"`
	AcceptedAt  time.Time     `json:"accepted_at"`
	Act         string        `json:"act"`
	Channel     string        `json:"channel"`
	Preselected bool          `json:"preselected"` // false, or there was no consent
	On          calendar.Date `json:"on"`          // the business date
	RecordedAt  time.Time     `json:"recorded_at"` // when the log took it
	Event       Event         `json:"event"`
	Log         Place         `json:"log"`
	Blind       string        `json:"blind"` // what nobody can guess, so that the leaf's hash tells nothing
}

// Document is the text that was agreed to, and in which language it was read.
type Document struct {
	Name     string `json:"name"`
	Version  int    `json:"version"`
	Hash     string `json:"hash"`
	Seals    Seals  `json:"seals"`
	Language string `json:"language"`
}

// Seals says what a document's hash is the hash of.
type Seals string

// What a hash seals.
const (
	SealsWords   Seals = "words"   // the SHA-256 of a text, which can be had by its hash
	SealsFigures Seals = "figures" // the figures of a quote, or of an instruction, as they were shown
)

// SealedBy tells what a hash is of, by its form.
func SealedBy(hash string) Seals {
	if len(hash) == 64 && strings.Trim(hash, "0123456789abcdef") == "" {
		return SealsWords
	}
	return SealsFigures
}

// Subject is what a consent was about, as far as it is not the text itself. Amounts are
// whole minor units of the account's currency.
type Subject struct {
	Amount    int64         `json:"amount,omitzero"`
	Before    int64         `json:"before,omitzero"` // the limit that was raised
	Fee       int64         `json:"fee,omitzero"`
	Currency  string        `json:"currency,omitzero"` // where the request names it
	Plan      string        `json:"plan,omitzero"`
	Merchant  string        `json:"merchant,omitzero"`
	Order     string        `json:"order,omitzero"`
	Scene     string        `json:"scene,omitzero"`
	Statement credit.ID     `json:"statement,omitzero"`
	Due       calendar.Date `json:"due_on,omitzero"`
	DueBefore calendar.Date `json:"due_before,omitzero"`
	Source    string        `json:"source,omitzero"` // the payment service's name of what is debited
}

// Event is what the consent led to, as the account's history tells it.
type Event struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Place is where its entry stands in the log.
type Place struct {
	Partition int32 `json:"partition"`
	Position  int64 `json:"position"`
}

// Bytes are the receipt as a leaf: canonical JSON (RFC 8785), the same for ever.
func (r *Receipt) Bytes() ([]byte, error) {
	if b, ok := appendReceipt(make([]byte, 0, 1024), r); ok {
		return b, nil
	}
	return r.canonical()
}

// canonical is Bytes by the library.
func (r *Receipt) canonical() ([]byte, error) {
	told := *r
	told.ShownAt, told.AcceptedAt, told.RecordedAt = r.ShownAt.UTC(), r.AcceptedAt.UTC(), r.RecordedAt.UTC()
	b, err := json.Marshal(&told)
	if err != nil {
		return nil, fmt.Errorf("receipt %s: %w", r.ID, err)
	}
	value := jsontext.Value(b)
	if err := value.Canonicalize(jsontext.CanonicalizeRawInts(false)); err != nil {
		return nil, fmt.Errorf("receipt %s: %w", r.ID, err)
	}
	return value, nil
}

// Leaf is the hash of the receipt in the tree: SHA-256 of a zero byte and its bytes.
func (r *Receipt) Leaf() (tlog.Hash, error) {
	b, err := r.Bytes()
	if err != nil {
		return tlog.Hash{}, err
	}
	return tlog.RecordHash(b), nil
}

// ID names the n-th consent, from 1, of an entry of an account's history.
func ID(account credit.ID, position int64, n int) string {
	return Prefix + letters(account) + "_" + strconv.FormatInt(position, 10) + "-" + strconv.Itoa(n)
}

func letters(account credit.ID) string { return strings.TrimPrefix(string(account), "acc_") }

// ParseID takes a receipt's id apart. It reports false for what is no such id.
func ParseID(id string) (account credit.ID, position int64, n int, ok bool) {
	rest, ok := strings.CutPrefix(id, Prefix)
	if !ok {
		return "", 0, 0, false
	}
	name, place, _ := strings.Cut(rest, "_")
	before, after, _ := strings.Cut(place, "-")
	position, err1 := strconv.ParseInt(before, 10, 64)
	n, err2 := strconv.Atoi(after)
	account = credit.ID("acc_" + name)
	if err1 != nil || err2 != nil || position < 1 || n < 1 || !account.Valid() || ID(account, position, n) != id {
		return "", 0, 0, false
	}
	return account, position, n, true
}

// Sound says what in a receipt cannot be: whoever checks one looks at this, too, since
// a tree says that something was said, not that it makes sense.
func (r *Receipt) Sound() error {
	account, position, _, ok := ParseID(r.ID)
	switch {
	case r.Form != Form:
		return wrong("不认识第 %d 版格式，请用更新的 yuefu", "form %d is not known here; a newer yuefu may know it", r.Form)
	case !ok, account != r.Account, position != r.Log.Position:
		return wrong("编号 %q 不属于日志第 %d 条、账户 %s", "the id %q is not that of entry %d of account %s", r.ID, r.Log.Position, r.Account)
	case !strings.HasPrefix(r.Event.ID, fmt.Sprintf("evt_%s_%d-", letters(account), position)):
		return wrong("事件 %q 不属于日志第 %d 条、账户 %s", "the event %q is not of entry %d of account %s", r.Event.ID, position, account)
	case r.Customer == "" || r.Document.Name == "" || r.Document.Hash == "" || r.Act == "":
		return wrong("没有写明谁、同意什么或以何种动作", "it does not say who, to what or by which act")
	case r.Document.Seals != SealedBy(r.Document.Hash):
		return wrong("哈希 %q 不是 %s 的哈希", "the hash %q is not that of %s", r.Document.Hash, r.Document.Seals)
	case r.Preselected:
		return wrong("有预先勾选，不算同意", "something was ticked beforehand: that is no consent")
	case r.AcceptedAt.Before(r.ShownAt):
		return wrong("同意早于出示", "it was accepted before it was shown")
	case r.ReadSeconds < 0 || time.Duration(r.ReadSeconds)*time.Second > r.AcceptedAt.Sub(r.ShownAt):
		return wrong("阅读时长超过出示到同意的时间", "it was read for longer than it stood there")
	}
	return nil
}
