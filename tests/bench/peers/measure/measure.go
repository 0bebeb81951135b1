// Package measure tells what this process has used, in the same words as tests/bench/measure.hpp.
package measure

import (
	"bufio"
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// CPUSeconds is user and system time of all threads since the process began.
func CPUSeconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

// Status is a line of /proc/self/status in bytes: "VmHWM", "VmRSS", "RssAnon".
func Status(name string) uint64 {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), name+":"); found {
			kb, err := strconv.ParseUint(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				panic(err)
			}
			return kb * 1024
		}
	}
	panic("/proc/self/status has no " + name)
}

// LiveHeap is what is in use after a full collection.
func LiveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// Settle waits until the process has used next to no CPU for half a second: what a collector or a watch still had to do.
func Settle() {
	for before := CPUSeconds(); ; {
		time.Sleep(500 * time.Millisecond)
		now := CPUSeconds()
		if now-before < 0.005 {
			return
		}
		before = now
	}
}

// Print writes one JSON object to standard output.
func Print(result map[string]any) {
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}
