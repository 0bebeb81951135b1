// manager is a controller-runtime manager with a controller for each of the four kinds, leader election, probes and
// metrics: what kubebuilder makes.
//
//	manager reconcile --objects N [--write]   reconciles N Demos once and tells what it took (below)
//	manager run                               runs until it is ended, for start time and idle memory
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"causeway.dev/bench/peers/api/v1alpha1"
	"causeway.dev/bench/peers/measure"
)

const conditionType = "Measured"

// Reconciles a Demo: reads it from the cache, and judges whether its status says what was measured last. With write,
// a status that does not is patched; the patch comes back as an event and is reconciled once more.
type demoReconciler struct {
	client.Client
	message string
	write   bool
	objects int64
	seen    atomic.Int64
	done    chan struct{}
}

func (r *demoReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var demo v1alpha1.Demo
	if err := r.Get(ctx, request.NamespacedName, &demo); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	before := demo.DeepCopy()
	changed := meta.SetStatusCondition(&demo.Status.Conditions, metav1.Condition{
		Type: conditionType, Status: metav1.ConditionTrue, Reason: "Reconciled", Message: r.message,
		ObservedGeneration: demo.Generation})
	if r.write && changed {
		return ctrl.Result{}, r.Status().Patch(ctx, &demo, client.MergeFrom(before))
	}
	if r.seen.Add(1) == r.objects {
		close(r.done)
	}
	return ctrl.Result{}, nil
}

// Of the kinds that are not measured.
type idleReconciler struct {
	client.Client
	kind client.Object
}

func (r *idleReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	object := r.kind.DeepCopyObject().(client.Object)
	return ctrl.Result{}, client.IgnoreNotFound(r.Get(ctx, request.NamespacedName, object))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func newManager(config *rest.Config, listen string, elect bool) ctrl.Manager {
	scheme := runtime.NewScheme()
	check(clientgoscheme.AddToScheme(scheme))
	check(v1alpha1.AddToScheme(scheme))
	probes := "0"
	if listen != "0" {
		probes = "127.0.0.1:0"
	}
	manager := must(ctrl.NewManager(config, ctrl.Options{
		Scheme:                  scheme,
		Metrics:                 metricsserver.Options{BindAddress: listen},
		HealthProbeBindAddress:  probes,
		LeaderElection:          elect,
		LeaderElectionID:        "bench.causeway.dev",
		LeaderElectionNamespace: "default",
	}))
	check(manager.AddHealthzCheck("healthz", healthz.Ping))
	return manager
}

func watch(manager ctrl.Manager, name string, kind client.Object, workers int, reconciler interface {
	Reconcile(context.Context, ctrl.Request) (ctrl.Result, error)
}) {
	check(ctrl.NewControllerManagedBy(manager).Named(name).For(kind).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).Complete(reconciler))
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: manager reconcile|run …")
		os.Exit(2)
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	objects := flags.Int64("objects", 0, "how many Demos there are")
	write := flags.Bool("write", false, "write each Demo's status")
	workers := flags.Int("workers", 4, "reconcilers at once")
	listen := flags.String("listen", "0", "address of /metrics")
	check(flags.Parse(os.Args[2:]))

	ctrl.SetLogger(zap.New()) // as in production: JSON, from info on
	config := must(clientcmd.BuildConfigFromFlags("", *kubeconfig))
	config.DisableCompression = true // both sides read the same bytes
	config.QPS = -1                  // no limit on the client's side, as ours
	ctx := ctrl.SetupSignalHandler()

	if os.Args[1] == "run" {
		manager := newManager(config, *listen, true)
		for name, kind := range map[string]client.Object{"cluster": &v1alpha1.Cluster{}, "demo": &v1alpha1.Demo{},
			"imagetemplate": &v1alpha1.ImageTemplate{}, "repo": &v1alpha1.Repo{}} {
			watch(manager, name, kind, *workers, &idleReconciler{manager.GetClient(), kind})
		}
		check(manager.Start(ctx))
		return
	}

	cpuBefore := measure.CPUSeconds()
	begin := time.Now()
	manager := newManager(config, "0", false)
	reconciler := &demoReconciler{Client: manager.GetClient(), message: fmt.Sprint("by process ", os.Getpid()),
		write: *write, objects: *objects, done: make(chan struct{})}
	watch(manager, "demo", &v1alpha1.Demo{}, *workers, reconciler)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- manager.Start(ctx) }()
	<-reconciler.done
	wall := time.Since(begin).Seconds()
	measure.Settle()
	measure.Print(map[string]any{"cpu_seconds": measure.CPUSeconds() - cpuBefore, "wall_seconds": wall,
		"peak_bytes": measure.Status("VmHWM")})
	cancel()
	check(<-ended)
}
