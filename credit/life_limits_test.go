package credit_test

import (
	"slices"

	"github.com/yuefu/yuefu/calendar"
	"github.com/yuefu/yuefu/credit"
	"github.com/yuefu/yuefu/money"
	"pgregory.net/rapid"
)

// limits changes what may be owed, and what the customer chose.
func (l *life) limits(t *rapid.T) {
	a := l.story.a
	before := a.Limit
	limit := l.amount(t, before)
	switch rapid.IntRange(0, 5).Draw(t, "which") {
	case 4:
		l.do(credit.LowerLimit{Limit: limit})
	case 5:
		l.renew(t)
	case 0:
		change := credit.ChangeLimit{Limit: limit, Reason: rapid.SampledFrom(credit.LimitReasons).Draw(t, "reason")}
		if _, err := a.LimitIncrease(limit); err == nil && rapid.IntRange(0, 3).Draw(t, "agreed") > 0 {
			change = l.story.raise(limit)
		}
		_, err := l.do(change)
		if err == nil && limit > before && change.Consent == nil {
			t.Fatal("raised without consent")
		}
	case 1:
		l.do(credit.GrantTemporaryLimit{Amount: limit, LastDay: l.story.day + calendar.Date(rapid.SampledFrom([]int{-1, 0, 1, 30, 366, 367}).Draw(t, "days"))})
	case 3:
		l.do(credit.ChooseDueDay{Day: rapid.SampledFrom([]int{l.terms.DueDay, 1, 14, 31}).Draw(t, "due day")})
	case 2:
		l.do(credit.WithdrawTemporaryLimit{})
	}
}

// renew agrees to a newer version, with other prices and another grace.
func (l *life) renew(t *rapid.T) {
	a := l.story.a
	agreed := a.Terms
	if a.Agreed != nil {
		agreed = a.Agreed
	}
	terms := *agreed
	terms.Version++
	terms.GraceDays = rapid.SampledFrom([]int{0, 1, 3, 31}).Draw(t, "grace")
	terms.PenaltyRate = credit.Rate(rapid.IntRange(0, 400_000).Draw(t, "penalty"))
	terms.Plans = slices.Clone(terms.Plans)
	for i := range terms.Plans {
		terms.Plans[i].Rate /= credit.Rate(rapid.IntRange(1, 3).Draw(t, "cheaper"))
	}
	terms.Documents = slices.Clone(terms.Documents)
	terms.Documents[0].Version++
	l.do(l.story.renewal(&terms))
}

// choices are the customer's own, and the lender's for scenes.
func (l *life) choices(t *rapid.T) {
	limit := l.amount(t, l.story.a.Limit)
	switch rapid.IntRange(0, 5).Draw(t, "choice") {
	case 5:
		minute := rapid.SampledFrom([]int{0, 1, 420, 719, 720, 721, 1380, 1439, 1440})
		l.do(rapid.SampledFrom([]credit.Command{credit.SetNightLock{From: minute.Draw(t, "from"), Until: minute.Draw(t, "until")}, credit.RemoveNightLock{}}).Draw(t, "lock"))
	case 0, 1:
		l.do(rapid.SampledFrom([]credit.Command{credit.SetSpendingCap{Amount: limit / 4}, credit.SetSpendingCap{Amount: limit}, credit.RemoveSpendingCap{}, credit.KeepSpendingCap{}}).Draw(t, "cap"))
	case 2, 3:
		scene := rapid.SampledFrom([]string{"live", "mall", "casino"}).Draw(t, "scene")
		l.do(rapid.SampledFrom([]credit.Command{credit.SwitchSceneOff{Scene: scene}, credit.SwitchSceneOn{Scene: scene}, credit.SwitchSceneOn{Scene: scene}}).Draw(t, "switch"))
	default:
		scene := rapid.SampledFrom([]string{"live", "mall"}).Draw(t, "scene")
		l.do(rapid.SampledFrom([]credit.Command{credit.SetSceneLimit{Scene: scene, Limit: limit}, credit.RemoveSceneLimit{Scene: scene}}).Draw(t, "scene limit"))
	}
}

// limiting is what limits an account's spending, as its events add up.
type limiting struct {
	limit, temporary money.Amount
	dueDay           int
	orders           map[int64]ordered        // by hold, and by purchase
	spent            map[string]money.Amount  // by month: "2026-03"
	scenes           map[string]money.Amount  // own limits
	shut             map[string]calendar.Date // since when
	most             *money.Amount            // the spending cap
	asked            map[string]calendar.Date // when a raise, or a scene, was asked for
	locked           [24 * 60]bool            // minutes of the day
}

func limitTerms(t *rapid.T, terms *credit.Terms) {
	if rapid.Bool().Draw(t, "due days") {
		terms.DueDays = []int{1, 14, 31}
		if !slices.Contains(terms.DueDays, terms.DueDay) {
			terms.DueDays = append(terms.DueDays, terms.DueDay)
		}
		terms.DueDayChanges = rapid.IntRange(0, 2).Draw(t, "changes a year")
	}
	if rapid.Bool().Draw(t, "scene limits") {
		terms.SceneLimits = []credit.SceneLimit{{Scene: "mall", Limit: money.Amount(rapid.IntRange(0, 3_000_00).Draw(t, "scene limit"))}}
		terms.Merchants.Blocked = []string{"m3"}
	}
}

// countLimits comes before an event is counted otherwise.
func (l *life) countLimits(e credit.Event) {
	switch e := e.(type) {
	case credit.AccountOpened:
		l.limit, l.dueDay = e.Limit, e.Terms.DueDay
	case credit.SceneLimitSet, credit.SceneLimitRemoved, credit.SceneSwitchedOff, credit.SceneOnRequested, credit.SceneSwitchedOn,
		credit.NightLockSet, credit.NightLockLooseningRequested, credit.NightLockLoosened,
		credit.SpendingCapSet, credit.SpendingCapRaiseRequested, credit.SpendingCapRaised, credit.SpendingCapKept:
		l.chose(e)
	case credit.DueDayChosen:
		same(l.t, "the due day before", e.Before, l.dueDay)
		l.dueDay = e.Day
	case credit.ClosureApproved:
		l.limit, l.temporary = 0, 0
		l.forget()
	case credit.LimitChanged:
		same(l.t, "the limit before", e.Before, l.limit)
		l.limit = e.Limit
	case credit.TemporaryLimitGranted:
		l.temporary = e.Amount
	case credit.TemporaryLimitWithdrawn:
		same(l.t, "withdrawn", e.Amount, l.temporary)
		l.temporary = 0
	case credit.TemporaryLimitLapsed:
		same(l.t, "lapsed", e.Amount, l.temporary)
		l.temporary = 0
	case credit.Authorised:
		used := l.principal + e.Amount
		for _, held := range l.holds {
			used += held
		}
		if used > l.limit+l.temporary {
			l.t.Fatalf("%d held and owed of a limit of %d and a temporary one of %d", used, l.limit, l.temporary)
		}
		l.ordered(e)
	case credit.HoldVoided:
		l.back(e.Hold, e.Amount)
	case credit.HoldExpired:
		l.back(e.Hold, e.Amount)
	case credit.PurchaseCaptured:
		same(l.t, "scene", e.Scene, l.orders[e.Hold].scene)
		l.orders[e.Number] = l.orders[e.Hold]
		l.back(e.Hold, e.Released)
	case credit.PurchaseRefunded:
		l.back(e.Purchase, e.Amount)
	case credit.StatementIssued:
		same(l.t, "due", e.Due, calendar.NextOnDay(e.Date, l.dueDay))
	}
}

// checkLimits holds the account's limits against what its events add up to.
func (l *life) checkLimits(held money.Amount) {
	a := l.story.a
	same(l.t, "limit", a.Limit, l.limit)
	l.checkChoices()
	same(l.t, "available", a.Available(), max(0, l.limit+l.temporary-held-l.principal))
	if t := a.Temporary; t != nil && t.LastDay < l.story.day {
		l.t.Fatalf("a temporary limit until %s on %s", t.LastDay, l.story.day)
	}
}

// ordered is an order that was let through.
type ordered struct {
	on       calendar.Date
	scene    string
	merchant string
}

func (o ordered) month() string { return o.on.String()[:7] }

// forget is what closing does to everything that somebody chose.
func (l *life) forget() {
	l.scenes, l.shut, l.asked, l.most = map[string]money.Amount{}, map[string]calendar.Date{}, map[string]calendar.Date{}, nil
	l.locked = [24 * 60]bool{}
}

// back takes what came back of an order off its month.
func (l *life) back(order int64, amount money.Amount) {
	l.spent[l.orders[order].month()] -= amount
}

// ordered holds an order that was let through against everything that limits it.
func (l *life) ordered(e credit.Authorised) {
	o := ordered{on: l.story.day, scene: e.Scene, merchant: e.Merchant}
	l.orders[e.Number] = o
	l.spent[o.month()] += e.Amount
	if l.most != nil && l.spent[o.month()] > *l.most {
		l.t.Fatalf("%d spent in %s with a cap of %d", l.spent[o.month()], o.month(), *l.most)
	}
	if _, off := l.shut[o.scene]; off || !slices.Contains(l.terms.Scenes, o.scene) || slices.Contains(l.terms.Merchants.Blocked, o.merchant) {
		l.t.Fatalf("an order in %s at %s", o.scene, o.merchant)
	}
	if l.locked[12*60] { // every order of a story is at noon
		l.t.Fatalf("an order in the night lock")
	}
	used := l.usedIn(o.scene) + e.Amount
	for _, limit := range l.terms.SceneLimits {
		if limit.Scene == o.scene && used > limit.Limit {
			l.t.Fatalf("%d used of the contract's %d in %s", used, limit.Limit, o.scene)
		}
	}
	if own, limited := l.scenes[o.scene]; limited && used > own {
		l.t.Fatalf("%d used of the account's own %d in %s", used, own, o.scene)
	}
}

func (l *life) usedIn(scene string) (used money.Amount) {
	for hold, amount := range l.holds {
		if l.orders[hold].scene == scene {
			used += amount
		}
	}
	for _, d := range l.story.a.Disputes {
		for _, part := range d.Parts {
			if l.orders[d.Purchase].scene == scene {
				used += part.Principal
			}
		}
	}
	for _, p := range l.story.a.Purchases {
		for _, in := range p.Instalments {
			if l.orders[p.Number].scene == scene {
				used += in.Principal
			}
		}
	}
	return used
}

func (l *life) chose(e credit.Event) {
	day := l.nights.day // a day that is closed is ahead of the story
	after := func(what string) {
		if asked := l.asked[what]; asked == 0 || day < asked+2 {
			l.t.Fatalf("%s on %s, asked for on %s", e.Name(), day, asked)
		}
		delete(l.asked, what)
	}
	switch e := e.(type) {
	case credit.SceneLimitSet:
		l.scenes[e.Scene] = e.Limit
	case credit.SceneLimitRemoved:
		delete(l.scenes, e.Scene)
	case credit.SceneSwitchedOff:
		l.shut[e.Scene] = day
		delete(l.asked, e.Scene)
	case credit.SceneOnRequested:
		l.asked[e.Scene] = day
		same(l.t, "on from", e.From, day+2)
	case credit.SceneSwitchedOn:
		after(e.Scene)
		delete(l.shut, e.Scene)
	case credit.NightLockSet:
		delete(l.asked, "lock")
		before := l.locked
		l.lock(e.From, e.Until)
		for minute, was := range before {
			if was && !l.locked[minute] {
				l.t.Fatalf("minute %d was set free at once", minute)
			}
		}
	case credit.NightLockLooseningRequested:
		l.asked["lock"] = day
		same(l.t, "loosened from", e.TakesEffect, day+2)
	case credit.NightLockLoosened:
		after("lock")
		l.lock(e.From, e.Until)
		same(l.t, "no lock", e.None, l.locked == [24 * 60]bool{})
	case credit.SpendingCapSet:
		if l.most != nil && *l.most <= e.Amount {
			l.t.Fatalf("a cap of %d was raised to %d at once", *l.most, e.Amount)
		}
		l.most = &e.Amount
		delete(l.asked, "cap")
	case credit.SpendingCapRaiseRequested:
		l.asked["cap"] = day
		same(l.t, "raised from", e.From, day+2)
	case credit.SpendingCapKept:
		delete(l.asked, "cap")
	case credit.SpendingCapRaised:
		after("cap")
		l.most = &e.Amount
		if e.None {
			l.most = nil
		}
	}
}

// lock locks the minutes of a span, and no others.
func (l *life) lock(from, until int) {
	l.locked = [24 * 60]bool{}
	for minute := from; minute != until; minute = (minute + 1) % (24 * 60) {
		l.locked[minute] = true
	}
}

// checkChoices compares what the customer chose, and what counts against it.
func (l *life) checkChoices() {
	a := l.story.a
	same(l.t, "spent this month", a.SpentIn(l.story.day), l.spent[l.story.day.String()[:7]])
	same(l.t, "a spending cap", a.SpendingCap != nil, l.most != nil)
	if l.most != nil {
		same(l.t, "spending cap", a.SpendingCap.Amount, *l.most)
	}
	for minute, locked := range l.locked {
		if a.NightLock.Locks(minute) != locked {
			l.t.Fatalf("minute %d is locked: %t, and it should be %t", minute, !locked, locked)
		}
	}
	same(l.t, "scenes off", len(a.ScenesOff), len(l.shut))
	for _, scene := range l.terms.Scenes {
		same(l.t, "used in "+scene, a.UsedIn(scene), l.usedIn(scene))
	}
	for what, asked := range l.asked {
		if l.story.day >= asked+2 {
			l.t.Fatalf("%s was asked for on %s, and it is %s", what, asked, l.story.day)
		}
	}
}
