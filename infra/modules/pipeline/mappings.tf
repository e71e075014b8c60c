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
  # Each row that settles is a record: collected for a while, they are one call of the reporter and not one for two rows.
  maximum_batching_window_in_seconds = 10
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 5
  # What the stream tells is only a hint: the sweep finds what was given up here.
  maximum_record_age_in_seconds = 3600

  # Progress and run items: no row and no lease, which hold residents' data, reaches the reporter by the stream.
  filter_criteria {
    filter {
      pattern = jsonencode({ dynamodb = { Keys = { sk = { S = ["RUN", "PROGRESS"] } } } })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.dead["stream"].arn
    }
  }
}
