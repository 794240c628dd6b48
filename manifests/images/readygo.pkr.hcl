# Provisioners for the `build` of a Packer template, with the release's bootstrap.sh beside it.
variable "go_version" {
  type    = string
  default = "latest"
}

source "null" "example" {
  communicator = "none"
}

build {
  sources = ["source.null.example"] # your own

  provisioner "file" {
    source      = "bootstrap.sh"
    destination = "/tmp/readygo-bootstrap.sh"
  }

  provisioner "shell" {
    inline = [
      "sh /tmp/readygo-bootstrap.sh ${var.go_version}",
      "rm /tmp/readygo-bootstrap.sh",
    ]
  }
}
