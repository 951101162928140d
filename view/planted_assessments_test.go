package view_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/view"
)

// assessAgain is a policy that lends as much as was asked for, and says so in the evaluation.
func assessAgain(asked credit.Apply, received credit.ApplicationReceived) (credit.Assessment, error) {
	var kept struct {
		Limit money.Amount `json:"limit"`
	}
	if err := json.Unmarshal(received.Evaluation, &kept); err != nil {
		return credit.Assessment{}, err
	}
	if kept.Limit != asked.Wanted {
		return credit.Assessment{}, errors.New("the evaluation is another one's")
	}
	return credit.Assessment{Decision: credit.Approved, Limit: asked.Wanted}, nil
}

// evaluated has a stranger apply for nothing at all, with an evaluation and a decision on it.
func evaluated(evaluation string, assessment credit.Assessment) func(*testing.T, *store, *story) {
	return func(_ *testing.T, _ *store, s *story) {
		assessment.Evaluation = credit.Evaluation(evaluation)
		s.apply("zoe", termsOf("monthly", "CNY"), assessment)
		s.flush()
	}
}

var plantedAssessments = []plant{
	{"an evaluation that does not come to itself", view.CheckAssessed, evaluated(`{"limit":5}`, credit.Assessment{Decision: credit.Approved, Limit: 5})},
	{"an evaluation that is none", view.CheckAssessed, evaluated(`7`, credit.Assessment{Decision: credit.Approved, Limit: 5})},
	{"a limit beside the assessment", view.CheckAssessed, evaluated(`{"limit":0}`, credit.Assessment{Decision: credit.Approved, Limit: 5})},
	{"referred in spite of the assessment", view.CheckAssessed, evaluated(`{"limit":0}`, credit.Assessment{Decision: credit.Referred, Reasons: []string{"x"}})},
	{"refused in spite of the assessment", view.CheckAssessed, evaluated(`{"limit":0}`, credit.Assessment{Decision: credit.Refused, Reasons: []string{"x"}})},
}
