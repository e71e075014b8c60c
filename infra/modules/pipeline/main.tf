# The Here to Help ingestion of one stage. docs/architecture.md has the picture; each file here is one part of it.

data "aws_caller_identity" "this" {}
data "aws_region" "this" {}
data "aws_partition" "this" {}

locals {
  name    = "here-to-help-ingestion-${var.stage}"
  region  = data.aws_region.this.name
  account = data.aws_caller_identity.this.account_id
  aws     = "arn:${data.aws_partition.this.partition}"

  # The namespace of crates/lambda-support's metrics.
  metrics = "HereToHelpIngestion"

  # Where each alarm's description sends its reader.
  runbooks = "https://github.com/LBHackney-IT/here-to-help-ingestion/blob/main/docs/runbooks"
}
