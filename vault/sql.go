package vault

// The statements, in what SQLite and PostgreSQL both understand.
const (
	sqlVaultKey       = `SELECT keyset FROM vault_key WHERE name = $1`
	sqlInsertVaultKey = `INSERT INTO vault_key (name, keyset) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	sqlUpdateVaultKey = `UPDATE vault_key SET keyset = $2 WHERE name = $1`

	sqlPerson = `SELECT id, wrapped_key, name, identity_number, phone, address, email, identity_hash, created, changed, ended_on, erase_on
		FROM person WHERE platform = $1 AND customer = $2 AND wrapped_key IS NOT NULL`
	sqlInsertPerson = `INSERT INTO person (id, platform, customer, wrapped_key, name, identity_number, phone, address, email, identity_hash, phone_hash, created, changed)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) ON CONFLICT DO NOTHING`
	sqlUpdatePerson = `UPDATE person SET name = $2, identity_number = $3, phone = $4, address = $5, email = $6, identity_hash = $7, phone_hash = $8, changed = $9
		WHERE id = $1 AND wrapped_key IS NOT NULL`
	sqlFindIdentity = `SELECT customer FROM person WHERE platform = $1 AND identity_hash = $2 ORDER BY customer LIMIT 200`
	sqlFindPhone    = `SELECT customer FROM person WHERE platform = $1 AND phone_hash = $2 ORDER BY customer LIMIT 200`

	sqlInsertReading = `INSERT INTO person_reading (at, platform, customer, person, actor, purpose, fields) VALUES ($1, $2, $3, $4, $5, $6, $7)`
	sqlReadings      = `SELECT number, at, person, actor, purpose, fields FROM person_reading
		WHERE platform = $1 AND customer = $2 AND number > $3 ORDER BY number LIMIT 200`

	sqlErase = `UPDATE person SET wrapped_key = NULL, name = NULL, identity_number = NULL, phone = NULL, address = NULL, email = NULL,
		identity_hash = NULL, phone_hash = NULL, ended_on = CASE WHEN ended_on = 0 THEN $3 ELSE ended_on END, erase_on = 0, erased = $2
		WHERE id = $1 AND wrapped_key IS NOT NULL`
	sqlEraseLater = `UPDATE person SET ended_on = $2, erase_on = $3 WHERE id = $1 AND wrapped_key IS NOT NULL`
	sqlLeft       = `UPDATE person SET ended_on = $3, erase_on = $4 WHERE platform = $1 AND customer = $2 AND wrapped_key IS NOT NULL AND erase_on = 0`
	sqlDue        = `SELECT id, platform, customer FROM person WHERE erase_on > 0 AND erase_on <= $1 ORDER BY erase_on LIMIT 200`
	sqlForget     = `DELETE FROM person_account WHERE platform = $1 AND customer = $2`
	sqlLastErased = `SELECT id, erased FROM person WHERE platform = $1 AND customer = $2 AND erased IS NOT NULL ORDER BY erased DESC LIMIT 1`

	sqlClaims      = `SELECT account, token FROM person_account WHERE platform = $1 AND customer = $2 AND identity_hash = $3`
	sqlClaimed     = `SELECT customer, account, token, claimed, settled FROM person_account WHERE platform = $1 AND programme = $2 AND identity_hash = $3`
	sqlInsertClaim = `INSERT INTO person_account (platform, programme, identity_hash, customer, account, token, claimed, settled)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 0) ON CONFLICT DO NOTHING`
	sqlTakeClaim = `UPDATE person_account SET customer = $5, account = $6, token = $7, claimed = $8, settled = 0
		WHERE platform = $1 AND programme = $2 AND identity_hash = $3 AND token = $4`
	sqlStay         = `UPDATE person SET ended_on = 0, erase_on = 0 WHERE platform = $1 AND customer = $2 AND erase_on > 0`
	sqlSettleClaim  = `UPDATE person_account SET settled = 1 WHERE platform = $1 AND programme = $2 AND identity_hash = $3 AND token = $4`
	sqlReleaseClaim = `DELETE FROM person_account WHERE platform = $1 AND programme = $2 AND identity_hash = $3 AND token = $4`

	sqlCount   = `SELECT COUNT(*) FROM person WHERE wrapped_key IS NOT NULL`
	sqlWrapped = `SELECT id, wrapped_key FROM person WHERE wrapped_key IS NOT NULL AND id > $1 ORDER BY id LIMIT 200`
	sqlRewrap  = `UPDATE person SET wrapped_key = $3 WHERE id = $1 AND wrapped_key = $2`
)
