"""What people write and do not mean, as they write it: the manifests of docs/messages.md. Namespace u-eve, account eve."""

PLAN = "a" * 64

# (heading, manifest)
WRONG = [
    ("A Demo that does not say what to run", """
kind: Demo
metadata: {name: digits}
spec: {placement: {regions: [local-1]}}
"""),
    ("An image and a template", """
kind: Demo
metadata: {name: digits}
spec: {image: "nginx@sha256:0", templateRef: {family: python}}
"""),
    ("A field that does not exist", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, replicas: 3}
"""),
    ("A region where a list is wanted", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, placement: {regions: local-1}}
"""),
    ("A name that is no part of a host name", """
kind: Demo
metadata: {name: my--digits}
spec: {repoRef: {name: app}}
"""),
    ("More memory than there is", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, resources: {memory: lots}}
"""),
    ("A timeout too short for any build", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, build: {timeout: 5s}}
"""),
    ("A path out of the repository", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, path: ../secrets}
"""),
    ("Storage in two clusters", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, storage: {size: 1Gi, mountPath: /data}, placement: {clusterCount: 2}}
"""),
    ("A parameter the template does not have", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, templateRef: {family: python, version: 1}, parameters: {COLOUR: red}}
"""),
    ("More than the tenant's quota", """
kind: Demo
metadata: {name: digits}
spec: {repoRef: {name: app}, resources: {cpu: "1"}, scaling: {max: 5}}
"""),
    ("A provider that Causeway does not know", """
kind: Cluster
metadata: {name: far}
spec: {source: {terraform: {provider: moon, region: tranquility-1}}}
"""),
    ("No source, two sources", """
kind: Cluster
metadata: {name: far}
spec: {source: {inCluster: {}, kubeconfigRef: {name: far}}}
"""),
    ("Networks that overlap", """
kind: Cluster
metadata: {name: far}
spec:
  source: {terraform: {provider: local, region: local-1}}
  network: {cidr: 10.0.0.0/8, podCIDR: 10.1.0.0/16}
"""),
    ("A spot price for nodes that are not spot", """
kind: Cluster
metadata: {name: far}
spec:
  source: {terraform: {provider: local, region: local-1}}
  nodePools: [{name: a, min: 3, max: 1, maxPrice: "0.10"}]
"""),
    ("A template whose name is not its family and version", """
kind: ImageTemplate
metadata: {name: cobol}
spec: {family: cobol, version: 2, sdk: Docker, dockerfile: "FROM scratch"}
"""),
    ("A secret with a default", """
kind: ImageTemplate
metadata: {name: cobol-v1}
spec: {family: cobol, version: 1, sdk: Docker, parameters: [{name: TOKEN, secret: true, default: abc}]}
"""),
    ("A repository under somebody else's name", """
kind: Repo
metadata: {name: digits}
spec: {type: Space, owner: ada, path: ada/digits-of-eve}
"""),
    ("A path that does not begin with its owner", """
kind: Repo
metadata: {name: digits}
spec: {type: Space, owner: eve, path: ada/digits}
"""),
    ("A path that is taken", """
kind: Repo
metadata: {name: another}
spec: {type: Space, owner: eve, path: eve/APP}
"""),
]

# Accepted, with a warning.
UNWISE = [
    ("What is not there yet", """
kind: Demo
metadata: {name: early}
spec: {repoRef: {name: later}, templateRef: {family: cobol}, placement: {regions: [mars-1]}}
"""),
    ("A secret in plain sight, and an image that may change", """
kind: Demo
metadata: {name: careless}
spec: {image: "registry.example.org/careless:latest", env: [{name: HF_TOKEN, value: hf_abc}], placement: {regions: [nowhere]}}
"""),
]

# Of the asking user eve, who may do everything with clusters but approve.
FORBIDDEN = ("A plan that eve may not approve", "cluster", "waiting", '{"spec":{"approvedPlan":"%s"}}' % PLAN)
