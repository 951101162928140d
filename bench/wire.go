package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// client speaks HTTP/1.1 over one connection, just enough to post a prepared
// request and read its answer. A general client would take more of the machine
// than the server that is measured.
type client struct {
	conn    net.Conn
	read    *bufio.Reader
	request []byte
	body    []byte
}

func dial(address string) (*client, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, read: bufio.NewReaderSize(conn, 4096)}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// post sends a body with an idempotency key and returns status and answer. The
// answer is valid until the next call.
func (c *client) post(path, token string, key int64, body []byte) (int, []byte, error) {
	r := c.request[:0]
	r = append(r, "POST "...)
	r = append(r, path...)
	r = append(r, " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nAuthorization: Bearer "...)
	r = append(r, token...)
	r = append(r, "\r\nIdempotency-Key: bench-"...)
	r = strconv.AppendInt(r, key, 10)
	r = append(r, "\r\nContent-Length: "...)
	r = strconv.AppendInt(r, int64(len(body)), 10)
	r = append(r, "\r\n\r\n"...)
	r = append(r, body...)
	c.request = r
	if _, err := c.conn.Write(r); err != nil {
		return 0, nil, err
	}
	return c.answer()
}

var contentLength = []byte("content-length:")

func (c *client) answer() (status int, body []byte, err error) {
	line, err := c.read.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("answer begins with %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, fmt.Errorf("answer begins with %q", line)
	}
	length := -1
	for {
		line, err = c.read.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(contentLength):]))); err != nil {
				return 0, nil, err
			}
		}
	}
	if length < 0 {
		return 0, nil, errors.New("answer has no length")
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	for read := 0; read < length; {
		n, err := c.read.Read(c.body[read:])
		if err != nil {
			return 0, nil, err
		}
		read += n
	}
	return status, c.body, nil
}
