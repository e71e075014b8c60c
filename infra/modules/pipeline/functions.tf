# The three functions: one zip each, from infra/package.
locals {
  functions = {
    # Memory is what the functions take, with room, and not what makes them quick: they wait, and CPU costs the same at any size
    # (docs/cost.md, "A function's memory", has the table; 1,769 MB is where a function has one whole CPU).
    splitter = {
      # Reading a sheet is CPU, for which somebody waits; looking into a folder each minute is waiting.
      memory = 512
      # In MB, what Lambda gives for nothing: a download that has no room there is an error that says so.
      tmp = 512
      # Lambda's most: the splitter stops by itself 20 s before it and goes on at the next schedule.
      timeout = 900
    }
    poster = {
      # It waits for the API nearly all the time.
      memory = 256
      tmp    = 512
      # A batch of ten rows one after the other, each a few calls of up to 29 s; it begins no row in the last 50 s.
      timeout = 300
    }
    reporter = {
      # Its CPU is the XLSX's compression, once a run.
      memory = 512
      # It writes the spreadsheet row by row to /tmp, in MB: a full part of ten million cells is over 580 MB of XML there.
      tmp = 2048
      # The upload of a large summary, with Google's pauses.
      timeout = 900
    }
  }

  environments = {
    splitter = merge(local.inbound_ids, local.google, {
      STAGE             = var.stage
      TABLE_NAME        = aws_dynamodb_table.ledger.name
      ROWS_QUEUE_URL    = aws_sqs_queue.rows.url
      EXCLUDED_CTAS_IDS = data.aws_ssm_parameter.excluded_ctas_ids.insecure_value
      INGEST_FROM       = var.ingest_from
      QUIET_SECONDS     = tostring(var.quiet_seconds)
    })
    poster = {
      TABLE_NAME                     = aws_dynamodb_table.ledger.name
      ROWS_QUEUE_URL                 = aws_sqs_queue.rows.url
      HERE_TO_HELP_BASE_URL          = local.api_base_url
      HERE_TO_HELP_API_KEY_PARAMETER = local.api_key_parameter
      HASH_KEY_PARAMETER             = local.hash_key_parameter
      API_CALLS_PER_SECOND           = tostring(var.api_calls_per_second)
      CALLS_THAT_MAY_WAIT            = tostring(var.calls_that_may_wait)
      POSTER_CONCURRENCY             = tostring(var.poster_concurrency)
      MAX_RECEIVES                   = tostring(local.rows_max_receives)
      RETRY_SECONDS                  = tostring(local.retry_seconds)
    }
    reporter = merge(local.outbound_ids, local.google, {
      TABLE_NAME            = aws_dynamodb_table.ledger.name
      ROWS_QUEUE_URL        = aws_sqs_queue.rows.url
      DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead["rows"].url
      REPORTS_QUEUE_URL     = aws_sqs_queue.reports.url
      RETRY_SECONDS         = tostring(local.retry_seconds)
      STALLED_SECONDS       = tostring(local.stalled_seconds)
      NOTICES_TOPIC_ARN     = aws_sns_topic.notices.arn
    })
  }

  # The first wait before a failed row or summary is tried again; it doubles with each receive.
  retry_seconds = 60

  # How long nothing may have happened to a run before the sweep takes it for stuck: longer than a splitter that died is
  # waited for (its timeout, the fence, and a schedule).
  stalled_seconds = 1800

  google = merge(
    { GOOGLE_CREDENTIALS_PARAMETER = local.google_credentials_parameter },
    var.google_api_url == null ? {} : { GOOGLE_API_URL = var.google_api_url },
    var.google_subject == null ? {} : { GOOGLE_SUBJECT = var.google_subject },
  )
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50:tracing is a variable; it is off because the logs carry run and row, and traces cost
  # checkov:skip=CKV_AWS_115:the posters' concurrency is reserved by a variable; the others take what there is
  # checkov:skip=CKV_AWS_116:schedules come again by themselves, and queues and stream have their own dead letters
  # checkov:skip=CKV_AWS_117:a VPC is a variable: Google and the API are reached over the internet
  # checkov:skip=CKV_AWS_173:the environment holds names and ids, no secret; AWS's own key encrypts it
  # checkov:skip=CKV_AWS_272:who may deploy is held by the deploying role; the zips are promoted by checksum
  for_each = local.functions

  function_name    = "${local.name}-${each.key}"
  description      = "Here to Help ingestion, ${var.stage}: ${each.key}"
  role             = aws_iam_role.function[each.key].arn
  runtime          = "provided.al2023"
  architectures    = ["arm64"]
  handler          = "bootstrap"
  filename         = "${var.packages}/${each.key}.zip"
  source_code_hash = filebase64sha256("${var.packages}/${each.key}.zip")
  memory_size      = each.value.memory
  timeout          = each.value.timeout

  ephemeral_storage {
    size = each.value.tmp
  }

  # Two more than the mapping's: the probe comes beside them, and one may be ending. A redrive by hand, or a second
  # mapping by mistake, cannot bring more posters to the API than were agreed.
  reserved_concurrent_executions = each.key == "poster" && var.reserve_concurrency ? var.poster_concurrency + 2 : -1

  environment {
    variables = merge({ LOG_LEVEL = var.log_level }, local.environments[each.key])
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.function[each.key].name
    log_format            = "JSON"
    application_log_level = "TRACE" # The function's own LOG_LEVEL decides.
    system_log_level      = "WARN"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [aws_iam_role_policy.function]
}

resource "aws_cloudwatch_log_group" "function" {
  # checkov:skip=CKV_AWS_338:how long logs are kept is a stage's value; a year is the default
  for_each = local.functions

  name              = "/aws/lambda/${local.name}-${each.key}"
  retention_in_days = var.log_retention_days
  kms_key_id        = aws_kms_key.this.arn
}

# Schedules call asynchronously. They come again by themselves: a late or repeated call is worth nothing.
resource "aws_lambda_function_event_invoke_config" "this" {
  for_each = local.functions

  function_name                = aws_lambda_function.this[each.key].function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 300
}
