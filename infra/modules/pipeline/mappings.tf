# What calls the functions beside the schedules. integration-tests/local-stack/src/values.rs has the same values.
resource "aws_lambda_event_source_mapping" "rows" {
  event_source_arn        = aws_sqs_queue.rows.arn
  function_name           = aws_lambda_function.this["poster"].arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.poster_concurrency
  }

  # The poster stops and starts this mapping, and keeps it at its own POSTER_CONCURRENCY (docs/design.md, Poster): a
  # deployment must not start it again while the API is down.
  lifecycle {
    ignore_changes = [enabled, scaling_config]
  }
}

resource "aws_lambda_event_source_mapping" "reports" {
  event_source_arn        = aws_sqs_queue.reports.arn
  function_name           = aws_lambda_function.this["reporter"].arn
  batch_size              = 1
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_lambda_event_source_mapping" "stream" {
  event_source_arn  = aws_dynamodb_table.ledger.stream_arn
  function_name     = aws_lambda_function.this["reporter"].arn
  starting_position = "TRIM_HORIZON"
  batch_size        = 100
  # Of a run's rows only the last of each lane is let through (below): lanes that end together are one call.
  maximum_batching_window_in_seconds = 1
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 5
  # What the stream tells is only a hint: the sweep finds what was given up here.
  maximum_record_age_in_seconds = 3600

  # What may make a summary due, and nothing else: ledger::STREAM_FILTERS, which says it for each. No row and no lease, which
  # hold residents' data, reaches the reporter by the stream.
  filter_criteria {
    filter {
      pattern = jsonencode({ dynamodb = { Keys = { sk = { S = ["RUN"] } }, NewImage = { state = { S = ["posting", "rejected", "cancelled"] } } } })
    }
    filter {
      pattern = jsonencode({ dynamodb = { Keys = { sk = { S = ["PROGRESS"] } }, NewImage = { open = { N = ["0"] } } } })
    }
    filter {
      pattern = jsonencode({ dynamodb = { Keys = { sk = { S = ["PROGRESS"] } }, NewImage = { list_pk = { S = [{ exists = true }] } } } })
    }
    filter {
      pattern = jsonencode({ dynamodb = { Keys = { sk = { S = ["PROGRESS"] } }, NewImage = { gone = { N = [{ exists = true }] } } } })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.dead["stream"].arn
    }
  }
}
