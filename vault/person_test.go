package vault_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/vault"
)

var today = calendar.Of(2026, 3, 10)

// ada is nobody: her identity number's region is 000000.
var ada = vault.Person{
	Name: "欧阳 娜·古丽", IdentityNumber: vault.MadeUpNumber(calendar.Of(1990, 3, 10), 12), Phone: vault.MadeUpPhone(345_6789),
	Address: "上海市浦东新区世纪大道 1 号", Email: "ada@example.com",
}

func faults(p vault.Person, madeUp bool) (all []string) {
	_, found := p.Check(madeUp, today)
	for _, f := range found {
		all = append(all, f.Field+" "+f.Detail)
	}
	return all
}

func TestIdentityNumbers(t *testing.T) {
	// The two examples of GB 11643-1999 itself, as people type them.
	for _, number := range []string{"11010519491231002X", "440524188001010014", "11010519491231002x", " 110105 19491231 002X ", "１１０１０５１９４９１２３１００２Ｘ"} {
		p := ada
		p.IdentityNumber, p.Phone = number, "13812341234"
		kept, found := p.Check(false, calendar.Of(1999, 7, 1))
		if len(found) != 0 || len(kept.IdentityNumber) != 18 || strings.HasSuffix(kept.IdentityNumber, "x") {
			t.Errorf("%s: %q, %v", number, kept.IdentityNumber, found)
		}
	}
	for number, wrong := range map[string]string{
		"":                    "18 characters",
		"11010519491231002":   "18 characters",
		"11010519491231002XX": "18 characters",
		"1101051949123100XX":  "17 digits",
		"11010519491231002Y":  "17 digits",
		"110105194912310O2X":  "17 digits",
		"110105194912310021":  "check character",
		"11010519491231020X":  "check character", // two digits swapped
		"110105194902300020":  "date of birth",
		"110105190002290020":  "date of birth", // no leap year
		"110105202603110028":  "to come",
		"11010518000101002X":  "long ago",
		"01010519491231002X":  "region",
		ada.IdentityNumber:    "region", // made up, in a real installation
	} {
		p := ada
		p.IdentityNumber = number
		all := strings.Join(faults(p, false), "; ")
		if !strings.Contains(all, "identity_number") || !strings.Contains(all, wrong) || number != "" && strings.Contains(all, number) {
			t.Errorf("%s: %s", number, all)
		}
	}
}

// One mistyped digit, or two neighbours swapped, is always found: that is what MOD 11-2 is for.
func TestMistypedNumbersAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		born := today - calendar.Date(rapid.IntRange(0, 40_000).Draw(t, "days"))
		number := vault.MadeUpNumber(born, rapid.IntRange(0, 999).Draw(t, "serial"))
		p := ada
		p.IdentityNumber = number
		if found := faults(p, true); len(found) != 0 {
			t.Fatalf("%s: %v", number, found)
		}
		spoilt := []byte(number)
		i := rapid.IntRange(0, 16).Draw(t, "at")
		if rapid.Bool().Draw(t, "swap") {
			spoilt[i], spoilt[i+1] = spoilt[i+1], spoilt[i]
		} else {
			spoilt[i] = byte('0' + (int(spoilt[i]-'0')+rapid.IntRange(1, 9).Draw(t, "by"))%10)
		}
		if p.IdentityNumber = string(spoilt); p.IdentityNumber != number && len(faults(p, true)) == 0 {
			t.Fatalf("%s is taken for %s", spoilt, number)
		}
	})
}

func TestAge(t *testing.T) {
	leap := vault.MadeUpNumber(calendar.Of(2008, 2, 29), 1)
	birthday := vault.MadeUpNumber(calendar.Of(2008, 3, 10), 1)
	for _, c := range []struct {
		number string
		on     calendar.Date
		years  int
	}{
		{birthday, calendar.Of(2026, 3, 9), 17},
		{birthday, calendar.Of(2026, 3, 10), 18},
		{birthday, calendar.Of(2008, 3, 10), 0},
		{leap, calendar.Of(2026, 2, 28), 17},
		{leap, calendar.Of(2026, 3, 1), 18},
		{leap, calendar.Of(2028, 2, 29), 20},
	} {
		if years, ok := vault.Age(c.number, c.on); years != c.years || !ok {
			t.Errorf("on %s: %d, not %d", c.on, years, c.years)
		}
	}
	if _, ok := vault.Age(birthday, calendar.Of(2008, 3, 9)); ok {
		t.Error("an age before birth")
	}
}

func TestPhonesAndNames(t *testing.T) {
	for _, typed := range []string{"13812341234", "+86 138 1234 1234", "0086-138-1234-1234", "86 13812341234", "１３８１２３４１２３４"} {
		p := ada
		p.Phone = typed
		if kept, _ := p.Check(true, today); kept.Phone != "+8613812341234" {
			t.Errorf("%s: %s", typed, kept.Phone)
		}
	}
	for _, typed := range []string{"", "1381234123", "138123412345", "+1 202 555 0100", "02112345678", "12812341234", "1381234123x", "138****1234"} {
		p := ada
		p.Phone = typed
		if found := faults(p, false); !strings.Contains(fmt.Sprint(found), "phone") {
			t.Errorf("phone %q is taken", typed)
		}
	}
	for typed, good := range map[string]bool{
		"张三": true, "欧阳娜娜": true, "阿卜杜拉·买买提": true, "Anne-Marie O’Neill": true, "㐂": true,
		"": false, "张*": false, "张三1": false, "·": false, "<b>张</b>": false, "张\u202e三": false, strings.Repeat("张", 65): false,
	} {
		p := ada
		p.Name = typed
		if found := faults(p, true); (len(found) == 0) != good {
			t.Errorf("name %q: %v", typed, found)
		}
	}
	for typed, good := range map[string]bool{"": true, "a@b.cn": true, "a": false, "A <a@b.cn>": false, "a***@b.cn": false} {
		p := ada
		p.Email = typed
		if found := faults(p, true); (len(found) == 0) != good {
			t.Errorf("email %q: %v", typed, found)
		}
	}
	p := ada
	p.Address = strings.Repeat("路", 201)
	if len(faults(p, true)) != 1 {
		t.Error("a long address is taken")
	}
}

func TestMasks(t *testing.T) {
	p := vault.Person{Name: "张三", IdentityNumber: "110101199001011234", Phone: "+8613800001234", Address: "上海市浦东新区", Email: "zhangsan@example.com"}
	want := vault.Person{Name: "张*", IdentityNumber: "1101**********1234", Phone: "138****1234", Address: "上海市****", Email: "z***@example.com"}
	if got := p.Masked(); got != want {
		t.Errorf("%q %q %q %q %q", got.Name, got.IdentityNumber, got.Phone, got.Address, got.Email)
	}
	if single := (vault.Person{Name: "张"}).Masked().Name; single != "张*" {
		t.Error(single)
	}
	for _, printed := range []string{fmt.Sprint(p), fmt.Sprintf("%v %+v %s", p, p, p), fmt.Sprintf("%#v", p)} {
		if strings.Contains(printed, "张三") {
			t.Errorf("a person prints as %s", printed)
		}
	}
}
