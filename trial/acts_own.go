package trial

import (
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"github.com/yuefu/yuefu/trial/reference"
)

// own is what customers do to keep themselves from spending, and a lender in one scene.
func (w *world) own(_ *customer, a *credit.Account) act {
	scene := pick(w, "mall", "live_commerce", "live_commerce", "tipping")
	switch w.random.IntN(10) {
	case 0, 1:
		command := credit.SetSpendingCap{Amount: money.Amount(pick(w, 0, 300_00, 1_000_00, 1_000_00, 3_000_00, -1))}
		return act{command, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.SetCap(command.Amount) }}
	case 2:
		return act{credit.RemoveSpendingCap{}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.RemoveCap() }}
	case 3:
		return act{credit.KeepSpendingCap{}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.KeepCap() }}
	case 4:
		limit := money.Amount(pick(w, 0, 500_00, 2_000_00, 2_000_00))
		return act{credit.SetSceneLimit{Scene: scene, Limit: limit, Operator: "o1"}, func(r *reference.Account, _ reference.Moment) reference.Answer {
			return r.SceneLimit(scene, &limit)
		}}
	case 5:
		return act{credit.RemoveSceneLimit{Scene: scene, Operator: "o1"}, func(r *reference.Account, _ reference.Moment) reference.Answer {
			return r.SceneLimit(scene, nil)
		}}
	case 8:
		from, until := pick(w, 0, 600, 1080, 1380, 1380, 1440), pick(w, 0, 360, 420, 420, 420, 1380)
		return act{credit.SetNightLock{From: from, Until: until}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Lock(from, until) }}
	case 9:
		return act{credit.RemoveNightLock{}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Unlock() }}
	case 6:
		return act{credit.SwitchSceneOff{Scene: scene}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Switch(scene, false) }}
	}
	return act{credit.SwitchSceneOn{Scene: scene}, func(r *reference.Account, _ reference.Moment) reference.Answer { return r.Switch(scene, true) }}
}
