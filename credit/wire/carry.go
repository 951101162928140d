package wire

import (
	"slices"
	"time"

	"github.com/yuefu/yuefu/credit"
)

// Carry copies events for those who are handed an entry together with them, as EncodeEvents
// and DecodeEvents would bring them back; nil where they have to read the entry. It knows
// the events of every checkout. The others are rare, and their parts may be the account's own,
// which go on changing.
func Carry(list []credit.Event) any {
	var carried []credit.Event
	for _, e := range list {
		switch e := e.(type) {
		case credit.Authorised:
			e.Agreement.ShownAt, e.Agreement.AcceptedAt = written(e.Agreement.ShownAt), written(e.Agreement.AcceptedAt)
			carried = append(carried, e)
		case credit.PurchaseCaptured:
			e.Plan.Subsidies, e.Funding, e.Parts = slices.Clone(e.Plan.Subsidies), slices.Clone(e.Funding), slices.Clone(e.Parts)
			for j := range e.Parts {
				e.Parts[j].Borne = slices.Clone(e.Parts[j].Borne)
			}
			carried = append(carried, e)
		case credit.HoldVoided, credit.HoldExpired:
			carried = append(carried, e)
		default:
			return nil
		}
	}
	if carried == nil {
		return nil // an interface that holds no list is not nil
	}
	return carried
}

// written is an instant as its text says it.
func written(t time.Time) time.Time { return t.Round(0).UTC() }

// Carried are the events of an entry: those that came with it, or what it says.
func Carried(decoded any, events []byte) ([]credit.Event, error) {
	if list, ok := decoded.([]credit.Event); ok {
		return list, nil
	}
	return DecodeEvents(events)
}
