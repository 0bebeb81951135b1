// Command status says what GitOps tools make of objects: kstatus, by which Flux, kubectl-based pruners and others wait, and
// the health script of manifests/gitops/argocd, in the Lua interpreter that Argo CD uses.
//
// It reads an object or a List as JSON or YAML and prints a line for each: kind, namespace/name, kstatus, Argo CD's
// health, and what either has to say.
//
//	kubectl get causeway -A -o json | go run . ../../../manifests/gitops/argocd/health.yaml
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: status HEALTH_SCRIPTS <OBJECTS   (HEALTH_SCRIPTS: the ConfigMap for Argo CD)")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "status:", err)
		os.Exit(1)
	}
}

func run(scriptsFile string, in io.Reader, out io.Writer) error {
	scripts, err := readHealthScripts(scriptsFile)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	objects, err := decode(text)
	if err != nil {
		return err
	}
	for _, object := range objects {
		waited, err := kstatusOf(object)
		if err != nil {
			return fmt.Errorf("kstatus of %s %s: %w", object.GetKind(), object.GetName(), err)
		}
		health, err := scripts.healthOf(object)
		if err != nil {
			return fmt.Errorf("health of %s %s: %w", object.GetKind(), object.GetName(), err)
		}
		fmt.Fprintf(out, "%s\t%s/%s\t%s\t%s\t%s\n", object.GetKind(), object.GetNamespace(), object.GetName(), waited,
			health.status, strings.Join(strings.Fields(health.message), " "))
	}
	return nil
}

// decode reads one object, or the items of a List.
func decode(text []byte) ([]*unstructured.Unstructured, error) {
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, fmt.Errorf("neither JSON nor YAML: %w", err)
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(asJSON); err != nil { // whole numbers stay whole, as kstatus wants them
		return nil, err
	}
	if !object.IsList() {
		return []*unstructured.Unstructured{object}, nil
	}
	list, err := object.ToList()
	if err != nil {
		return nil, err
	}
	var objects []*unstructured.Unstructured
	for i := range list.Items {
		objects = append(objects, &list.Items[i])
	}
	return objects, nil
}
