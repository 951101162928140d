package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/yuefu/yuefu/calendar"
)

func monthsOf(n int) time.Month { return time.Month(n) }

// goods is what somebody wants to buy: where, from whom, for how much.
type goods struct {
	scene    string
	merchant string
	amount   int64 // minor units
}

// stall is a corner of the market: what is sold there and what it costs.
type stall struct {
	scene     string
	share     int // how often of 100 somebody ends up here
	merchants []string
	prices    []int64 // fixed prices, or …
	middle    float64 // … around this price, half below and half above,
	spread    float64 // as widely as this: the deviation of its logarithm
	most      int64
}

var market = []stall{
	{scene: "mall", share: 46, merchants: []string{"m-tea", "m-books", "m-shoes", "m-phones", "m-kitchen"}, middle: 129_00, spread: 1.0, most: 6_999_00},
	{scene: "live_commerce", share: 32, merchants: []string{"m-live-snacks", "m-live-lipstick", "m-live-jade"}, middle: 79_00, spread: 0.8, most: 1_999_00},
	{scene: "membership", share: 12, merchants: []string{"m-video", "m-music"}, prices: []int64{15_00, 25_00, 30_00, 178_00, 258_00}},
	{scene: "tipping", share: 10, merchants: []string{"m-stage"}, prices: []int64{1_00, 6_00, 6_00, 30_00, 52_00, 88_00, 188_00}},
}

// browse finds something to buy. Prices look like prices: most end in .00 or .90.
func browse(chance *rand.Rand) goods {
	at := chance.IntN(100)
	for _, s := range market {
		if at -= s.share; at >= 0 {
			continue
		}
		g := goods{scene: s.scene, merchant: s.merchants[chance.IntN(len(s.merchants))]}
		if len(s.prices) > 0 {
			g.amount = s.prices[chance.IntN(len(s.prices))]
			return g
		}
		g.amount = min(s.most, int64(s.middle*math.Exp(s.spread*chance.NormFloat64())))
		switch chance.IntN(4) {
		case 0: // a price to the cent, as a basket of several things has
		case 1:
			g.amount = g.amount/100*100 + 90
		default:
			g.amount = g.amount / 100 * 100
		}
		g.amount = max(g.amount, 1_00)
		return g
	}
	panic("the shares of the market are not 100")
}

// soon is a date some days after d, from least to most.
func soon(chance *rand.Rand, d calendar.Date, least, most int) calendar.Date {
	return d + calendar.Date(least+chance.IntN(most-least+1))
}

// oneIn is true once in n times.
func oneIn(chance *rand.Rand, n int) bool { return n > 0 && chance.IntN(n) == 0 }

// yuan writes minor units for an error's reader.
func yuan(amount int64) string {
	sign := ""
	if amount < 0 {
		sign, amount = "-", -amount
	}
	return fmt.Sprintf("%s%d.%02d", sign, amount/100, amount%100)
}
