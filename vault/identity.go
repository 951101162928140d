package vault

import (
	"strings"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

// The identity number (居民身份证号码, GB 11643-1999): six digits of a region, a birth
// date, three digits of which the last tells men (odd) from women, and a check
// character.
const identityLength = 18

// weights and checks are ISO 7064 MOD 11-2, as GB 11643 prints them.
var weights = [identityLength - 1]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const checks = "10X98765432"

// checkCharacter works the last character out from the seventeen before it.
func checkCharacter(digits string) byte {
	sum := 0
	for i, weight := range weights {
		sum += int(digits[i]-'0') * weight
	}
	return checks[sum%len(checks)]
}

// fictitious is a region that there is not, and never will be: regions begin with 1
// to 9. Numbers with it are made up for everybody to see, and a sandbox takes them.
const fictitious = "000000"

// MadeUpNumber makes an identity number that nobody can have: its region is 000000.
// serial is from 0 to 999.
func MadeUpNumber(born calendar.Date, serial int) string {
	digits := fictitious + strings.ReplaceAll(born.String(), "-", "") + threeDigits(serial)
	return digits + string(checkCharacter(digits))
}

// MadeUpPhone makes a phone that nobody can have: no mobile number in China begins
// with 12. serial is from 0 to 999,999,999.
func MadeUpPhone(serial int) string {
	digits := "000000000" + decimal(serial)
	return "+8612" + digits[len(digits)-9:]
}

func threeDigits(n int) string {
	digits := "000" + decimal(n)
	return digits[len(digits)-3:]
}

func decimal(n int) string {
	if n < 10 {
		return string(rune('0' + max(n, 0)))
	}
	return decimal(n/10) + decimal(n%10)
}

// identity reads an identity number as people type it, and says what is wrong with it.
func identity(typed string, madeUp bool, today calendar.Date) (number, wrong string) {
	number = strings.ToUpper(half(strings.NewReplacer(" ", "", "-", "").Replace(typed)))
	if len(number) != identityLength {
		return "", "has to have 18 characters"
	}
	for i := range len(number) {
		if digit := number[i] >= '0' && number[i] <= '9'; !digit && (i < identityLength-1 || number[i] != 'X') {
			return "", "has to be 17 digits and a last character that is a digit or X"
		}
	}
	birth, ok := born(number)
	switch region := number[:6]; {
	case region[0] == '0' && (region != fictitious || !madeUp):
		return "", "begins with a region that there is not"
	case !ok:
		return "", "has no real date of birth in its characters 7 to 14"
	case birth > today:
		return "", "has a date of birth that is to come"
	case birth < today-150*366:
		return "", "has a date of birth so long ago that nobody lives who has it"
	case checkCharacter(number) != number[identityLength-1]:
		return "", "has a check character that does not fit the others: one of them was mistyped"
	}
	return number, ""
}

// born is the date of birth in an identity number.
func born(number string) (calendar.Date, bool) {
	if len(number) != identityLength {
		return 0, false
	}
	d := number[6:14]
	day, err := time.Parse("20060102", d)
	if err != nil || day.Year() < 1800 {
		return 0, false
	}
	return calendar.At(day), true
}

// Age is how old somebody with this identity number is on a day: a year older from
// the birthday on. Who was born on 29 February is so on 1 March of other years: the
// year is full when its last day has ended.
func Age(number string, on calendar.Date) (years int, ok bool) {
	birth, ok := born(number)
	if !ok || on < birth {
		return 0, false
	}
	y, m, d := birth.Split()
	yearOn, monthOn, dayOn := on.Split()
	years = yearOn - y
	if monthOn < m || monthOn == m && dayOn < d {
		years--
	}
	return years, true
}

// Adult is the age from which on credit may be given.
const Adult = 18

// half turns what an input method wrote in full width into what was meant.
func half(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		if r == '\u3000' {
			return -1
		}
		return r
	}, s)
}
