package bench

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Report is what a bench measured. Figures are of one machine in one run: the
// ratios between rows say more than the rates.
type Report struct {
	When     time.Time         `json:"when"`
	Machine  string            `json:"machine"`
	Cores    int               `json:"cores"`
	Settings map[string]string `json:"settings"`                            // what makes an answer durable, by store
	Pgbench  []float64         `json:"pgbench_n_best_per_second,omitempty"` // before, and after
	Rows     []Row             `json:"rows"`
	Notes    []string          `json:"notes,omitempty"`
}

// Row is one measurement.
type Row struct {
	Store   string `json:"store"`
	What    string `json:"what"`
	Callers int    `json:"callers"`
	result
	Batch      float64 `json:"entries_per_batch,omitempty"`
	ServerCPU  float64 `json:"server_cpu_share,omitempty"` // of all cores, 0 to 1
	StoreCPU   float64 `json:"database_cpu_share,omitempty"`
	LoadCPU    float64 `json:"load_cpu_share,omitempty"`
	MicrosEach float64 `json:"cpu_microseconds_each,omitempty"` // of everything, for each call
	Lag        float64 `json:"tables_behind_seconds,omitempty"` // when the load ended
}

func newReport() *Report {
	return &Report{When: time.Now().UTC(), Machine: machine(), Cores: runtime.NumCPU(), Settings: map[string]string{}}
}

// machine names the processor, where the system tells.
func machine() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, ok := strings.CutPrefix(line, "model name"); ok {
			return strings.TrimSpace(strings.TrimLeft(name, " \t:")) + ", " + runtime.GOOS + "/" + runtime.GOARCH
		}
	}
	return runtime.GOOS + "/" + runtime.GOARCH
}

// pgbench is the mean of the yardstick before and after, 0 when there is none.
func (r *Report) pgbench() float64 {
	sum := 0.0
	for _, rate := range r.Pgbench {
		sum += rate
	}
	return sum / float64(max(1, len(r.Pgbench)))
}

// WriteJSON writes the report as JSON.
func (r *Report) WriteJSON(w io.Writer) error {
	return json.MarshalWrite(w, r, jsontext.WithIndent("  "))
}

// WriteTable writes the report for people.
func (r *Report) WriteTable(w io.Writer) {
	fmt.Fprintf(w, "%s, %d cores, %s\n", r.Machine, r.Cores, r.When.Format(time.RFC3339))
	for store, settings := range r.Settings {
		fmt.Fprintf(w, "%s: %s\n", store, settings)
	}
	t := table.NewWriter()
	t.SetOutputMirror(w)
	t.SetStyle(table.StyleRounded)
	heading := table.Row{"store", "what", "callers", "a second", "p50", "p99", "p99.9", "batch", "server", "database", "load", "µs each", "errors"}
	yardstick := r.pgbench()
	if yardstick > 0 {
		heading = append(heading, "× pgbench -N")
		for i, when := range []string{"before", "after"} {
			if i < len(r.Pgbench) {
				t.AppendRow(table.Row{"postgres", "pgbench -N, best, " + when, "8/16/32", fmt.Sprintf("%.0f", r.Pgbench[i])})
			}
		}
	}
	t.AppendHeader(heading)
	for _, row := range r.Rows {
		cells := table.Row{
			row.Store, row.What, row.Callers, fmt.Sprintf("%.0f", row.Rate), short(row.P50), short(row.P99), short(row.P999),
			number(row.Batch, "%.0f"), percent(row.ServerCPU), percent(row.StoreCPU), percent(row.LoadCPU), number(row.MicrosEach, "%.0f"), row.Errors,
		}
		if yardstick > 0 {
			cells = append(cells, fmt.Sprintf("%.1f", row.Rate/yardstick))
		}
		t.AppendRow(cells)
	}
	numbers := []table.ColumnConfig{}
	for i := 3; i <= len(heading); i++ {
		numbers = append(numbers, table.ColumnConfig{Number: i, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(numbers)
	t.Render()
	for _, note := range r.Notes {
		fmt.Fprintln(w, "·", note)
	}
}

func short(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	default:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
}

func percent(share float64) string { return number(share*100, "%.0f%%") }

func number(v float64, format string) string {
	if v == 0 {
		return ""
	}
	return fmt.Sprintf(format, v)
}
