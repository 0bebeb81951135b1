#include "crds/crdgen/kinds.hpp"

#include "crds/assignment/assignment.hpp"
#include "crds/cluster/cluster.hpp"
#include "crds/crdgen/schema.hpp"
#include "crds/demo/demo.hpp"
#include "crds/image_template/image_template.hpp"
#include "crds/repo/repo.hpp"

namespace causeway::crds::crdgen {

namespace {

Column condition(std::string name, std::string type, std::string doc, bool wide = false) {
  return {std::move(name), "string", ".status.conditions[?(@.type=='" + type + "')].status", std::move(doc), wide};
}

Column age() {
  return {"Age", "date", ".metadata.creationTimestamp", "Time since creation.", false};
}

template <class T>
Kind kind(std::string folder, std::string singular, std::string short_name, std::string summary) {
  Kind k{.type = T::kResource,
         .folder = std::move(folder),
         .singular = std::move(singular),
         .list_kind = std::string(T::kResource.kind) + "List",
         .short_names = {std::move(short_name)},
         .summary = summary,
         .intro = {},
         .columns = {},
         .schema = kind_schema<T>(summary)};
  return k;
}

Kind cluster() {
  Kind k =
      kind<Cluster>("cluster", "cluster", "cwc",
                    "A Kubernetes cluster in some region that runs demos: made by Terraform, or existing already.");
  k.intro = {
      "Applying a Cluster makes Terraform (or OpenTofu) create it in the cloud and region it names; Causeway then "
      "installs its region operator there, and demos can be placed in it. Deleting the object destroys what Terraform "
      "made. A cluster that exists already joins with `source.kubeconfigRef`.",
      "Its life: `Pending` → `Planning` → (`AwaitingApproval`) → `Provisioning` → `Bootstrapping` → `Joining` → "
      "`Ready`; later `Updating`, `Unreachable`, `Deleting`, `Failed`."};
  k.columns = {{"Phase", "string", ".status.phase", "Where the cluster is in its life."},
               condition("Ready", "Ready", "Whether demos can be placed here."),
               {"Provider", "string", ".spec.source.terraform.provider", "Which cloud."},
               {"Region", "string", ".spec.source.terraform.region", "Region in the cloud's own words."},
               {"Nodes", "integer", ".status.agent.nodes", "Ready nodes."},
               {"Demos", "integer", ".status.demoCount", "Demos placed here."},
               {"Role", "string", ".spec.role", "User or Management.", true},
               {"Kubernetes", "string", ".status.agent.kubernetesVersion", "Kubernetes version.", true},
               {"Endpoint", "string", ".status.endpoint", "Address of the API server.", true},
               {"Message", "string", ".status.message", "What it is doing or waiting for.", true},
               age()};
  return k;
}

Kind repo() {
  Kind k = kind<Repo>("repo", "repo", "cwr", "A git repository of a model, a dataset, or a space (a demo's code).");
  k.intro = {
      "Applying a Repo creates the repository on its host, empty or imported, and keeps its settings as the spec says. "
      "Deleting it archives the content first. Stars, downloads and discussions are people's activity, kept in the "
      "database and not here."};
  k.columns = {{"Type", "string", ".spec.type", "Model, Dataset or Space."},
               {"Path", "string", ".spec.path", "owner/name."},
               {"Visibility", "string", ".spec.visibility", "Public or Private."},
               condition("Ready", "Ready", "Whether it can be cloned and pushed."),
               {"Commit", "string", ".status.head.commit", "Newest commit of the default branch.", true},
               {"Clone", "string", ".status.clone.http", "Address to clone from.", true},
               age()};
  return k;
}

Kind image_template() {
  Kind k =
      kind<ImageTemplate>("image_template", "imagetemplate", "cwt", "How code of one kind becomes a container image.");
  k.intro = {
      "Templates of a family are numbered: the object is named `<family>-v<version>`, and a demo names the family and, "
      "if it wants to stay with it, a version. What goes into an image does not change once demos use the template; a "
      "change is the next version.",
      "The catalogue for everybody is in the namespace `causeway-system`; a tenant's own templates are in its own."};
  k.columns = {{"Family", "string", ".spec.family", "What demos name."},
               {"Version", "integer", ".spec.version", "Version of the family."},
               {"SDK", "string", ".spec.sdk", "Kind of application."},
               condition("Ready", "Ready", "Whether demos can be built with it."),
               {"Latest", "boolean", ".status.latest", "Whether it is the newest of its family."},
               {"Demos", "integer", ".status.demoCount", "Demos that use it."},
               {"Title", "string", ".spec.title", "Name shown to people.", true},
               age()};
  return k;
}

Kind demo() {
  Kind k = kind<Demo>("demo", "demo", "cwd",
                      "An application people can open: built from a repository, run in one or more regions.");
  k.intro = {
      "A Demo names its code (`repoRef`, `source` or `image`), how it becomes an image (`templateRef`, or a Dockerfile "
      "in the repository), and where it should run (`placement`). Causeway builds, places, deploys and answers under "
      "`status.url`; a push to the tracked branch deploys again while the old version serves on.",
      "The way: resolve → build → place → assign → roll out → serve. `status.stage` uses the names known from Hugging "
      "Face; `Running` means that a request was answered."};
  k.columns = {{"Stage", "string", ".status.stage", "Where the demo is."},
               condition("Ready", "Ready", "Whether it is as wished: the newest version serves, sleeps or is paused."),
               {"Cluster", "string", ".status.placements[0].cluster", "The first cluster it runs in."},
               {"URL", "string", ".status.url", "The address that always works."},
               {"Revision", "string", ".status.revision", "The commit that is deployed.", true},
               {"Deployment", "string", ".status.currentDeployment", "The deployment in force.", true},
               {"Message", "string", ".status.message", "What it is doing or waiting for.", true},
               age()};
  return k;
}

Kind assignment() {
  Kind k = kind<Assignment>("assignment", "assignment", "cwa",
                            "What the hub asks of one region for one Demo. Internal: made by Causeway, not by people.");
  k.intro = {
      "The hub writes one Assignment for each cluster a Demo was placed in, into that cluster's namespace on the hub "
      "(`cluster-<uid8>`). Everything is resolved: the image by digest, the parameters, the host names. The region "
      "mirrors it, runs it, and reports in its status; it removes the workload only for `desired: Absent`.",
      "Tenants may neither read nor write Assignments. They are linked to their Demo by the labels "
      "`causeway.dev/demo-namespace`, `causeway.dev/demo-name` and `causeway.dev/demo-uid`."};
  k.columns = {{"Tenant", "string", ".spec.demoRef.namespace", "Namespace of the Demo."},
               {"Demo", "string", ".spec.demoRef.name", "The Demo."},
               {"Epoch", "integer", ".spec.epoch", "Counts the moves of the Demo."},
               {"Desired", "string", ".spec.desired", "Running or Absent."},
               {"Stage", "string", ".status.stage", "Where the workload is."},
               {"Ready", "boolean", ".status.ready", "Whether requests are answered."},
               {"Image", "string", ".spec.image", "Image by digest.", true},
               {"Message", "string", ".status.message", "What is wrong.", true},
               age()};
  return k;
}

}  // namespace

std::vector<Kind> all_kinds() {
  return {cluster(), repo(), image_template(), demo(), assignment()};
}

json::object crd_of(const Kind& kind) {
  json::array columns;
  for (const Column& column : kind.columns) {
    json::object out{
        {"name", column.name}, {"type", column.type}, {"jsonPath", column.path}, {"description", column.doc}};
    if (column.wide) out["priority"] = 1;
    columns.push_back(std::move(out));
  }
  json::array short_names;
  for (const std::string& name : kind.short_names) short_names.emplace_back(name);
  json::object names{
      {"kind", kind.type.kind},    {"listKind", kind.list_kind},           {"plural", kind.type.plural},
      {"singular", kind.singular}, {"shortNames", std::move(short_names)}, {"categories", json::array{"causeway"}}};
  json::object version{{"name", kind.type.version},
                       {"served", true},
                       {"storage", true},
                       {"subresources", json::object{{"status", json::object{}}}},
                       {"additionalPrinterColumns", std::move(columns)},
                       {"schema", json::object{{"openAPIV3Schema", kind.schema}}}};
  return {{"apiVersion", "apiextensions.k8s.io/v1"},
          {"kind", "CustomResourceDefinition"},
          {"metadata", json::object{{"name", std::string(kind.type.plural) + "." + std::string(kind.type.group)},
                                    {"labels", json::object{{"app.kubernetes.io/name", "causeway"},
                                                            {"app.kubernetes.io/component", "crds"}}}}},
          {"spec", json::object{{"group", kind.type.group},
                                {"names", std::move(names)},
                                {"scope", "Namespaced"},
                                {"versions", json::array{std::move(version)}}}}};
}

}  // namespace causeway::crds::crdgen
