package vault

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuefu/yuefu/calendar"
)

// Person (个人信息) is what is known of a human being, in clear. Values of this type
// are on their way into the vault or out of it, and are kept nowhere else.
type Person struct {
	Name           string // 姓名
	IdentityNumber string // 居民身份证号码
	Phone          string // +86 and eleven digits
	Address        string // 联系地址; may be empty
	Email          string // may be empty
}

// LogValue and String keep a person out of whatever prints one by mistake.
func (Person) String() string   { return "(personal data)" }
func (Person) GoString() string { return "(personal data)" }

// The fields of a person, by the names that they have everywhere.
const (
	FieldName           = "name"
	FieldIdentityNumber = "identity_number"
	FieldPhone          = "phone"
	FieldAddress        = "address"
	FieldEmail          = "email"
)

// Fault is what is wrong with one field of a person. It never repeats the value.
type Fault struct {
	Field  string
	Detail string
}

// Check puts a person into the form that is kept, and says everything that is
// wrong. madeUp also takes what nobody can have, as a sandbox does.
func (p Person) Check(madeUp bool, today calendar.Date) (Person, []Fault) {
	var faults []Fault
	note := func(field, wrong string) {
		if wrong != "" {
			faults = append(faults, Fault{field, wrong})
		}
	}
	var wrong string
	p.Name, wrong = name(p.Name)
	note(FieldName, wrong)
	p.IdentityNumber, wrong = identity(p.IdentityNumber, madeUp, today)
	note(FieldIdentityNumber, wrong)
	p.Phone, wrong = phone(p.Phone, madeUp)
	note(FieldPhone, wrong)
	p.Address, wrong = address(p.Address)
	note(FieldAddress, wrong)
	p.Email, wrong = email(p.Email)
	note(FieldEmail, wrong)
	return p, faults
}

// name takes the names of all peoples of China and of foreigners: letters, with
// spaces, dots, hyphens and apostrophes between them.
func name(typed string) (kept, wrong string) {
	kept = strings.Join(strings.Fields(typed), " ")
	switch {
	case kept == "" || !utf8.ValidString(kept):
		return "", "is missing"
	case utf8.RuneCountInString(kept) > 64:
		return "", "has more than 64 characters"
	case strings.Contains(kept, "*"):
		return "", "is a masked name: the whole one is wanted"
	}
	letters := false
	for _, r := range kept {
		switch {
		case unicode.IsLetter(r), unicode.IsMark(r):
			letters = true
		case r == ' ', r == '·', r == '•', r == '.', r == '-', r == '\'', r == '’':
		default:
			return "", "has a character that no name has"
		}
	}
	if !letters {
		return "", "has no letter"
	}
	return kept, ""
}

// phone takes a mobile number of mainland China as people write it, and keeps it as E.164.
func phone(typed string, madeUp bool) (kept, wrong string) {
	digits := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(half(typed))
	for _, prefix := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) == 11 {
			digits = rest
			break
		}
	}
	if len(digits) != 11 || strings.Trim(digits, "0123456789") != "" {
		return "", "has to be a mobile number of mainland China: 11 digits, with or without +86"
	}
	if digits[0] != '1' || digits[1] < '3' && (digits[1] != '2' || !madeUp) {
		return "", "is not a mobile number: those begin with 13 to 19"
	}
	return "+86" + digits, ""
}

func address(typed string) (kept, wrong string) {
	kept = strings.Join(strings.Fields(typed), " ")
	switch {
	case utf8.RuneCountInString(kept) > 200:
		return "", "has more than 200 characters"
	case strings.ContainsFunc(kept, func(r rune) bool { return !unicode.IsPrint(r) }) || !utf8.ValidString(kept):
		return "", "has a character that cannot be printed"
	}
	return kept, ""
}

func email(typed string) (kept, wrong string) {
	kept = strings.TrimSpace(typed)
	if kept == "" {
		return "", ""
	}
	parsed, err := mail.ParseAddress(kept)
	if err != nil || parsed.Address != kept || len(kept) > 254 || strings.Contains(kept, "*") {
		return "", "has to be an address such as name@example.com"
	}
	return kept, ""
}

// Masked (脱敏) is the person as pages and answers show them.
func (p Person) Masked() Person {
	return Person{
		Name:           maskName(p.Name),
		IdentityNumber: maskMiddle(p.IdentityNumber, 4, 4),
		Phone:          maskMiddle(strings.TrimPrefix(p.Phone, "+86"), 3, 4),
		Address:        maskTail(p.Address, 6),
		Email:          maskEmail(p.Email),
	}
}

// maskName leaves the family name's first character: 张*.
func maskName(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(first) + strings.Repeat("*", max(1, min(utf8.RuneCountInString(name)-1, 8)))
}

// maskMiddle leaves the first and last characters of digits.
func maskMiddle(s string, first, last int) string {
	if s == "" {
		return ""
	}
	if len(s) <= first+last {
		return strings.Repeat("*", len(s))
	}
	return s[:first] + strings.Repeat("*", len(s)-first-last) + s[len(s)-last:]
}

// maskTail leaves at most half of what there is, and no more than first characters.
func maskTail(s string, first int) string {
	all := []rune(s)
	if len(all) == 0 {
		return ""
	}
	return string(all[:min(first, len(all)/2)]) + "****"
}

func maskEmail(s string) string {
	user, host, ok := strings.Cut(s, "@")
	if !ok {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(user)
	return string(first) + "***@" + host
}
