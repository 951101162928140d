package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/catalogue"
	"github.com/yuefu/yuefu/examples/shop/storefront"
)

// shop is the example shop beside a demo.
type shop struct {
	url    string
	api    *http.Transport
	server *http.Server
	store  *storefront.Shop
	failed chan error
}

// openShop opens the shop on the port after the server's, or on another one.
func openShop(ctx context.Context, l net.Listener, server, key string, people []storefront.Person) (*shop, error) {
	s := &shop{url: "http://" + l.Addr().String(), api: &http.Transport{}, failed: make(chan error, 1)}
	var err error
	s.store, err = storefront.Open(ctx, storefront.Config{
		API: client.New(server, key, &http.Client{Transport: s.api}), Programme: catalogue.SampleID, Public: s.url, People: people, Log: slog.Default(),
	})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	s.server = &http.Server{Handler: s.store.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { s.failed <- s.server.Serve(l) }()
	return s, nil
}

func (s *shop) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := errors.Join(s.store.Close(ctx), s.server.Shutdown(ctx))
	s.api.CloseIdleConnections()
	return err
}

// after is the address one port on.
func after(address string) string {
	host, port, _ := net.SplitHostPort(address)
	n, _ := strconv.Atoi(port)
	return net.JoinHostPort(host, strconv.Itoa((n+1)%65536))
}
