package servicing

// CatchUp is one tick of RunClock, for tests that can't wait for ticks.
var CatchUp = (*Desk).catchUp
