output "table" {
  description = "The ledger's table."
  value       = aws_dynamodb_table.ledger.name
}

output "queues" {
  description = "The queues' URLs."
  value = merge(
    { rows = aws_sqs_queue.rows.url, reports = aws_sqs_queue.reports.url },
    { for name, queue in aws_sqs_queue.dead : "${name}-dead-letters" => queue.url },
  )
}

output "functions" {
  description = "The functions' names."
  value       = { for name, function in aws_lambda_function.this : name => function.function_name }
}

output "google_role_arns" {
  description = "The roles that Google's workload identity pool must trust, where no service account key is used (docs/deploy.md)."
  value       = { for name in ["splitter", "reporter"] : name => aws_iam_role.function[name].arn }
}

output "alarms_topic_arn" {
  description = "Where alarms are published."
  value       = aws_sns_topic.alarms.arn
}

output "notices_topic_arn" {
  description = "Where the data team's notices are published."
  value       = aws_sns_topic.notices.arn
}

output "dashboard" {
  description = "The dashboard."
  value       = "https://${local.region}.console.aws.amazon.com/cloudwatch/home?region=${local.region}#dashboards:name=${local.name}"
}
