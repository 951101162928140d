package catalogue

// The statements, in what SQLite and PostgreSQL both understand.
const (
	sqlMoveRevision = `UPDATE catalogue_revision SET revision = revision + 1 WHERE one = 1 RETURNING revision`
	sqlRevision     = `SELECT revision FROM catalogue_revision WHERE one = 1`

	sqlInsertAudit = `INSERT INTO audit (revision, at, actor, action, platform, subject, before, after)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlAuditTrail = `SELECT revision, at, actor, action, platform, subject, before, after FROM audit
		WHERE platform = $1 AND revision < $2 ORDER BY revision DESC LIMIT $3`

	sqlInsertPlatform = `INSERT INTO platform (id, name, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	sqlPlatforms      = `SELECT id, name, created FROM platform ORDER BY id`
	sqlPlatformExists = `SELECT COUNT(*) FROM platform WHERE id = $1`

	sqlInsertKey = `INSERT INTO api_key (id, platform, role, prefix, hash, created) VALUES ($1, $2, $3, $4, $5, $6)`
	sqlKeys      = `SELECT id, platform, role, prefix, created, revoked FROM api_key WHERE platform = $1 ORDER BY created, id`
	sqlLiveKeys  = `SELECT id, platform, role, hash FROM api_key WHERE revoked IS NULL`
	sqlKey       = `SELECT id, platform, role, prefix, created, revoked FROM api_key WHERE platform = $1 AND id = $2`
	sqlRevokeKey = `UPDATE api_key SET revoked = $2 WHERE id = $1`

	sqlInsertDocument = `INSERT INTO document (hash, name, version, language, body, created)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`
	sqlDocument = `SELECT hash, name, version, language, body, created FROM document WHERE hash = $1`

	sqlFunder    = `SELECT body FROM funder WHERE id = $1`
	sqlFunders   = `SELECT body FROM funder ORDER BY id`
	sqlPutFunder = `INSERT INTO funder (id, platform, body) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET body = excluded.body`

	sqlInsertProgramme = `INSERT INTO programme (platform, id, active, created) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING`
	sqlProgramme       = `SELECT active FROM programme WHERE platform = $1 AND id = $2`
	sqlActivate        = `UPDATE programme SET active = $3 WHERE platform = $1 AND id = $2`
	sqlNewestVersion   = `SELECT COALESCE(MAX(version), 0) FROM programme_version WHERE platform = $1 AND programme = $2`
	sqlInsertVersion   = `INSERT INTO programme_version (platform, programme, version, names, terms, policy, material, created)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	sqlVersion = `SELECT platform, programme, version, names, terms, policy, material, created FROM programme_version
		WHERE platform = $1 AND programme = $2 AND version = $3`
	sqlVersions = `SELECT platform, programme, version, names, terms, policy, material, created FROM programme_version
		WHERE platform = $1 AND programme = $2 ORDER BY version`
	sqlMaterialVersions = `SELECT platform, programme, version, names, terms, policy, material, created FROM programme_version
		WHERE material <> '' ORDER BY platform, programme, version`
	sqlActiveVersions = `SELECT v.platform, v.programme, v.version, v.names, v.terms, v.policy, v.material, v.created
		FROM programme p JOIN programme_version v ON v.platform = p.platform AND v.programme = p.id AND v.version = p.active
		ORDER BY v.platform, v.programme`
)
