package api

import "context"

// Tables are the lists that people read, kept by view.
type Tables interface {
	WaitFor(ctx context.Context, partition int32, position int64) error
}

func getApplication(c *call) error     { return nil }
func listAccounts(c *call) error       { return nil }
func listEvents(c *call) error         { return nil }
func getAuthorisation(c *call) error   { return nil }
func getPurchase(c *call) error        { return nil }
func listAuthorisations(c *call) error { return nil }
func listPurchases(c *call) error      { return nil }
func listStatements(c *call) error     { return nil }
func getStatement(c *call) error       { return nil }
func listRepayments(c *call) error     { return nil }
