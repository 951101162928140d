package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"

	"github.com/yuefu/yuefu/view"
)

type exportCmd struct {
	Journal exportJournalCmd `cmd:"" help:"Write every posting as a plain-text journal."`
}

type exportJournalCmd struct {
	databaseFlag
	Format string `help:"Whose form." enum:"hledger" default:"hledger"`
	Output string `help:"File to write; - is standard output." default:"-" short:"o" placeholder:"FILE"`
}

func (c exportJournalCmd) Run(ctx context.Context) error {
	return withTables(ctx, c.DB, func(t *view.Tables) error {
		if c.Output == "-" {
			return c.write(ctx, t, os.Stdout)
		}
		file, err := os.Create(c.Output)
		if err != nil {
			return err
		}
		return errors.Join(c.write(ctx, t, file), file.Close())
	})
}

func (c exportJournalCmd) write(ctx context.Context, t *view.Tables, to io.Writer) error {
	buffered := bufio.NewWriterSize(to, 1<<16)
	return errors.Join(t.ExportJournal(ctx, buffered, c.Format), buffered.Flush())
}
