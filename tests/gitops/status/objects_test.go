package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const (
	objectsFolder = "../objects"
	scriptsFile   = "../../../manifests/gitops/argocd/health.yaml"
)

var expectation = regexp.MustCompile(`^# kstatus (\w+), Argo CD (\w+)\n`)

// Every object there is of every state, made by the operator's own status code (../objects_test.cpp), which also says
// what is to be seen.
func TestObjectsAreReadAsWritten(t *testing.T) {
	scripts, err := readHealthScripts(scriptsFile)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(objectsFolder, "*.yaml"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d objects in %s: %v", len(files), objectsFolder, err)
	}
	kinds := map[string]bool{}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			expected := expectation.FindSubmatch(text)
			if expected == nil {
				t.Fatalf("does not begin with %s", expectation)
			}
			objects, err := decode(text)
			if err != nil || len(objects) != 1 {
				t.Fatalf("%d objects: %v", len(objects), err)
			}
			kinds[objects[0].GetKind()] = true
			waited, err := kstatusOf(objects[0])
			if err != nil || waited != string(expected[1]) {
				t.Errorf("kstatus says %s, not %s: %v", waited, expected[1], err)
			}
			health, err := scripts.healthOf(objects[0])
			if err != nil || health.status != string(expected[2]) {
				t.Errorf("Argo CD says %s, not %s: %v", health.status, expected[2], err)
			}
			if health.message == "" {
				t.Error("Argo CD's user is told nothing")
			}
		})
	}
	for key := range scripts {
		if kind := key[strings.LastIndex(key, "_")+1:]; !kinds[kind] {
			t.Errorf("there is a health script for %s, but no object", kind)
		}
	}
	if len(kinds) != len(scripts) {
		t.Errorf("%d kinds, %d health scripts", len(kinds), len(scripts))
	}
}
