package credit

import (
	"fmt"
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/money"
)

// SceneLimit (场景额度) is the most that may be held and owed in one scene, within the
// account's limit. The contract has some, and the lender may set others for one
// account: of both the lower holds.
type SceneLimit struct {
	Scene string       `json:"scene"`
	Limit money.Amount `json:"limit"`
}

// SceneOff is a scene in which the customer does not want to spend.
type SceneOff struct {
	Scene  string        `json:"scene"`
	Since  calendar.Date `json:"since"`
	OnFrom calendar.Date `json:"on_from,omitzero"` // when it is on again, as the customer asked
}

// SetSceneLimit limits what this account may hold and owe in a scene.
type SetSceneLimit struct {
	Scene    string       `json:"scene"`
	Limit    money.Amount `json:"limit"`
	Operator string       `json:"operator"`
}

// RemoveSceneLimit leaves the scene to the contract's limit.
type RemoveSceneLimit struct {
	Scene    string `json:"scene"`
	Operator string `json:"operator"`
}

// SwitchSceneOff is the customer who wants to spend nothing in a scene, at once (关闭场景).
type SwitchSceneOff struct {
	Scene string `json:"scene"`
}

// SwitchSceneOn is the customer who wants to spend there again (开启场景): after a whole
// day to think it over. See aDayLater.
type SwitchSceneOn struct {
	Scene string `json:"scene"`
}

// SceneLimitSet says how much this account may hold and owe in a scene.
type SceneLimitSet struct {
	Scene    string       `json:"scene"`
	Limit    money.Amount `json:"limit"`
	Operator string       `json:"operator"`
}

// SceneLimitRemoved says that the account has no limit of its own in a scene any more.
type SceneLimitRemoved struct {
	Scene    string `json:"scene"`
	Operator string `json:"operator"`
}

// SceneSwitchedOff says that nothing can be spent in a scene. An open hold stays: it was promised.
type SceneSwitchedOff struct {
	Scene string `json:"scene"`
}

// SceneOnRequested says from when a scene is on again.
type SceneOnRequested struct {
	Scene string        `json:"scene"`
	From  calendar.Date `json:"from"`
}

// SceneSwitchedOn says that the customer can spend in a scene again.
type SceneSwitchedOn struct {
	Scene string `json:"scene"`
}

func (SetSceneLimit) Name() string     { return "set_scene_limit" }
func (RemoveSceneLimit) Name() string  { return "remove_scene_limit" }
func (SwitchSceneOff) Name() string    { return "switch_scene_off" }
func (SwitchSceneOn) Name() string     { return "switch_scene_on" }
func (SceneLimitSet) Name() string     { return "scene_limit.set" }
func (SceneLimitRemoved) Name() string { return "scene_limit.removed" }
func (SceneSwitchedOff) Name() string  { return "scene.switched_off" }
func (SceneOnRequested) Name() string  { return "scene.on_requested" }
func (SceneSwitchedOn) Name() string   { return "scene.switched_on" }

// aDayLater is when something takes effect that a customer may have back only after
// a day: what is asked for on a date holds from the second date after it. The core
// knows dates and no hours, and only so a whole day lies between, at whatever hour
// it was asked for.
func aDayLater(day calendar.Date) calendar.Date { return day + 2 }

// sceneOf refuses scenes that the contract does not know.
func (a *Account) sceneOf(scene string) error {
	if err := a.open(); err != nil {
		return err
	}
	if !slices.Contains(a.Terms.Scenes, scene) {
		return &Error{Kind: UnknownScene, Field: "scene", Detail: "the contract has no such scene"}
	}
	return nil
}

func (c SetSceneLimit) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.sceneOf(c.Scene); err != nil {
		return err
	}
	if c.Limit < 0 || c.Limit > money.Max {
		return &Error{Kind: InvalidAmount, Field: "limit", Detail: "a limit is a whole number of minor units from 0 to " + money.Max.Format("JPY")}
	}
	if l, ok := limitIn(a.SceneLimits, c.Scene); ok && l == c.Limit {
		return refuse(Unchanged, "the account's own limit in this scene is that already")
	}
	emit(SceneLimitSet(c))
	return nil
}

func (c RemoveSceneLimit) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.sceneOf(c.Scene); err != nil {
		return err
	}
	if _, ok := limitIn(a.SceneLimits, c.Scene); !ok {
		return refuse(NothingToWithdraw, "the account has no limit of its own in this scene")
	}
	emit(SceneLimitRemoved(c))
	return nil
}

func (c SwitchSceneOff) do(a *Account, _ Moment, emit func(Event)) error {
	if err := a.sceneOf(c.Scene); err != nil {
		return err
	}
	if off := a.off(c.Scene); off != nil && off.OnFrom == 0 {
		return refuse(Unchanged, "the scene is off since %s", off.Since)
	}
	emit(SceneSwitchedOff(c))
	return nil
}

func (c SwitchSceneOn) do(a *Account, at Moment, emit func(Event)) error {
	if err := a.sceneOf(c.Scene); err != nil {
		return err
	}
	switch off := a.off(c.Scene); {
	case off == nil:
		return refuse(Unchanged, "the scene is on")
	case off.OnFrom != 0:
		return refuse(Unchanged, "the scene is on again from %s", off.OnFrom)
	}
	emit(SceneOnRequested{Scene: c.Scene, From: aDayLater(at.Day)})
	return nil
}

// switchScenesOn does what customers asked for a day ago.
func (a *Account) switchScenesOn(day calendar.Date, emit func(Event)) {
	for _, off := range slices.Clone(a.ScenesOff) {
		if off.OnFrom != 0 && off.OnFrom <= day {
			emit(SceneSwitchedOn{Scene: off.Scene})
		}
	}
}

func (a *Account) off(scene string) *SceneOff {
	i := slices.IndexFunc(a.ScenesOff, func(o SceneOff) bool { return o.Scene == scene })
	if i < 0 {
		return nil
	}
	return &a.ScenesOff[i]
}

// SceneLimit is the most that may be held and owed in a scene, if there is such a limit.
func (a *Account) SceneLimit(scene string) (limit money.Amount, limited bool) {
	limit, limited = limitIn(a.Terms.SceneLimits, scene)
	if own, ok := limitIn(a.SceneLimits, scene); ok && (!limited || own < limit) {
		return own, true
	}
	return limit, limited
}

func limitIn(list []SceneLimit, scene string) (money.Amount, bool) {
	for _, l := range list {
		if l.Scene == scene {
			return l.Limit, true
		}
	}
	return 0, false
}

// UsedIn is what is held and owed in a scene, or contested.
func (a *Account) UsedIn(scene string) (sum money.Amount) {
	for i := range a.Holds {
		if a.Holds[i].Scene == scene {
			sum += a.Holds[i].Amount
		}
	}
	for i := range a.Disputes {
		if p := a.purchase(a.Disputes[i].Purchase); p != nil && p.Scene == scene {
			sum += a.Disputes[i].principal()
		}
	}
	for i := range a.Purchases {
		if p := &a.Purchases[i]; p.Scene == scene {
			for _, in := range p.Instalments {
				sum += in.Principal
			}
		}
	}
	return sum
}

func (t *Terms) checkSceneLimits() error {
	for i, l := range t.SceneLimits {
		switch _, twice := limitIn(t.SceneLimits[:i], l.Scene); {
		case !slices.Contains(t.Scenes, l.Scene):
			return fmt.Errorf("scene_limits: there is no scene %q", l.Scene)
		case twice:
			return fmt.Errorf("scene_limits: %q stands twice", l.Scene)
		case l.Limit < 0 || l.Limit > money.Max:
			return fmt.Errorf("scene_limits: %d in %q is not within 0 to %d", l.Limit, l.Scene, money.Max)
		}
	}
	return nil
}

func (e SceneLimitSet) apply(a *Account, _ calendar.Date) {
	for i := range a.SceneLimits {
		if a.SceneLimits[i].Scene == e.Scene {
			a.SceneLimits[i].Limit = e.Limit
			return
		}
	}
	a.SceneLimits = append(a.SceneLimits, SceneLimit{Scene: e.Scene, Limit: e.Limit})
}

func (e SceneLimitRemoved) apply(a *Account, _ calendar.Date) {
	a.SceneLimits = slices.DeleteFunc(a.SceneLimits, func(l SceneLimit) bool { return l.Scene == e.Scene })
}

func (e SceneSwitchedOff) apply(a *Account, on calendar.Date) {
	if off := a.off(e.Scene); off != nil { // asked for on, and thought better of it
		off.OnFrom = 0
		return
	}
	a.ScenesOff = append(a.ScenesOff, SceneOff{Scene: e.Scene, Since: on})
}

func (e SceneOnRequested) apply(a *Account, _ calendar.Date) { a.off(e.Scene).OnFrom = e.From }

func (e SceneSwitchedOn) apply(a *Account, _ calendar.Date) {
	a.ScenesOff = slices.DeleteFunc(a.ScenesOff, func(o SceneOff) bool { return o.Scene == e.Scene })
}
