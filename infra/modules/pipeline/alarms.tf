# Alarms: each says which function, queue or feed, what it means, and where its runbook is. Metrics in local.metrics are
# those of crates/lambda-support/src/metrics.rs.
locals {
  # At 50 calls a second and three calls a row, 60,000 rows are posted in an hour (docs/cost.md), at 20 calls a second
  # 24,000: an ordinary file is done before. Pauses and failures have alarms of their own, which ring within minutes.
  rows_wait_hours = 4

  aws_alarms = merge(
    {
      rows-waiting = {
        runbook     = "rows-waiting"
        meaning     = "The oldest row of ${aws_sqs_queue.rows.name} has waited for ${local.rows_wait_hours} hours: posting is slower than it should be, or stopped, or the file is large."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        dimensions  = { QueueName = aws_sqs_queue.rows.name }
        statistic   = "Maximum"
        above       = local.rows_wait_hours * 3600
        evaluations = 3
      }
      reports-waiting = {
        runbook     = "reports-waiting"
        meaning     = "A summary in ${aws_sqs_queue.reports.name} has waited for a quarter of an hour: nobody takes it, or writing it fails."
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        dimensions  = { QueueName = aws_sqs_queue.reports.name }
        statistic   = "Maximum"
        above       = 900
        evaluations = 3
      }
      stream-behind = {
        runbook     = "stream-behind"
        meaning     = "The reporter is 10 minutes behind the ledger's stream: summaries come late, by the sweep."
        namespace   = "AWS/Lambda"
        metric      = "IteratorAge"
        dimensions  = { FunctionName = aws_lambda_function.this["reporter"].function_name }
        statistic   = "Maximum"
        above       = 600000
        evaluations = 3
      }
    },
    {
      for name, queue in aws_sqs_queue.dead : "${name}-dead-letters" => {
        runbook     = "dead-letters"
        meaning     = "Something lies in ${queue.name}: attempts are used up, and nobody tries it again by itself."
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        dimensions  = { QueueName = queue.name }
        statistic   = "Maximum"
        above       = 0
        evaluations = 1
      }
    },
    {
      # Failures that last. Splitter and reporter are called every few minutes: one schedule that fails each time (a feed's
      # poll, the sweep) fails twice at least in a quarter of an hour. The poster is called all the time, so that its few
      # failures among many successes are nothing.
      for name in keys(local.functions) : "${name}-errors" => {
        runbook     = "errors"
        meaning     = "Invocations of the ${name} fail. What is under way is tried again by itself; look why."
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        dimensions  = { FunctionName = aws_lambda_function.this[name].function_name }
        statistic   = "Sum"
        above       = name == "poster" ? 2 : 1
        period      = name == "poster" ? 300 : 900
        evaluations = name == "poster" ? 3 : 2
      }
    },
    {
      for name in keys(local.functions) : "${name}-throttles" => {
        runbook     = "throttles"
        meaning     = "Invocations of the ${name} are refused: the account's or the function's concurrency is used up."
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        dimensions  = { FunctionName = aws_lambda_function.this[name].function_name }
        statistic   = "Sum"
        above       = 10
        evaluations = 3
      }
    },
    {
      # Each function stops by itself before its timeout: the splitter 20 s, the poster at least 5 s before.
      for name, function in local.functions : "${name}-near-timeout" => {
        runbook     = "near-timeout"
        meaning     = "An invocation of the ${name} took all but 3 s of its ${function.timeout} s: it did not stop by itself as it should."
        namespace   = "AWS/Lambda"
        metric      = "Duration"
        dimensions  = { FunctionName = aws_lambda_function.this[name].function_name }
        statistic   = "Maximum"
        above       = (function.timeout - 3) * 1000
        evaluations = 1
      }
    },
  )

  own_alarms = merge(
    {
      posting-paused = {
        runbook     = "posting-paused"
        meaning     = "Posting is paused: the Here to Help API refuses or does not answer. Rows wait and are not lost; it goes on by itself when the API answers."
        metric      = "PostingPaused"
        dimensions  = {}
        statistic   = "Sum"
        above       = 0
        evaluations = 1
      }
    },
    {
      # A folder that is not shared any more fails with each poll; one bad moment at Google does not.
      for feed in keys(local.feeds) : "${feed}-polls-failed" => {
        runbook     = "polls-failed"
        meaning     = "The inbound folder of the feed ${feed} cannot be polled for half an hour: its sheets are not taken. The splitter's log says why; mostly the folder is not shared with the service account, or its id is wrong."
        metric      = "PollsFailed"
        dimensions  = { Feed = feed }
        statistic   = "Sum"
        above       = floor(15 / var.poll_minutes / 2)
        period      = 900
        evaluations = 2
      }
    },
    {
      for feed in keys(local.feeds) : "${feed}-run-without-summary" => {
        runbook     = "run-without-summary"
        meaning     = "A file of the feed ${feed} has no summary after ${var.oldest_run_hours} hours: it is stuck, or very large."
        metric      = "OldestOpenRunSeconds"
        dimensions  = { Feed = feed }
        statistic   = "Maximum"
        above       = var.oldest_run_hours * 3600
        evaluations = 1
      }
    },
    {
      for feed in keys(local.feeds) : "${feed}-file-rejected" => {
        runbook     = "file-rejected"
        meaning     = "A file of the feed ${feed} was rejected as a whole: nothing of it was sent. Its summary says why."
        metric      = "FilesRejected"
        dimensions  = { Feed = feed }
        statistic   = "Sum"
        above       = 0
        evaluations = 1
      }
    },
  )

  alarms = merge(
    local.aws_alarms,
    { for name, alarm in local.own_alarms : name => merge(alarm, { namespace = local.metrics }) },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${local.name}-${each.key}"
  alarm_description   = "${each.value.meaning} What to do: ${local.runbooks}/${each.value.runbook}.md"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  period              = try(each.value.period, 300)
  evaluation_periods  = each.value.evaluations
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

# The one whose missing data is the fault: the schedules call each function at least every few minutes.
resource "aws_cloudwatch_metric_alarm" "silent" {
  for_each = local.functions

  alarm_name          = "${local.name}-${each.key}-silent"
  alarm_description   = "The ${each.key} was not called for half an hour: its schedule is off or broken. What to do: ${local.runbooks}/silent.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = { FunctionName = aws_lambda_function.this[each.key].function_name }
  statistic           = "Sum"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  period              = 900
  evaluation_periods  = 2
  treat_missing_data  = "breaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
