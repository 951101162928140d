package reference

// Evidence is what is shown for a consent.
type Evidence struct {
	Missing         bool // a part of it is not there
	Preselected     bool
	Another         bool  // given by another person
	Outdated        bool  // for another text or version, or other figures
	Shown, Accepted int64 // microseconds since 1970
	Read            int64 // seconds
}

// judge says why evidence proves nothing, or nothing.
func (e Evidence) judge(reading, now int64) string {
	const minute = 60_000_000
	switch {
	case e.Missing:
		return "consent_incomplete"
	case e.Preselected:
		return "consent_preselected"
	case e.Another:
		return "consent_of_another"
	case e.Outdated:
		return "consent_outdated"
	case e.Accepted < e.Shown+reading:
		return "consent_too_fast"
	case e.Read*1_000_000 < reading || e.Read*1_000_000 > e.Accepted-e.Shown:
		return "consent_too_fast" // not read for as long as it needs, or for longer than it was there
	case e.Accepted > now+2*minute:
		return "consent_in_future"
	case now > e.Accepted+24*60*minute:
		return "consent_outdated"
	}
	return ""
}
