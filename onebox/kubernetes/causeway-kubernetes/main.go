// Command causeway-kubernetes is one program holding every process of a Kubernetes cluster, and calls kubectl, which
// is beside it. Which one runs is chosen by the name it is called by (a symbolic link named kube-apiserver) or by its
// first argument (causeway-kubernetes kube-apiserver ...). Each takes the flags of the official binary.
package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	"k8s.io/component-base/version"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // client metrics on /metrics
	_ "k8s.io/component-base/metrics/prometheus/version"  // kubernetes_build_info on /metrics
)

// programs maps a name to what runs under it and returns the exit code. When one is called,
// os.Args[0] is that name and the rest its own arguments: most of them read os.Args themselves.
var programs = map[string]func() int{
	"etcd":                    func() int { etcdmain.Main(os.Args); return 0 },
	"kube-apiserver":          func() int { return cli.Run(apiserver.NewAPIServerCommand()) },
	"kube-controller-manager": func() int { return cli.Run(controllermanager.NewControllerManagerCommand()) },
	"kube-scheduler":          func() int { return cli.Run(scheduler.NewSchedulerCommand()) },
	"kubelet":                 func() int { return cli.Run(kubelet.NewKubeletCommand(context.Background())) },
	"kube-proxy":              func() int { return cli.Run(proxy.NewProxyCommand()) },
	"coredns":                 func() int { runCoreDNS(); return 0 },
	"kubectl":                 runKubectl,
}

func main() {
	name := filepath.Base(os.Args[0])
	run, found := programs[name]
	if !found && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		name = os.Args[0]
		run, found = programs[name]
	}
	switch {
	case found:
		separateFlags(name)
		os.Exit(run())
	case name == "version" || name == "--version":
		fmt.Println(version.Get().GitVersion)
	case name == "help" || name == "--help" || name == "-h":
		usage(os.Stdout)
	default:
		usage(os.Stderr)
		os.Exit(2)
	}
}

func usage(out io.Writer) {
	fmt.Fprintln(out, "usage: causeway-kubernetes PROGRAM [ARGUMENT...], or a link named PROGRAM to it; PROGRAM is one of")
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		fmt.Fprintln(out, "  "+name)
	}
}

// runKubectl becomes the program kubectl beside this one, which is of its own: it is run often, and takes half the time
// where it need not begin with everything that is here.
func runKubectl() int {
	self, err := os.Executable()
	if err == nil {
		err = syscall.Exec(filepath.Join(filepath.Dir(self), "kubectl"), os.Args, os.Environ())
	}
	fmt.Fprintln(os.Stderr, "causeway-kubernetes: cannot become kubectl:", err)
	return 1
}
