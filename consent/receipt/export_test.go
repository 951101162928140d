package receipt

// Canonical is a receipt's bytes by the library.
func Canonical(r *Receipt) ([]byte, error) { return r.canonical() }
