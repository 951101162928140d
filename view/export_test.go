package view

import "github.com/yuefu/yuefu/database"

// SetSliced has partitions read in slices of so many entries, until undone.
func SetSliced(n int) (undo func()) {
	was := sliced
	sliced = n
	return func() { sliced = was }
}

// Statements are all statements of the package, for a dialect.
func Statements(dialect database.Dialect) []string {
	statements := []string{
		moveCheckpoint, makeCheckpoint, readCheckpoint, readCheckpoints, condemnPartition, lockCondemned,
		someAccount, lastAccount, somePosting, lastPosting, emptyPostings, emptyAccounts, emptyLedger, emptySubledgers,
		readAllCurrencies, readCurrencies[dialect], readDue[dialect],
		readHistory, readTotals, readPostedAccounts, readOverdue, readChargeOffs, readContacts, readPostedCurrencies, readJournal, readTrialBalance, readLedger, readSubledgers, readAccountSums,
		readHistory, readTotals, readPostedAccounts, readOverdue, readChargeOffs, readPostedCurrencies, readJournal, readTrialBalance, readPositions, readLedger, readSubledgers, readAccountSums,
		readAccount, readAccounts, readApplications, readAuthorisations, readPurchases, readStatements, readRepayments, readRefunds,
		readReturns, readClosures, readApplication, readAuthorisation, readPurchase, readStatement, readRepayment, readRefund,
		readReturn, readClosure, readAgreements, readBlocks, readInstalments, readFunding, readLines, readPurchaseLines, readRefundsOf, readRefundCuts, readRefundFunding,
		readDebits, readDebit, readPendingDebits, countPendingDebits, readStatementsDue[dialect],
		readDisputes, readDispute, readShares, readStatementShares,
	}
	statements = append(statements, emptyOfAccounts...)
	for _, sql := range []map[database.Dialect]string{openAccounts, moveBalances, changeContracts, liftBlocks, freeAccounts, addToLedger, addToSubledgers} {
		statements = append(statements, sql[dialect])
	}
	for _, s := range schemas {
		statements = append(statements, s.read, s.verify, s.insert[dialect])
		if s.changed() {
			statements = append(statements, s.update[dialect])
		}
	}
	return statements
}

// ReadPendingDebits is the statement that a follower asks all the time.
const ReadPendingDebits = readPendingDebits

// ReadStatementsDue is what reminders are found by.
var ReadStatementsDue = readStatementsDue
