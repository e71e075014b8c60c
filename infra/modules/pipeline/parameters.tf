# Parameters. The names under /cv-19-res-support-v3 are those of the system that this one replaces, so that a stage can be
# switched over. Secrets are given to the functions by name and never read here: they would lie in the state. For the same
# reason the hash key is no resource: the poster makes it. It lies beside the other secrets, and not where h2h's users look.
locals {
  shared = "/cv-19-res-support-v3/${var.stage}"

  api_key_parameter            = "${local.shared}/api-key"
  hash_key_parameter           = "${local.shared}/hash-key"
  google_credentials_parameter = "${local.shared}/gdrive_key"

  folders = merge([
    for name, feed in local.feeds : {
      "${feed.settings_prefix}_INBOUND_FOLDER_ID"  = "${local.shared}/${feed.parameter_prefix}_inbound_folder_id"
      "${feed.settings_prefix}_OUTBOUND_FOLDER_ID" = "${local.shared}/${feed.parameter_prefix}_outbound_folder_id"
    }
  ]...)

  # The folders' ids, by the settings that the functions read.
  folder_ids   = { for setting, _ in local.folders : setting => data.aws_ssm_parameter.folder[setting].insecure_value }
  inbound_ids  = { for setting, id in local.folder_ids : setting => id if endswith(setting, "_INBOUND_FOLDER_ID") }
  outbound_ids = { for setting, id in local.folder_ids : setting => id if endswith(setting, "_OUTBOUND_FOLDER_ID") }

  api_base_url = data.aws_ssm_parameter.api_base_url.insecure_value

  # What an address may call a stage. A word of the address gives it away, with or without a number behind it: /staging/api/,
  # stg-api and Dev2 are refused in production. An address of which no word is one of these says nothing, and passes.
  stage_words = {
    development = ["development", "dev"]
    staging     = ["staging", "stage", "stg"]
    production  = ["production", "prod"]
  }
  words_of_others = flatten([for stage, words in local.stage_words : words if stage != var.stage])

  # Of a SecureString terraform tells no value here, and what fails then does not say why.
  no_secret = "is a SecureString, and must be a String: it holds no secret, and terraform reads it as text. AWS does not change a parameter's type: delete it and put it again (docs/deploy.md, The parameters)."

  alarm_emails = var.alarm_emails != null ? var.alarm_emails : [
    for address in split(",", data.aws_ssm_parameter.alarm_emails[0].insecure_value) : trimspace(address)
    if trimspace(address) != ""
  ]
}

data "aws_ssm_parameter" "api_base_url" {
  name = "${local.shared}/api-base-url"

  lifecycle {
    postcondition {
      condition     = self.type != "SecureString"
      error_message = "${self.name} ${local.no_secret}"
    }
    postcondition {
      condition = !anytrue([
        for word in regexall("[a-z0-9]+", lower(self.insecure_value)) :
        contains(local.words_of_others, replace(word, "/[0-9]+$/", ""))
      ])
      error_message = "The API's address in ${local.shared}/api-base-url belongs to another stage: residents would be written there. Correct the parameter."
    }
    postcondition {
      condition     = endswith(self.insecure_value, "/api/")
      error_message = "The API's address in ${local.shared}/api-base-url must end in /api/."
    }
    postcondition {
      condition     = startswith(self.insecure_value, "https://") || var.stage == "development"
      error_message = "The API's address in ${local.shared}/api-base-url must begin with https://: residents' data goes there."
    }
  }
}

data "aws_ssm_parameter" "folder" {
  for_each = local.folders
  name     = each.value

  lifecycle {
    postcondition {
      condition     = self.type != "SecureString"
      error_message = "${self.name} ${local.no_secret}"
    }
  }
}

data "aws_ssm_parameter" "excluded_ctas_ids" {
  name = "${local.shared}/excluded_ctas_ids"

  lifecycle {
    postcondition {
      condition     = self.type != "SecureString"
      error_message = "${self.name} ${local.no_secret}"
    }
  }
}

data "aws_ssm_parameter" "alarm_emails" {
  count = var.alarm_emails == null ? 1 : 0
  name  = "/here-to-help-data-ingestion/${var.stage}/email-addresses-for-sns"

  lifecycle {
    postcondition {
      condition     = self.type != "SecureString"
      error_message = "${self.name} ${local.no_secret}"
    }
  }
}

# What `h2h --stage` looks up, so that its users need to know no name.
resource "aws_ssm_parameter" "for_h2h" {
  # checkov:skip=CKV2_AWS_34:names of resources, no secrets; h2h's users need no decryption for them
  # checkov:skip=CKV_AWS_337:names of resources, no secrets
  for_each = {
    "table"                 = aws_dynamodb_table.ledger.name
    "rows-queue-url"        = aws_sqs_queue.rows.url
    "dead-letter-queue-url" = aws_sqs_queue.dead["rows"].url
    "reports-queue-url"     = aws_sqs_queue.reports.url
    "splitter-function"     = aws_lambda_function.this["splitter"].function_name
    "poster-function"       = aws_lambda_function.this["poster"].function_name
    "reporter-function"     = aws_lambda_function.this["reporter"].function_name
    "schedule-group"        = aws_scheduler_schedule_group.this.name
    "alarms-topic-arn"      = aws_sns_topic.alarms.arn
    "notices-topic-arn"     = aws_sns_topic.notices.arn
  }

  name  = "/here-to-help-ingestion/${var.stage}/${each.key}"
  type  = "String"
  value = each.value
}
