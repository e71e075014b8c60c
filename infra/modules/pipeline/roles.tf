# One role for each function, with what its calls need and nothing else. `infra/check --apply` runs the functions under
# these roles on a local AWS that refuses what they do not allow. A test compares them with what the functions are seen to
# call (integration-tests/infra/tests/roles.rs); a right that no call needs says why it is here, after "No call:".
data "aws_iam_policy_document" "lambda_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "function" {
  for_each = local.functions

  name               = "${local.name}-${each.key}"
  description        = "What the ${each.key} of the Here to Help ingestion may do"
  assume_role_policy = data.aws_iam_policy_document.lambda_trust.json
}

locals {
  table_arn  = aws_dynamodb_table.ledger.arn
  index_arn  = "${aws_dynamodb_table.ledger.arn}/index/lists"
  parameters = "${local.aws}:ssm:${local.region}:${local.account}:parameter"

  policies = {
    splitter = data.aws_iam_policy_document.splitter.json
    poster   = data.aws_iam_policy_document.poster.json
    reporter = data.aws_iam_policy_document.reporter.json
  }
}

resource "aws_iam_role_policy" "function" {
  for_each = local.policies

  name   = "work"
  role   = aws_iam_role.function[each.key].id
  policy = each.value
}

# What every function needs.
data "aws_iam_policy_document" "common" {
  # checkov:skip=CKV_AWS_111:network interfaces and traces know no resource; both stand here only where a variable asks for them
  # checkov:skip=CKV_AWS_356:network interfaces and traces know no resource; both stand here only where a variable asks for them
  for_each = local.functions

  # No call: Lambda writes what the function prints, in its name.
  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function[each.key].arn}:*"]
  }

  # No call: DynamoDB opens the table's key in the caller's name.
  statement {
    sid       = "TheTablesKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.this.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["dynamodb.${local.region}.amazonaws.com"]
    }
  }

  # No call: Lambda makes the network interfaces before the function runs.
  dynamic "statement" {
    for_each = var.vpc[*]
    content {
      sid = "NetworkInterfaces"
      actions = [
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
      ]
      resources = ["*"] # The interfaces do not exist yet, and the Describe calls know no resource.
    }
  }

  # No call: Lambda sends the traces.
  dynamic "statement" {
    for_each = var.tracing ? [1] : []
    content {
      sid       = "Traces"
      actions   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
      resources = ["*"] # These actions know no resource.
    }
  }
}

# A transaction needs the rights of its parts, PutItem and UpdateItem.
data "aws_iam_policy_document" "splitter" {
  source_policy_documents = [data.aws_iam_policy_document.common["splitter"].json]

  # Query finds the rows that are still to be enqueued, lane by lane.
  statement {
    sid = "Ledger"
    actions = [
      "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]
    resources = [local.table_arn]
  }

  statement {
    sid       = "OpenRuns"
    actions   = ["dynamodb:Query"]
    resources = [local.index_arn]
  }

  statement {
    sid       = "SendRows"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.rows.arn]
  }

  statement {
    sid       = "GoogleCredentials"
    actions   = ["ssm:GetParameter"]
    resources = ["${local.parameters}${local.google_credentials_parameter}"]
  }
}

data "aws_iam_policy_document" "poster" {
  source_policy_documents = [data.aws_iam_policy_document.common["poster"].json]

  statement {
    sid       = "Ledger"
    actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
    resources = [local.table_arn]
  }

  # SendMessage sends a row again that must wait; ChangeMessageVisibility brings a failed one back later.
  statement {
    sid       = "Rows"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:SendMessage"]
    resources = [aws_sqs_queue.rows.arn]
  }

  # No call: the mapping's, in this role's name.
  statement {
    sid       = "RowsAreMapped"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.rows.arn]
  }

  statement {
    sid       = "ApiKey"
    actions   = ["ssm:GetParameter"]
    resources = ["${local.parameters}${local.api_key_parameter}"]
  }

  # A stage's first poster makes it, where there is none.
  statement {
    sid       = "HashKey"
    actions   = ["ssm:GetParameter", "ssm:PutParameter"]
    resources = ["${local.parameters}${local.hash_key_parameter}"]
  }
}

# Posting is paused and goes on by the poster's own mapping. A policy of its own, for the mapping is made after the
# function, and the function after its policy.
resource "aws_iam_role_policy" "poster_mapping" {
  name   = "its-own-mapping"
  role   = aws_iam_role.function["poster"].id
  policy = data.aws_iam_policy_document.poster_mapping.json
}

data "aws_iam_policy_document" "poster_mapping" {
  # checkov:skip=CKV_AWS_356:ListEventSourceMappings knows no resource
  statement {
    sid       = "FindIt"
    actions   = ["lambda:ListEventSourceMappings"]
    resources = ["*"] # The action knows no resource. It tells which queue calls which function, nothing of their data.
  }

  statement {
    sid       = "SetIt"
    actions   = ["lambda:UpdateEventSourceMapping"]
    resources = [aws_lambda_event_source_mapping.rows.arn]
    condition {
      test     = "ArnEquals"
      variable = "lambda:FunctionArn"
      values   = [aws_lambda_function.this["poster"].arn]
    }
  }
}

data "aws_iam_policy_document" "reporter" {
  # checkov:skip=CKV_AWS_356:ListStreams knows no resource
  source_policy_documents = [data.aws_iam_policy_document.common["reporter"].json]

  # Query reads a run's rows lane by lane; the sweep settles stuck ones.
  statement {
    sid       = "Ledger"
    actions   = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"]
    resources = [local.table_arn]
  }

  statement {
    sid       = "OpenRuns"
    actions   = ["dynamodb:Query"]
    resources = [local.index_arn]
  }

  # No call: the mapping's, in this role's name.
  statement {
    sid       = "Stream"
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.ledger.stream_arn]
  }

  # No call: the mapping's, in this role's name.
  statement {
    sid       = "Streams"
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"] # The action knows no resource.
  }

  # No call: the mapping's, in this role's name, for its on-failure destination.
  statement {
    sid       = "StreamRecordsGivenUp"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead["stream"].arn]
  }

  statement {
    sid       = "Reports"
    actions   = ["sqs:ChangeMessageVisibility", "sqs:SendMessage"]
    resources = [aws_sqs_queue.reports.arn]
  }

  # No call: the mapping's, in this role's name.
  statement {
    sid       = "ReportsAreMapped"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.reports.arn]
  }

  # The sweep sends a stalled run's rows again, once it has seen that the queue holds none.
  statement {
    sid       = "StalledRows"
    actions   = ["sqs:GetQueueAttributes", "sqs:SendMessage"]
    resources = [aws_sqs_queue.rows.arn]
  }

  # What the sweep gives up gets a dead letter, so that AWS's own redrive (to a custom destination: …-rows) finds it too.
  statement {
    sid       = "RowsGivenUp"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead["rows"].arn]
  }

  statement {
    sid       = "GoogleCredentials"
    actions   = ["ssm:GetParameter"]
    resources = ["${local.parameters}${local.google_credentials_parameter}"]
  }

  statement {
    sid       = "Notices"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.notices.arn]
  }

  # No call: SNS opens the topic's key in the caller's name.
  statement {
    sid       = "TheTopicsKey"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [aws_kms_key.this.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["sns.${local.region}.amazonaws.com"]
    }
  }
}

# The schedules' role: it may call the functions, and nothing else.
resource "aws_iam_role" "scheduler" {
  name               = "${local.name}-scheduler"
  description        = "Calls the functions of the Here to Help ingestion"
  assume_role_policy = data.aws_iam_policy_document.scheduler_trust.json
}

data "aws_iam_policy_document" "scheduler_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_scheduler_schedule_group.this.arn]
    }
  }
}

resource "aws_iam_role_policy" "scheduler" {
  name   = "call"
  role   = aws_iam_role.scheduler.id
  policy = data.aws_iam_policy_document.scheduler.json
}

data "aws_iam_policy_document" "scheduler" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [for function in aws_lambda_function.this : function.arn]
  }
}
