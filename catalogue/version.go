package catalogue

import (
	"context"
	"database/sql"

	"github.com/go-json-experiment/json"

	"github.com/yuefu/yuefu/credit"
)

// Programme returns the active version of a platform's programme, from memory.
func (c *Catalogue) Programme(_ context.Context, platform, id string) (*Version, error) {
	key := programmeKey{platform, id}
	v, ok := c.fresh(Age).programmes[key]
	if !ok {
		v, ok = c.fresh(missAge).programmes[key]
	}
	if !ok {
		return nil, notFound("there is no active programme %s", id)
	}
	return v, nil
}

// Terms returns the conditions that an application to a programme is made under:
// one copy, shared by all, that nobody may write to.
func (c *Catalogue) Terms(ctx context.Context, platform, id string) (*credit.Terms, error) {
	v, err := c.Programme(ctx, platform, id)
	if err != nil {
		return nil, err
	}
	return v.Terms, nil
}

// Programmes returns the active version of each of a platform's programmes, in order of id.
func (c *Catalogue) Programmes(_ context.Context, platform string) []*Version {
	return c.fresh(Age).listed[platform]
}

// Version returns one version of a programme, active or not.
func (c *Catalogue) Version(ctx context.Context, platform, id string, number int) (*Version, error) {
	if one, ok := c.versions.Load(versionKey{platform, id, number}); ok {
		return one.(*Version), nil
	}
	v, err := versionIn(ctx, c.db.Reader(), platform, id, number)
	if err != nil {
		return nil, err
	}
	return c.shared(v), nil
}

// Versions returns all versions of a programme, oldest first.
func (c *Catalogue) Versions(ctx context.Context, platform, id string) ([]*Version, error) {
	all, err := query(ctx, c.db.Reader(), scanVersion, sqlVersions, platform, id)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, notFound("there is no programme %s", id)
	}
	versions := make([]*Version, len(all))
	for i := range all {
		versions[i] = c.shared(&all[i])
	}
	return versions, nil
}

func versionIn(ctx context.Context, from querier, platform, id string, number int) (*Version, error) {
	versions, err := query(ctx, from, scanVersion, sqlVersion, platform, id, number)
	if err != nil {
		return nil, err
	}
	if len(versions) == 0 {
		return nil, notFound("programme %s has no version %d", id, number)
	}
	return &versions[0], nil
}

func scanVersion(rows *sql.Rows, v *Version) error {
	var names, terms, policy, material string
	var created int64
	if err := rows.Scan(&v.Platform, &v.Programme, &v.Number, &names, &terms, &policy, &material, &created); err != nil {
		return err
	}
	v.Created = instant(created)
	if err := json.Unmarshal([]byte(names), &v.Names); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(terms), &v.Terms); err != nil {
		return err
	}
	if material != "" {
		if err := json.Unmarshal([]byte(material), &v.Material); err != nil {
			return err
		}
	}
	return json.Unmarshal([]byte(policy), &v.Policy)
}
