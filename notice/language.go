package notice

import (
	"fmt"
	"time"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/language"
)

// Language is one in which notices are told.
type Language string

// The languages.
const (
	Chinese Language = "zh-Hans"
	English Language = "en"
)

// Languages are all of them, the first being that of who names none.
var Languages = []Language{Chinese, English}

// Preferred is the language that an Accept-Language header asks for, or empty.
func Preferred(header string) Language { return Language(language.Preferred(header)) }

func (l Language) date(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	year, month, day := d.Split()
	if l == Chinese {
		return fmt.Sprintf("%d年%d月%d日", year, month, day)
	}
	return fmt.Sprintf("%d %s %d", day, month, year)
}

func (l Language) short(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	_, month, day := d.Split()
	if l == Chinese {
		return fmt.Sprintf("%d月%d日", month, day)
	}
	return fmt.Sprintf("%d %s", day, shortMonth(month))
}

func (l Language) month(d calendar.Date) string {
	if d == 0 {
		return ""
	}
	year, month, _ := d.Split()
	if l == Chinese {
		return fmt.Sprintf("%d年%d月", year, month)
	}
	return fmt.Sprintf("%s %d", month, year)
}

func shortMonth(m time.Month) string { return m.String()[:3] }
