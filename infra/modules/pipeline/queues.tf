# Queues. Their messages are pointers (run and row) and hold nothing personal, so SQS's own key encrypts them.
locals {
  # How often a row is received before it is a dead letter. Waits for a lease or while posting is paused use up none
  # (docs/design.md, Poster), failed attempts do: 60 s, doubled each time, comes to two hours for eight.
  rows_max_receives = 8
  # A summary: five attempts come to half an hour, and the sweep asks for it again.
  reports_max_receives = 5

  # AWS's advice for a queue that a function reads: six times the function's timeout.
  visibility_factor = 6

  fourteen_days = 1209600

  # By name, because each queue and its dead-letter queue speak of each other.
  queue_arns = "${local.aws}:sqs:${local.region}:${local.account}:${local.name}"

  # Each dead-letter queue, by what falls into it; the policy of the one who may send there is its source's redrive.
  dead_letters = {
    rows    = { redriven_from = "${local.queue_arns}-rows" }
    reports = { redriven_from = "${local.queue_arns}-reports" }
    stream  = { redriven_from = null }
  }
}

resource "aws_sqs_queue" "rows" {
  name                       = "${local.name}-rows"
  visibility_timeout_seconds = local.visibility_factor * local.functions.poster.timeout
  message_retention_seconds  = local.fourteen_days
  sqs_managed_sse_enabled    = true
  policy                     = data.aws_iam_policy_document.queue["rows"].json

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead["rows"].arn
    maxReceiveCount     = local.rows_max_receives
  })
}

resource "aws_sqs_queue" "reports" {
  name                       = "${local.name}-reports"
  visibility_timeout_seconds = local.visibility_factor * local.functions.reporter.timeout
  message_retention_seconds  = local.fourteen_days
  sqs_managed_sse_enabled    = true
  policy                     = data.aws_iam_policy_document.queue["reports"].json

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead["reports"].arn
    maxReceiveCount     = local.reports_max_receives
  })
}

# rows: rows whose attempts are used up. reports: summaries that could not be written. stream: where the reporter's mapping
# tells of stream records that it gave up (the sweep finds their runs).
resource "aws_sqs_queue" "dead" {
  for_each = local.dead_letters

  name                      = "${local.name}-${each.key}-dead-letters"
  message_retention_seconds = local.fourteen_days
  sqs_managed_sse_enabled   = true
  policy                    = data.aws_iam_policy_document.queue["${each.key}-dead-letters"].json

  # Without a null: AWS drops it, and the provider would wait in vain until AWS gives the same text back.
  redrive_allow_policy = jsonencode(merge(
    { redrivePermission = each.value.redriven_from == null ? "denyAll" : "byQueue" },
    each.value.redriven_from == null ? {} : { sourceQueueArns = [each.value.redriven_from] },
  ))
}

data "aws_iam_policy_document" "queue" {
  for_each = toset(concat(["rows", "reports"], [for name in keys(local.dead_letters) : "${name}-dead-letters"]))

  statement {
    sid       = "NothingByPlainHttp"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = ["${local.queue_arns}-${each.key}"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
