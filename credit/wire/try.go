package wire

import "github.com/yuefu/yuefu/credit"

// Try tells what a command would do to an account, and leaves the account as it is.
func Try(a *credit.Account, c credit.Command, at credit.Moment) ([]credit.Event, error) {
	state, err := EncodeState(a)
	if err != nil {
		return nil, err
	}
	copied, err := DecodeState(state)
	if err != nil {
		return nil, err
	}
	return copied.Do(c, at)
}
