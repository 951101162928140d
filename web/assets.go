package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

// assets are the styles, scripts and pictures, each under a name that changes
// with what is in it, so that a browser may keep it for ever.
type assets struct {
	bodies map[string][]byte // by the name with its hash
	names  map[string]string // that name, by the plain one
}

func readAssets() (*assets, error) {
	a := &assets{bodies: map[string][]byte{}, names: map[string]string{}}
	entries, err := static.ReadDir("static")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		body, err := static.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, err
		}
		hash := sha256.Sum256(body)
		extension := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), extension) + "." + hex.EncodeToString(hash[:6]) + extension
		a.bodies[name], a.names[e.Name()] = body, name
	}
	return a, nil
}

// path is where a file is served.
func (a *assets) path(plain string) string {
	name, ok := a.names[plain]
	if !ok {
		panic("web: there is no static file " + plain)
	}
	return "/static/" + name
}

// types by extension: what a machine's own table says may differ or be missing.
var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func (a *assets) serve(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body, ok := a.bodies[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	kind, ok := types[path.Ext(name)]
	if !ok {
		kind = mime.TypeByExtension(path.Ext(name))
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(body)
}
