# One schedule for each feed, the sweep and the probe. The flexible window keeps them from starting together.
locals {
  schedules = merge(
    {
      for feed in keys(local.feeds) : "poll-${feed}" => {
        function = "splitter"
        input    = { feed = feed }
        minutes  = var.poll_minutes
        enabled  = !contains(var.feeds_off, feed)
      }
    },
    {
      sweep = { function = "reporter", input = { sweep = true }, minutes = var.sweep_minutes, enabled = true }
      # Looks every minute whether posting is paused and the API answers again.
      probe = { function = "poster", input = { probe = true }, minutes = 1, enabled = true }
    },
  )
}

resource "aws_scheduler_schedule_group" "this" {
  name = local.name
}

resource "aws_scheduler_schedule" "this" {
  # checkov:skip=CKV_AWS_297:an input names a feed, nothing secret; AWS's own key encrypts it
  for_each = local.schedules

  name                = each.key
  group_name          = aws_scheduler_schedule_group.this.name
  description         = "Calls the ${each.value.function} every ${each.value.minutes} minutes"
  schedule_expression = "rate(${each.value.minutes} ${each.value.minutes == 1 ? "minute" : "minutes"})"
  state               = each.value.enabled ? "ENABLED" : "DISABLED"

  flexible_time_window {
    # A window must be shorter than the rate.
    mode                      = each.value.minutes > 1 ? "FLEXIBLE" : "OFF"
    maximum_window_in_minutes = each.value.minutes > 1 ? each.value.minutes - 1 : null
  }

  target {
    arn      = aws_lambda_function.this[each.value.function].arn
    role_arn = aws_iam_role.scheduler.arn
    input    = jsonencode(each.value.input)

    retry_policy {
      maximum_retry_attempts       = 2
      maximum_event_age_in_seconds = 120
    }
  }

  depends_on = [aws_iam_role_policy.scheduler]
}
