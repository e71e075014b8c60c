# One key for what is encrypted: the ledger (the only place with residents' data), the logs and the topics.
resource "aws_kms_key" "this" {
  description             = "${local.name}: the ledger, logs and topics"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}

resource "aws_kms_alias" "this" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.this.key_id
}

data "aws_iam_policy_document" "key" {
  # checkov:skip=CKV_AWS_109:a key's policy speaks of that key alone: its resource is always "*"
  # checkov:skip=CKV_AWS_111:a key's policy speaks of that key alone: its resource is always "*"
  # checkov:skip=CKV_AWS_356:a key's policy speaks of that key alone: its resource is always "*"
  statement {
    sid       = "TheAccountGivesRightsByItsOwnPolicies"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["${local.aws}:iam::${local.account}:root"]
    }
  }

  statement {
    sid       = "Logs"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["logs.${local.region}.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = [for name in keys(local.functions) : "${local.aws}:logs:${local.region}:${local.account}:log-group:/aws/lambda/${local.name}-${name}"]
    }
  }

  statement {
    sid       = "AlarmsAndBudgetsPublishToTheTopics"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}
