# One target per image; every binary comes from the build (`--build-arg`s name the bases, which onebox/images makes from
# Debian packages where a public registry is not at hand). The build context is a staging folder:
#   bin/{causeway-operator,causeway-apiserver,causeway-scan-objects,causeway-webhooks}  share/{region,crds,terraform-modules}/
ARG BASE=debian:12-slim
ARG BASE_GIT=debian:12-slim
ARG BASE_BUILDER=debian:12-slim
ARG BASE_RUNNER_LOCAL=debian:12-slim

FROM ${BASE} AS operator
COPY bin/causeway-operator /usr/bin/causeway-operator
COPY share/region /usr/share/causeway/region
COPY share/crds /usr/share/causeway/crds
ARG VERSION=unknown
LABEL org.opencontainers.image.title="causeway-operator" org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 65532:65532
ENTRYPOINT ["/usr/bin/causeway-operator"]

FROM ${BASE} AS webhooks
COPY bin/causeway-webhooks /usr/bin/causeway-webhooks
ARG VERSION=unknown
LABEL org.opencontainers.image.title="causeway-webhooks" org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 65532:65532
ENTRYPOINT ["/usr/bin/causeway-webhooks"]

FROM ${BASE} AS apiserver
COPY bin/causeway-apiserver /usr/bin/causeway-apiserver
ARG VERSION=unknown
LABEL org.opencontainers.image.title="causeway-apiserver" org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 65532:65532
ENTRYPOINT ["/usr/bin/causeway-apiserver"]

# Git over HTTP and the Repo reconciler beside it: both need git and the same disk.
FROM ${BASE_GIT} AS git
COPY bin/causeway-apiserver /usr/bin/causeway-apiserver
COPY bin/causeway-scan-objects /usr/bin/causeway-scan-objects
COPY bin/causeway-operator /usr/bin/causeway-operator
ARG VERSION=unknown
LABEL org.opencontainers.image.title="causeway-git" org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 65532:65532

# Image builds: git clone, buildah, push. Root inside the pod, because buildah's chroot isolation changes owners.
FROM ${BASE_BUILDER} AS builder
COPY bin/causeway-operator /usr/bin/causeway-operator
ARG VERSION=unknown
LABEL org.opencontainers.image.title="causeway-builder" org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
ENTRYPOINT ["/usr/bin/causeway-operator", "build-run"]

# Terraform runs of the provider `local`. On one machine the overlay gives them root, for a socket that is root's.
FROM ${BASE_RUNNER_LOCAL} AS runner-local
COPY bin/causeway-operator /usr/bin/causeway-operator
COPY share/terraform-modules /usr/share/causeway/terraform-modules
ARG VERSION=unknown
LABEL org.opencontainers.image.title="causeway-runner-local" org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 65532:65532
ENTRYPOINT ["/usr/bin/causeway-operator", "terraform-run"]
