package consent

// Receipts is for tests.
var Receipts = receipts
