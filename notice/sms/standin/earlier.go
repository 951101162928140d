package standin

import "strings"

// Earlier makes of an answer of our protocol what it was before there was a receipt.
var Earlier = strings.NewReplacer("undelivered", "accepted", "delivered", "accepted", "refused", "accepted")
