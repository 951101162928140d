package sim

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/calendar"
)

// leave tries to close the account. As long as something is open the lender says
// what, and the customer comes back for it.
func (c *customer) leave(ctx context.Context) error {
	c.leaving = true
	if err := c.look(ctx); err != nil {
		return err
	}
	c.met.Requests++
	conditions, err := c.world.api.GetClosingConditions(ctx, c.account)
	if err != nil {
		return err
	}
	if err := c.checkConditions(conditions); err != nil {
		return err
	}
	if !conditions.Clear {
		c.plan(c.today()+6, "try to leave again", c.leave)
		c.met.Requests++
		_, err := c.world.api.RequestClosure(ctx, c.account, fmt.Sprintf("%s-early-%s", c.name, c.today()))
		if err := c.stillOpen(err, conditions.Unmet); err != nil {
			return err
		}
		if c.now.Owed == 0 && c.now.CreditBalance > 0 {
			return c.askBack(ctx)
		}
		return nil
	}
	closure, err := ask(c, func(key string) (client.Closure, error) { return c.world.api.RequestClosure(ctx, c.account, key) })
	if err != nil {
		return err
	}
	if want := calendar.AddWorkingDays(c.today(), c.world.terms.ReviewDays); closure.Status != client.ClosureStatusRequested || closure.ReviewBy != want {
		return fmt.Errorf("a request to close of %s is %+v, to be reviewed by %s", c.today(), closure, want)
	}
	if err := c.look(ctx); err != nil {
		return err
	}
	if c.now.Status != client.Closing || c.now.CanSpend {
		return fmt.Errorf("spending did not stop with the request to close: %+v", c.now)
	}
	if c.nature.comesBack && c.met.Withdrawn == 0 {
		c.plan(c.today()+1, "think better of it", func(ctx context.Context) error { return c.stay(ctx, closure) })
		return nil
	}
	c.plan(soon(c.chance, c.today(), 1, int(closure.ReviewBy-c.today())), "hear that the account is closed", func(ctx context.Context) error {
		return c.left(ctx, closure)
	})
	return nil
}

// stillOpen checks that a request to close was refused for the conditions that were told.
func (c *customer) stillOpen(err error, unmet []client.UnmetCondition) error {
	if wrong := refused(err, "account_not_clear", "a request to close"); wrong != nil {
		return wrong
	}
	var problem *client.Problem
	if errors.As(err, &problem); !reflect.DeepEqual(problem.Unmet, unmet) {
		return fmt.Errorf("the conditions not met are %+v, the refusal says %+v", unmet, problem.Unmet)
	}
	c.met.NotClear++
	return nil
}

// stay withdraws the request.
func (c *customer) stay(ctx context.Context, closure client.Closure) error {
	w, err := ask(c, func(key string) (client.Closure, error) { return c.world.api.WithdrawClosure(ctx, closure.ID, key) })
	if err != nil {
		return err
	}
	if w.Status != client.ClosureStatusWithdrawn {
		return fmt.Errorf("a request to close was withdrawn and is %+v", w)
	}
	if err := c.look(ctx); err != nil {
		return err
	}
	if !c.now.CanSpend {
		return fmt.Errorf("the account stays, and cannot spend: %+v", c.now)
	}
	c.met.Withdrawn++
	c.leaving = false
	c.plan(c.today()+1, "shop", c.shop)
	c.plan(soon(c.chance, c.today(), 10, 25), "leave", c.leave)
	return nil
}

// left is the reviewer's approval, within the working days that were promised.
func (c *customer) left(ctx context.Context, closure client.Closure) error {
	approved, err := ask(c, func(key string) (client.Closure, error) { return c.world.api.ApproveClosure(ctx, closure.ID, key) })
	if err != nil {
		return err
	}
	if approved.Status != client.ClosureStatusApproved || approved.DecidedOn != c.today() {
		return fmt.Errorf("a closure was approved on %s and is %+v", c.today(), approved)
	}
	if err := c.look(ctx); err != nil {
		return err
	}
	if c.now.Status != client.Closed || c.now.Limit != 0 || c.now.ClosedOn != c.today() {
		return fmt.Errorf("the account was closed on %s and is %+v", c.today(), c.now)
	}
	c.met.Closed++
	if c.nature.comesBack {
		c.nature.leaves = false
		c.plan(c.today()+35, "open the account again", func(ctx context.Context) error {
			c.met.Reopened++
			return c.open(ctx)
		})
	}
	return nil
}

// lose is a phone that was lost: its owner freezes the account, and lifts the block
// when it is found.
func (c *customer) lose(ctx context.Context) error {
	frozen, err := ask(c, func(key string) (client.Account, error) {
		return c.world.api.AddBlock(ctx, c.account, key, client.BlockRequest{Kind: client.BlockKindCustomer, Note: "phone lost"})
	})
	if err != nil {
		return err
	}
	if frozen.CanSpend {
		return fmt.Errorf("a frozen account can spend: %+v", frozen)
	}
	c.met.Frozen++
	c.plan(soon(c.chance, c.today(), 1, 4), "find the phone", func(ctx context.Context) error {
		_, err := ask(c, func(key string) (client.Account, error) {
			return c.world.api.LiftBlock(ctx, c.account, string(client.BlockKindCustomer), key)
		})
		return err
	})
	return nil
}
