package session

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Checkout (收银) is one order that a platform asks its customer to pay, and what came of
// it. What the platform said of it, and what the customer confirmed, are others' affairs
// and kept as they were handed over.
type Checkout struct {
	ID string // ck_…
	Who
	Order   string // the platform's id of the order
	Said    []byte // what the platform said of it
	Status  CheckoutStatus
	Attempt int    // counts from 1; each declined authorisation begins another
	Request []byte // the authorisation as the customer confirmed it, while it is being decided

	Chosen        string   // the other means that the customer chose
	Authorisation string   // what was confirmed
	Plan          string   // by which plan
	Reasons       []string // why the last authorisation was declined
	Expires       time.Time
}

// CheckoutStatus is how far a checkout has come.
type CheckoutStatus string

// What can come of a checkout.
const (
	CheckoutOpen        CheckoutStatus = "open"
	CheckoutChosenOther CheckoutStatus = "chosen_other"
	CheckoutConfirmed   CheckoutStatus = "confirmed"
	CheckoutDeclined    CheckoutStatus = "declined" // pay-later was; the customer may go on
	CheckoutCancelled   CheckoutStatus = "cancelled"
	CheckoutExpired     CheckoutStatus = "expired"
)

// Undecided says whether the customer may still do something about it.
func (s CheckoutStatus) Undecided() bool { return s == CheckoutOpen || s == CheckoutDeclined }

// CheckoutLife is how long a customer may take over a checkout.
const CheckoutLife = 30 * time.Minute

var (
	// ErrNoCheckout says that there is no such checkout.
	ErrNoCheckout = errors.New("session: no such checkout")
	// ErrDecided says that the checkout is not open to this any more.
	ErrDecided = errors.New("session: the checkout is decided")
	// ErrOrderConfirmed says that another checkout of the order was confirmed, or is being decided.
	ErrOrderConfirmed = errors.New("session: the order was confirmed in another checkout")
)

// NewCheckout keeps a checkout. An order has one that is open: an older one is cancelled,
// so that what lies open in another window comes to nothing; and an order that was
// confirmed gets no other.
func (s *Store) NewCheckout(ctx context.Context, who Who, order string, said []byte) (Checkout, error) {
	var b [13]byte
	rand.Read(b[:]) // never fails: it would rather end the program
	now := s.now()
	c := Checkout{ID: "ck_" + hex.EncodeToString(b[:]), Who: who, Order: order, Said: said, Status: CheckoutOpen, Attempt: 1, Expires: now.Add(CheckoutLife)}
	err := s.db.Write(ctx, func(tx *sql.Tx) error {
		var taken int
		// Whoever makes another checkout of the order at the same time waits here, or is refused by the index.
		if _, err := tx.ExecContext(ctx, `UPDATE checkout SET status = $3 WHERE platform = $1 AND order_id = $2 AND status IN ('open', 'declined') AND request = ''`,
			who.Platform, order, CheckoutCancelled); err != nil {
			return err
		}
		row := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM checkout WHERE platform = $1 AND order_id = $2 AND status IN ('open', 'declined', 'confirmed')`, who.Platform, order)
		if err := row.Scan(&taken); err != nil {
			return err
		}
		if taken > 0 {
			return ErrOrderConfirmed
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO checkout (id, platform, programme, customer, account, order_id, said, status, attempt, request, chosen, authorisation, plan, reasons, created, expires)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, '', '', '', '', '', $9, $10)`,
			c.ID, who.Platform, who.Programme, who.Customer, who.Account, order, string(said), c.Status, now.UnixMicro(), c.Expires.UnixMicro())
		return err
	})
	switch {
	case errors.Is(err, ErrOrderConfirmed):
		return Checkout{}, err
	case err != nil:
		return Checkout{}, fmt.Errorf("session: keep a checkout: %w", err)
	}
	return c, nil
}

const checkoutColumns = `id, platform, programme, customer, account, order_id, said, status, attempt, request, chosen, authorisation, plan, reasons, expires`

// Checkout returns a checkout. One that nobody decided in time is expired.
func (s *Store) Checkout(ctx context.Context, id string) (Checkout, error) {
	row := s.db.Reader().QueryRowContext(ctx, `SELECT `+checkoutColumns+` FROM checkout WHERE id = $1`, id)
	return s.scanCheckout(row)
}

// CheckoutOf returns the checkout of an order that is, or may become, a loan.
func (s *Store) CheckoutOf(ctx context.Context, platform, order string) (Checkout, error) {
	row := s.db.Reader().QueryRowContext(ctx, `SELECT `+checkoutColumns+` FROM checkout WHERE platform = $1 AND order_id = $2 AND status IN ('open', 'declined', 'confirmed')`, platform, order)
	return s.scanCheckout(row)
}

func (s *Store) scanCheckout(row *sql.Row) (c Checkout, err error) {
	var said, request, reasons string
	var expires int64
	err = row.Scan(&c.ID, &c.Platform, &c.Programme, &c.Customer, &c.Account, &c.Order, &said, &c.Status, &c.Attempt, &request, &c.Chosen, &c.Authorisation, &c.Plan, &reasons, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Checkout{}, ErrNoCheckout
	case err != nil:
		return Checkout{}, fmt.Errorf("session: read a checkout: %w", err)
	}
	c.Said, c.Request, c.Expires = []byte(said), []byte(request), time.UnixMicro(expires)
	c.Reasons = strings.Fields(reasons)
	if c.Status.Undecided() && request == "" && !s.now().Before(c.Expires) {
		c.Status = CheckoutExpired
	}
	return c, nil
}

// Confirm notes what the customer confirmed, before it is decided, and returns the
// checkout with it. Whoever comes second, from another window or by a second tap, gets
// what was confirmed first: that is what is decided, under one key. ErrDecided if
// there is nothing to confirm any more.
func (s *Store) Confirm(ctx context.Context, id string, request []byte) (Checkout, error) {
	_, err := s.move(ctx, `UPDATE checkout SET request = $2 WHERE id = $1 AND status IN ('open', 'declined') AND request = '' AND expires > $3`, id, string(request), s.now().UnixMicro())
	if err != nil {
		return Checkout{}, err
	}
	c, err := s.Checkout(ctx, id)
	if err == nil && len(c.Request) == 0 {
		return c, ErrDecided
	}
	return c, err
}

// Approved notes that what was confirmed was authorised.
func (s *Store) Approved(ctx context.Context, c *Checkout, authorisation, plan string) error {
	_, err := s.move(ctx, `UPDATE checkout SET status = 'confirmed', request = '', authorisation = $3, plan = $4, reasons = '' WHERE id = $1 AND attempt = $2 AND status IN ('open', 'declined')`,
		c.ID, c.Attempt, authorisation, plan)
	return err
}

// Declined notes that what was confirmed was declined. Another attempt is under another key.
func (s *Store) Declined(ctx context.Context, c *Checkout, reasons []string) error {
	_, err := s.move(ctx, `UPDATE checkout SET status = 'declined', request = '', reasons = $3, attempt = attempt + 1 WHERE id = $1 AND attempt = $2 AND status IN ('open', 'declined')`,
		c.ID, c.Attempt, strings.Join(reasons, " "))
	return err
}

// Refused notes that what was confirmed was refused, which decided nothing: it may be confirmed again.
func (s *Store) Refused(ctx context.Context, c *Checkout) error {
	_, err := s.move(ctx, `UPDATE checkout SET request = '' WHERE id = $1 AND attempt = $2 AND request = $3`, c.ID, c.Attempt, string(c.Request))
	return err
}

// Choose notes that the customer pays by another means.
func (s *Store) Choose(ctx context.Context, id, means string) error {
	return s.decide(ctx, `UPDATE checkout SET status = 'chosen_other', chosen = $2 WHERE id = $1 AND status IN ('open', 'declined') AND request = '' AND expires > $3`, id, means, s.now().UnixMicro())
}

// Cancel notes that the customer does not want it.
func (s *Store) Cancel(ctx context.Context, id string) error {
	return s.decide(ctx, `UPDATE checkout SET status = 'cancelled' WHERE id = $1 AND status IN ('open', 'declined') AND request = ''`, id)
}

// Voided notes that what was confirmed was given back before it was captured.
func (s *Store) Voided(ctx context.Context, id string) error {
	_, err := s.move(ctx, `UPDATE checkout SET status = 'cancelled' WHERE id = $1 AND status = 'confirmed'`, id)
	return err
}

func (s *Store) decide(ctx context.Context, statement string, arguments ...any) error {
	moved, err := s.move(ctx, statement, arguments...)
	if err == nil && !moved {
		return ErrDecided
	}
	return err
}

// move changes a checkout if it still is as the statement says.
func (s *Store) move(ctx context.Context, statement string, arguments ...any) (moved bool, err error) {
	err = s.db.Write(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, statement, arguments...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		moved = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("session: decide a checkout: %w", err)
	}
	return moved, nil
}
