package wire

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
)

// commands maps a wire name to what reads a command of that name.
var commands = map[string]func([]byte) (credit.Command, error){}

func registerCommand[C credit.Command]() {
	var zero C
	commands[zero.Name()] = func(b []byte) (credit.Command, error) {
		var c C
		err := json.Unmarshal(b, &c, json.RejectUnknownMembers(true))
		return c, err
	}
}

func init() {
	registerCommand[credit.Apply]()
	registerCommand[credit.Review]()
	registerCommand[credit.Appeal]()
	registerCommand[credit.Authorise]()
	registerCommand[credit.Capture]()
	registerCommand[credit.Void]()
	registerCommand[credit.Refund]()
	registerCommand[credit.OpenDispute]()
	registerCommand[credit.SettleDispute]()
	registerCommand[credit.WithdrawDispute]()
	registerCommand[credit.Repay]()
	registerCommand[credit.EarlyRepay]()
	registerCommand[credit.ReturnCredit]()
	registerCommand[credit.Defer]()
	registerCommand[credit.ReverseRepayment]()
	registerCommand[credit.Convert]()
	registerCommand[credit.MakeContact]()
	registerCommand[credit.Freeze]()
	registerCommand[credit.Unfreeze]()
	registerCommand[credit.RequestClosure]()
	registerCommand[credit.ApproveClosure]()
	registerCommand[credit.RefuseClosure]()
	registerCommand[credit.WithdrawClosure]()
	registerCommand[credit.CloseDay]()
	registerCommand[credit.ChangeLimit]()
	registerCommand[credit.LowerLimit]()
	registerCommand[credit.ChooseDueDay]()
	registerCommand[credit.SetSceneLimit]()
	registerCommand[credit.RemoveSceneLimit]()
	registerCommand[credit.SwitchSceneOff]()
	registerCommand[credit.SwitchSceneOn]()
	registerCommand[credit.Renew]()
	registerCommand[credit.SetNightLock]()
	registerCommand[credit.RemoveNightLock]()
	registerCommand[credit.SetSpendingCap]()
	registerCommand[credit.RemoveSpendingCap]()
	registerCommand[credit.KeepSpendingCap]()
	registerCommand[credit.GrantTemporaryLimit]()
	registerCommand[credit.WithdrawTemporaryLimit]()
	registerCommand[credit.SetAutopay]()
	registerCommand[credit.CancelAutopay]()
	registerCommand[credit.RequestDebit]()
	registerCommand[credit.SettleDebit]()
	registerCommand[credit.RefuseDebit]()
}

// DecodeCommand reads what EncodeCommand wrote. What the edge found out for an
// application (terms, assessment) is not in it.
func DecodeCommand(name string, b []byte) (credit.Command, error) {
	decode, known := commands[name]
	if !known {
		return nil, fmt.Errorf("command %q is not known", name)
	}
	c, err := decode(b)
	if err != nil {
		return nil, fmt.Errorf("decode command %s: %w", name, err)
	}
	return c, nil
}

// DecodeFact reads an entry of an account's history, of the day and time that it has.
func DecodeFact(name string, command, events []byte, day calendar.Date, at int64) (f credit.Fact, err error) {
	f.At.Time = at
	if f.At.Day, err = EffectiveDay(name, command, day); err != nil {
		return f, err
	}
	if f.Command, err = DecodeCommand(name, command); err != nil {
		return f, err
	}
	f.Events, err = DecodeEvents(events)
	return f, err
}
