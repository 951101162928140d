package catalogue

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/risk"
)

// BadPolicy says what keeps a policy from being used: every part of it, with line and
// column where that is in an expression.
type BadPolicy struct{ Faults risk.Faults }

func (e *BadPolicy) Error() string { return ErrInvalid.Error() + ": policy: " + e.Faults.Error() }

// Is makes a programme with a bad policy one that is not valid.
func (e *BadPolicy) Is(target error) bool { return errors.Is(ErrInvalid, target) }

// assessable says what keeps a version's policy from being used.
func (v *Version) assessable() error {
	_, err := risk.Compile(v.Policy, v.Number)
	var faults risk.Faults
	if errors.As(err, &faults) {
		return &BadPolicy{faults}
	}
	return err
}

// compiled makes a version's rules once, for whoever comes first.
type compiled func() (*risk.Rules, error)

// Rules are a version's policy, ready to assess: made once, and shared.
func (c *Catalogue) Rules(v *Version) (*risk.Rules, error) {
	key := versionKey{v.Platform, v.Programme, v.Number}
	one, known := c.rules.Load(key)
	if !known {
		one, _ = c.rules.LoadOrStore(key, compiled(sync.OnceValues(func() (*risk.Rules, error) { return risk.Compile(v.Policy, v.Number) })))
	}
	rules, err := one.(compiled)()
	if err != nil {
		// It was checked when it was made: the rules of this program have become stricter since.
		return nil, fmt.Errorf("catalogue: policy of %s, version %d: %w", v.Programme, v.Number, err)
	}
	return rules, nil
}

// AssessAgain assesses an application of the log once more, under the version of the
// policy that it was assessed by.
func (c *Catalogue) AssessAgain(asked credit.Apply, received credit.ApplicationReceived) (credit.Assessment, error) {
	v, err := c.Version(context.Background(), received.Platform, received.Programme, received.Version)
	if err != nil {
		return credit.Assessment{}, err
	}
	rules, err := c.Rules(v)
	if err != nil {
		return credit.Assessment{}, err
	}
	return rules.Again(received.Evaluation, risk.Applicant{Declared: asked.Declared, Wanted: asked.Wanted, Facts: asked.Facts})
}
