// The one thing of a kubelet that an API server asks it for here: to run a command in a container. Other images only seem
// to run, so a command in one has nothing to do and succeeds. Prints its port, and ends with its standard input.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/types"
	protocols "k8s.io/apimachinery/pkg/util/remotecommand"
	client "k8s.io/client-go/tools/remotecommand"
	"k8s.io/kubelet/pkg/cri/streaming/remotecommand"
)

const idle = 10 * time.Minute

type nothing struct{}

func (nothing) ExecInContainer(context.Context, string, types.UID, string, []string, io.Reader, io.WriteCloser, io.WriteCloser, bool, <-chan client.TerminalSize, time.Duration) error {
	return nil
}

func exec(answer http.ResponseWriter, request *http.Request) {
	options, err := remotecommand.NewOptions(request)
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadRequest)
		return
	}
	pod, container := request.PathValue("pod"), request.PathValue("container")
	remotecommand.ServeExec(answer, request, nothing{}, pod, "", container, request.URL.Query()["command"], options, idle, idle, protocols.SupportedStreamingProtocols)
}

// API servers do not look at a kubelet's certificate unless they are told to.
func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0)}
	made, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{made}, PrivateKey: key}, err
}

func serve() error {
	own, err := certificate()
	if err != nil {
		return err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{own}})
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	routes := http.NewServeMux()
	// https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/kubelet/server/server.go
	routes.HandleFunc("/exec/{namespace}/{pod}/{container}", exec)
	routes.HandleFunc("/exec/{namespace}/{pod}/{uid}/{container}", exec)
	return http.Serve(listener, routes)
}

func main() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
