package standin

import "strings"

// Earlier makes of an answer of our protocol what it was before it was final.
var Earlier = strings.NewReplacer("succeeded", "pending", "refused", "pending")
