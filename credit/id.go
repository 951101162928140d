package credit

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strconv"
	"strings"
)

// ID names an account, or a thing that belongs to one. A thing's id has its
// account's in it (aut_<account>_<number>), so that whoever holds the id finds
// the account without asking anybody.
type ID string

// The prefixes of ids say what they name.
const (
	prefixAccount     = "acc_"
	PrefixApplication = "app_"
	PrefixHold        = "aut_"
	PrefixPurchase    = "pur_"
	PrefixRefund      = "ref_"
	PrefixStatement   = "stm_"
	PrefixRepayment   = "rep_"
	PrefixReturn      = "ret_"
	PrefixReversal    = "rvs_"
	PrefixClosure     = "clo_"
	PrefixConversion  = "cnv_"
	PrefixAutopay     = "apy_"
	PrefixDebit       = "deb_"
	PrefixDispute     = "dsp_"
	PrefixContact     = "con_"
)

const accountLetters = 20 // 100 bits: a collision among a thousand million accounts has odds of 1 to 2.5 million millions

var crockford = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// AccountID derives the id of the one account that a platform's customer can have
// in a programme. It is the same before, during and after the account's life.
func AccountID(platform, programme, customer string) ID {
	h := sha256.New()
	for _, part := range []string{platform, programme, customer} {
		var size [8]byte
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		h.Write(size[:])
		h.Write([]byte(part))
	}
	return ID(prefixAccount + crockford.EncodeToString(h.Sum(nil))[:accountLetters])
}

// Slot returns the account's place among n partitions; n is a power of two, at most 256.
func (id ID) Slot(n int) int {
	letters := strings.TrimPrefix(string(id), prefixAccount)
	if len(letters) < 2 {
		return 0
	}
	high := strings.IndexByte("0123456789abcdefghjkmnpqrstvwxyz", letters[0])
	low := strings.IndexByte("0123456789abcdefghjkmnpqrstvwxyz", letters[1])
	return (high<<3 | low>>2) & (n - 1)
}

// Valid says whether id has the form of an account's id.
func (id ID) Valid() bool {
	letters, ok := strings.CutPrefix(string(id), prefixAccount)
	return ok && validLetters(letters)
}

func validLetters(letters string) bool {
	if len(letters) != accountLetters {
		return false
	}
	for i := range len(letters) {
		if strings.IndexByte("0123456789abcdefghjkmnpqrstvwxyz", letters[i]) < 0 {
			return false
		}
	}
	return true
}

// Part returns the id of the account's thing with a number, such as its 17th hold.
func (id ID) Part(prefix string, number int64) ID {
	return ID(prefix + strings.TrimPrefix(string(id), prefixAccount) + "_" + strconv.FormatInt(number, 10))
}

// Owner takes a thing's id apart into its account and number. It reports false
// for an id of another kind or form.
func (id ID) Owner(prefix string) (account ID, number int64, ok bool) {
	rest, ok := strings.CutPrefix(string(id), prefix)
	if !ok {
		return "", 0, false
	}
	letters, digits, ok := strings.Cut(rest, "_")
	if !ok || !validLetters(letters) || digits == "" || digits[0] < '1' || digits[0] > '9' || len(digits) > 15 {
		return "", 0, false
	}
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return "", 0, false
	}
	return ID(prefixAccount + letters), number, true
}
