package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Assets are the styles, scripts and pictures, each under a name that changes
// with what is in it, so that a browser may keep it for ever.
type Assets struct {
	bodies map[string][]byte // by the name with its hash
	names  map[string]string // that name, by the plain one
}

// ReadAssets reads the folder static of each file system. One name stands for one file.
func ReadAssets(from ...embed.FS) (*Assets, error) {
	a := &Assets{bodies: map[string][]byte{}, names: map[string]string{}}
	for _, files := range from {
		if err := a.read(files); err != nil {
			return nil, err
		}
	}
	return a, nil
}

func (a *Assets) read(files embed.FS) error {
	entries, err := files.ReadDir("static")
	if err != nil {
		return err
	}
	for _, e := range entries {
		body, err := files.ReadFile("static/" + e.Name())
		if err != nil {
			return err
		}
		if _, twice := a.names[e.Name()]; twice {
			return fmt.Errorf("there are two static files %s", e.Name())
		}
		hash := sha256.Sum256(body)
		extension := path.Ext(e.Name())
		name := strings.TrimSuffix(e.Name(), extension) + "." + hex.EncodeToString(hash[:6]) + extension
		a.bodies[name], a.names[e.Name()] = body, name
	}
	return nil
}

// Path is where a file is served.
func (a *Assets) Path(plain string) string {
	name, ok := a.names[plain]
	if !ok {
		panic("page: there is no static file " + plain)
	}
	return "/static/" + name
}

// types by extension: what a machine's own table says may differ or be missing.
var types = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

// ServeHTTP answers GET {prefix}/{name}.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
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
