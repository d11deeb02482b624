// SPDX-License-Identifier: ISC
// server SOCKET: the same promise with Go's net/http: check the signature, parse,
// keep the body durably (file and directory), answer.
package main

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

var (
	spool     = os.Getenv("BENCH_SPOOL")
	secret    = []byte(os.Getenv("BENCH_SECRET"))
	directory *os.File
)

func write(path string, body []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0640)
	if err != nil {
		return err
	}
	_, err = file.Write(body)
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func keep(name string, body []byte) error {
	temporary := filepath.Join(spool, "."+name)
	if err := write(temporary, body); err != nil {
		return err
	}
	if err := os.Rename(temporary, filepath.Join(spool, name)); err != nil {
		return err
	}
	return directory.Sync()
}

func receive(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	mac := hmac.New(sha1.New, secret)
	mac.Write(body)
	sent, err := base64.StdEncoding.DecodeString(r.Header.Get("X-MMS-Signature"))
	if err != nil || !hmac.Equal(mac.Sum(nil), sent) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	var alert map[string]any
	if err := json.Unmarshal(body, &alert); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	digest := sha256.Sum256(body)
	id, _ := alert["id"].(string)
	name := filepath.Base(id) + "." + hex.EncodeToString(digest[:16])
	if err := keep(name, body); err != nil {
		log.Print(err)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"status": "stored", "id": name})
}

func main() {
	var err error
	if directory, err = os.Open(spool); err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, http.HandlerFunc(receive)))
}
