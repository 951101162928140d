package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// readNotices reads the list member by member, because encoding/json takes
// repeated members, any letter case and whatever follows the end.
func readNotices(data []byte) ([]notice, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := expect(decoder, json.Delim('[')); err != nil {
		return nil, err
	}
	var notices []notice
	for decoder.More() {
		n, err := readNotice(decoder)
		if err != nil {
			return nil, fmt.Errorf("notice %d: %w", len(notices)+1, err)
		}
		notices = append(notices, n)
	}
	if err := expect(decoder, json.Delim(']')); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more data after the list of notices")
	}
	return notices, nil
}

func readNotice(decoder *json.Decoder) (n notice, err error) {
	if err := expect(decoder, json.Delim('{')); err != nil {
		return n, err
	}
	members := map[string]any{"year": &n.Year, "off": &n.Off, "work": &n.Work}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return n, err
		}
		// Deleting what was read makes a second one of that name unknown.
		member, known := members[name.(string)]
		if !known {
			return n, fmt.Errorf("member %q is unknown, or told twice", name)
		}
		delete(members, name.(string))
		if err := decoder.Decode(member); err != nil {
			return n, err
		}
	}
	return n, expect(decoder, json.Delim('}'))
}

func expect(decoder *json.Decoder, want json.Delim) error {
	got, err := decoder.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("%v where %v should stand", got, want)
	}
	return nil
}
