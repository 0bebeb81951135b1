# A cluster on this machine, asked for over causeway-onebox's unix socket. No plugin, nothing to download.
#
# Creating is idempotent by the Cluster's UID, so an interrupted apply can be applied again. It is two resources because
# Terraform skips the destroy provisioner of a resource whose creation failed: the registration has no creation that
# could fail, and the one thing it does is to remove whatever onebox has under this id.

locals {
  id = var.tags["causeway-cluster-uid"]

  # --fail-with-body: onebox says in the body what is wrong, and local-exec quotes it.
  curl = "curl --silent --show-error --fail-with-body --connect-timeout 5"
}

resource "terraform_data" "registration" {
  # A destroy provisioner sees nothing but its own resource.
  input = {
    id     = local.id
    socket = var.socket
    curl   = local.curl
  }

  provisioner "local-exec" {
    when    = destroy
    command = "${self.output.curl} --max-time 300 --unix-socket \"$SOCKET\" -X DELETE \"http://onebox/v1/clusters/$ID\""
    environment = {
      SOCKET = self.output.socket
      ID     = self.output.id
    }
  }
}

resource "terraform_data" "cluster" {
  depends_on = [terraform_data.registration]

  input = {
    id           = local.id
    name         = var.name
    region       = var.region
    outputs_file = "${var.outputs_folder}/${local.id}.json"
  }

  # Answers when the cluster's node is Ready. The answer is shown only when it says what went wrong,
  # and then before curl's own words: the first line is what the Cluster's message has.
  provisioner "local-exec" {
    command = <<-SHELL
      answer=$(${local.curl} --max-time 300 --unix-socket "$SOCKET" -X PUT -H 'Content-Type: application/json' --data-binary "$REQUEST" "http://onebox/v1/clusters/$ID" 2>&1) && exit 0
      status=$?
      printf '%s\n' "$answer" >&2
      exit $status
    SHELL
    environment = {
      SOCKET  = var.socket
      ID      = local.id
      REQUEST = jsonencode({ name = var.name, region = var.region, node = true })
    }
    quiet = true
  }
}

# local-exec returns nothing; onebox writes the outputs to a file. Its name is unknown until the cluster is there, so the
# file is read when it has been written; later plans ignore that it may have changed or gone.
resource "terraform_data" "answer" {
  input = (fileexists(terraform_data.cluster.output.outputs_file)
    ? sensitive(file(terraform_data.cluster.output.outputs_file))
  : null)

  lifecycle {
    ignore_changes       = [input]
    replace_triggered_by = [terraform_data.cluster.id]

    postcondition {
      condition     = self.output != null
      error_message = "onebox made the cluster but wrote no outputs to ${terraform_data.cluster.output.outputs_file}; is its folder mounted here?"
    }
  }
}

locals {
  answer = jsondecode(terraform_data.answer.output)
}
