# For the data team and those who run the service: what happened to the rows today first, the machinery below.
locals {
  search = {
    rows   = "SEARCH('{${local.metrics},Feed,Outcome} MetricName=\"RowsSettled\"', 'Sum', 86400)"
    runs   = "SEARCH('{${local.metrics},Feed} MetricName=\"OpenRuns\"', 'Maximum', 300)"
    open   = "SEARCH('{${local.metrics},Feed} MetricName=\"OldestOpenRunSeconds\"', 'Maximum', 300)"
    failed = "SEARCH('{${local.metrics},Kind} MetricName=\"ApiErrors\"', 'Sum', 300)"
    stuck  = "SEARCH('{${local.metrics},Feed,Matter} MetricName=\"RunsStuck\"', 'Sum', 3600)"
  }

  function_name = { for name, function in aws_lambda_function.this : name => function.function_name }

  widgets = [
    {
      title   = "Rows settled per day, by feed and outcome", view = "singleValue", width = 24, height = 6, period = 86400
      metrics = [[{ expression = local.search.rows, label = "", id = "rows" }]]
    },
    {
      title   = "Seconds since the oldest unfinished file was taken, by feed", view = "timeSeries", width = 12, height = 6, period = 300
      metrics = [[{ expression = local.search.open, label = "", id = "open" }]]
    },
    {
      title   = "Files under way (taken, and without a summary), by feed", view = "timeSeries", width = 12, height = 6, period = 300
      metrics = [[{ expression = local.search.runs, label = "", id = "runs" }]]
    },
    {
      title = "Rows waiting, and dead letters", view = "timeSeries", width = 12, height = 6, period = 300
      metrics = concat(
        [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.rows.name, { label = "rows waiting" }]],
        [for name, queue in aws_sqs_queue.dead :
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue.name, { label = "${name}: dead letters" }]],
      )
    },
    {
      title = "Files rejected, and minutes in which posting was paused", view = "timeSeries", width = 12, height = 6, period = 3600
      metrics = concat(
        [for feed in keys(local.feeds) : [local.metrics, "FilesRejected", "Feed", feed, { stat = "Sum" }]],
        [[local.metrics, "PostingPaused", { stat = "Sum" }]],
      )
    },
    {
      title   = "Files that the sweep found stuck, by feed and by what is the matter", view = "timeSeries", width = 12, height = 6, period = 3600
      metrics = [[{ expression = local.search.stuck, label = "", id = "stuck" }]]
    },
    {
      title = "Here to Help: how long a call takes, in milliseconds (mean)", view = "timeSeries", width = 12, height = 6, period = 300
      metrics = [
        [{ expression = "milliseconds / calls", label = "a call", id = "mean" }],
        [local.metrics, "ApiMilliseconds", { stat = "Sum", id = "milliseconds", visible = false }],
        [local.metrics, "ApiCalls", { stat = "Sum", id = "calls", visible = false }],
      ]
    },
    {
      title   = "Rows at Here to Help at once: as many as it answers without delay (at most ${var.poster_concurrency})", view = "timeSeries", width = 12, height = 6, period = 300
      metrics = [[local.metrics, "RowsAtOnce", { stat = "Average", label = "rows at once" }]]
    },
    {
      title = "Here to Help: calls, and those that failed, by what happened", view = "timeSeries", width = 12, height = 6, period = 300
      metrics = [
        [local.metrics, "ApiCalls", { stat = "Sum", label = "calls" }],
        [{ expression = local.search.failed, label = "", id = "failed" }],
      ]
    },
    {
      title = "Errors and refused calls of the functions", view = "timeSeries", width = 12, height = 6, period = 300
      metrics = flatten([for name in keys(local.functions) : [
        [["AWS/Lambda", "Errors", "FunctionName", local.function_name[name], { stat = "Sum", label = "${name}: errors" }]],
        [["AWS/Lambda", "Throttles", "FunctionName", local.function_name[name], { stat = "Sum", label = "${name}: refused" }]],
      ]])
    },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.name

  dashboard_body = jsonencode({
    widgets = [
      for widget in local.widgets : {
        type   = "metric"
        width  = widget.width
        height = widget.height
        properties = {
          title   = widget.title
          view    = widget.view
          period  = widget.period
          region  = local.region
          stat    = "Maximum"
          metrics = widget.metrics
        }
      }
    ]
  })
}
