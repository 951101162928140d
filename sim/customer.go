package sim

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// customer is one person of the world, with everything that they remember.
type customer struct {
	world   *world
	name    string
	person  client.PersonDetails
	nature  nature
	chance  *rand.Rand
	agenda  []errand
	keys    int // idempotency keys used
	account string
	now     client.Account // as it was when they last looked
	book    book
	leaving bool // buys nothing any more
	met     Counts
}

// errand is something that somebody plans to do on a date.
type errand struct {
	on   calendar.Date
	what string
	do   func(context.Context) error
}

// plan adds an errand, after those of the same date.
func (c *customer) plan(on calendar.Date, what string, do func(context.Context) error) {
	at := slices.IndexFunc(c.agenda, func(e errand) bool { return e.on > on })
	if at < 0 {
		at = len(c.agenda)
	}
	c.agenda = slices.Insert(c.agenda, at, errand{on, what, do})
}

// never is later than every world's end.
const never = calendar.Date(1 << 30)

// wakes is when somebody has something to do next.
func (c *customer) wakes() calendar.Date {
	if len(c.agenda) == 0 {
		return never
	}
	return c.agenda[0].on
}

func (c *customer) today() calendar.Date { return c.world.clock.BusinessDate }

// live does the day's errands, and has a look at the account afterwards.
func (c *customer) live(ctx context.Context) error {
	for c.wakes() <= c.today() {
		next := c.agenda[0]
		c.agenda = c.agenda[1:]
		if err := next.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", next.what, err)
		}
	}
	if c.account == "" {
		return nil
	}
	return c.look(ctx)
}

// look reads the account, as its customer sees it, and checks it.
func (c *customer) look(ctx context.Context) (err error) {
	c.met.Requests++
	if c.now, err = c.world.api.GetAccount(ctx, c.account); err != nil {
		return fmt.Errorf("look at the account: %w", err)
	}
	return c.checkAccount(&c.now)
}

// ask makes one request that changes an account, under a key of its own. After a
// 503 it asks again with the same key. Now and then somebody taps twice: the second
// answer has to be the first.
func ask[A any](c *customer, request func(key string) (A, error)) (answer A, err error) {
	const tries = 5
	c.keys++
	key := fmt.Sprintf("%s-%d", c.name, c.keys)
	for range tries {
		c.met.Requests++
		if answer, err = request(key); statusOf(err) != http.StatusServiceUnavailable {
			break
		}
	}
	if err != nil || !oneIn(c.chance, 20) {
		return answer, err
	}
	c.met.Requests++
	c.met.Repeats++
	again, err := request(key)
	if err != nil {
		return again, fmt.Errorf("the same request again with the key %s: %w", key, err)
	}
	if !reflect.DeepEqual(answer, again) {
		return again, fmt.Errorf("the key %s was answered %+v, and then %+v", key, answer, again)
	}
	return answer, nil
}

// statusOf is the status of a problem; 0 for anything else.
func statusOf(err error) int {
	var problem *client.Problem
	if errors.As(err, &problem) {
		return problem.Status
	}
	return 0
}

// refused makes sure that a request was turned away, and for which reason.
func refused(err error, kind client.ProblemKind, what string) error {
	var problem *client.Problem
	switch {
	case err == nil:
		return fmt.Errorf("%s was carried out, not refused as %s", what, kind)
	case !errors.As(err, &problem) || problem.Kind != kind:
		return fmt.Errorf("%s was not refused as %s: %w", what, kind, err)
	}
	return nil
}
