package wallet

import (
	"slices"

	"github.com/yuefu/yuefu/api/client"
	"github.com/yuefu/yuefu/web/page"
)

// year is what monthly pay cost in one calendar year, by what it was for.
type year struct {
	Year                   int
	Billed                 int64 // all that was billed, principal too
	Fee, Interest, Penalty int64
	Deferral               int64
	Share                  int // of the dearest year, in percent
}

// Cost is all that was not the price of goods.
func (y year) Cost() int64 { return y.Fee + y.Interest + y.Penalty + y.Deferral }

// yearPage is the cost of each year, the newest first.
type yearPage struct {
	Currency client.Currency
	Years    []year
}

func years(v *page.Visit, account client.Account) error {
	p := yearPage{Currency: account.Currency}
	for cursor := client.Cursor(""); ; {
		list, err := v.API.ListStatements(v.Context(), v.Account, client.ListStatementsQuery{Cursor: cursor, Limit: 200})
		if err != nil {
			return err
		}
		for _, s := range list.Data {
			p.add(s)
		}
		if cursor = client.Cursor(list.Next); cursor == "" {
			break
		}
	}
	dearest := int64(1)
	for _, y := range p.Years {
		dearest = max(dearest, y.Cost())
	}
	for i := range p.Years {
		p.Years[i].Share = int(100 * p.Years[i].Cost() / dearest)
	}
	slices.SortFunc(p.Years, func(a, b year) int { return b.Year - a.Year })
	return v.Show("year", p)
}

// add counts a bill in the year that it was issued in.
func (p *yearPage) add(s client.Statement) {
	of, _, _ := s.StatementOn.Split()
	i := slices.IndexFunc(p.Years, func(y year) bool { return y.Year == of })
	if i < 0 {
		i = len(p.Years)
		p.Years = append(p.Years, year{Year: of})
	}
	y := &p.Years[i]
	y.Billed += s.Total + s.Penalty + s.DeferralFee
	y.Penalty += s.Penalty
	y.Deferral += s.DeferralFee
	for _, l := range s.Lines {
		y.Fee += int64(l.Fee)
		y.Interest += int64(l.Interest)
	}
}

// bureauPage says who reports to which bureau, and what of this account would be told:
// what is owed, and when it was late.
type bureauPage struct {
	Account client.Account
	Names   client.Names
	Bureau  string // empty: nobody reports
	Late    []client.OverdueStep
}

func bureau(v *page.Visit, account client.Account) error {
	programme, err := v.API.GetProgramme(v.Context(), v.Programme)
	if err != nil {
		return err
	}
	history, err := v.API.ListOverdueHistory(v.Context(), v.Account)
	if err != nil {
		return err
	}
	return v.Show("bureau", bureauPage{Account: account, Names: programme.Names, Bureau: programme.Terms.Bureau, Late: history.Data})
}

// papersPage is everything that the customer agreed to, the newest first.
type papersPage struct {
	Receipts []client.Receipt
	More     string
}

func papers(v *page.Visit) error {
	list, err := v.API.ListReceipts(v.Context(), v.Account, client.ListReceiptsQuery{Cursor: client.Cursor(v.R.URL.Query().Get("older")), Limit: 30})
	if isMissing(err) {
		return v.Show("none", nil)
	}
	if err != nil {
		return err
	}
	return v.Show("agreements", papersPage{list.Data, list.Next})
}

// receipt shows one receipt, and gives it as the file that anybody can check.
func receipt(v *page.Visit) error {
	file, err := v.API.GetReceipt(v.Context(), v.R.PathValue("id"), client.GetReceiptQuery{})
	if err != nil {
		return err
	}
	if v.R.URL.Query().Get("file") == "" {
		return v.Show("receipt", file)
	}
	return download(v, "receipt-"+file.Receipt.ID+".json", file)
}

// words shows a text that was agreed to, by its hash.
func words(v *page.Visit) error {
	text, err := v.API.GetText(v.Context(), v.R.PathValue("hash"))
	if err != nil {
		return err
	}
	return v.Show("text", text)
}

// data shows what is known of the person, masked, and gives all of it as a file.
func data(v *page.Visit) error {
	if v.R.URL.Query().Get("file") != "" {
		all, err := v.API.ExportCustomer(v.Context(), v.Customer)
		if err != nil {
			return err
		}
		return download(v, "my-data-"+all.AsOf.String()+".json", all)
	}
	person, err := v.API.GetPerson(v.Context(), v.Customer)
	if err != nil && !isMissing(err) {
		return err
	}
	return v.Show("data", person)
}
