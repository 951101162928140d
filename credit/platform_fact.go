package credit

import "slices"

// PlatformFact (平台信息) is something that the platform knows of its customer and sends
// with an application: how many orders, since when. Its value is a number, true or false,
// or one of a few words, written as text: nothing that could tell who the customer is. Which
// facts there are, the programme's policy says.
type PlatformFact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Evaluation (评估记录) is how an assessment came to its decision: JSON that the core
// carries into the log and never looks into.
type Evaluation []byte

// MarshalJSON writes the evaluation as it is.
func (e Evaluation) MarshalJSON() ([]byte, error) {
	if len(e) == 0 {
		return []byte("null"), nil
	}
	return e, nil
}

// UnmarshalJSON keeps a copy of the evaluation as it stands.
func (e *Evaluation) UnmarshalJSON(b []byte) error {
	*e = slices.Clone(b)
	return nil
}
