package main

import (
	"flag"
	"testing"
)

// Everything is in flag.CommandLine when the program starts; afterwards nobody sees the others' flags.
func TestSeparateFlags(t *testing.T) {
	all := flag.CommandLine
	defer func() { flag.CommandLine = all }()
	for _, name := range []string{"conf", "version", "dns.port"} {
		if all.Lookup(name) == nil {
			t.Fatalf("CoreDNS no longer registers -%s: is its list in flags.go still right?", name)
		}
	}

	separateFlags("coredns")
	if flag.Lookup("conf") == nil {
		t.Error("CoreDNS has lost -conf")
	}
	flag.VisitAll(func(f *flag.Flag) {
		if f.Name == "machine_id_file" { // cadvisor's, through the kubelet
			t.Error("CoreDNS took over a flag of the kubelet")
		}
	})

	flag.CommandLine = all
	separateFlags("kube-proxy")
	for _, name := range []string{"conf", "version", "p"} {
		if flag.Lookup(name) != nil {
			t.Errorf("kube-proxy sees CoreDNS's -%s", name)
		}
	}
	if flag.Lookup("machine_id_file") == nil {
		t.Error("the flags of the node components are gone")
	}
}
