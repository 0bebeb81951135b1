package main

import "flag"

// separateFlags leaves in flag.CommandLine only what belongs to the program that runs. CoreDNS
// registers its flags there when it is imported, and kube-proxy takes over all it finds there: without
// this, "kube-proxy --version" would set CoreDNS's flag, and "coredns -v" klog's.
func separateFlags(program string) {
	isCoreDNS := map[string]bool{
		"conf": true, "dns.port": true, "p": true, "pidfile": true,
		"plugins": true, "quiet": true, "version": true,
	}
	own := flag.NewFlagSet(program, flag.ExitOnError)
	flag.CommandLine.VisitAll(func(f *flag.Flag) {
		if isCoreDNS[f.Name] == (program == "coredns") {
			own.Var(f.Value, f.Name, f.Usage)
		}
	})
	flag.CommandLine = own
}
