# The ledger: docs/design.md, The ledger. crates/ledger/src/dynamo/table.rs makes the same table for tests.
resource "aws_dynamodb_table" "ledger" {
  name         = local.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  attribute {
    name = "list_pk"
    type = "S"
  }

  attribute {
    name = "list_sk"
    type = "S"
  }

  # The lists of runs, dead letters and rows to look into. Sparse, and without anything personal.
  global_secondary_index {
    name               = "lists"
    hash_key           = "list_pk"
    range_key          = "list_sk"
    projection_type    = "INCLUDE"
    non_key_attributes = ["attempts", "error_class", "outcome", "settled_at"]
  }

  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }

  deletion_protection_enabled = var.deletion_protection
}
