// Command shop is an example of a platform: a small shop that offers monthly pay at its
// checkout. Run it beside a yuefu server:
//
//	go run ./examples/shop --yuefu http://127.0.0.1:8080 --key yk_…
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/examples/shop/storefront"
)

type flags struct {
	Yuefu     string `help:"Address of the yuefu server." default:"http://127.0.0.1:8080" env:"YUEFU"`
	Key       string `help:"Key of the platform. In a sandbox an operator's key shows a desk of the lender's people too." required:"" env:"KEY"`
	Programme string `help:"Pay-later product to offer." default:"default"`
	Listen    string `help:"Address to listen on." default:"127.0.0.1:8081"`
	Public    string `help:"Address at which customers, and yuefu, reach the shop. Default: where it listens." placeholder:"URL"`
	Secret    string `help:"Secret of a webhook endpoint that was made before. Default: the shop makes one, and deletes it when it stops." env:"YUEFU_WEBHOOK_SECRET" placeholder:"whsec_…"`
}

func main() {
	var f flags
	kong.Parse(&f, kong.Name("shop"), kong.Description("An example shop that offers monthly pay."), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := f.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

func (f flags) run(ctx context.Context) error {
	l, err := net.Listen("tcp", f.Listen)
	if err != nil {
		return err
	}
	if f.Public == "" {
		f.Public = "http://" + l.Addr().String()
	}
	shop, err := storefront.Open(ctx, storefront.Config{
		API: client.New(f.Yuefu, f.Key, nil), Programme: f.Programme, Public: f.Public, Secret: f.Secret, Log: slog.Default(),
	})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	server := &http.Server{Handler: shop.Handler(), ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	fmt.Println("the shop is open at", f.Public)
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(ending), shop.Close(ending))
}
