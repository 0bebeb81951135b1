// informer lists and watches all Demos with a client-go shared informer, as generated informers do, and tells what it
// took: informer [--dynamic] --objects N.
package main

import (
	"context"
	"flag"
	"time"

	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"

	"causeway.dev/bench/peers/api/v1alpha1"
	"causeway.dev/bench/peers/measure"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func typedInformer(config *rest.Config) cache.SharedIndexInformer {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	config.APIPath = "/apis"
	config.GroupVersion = &v1alpha1.GroupVersion
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client := must(rest.RESTClientFor(config))
	lw := cache.NewListWatchFromClient(client, "demos", "", fields.Everything())
	return cache.NewSharedIndexInformer(lw, &v1alpha1.Demo{}, 0, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
}

func dynamicInformer(config *rest.Config) cache.SharedIndexInformer {
	resource := schema.GroupVersionResource{Group: "causeway.dev", Version: "v1alpha1", Resource: "demos"}
	factory := dynamicinformer.NewDynamicSharedInformerFactory(must(dynamic.NewForConfig(config)), 0)
	return factory.ForResource(resource).Informer()
}

func main() {
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	dynamic := flag.Bool("dynamic", false, "unstructured objects instead of structs")
	objects := flag.Int("objects", 0, "how many Demos there are")
	flag.Parse()

	config := must(clientcmd.BuildConfigFromFlags("", *kubeconfig))
	config.DisableCompression = true // both sides read the same bytes
	restBefore := measure.Status("VmRSS")
	heapBefore := measure.LiveHeap()
	cpuBefore := measure.CPUSeconds()
	begin := time.Now()

	informer := typedInformer
	if *dynamic {
		informer = dynamicInformer
	}
	running := informer(config)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go running.Run(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), running.HasSynced) {
		panic("no sync")
	}
	wall := time.Since(begin).Seconds()
	if got := len(running.GetStore().ListKeys()); got != *objects {
		panic(got)
	}
	measure.Settle()
	cpu := measure.CPUSeconds() - cpuBefore
	peak, rest := measure.Status("VmHWM"), measure.Status("VmRSS")
	measure.Print(map[string]any{
		"cpu_seconds": cpu, "wall_seconds": wall, "peak_bytes": peak,
		"bytes_per_object":      float64(rest-restBefore) / float64(*objects),
		"live_bytes_per_object": float64(measure.LiveHeap()-heapBefore) / float64(*objects),
	})
}
