package calendar

import (
	_ "embed"
	"sync"
)

//go:embed workdays_china.json
var chinaNotices []byte

// China returns the working days of mainland China, 2004 to 2026, by the
// yearly notices of the State Council's General Office. The notice for a year
// comes in November of the year before: an operator adds it with LoadWorkdays and With.
var China = sync.OnceValue(func() *Workdays {
	w, err := LoadWorkdays(chinaNotices)
	if err != nil {
		panic(err) // the file is part of the binary and a test reads it
	}
	return w
})

// Working reports whether d is a working day in mainland China.
func Working(d Date) bool { return China().Working(d) }

// AddWorkingDays returns the n-th working day of mainland China after d.
func AddWorkingDays(d Date, n int) Date { return China().Add(d, n) }
