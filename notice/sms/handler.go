package sms

import (
	"crypto/subtle"
	"errors"
	"io"
	"net/http"

	"github.com/go-json-experiment/json"
)

// Handler serves our protocol for a provider: what a provider, or an adapter in front
// of one, has to do. key, which may be empty, is the bearer token it wants.
func Handler(p Provider, key string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /messages", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		var m sent
		if err == nil {
			err = json.Unmarshal(body, &m, json.RejectUnknownMembers(true))
		}
		if err != nil || m.ID == "" || m.ID != r.Header.Get(keyHeader) || m.Phone == "" || m.Text == "" {
			reply(w, http.StatusBadRequest, `{"error":"malformed"}`)
			return
		}
		o, err := p.Send(r.Context(), Message(m))
		answer(w, m.ID, o, err)
	})
	mux.HandleFunc("GET /messages/{id}", func(w http.ResponseWriter, r *http.Request) {
		o, err := p.Ask(r.Context(), r.PathValue("id"))
		answer(w, r.PathValue("id"), o, err)
	})
	if key == "" {
		return mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+key)) != 1 {
			reply(w, http.StatusUnauthorized, `{"error":"unauthorised"}`)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func answer(w http.ResponseWriter, id string, o Outcome, err error) {
	switch {
	case errors.Is(err, ErrUnknown):
		reply(w, http.StatusNotFound, unknownBody)
	case errors.Is(err, ErrConflict):
		reply(w, http.StatusConflict, `{"error":"conflict"}`)
	case err != nil:
		reply(w, http.StatusInternalServerError, `{"error":"internal"}`)
	default:
		body, err := json.Marshal(told{ID: id, Status: o.Status, Reason: o.Reason})
		if err != nil {
			reply(w, http.StatusInternalServerError, `{"error":"internal"}`)
			return
		}
		reply(w, http.StatusOK, string(body))
	}
}

func reply(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // who has gone away asks again
}
