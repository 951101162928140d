package view

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/credit/wire"
	"github.com/yuefu/yuefu/eventlog"
)

// Assessor assesses an application once more: what its customer asked for, under the
// policy of before. An error says why that does not come to what was kept.
type Assessor func(asked credit.Apply, received credit.ApplicationReceived) (credit.Assessment, error)

// AssessBy lets Verify assess each application of the log again. It comes before anything else.
func (t *Tables) AssessBy(again Assessor) { t.assessor = again }

// assessed holds the decision on an application against its assessment, made once more.
func (a *audit) assessed(e *eventlog.Entry, events []credit.Event) *Violation {
	if a.assessor == nil || len(events) == 0 {
		return nil
	}
	received, ok := events[0].(credit.ApplicationReceived)
	if !ok || len(received.Evaluation) == 0 {
		return nil
	}
	command, err := decodeApply(e)
	if err != nil {
		return wrong(CheckAssessed, "application %d: %v", received.Number, err)
	}
	again, err := a.assessor(command, received)
	if err != nil {
		return wrong(CheckAssessed, "application %d: %v", received.Number, err)
	}
	for _, event := range events[1:] {
		switch d := event.(type) {
		case credit.AccountOpened:
			limit := again.Limit
			if most := d.Terms.LimitCap; most > 0 {
				limit = min(limit, most)
			}
			if again.Decision != credit.Approved || d.Limit != limit {
				return wrong(CheckAssessed, "application %d opened an account with a limit of %d, and was assessed as %s with %d", received.Number, d.Limit, again.Decision, limit)
			}
		case credit.ApplicationReferred:
			if again.Decision != credit.Referred || !slices.Equal(d.Reasons, again.Reasons) {
				return wrong(CheckAssessed, "application %d was referred for %q, and was assessed as %s for %q", received.Number, d.Reasons, again.Decision, again.Reasons)
			}
		case credit.ApplicationRefused:
			lawful := d.Terms != nil // the law's refusals, which no policy can soften, leave nothing to appeal
			if lawful && (again.Decision != credit.Refused || !slices.Equal(d.Reasons, again.Reasons)) {
				return wrong(CheckAssessed, "application %d was refused for %q, and was assessed as %s for %q", received.Number, d.Reasons, again.Decision, again.Reasons)
			}
		}
	}
	return nil
}

func decodeApply(e *eventlog.Entry) (credit.Apply, error) {
	command, err := wire.DecodeCommand(e.Name, e.Command)
	if err != nil {
		return credit.Apply{}, err
	}
	apply, ok := command.(credit.Apply)
	if !ok {
		return credit.Apply{}, fmt.Errorf("it came of the command %s", e.Name)
	}
	return apply, nil
}
