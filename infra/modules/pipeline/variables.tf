variable "stage" {
  description = "development, staging or production."
  type        = string

  validation {
    condition     = contains(["development", "staging", "production"], var.stage)
    error_message = "The stage must be development, staging or production."
  }
}

variable "packages" {
  description = "The folder with splitter.zip, poster.zip and reporter.zip, as infra/package leaves them."
  type        = string
}

variable "feeds_off" {
  description = "Feeds whose inbound folder is not polled. What of them is under way is finished."
  type        = set(string)
  default     = []

  validation {
    condition     = length(setsubtract(var.feeds_off, keys(local.feeds))) == 0
    error_message = "feeds_off names a feed that does not exist: see feeds.tf."
  }
}

variable "poll_minutes" {
  description = "How often each inbound folder is looked at: what somebody who drops a file waits for at most before it is seen."
  type        = number
  default     = 1
}

variable "sweep_minutes" {
  description = "How often runs that are stuck are looked for. Each sweep reads the runs that are open, and those that a redrive has changed (docs/cost.md)."
  type        = number
  default     = 5
}

variable "quiet_seconds" {
  description = "How long a file must be left alone before it is taken: people correct what they have just dropped."
  type        = number
  default     = 120
}

variable "ingest_from" {
  description = "Files created before this instant belong to the system that was replaced, such as 2026-01-31T00:00:00Z. Empty: all files."
  type        = string
  default     = ""

  validation {
    condition     = var.ingest_from == "" || can(formatdate("YYYY", var.ingest_from))
    error_message = "ingest_from must be an instant such as 2026-01-31T00:00:00Z, or empty."
  }
}

variable "api_calls_per_second" {
  description = "The calls a second agreed with the Here to Help API for all posters together. Its usage plan allows 100, with the front end's calls among them."
  type        = number
  default     = 50

  validation {
    condition     = var.api_calls_per_second >= 1 && var.api_calls_per_second <= 100
    error_message = "The API's usage plan allows 1 to 100 calls a second."
  }
}

variable "calls_that_may_wait" {
  description = "How far call handlers go before speed: how many of the posters' calls may wait at Here to Help for others, on average. At 0.4 a search takes at most about twice as long as without them (docs/performance.md); 0.1 is felt by nobody and slower, 2 is quick where nobody searches, at night for one."
  type        = number
  default     = 0.4

  validation {
    condition     = var.calls_that_may_wait >= 0.1 && var.calls_that_may_wait <= 10
    error_message = "calls_that_may_wait is a number from 0.1 to 10."
  }
}

variable "poster_concurrency" {
  description = "How many posters run at once. Each one holds a connection to the API's database."
  type        = number
  default     = 10

  validation {
    condition     = var.poster_concurrency >= 2 && var.poster_concurrency <= 100
    error_message = "An event source mapping takes 2 at least; more than 100 would wait for the API's pace."
  }
}

variable "reserve_concurrency" {
  description = "Whether the posters' concurrency is reserved. An account that is new may not have enough of it (docs/deploy.md)."
  type        = bool
  default     = true
}

variable "deletion_protection" {
  description = "Whether the ledger's table refuses to be destroyed."
  type        = bool
  default     = true
}

variable "log_level" {
  description = "How much the functions log: info or debug."
  type        = string
  default     = "info"
}

variable "log_retention_days" {
  description = "How long logs are kept. They hold no personal data."
  type        = number
  default     = 365
}

variable "tracing" {
  description = "Whether X-Ray traces the invocations."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Who is told when something is wrong. Null: those of the parameter /here-to-help-data-ingestion/<stage>/email-addresses-for-sns, which is already in use."
  type        = list(string)
  default     = null
}

variable "data_team_emails" {
  description = "Who is told of each run that has its summary, and of each file that was rejected."
  type        = list(string)
  default     = []
}

variable "oldest_run_hours" {
  description = "After how long a run without a summary is an alarm. At 50 calls a second 100,000 rows take 1 hour 40 minutes, a million 17 hours; at 20 calls a second 100,000 take 4 hours (docs/cost.md)."
  type        = number
  default     = 24
}

variable "monthly_budget_usd" {
  description = "The month's costs of the stage's account, above which the budget warns. 0: no budget."
  type        = number
  default     = 50
}

variable "vpc" {
  description = "Where the functions run, if not in Lambda's own network: only if the API can be reached from there alone. The subnets need a NAT for Google."
  type = object({
    id                 = string
    subnet_ids         = list(string)
    security_group_ids = list(string)
    route_table_ids    = list(string)
  })
  default = null
}

variable "google_subject" {
  description = "The user of the Google Workspace that the service account acts as (domain-wide delegation), for a Workspace that forbids external sharing. Null: it acts as itself."
  type        = string
  default     = null
}

variable "google_api_url" {
  description = "Where Google is, for a trial against a simulator. Null: Google."
  type        = string
  default     = null

  validation {
    condition     = var.google_api_url == null || var.stage != "production"
    error_message = "Production talks to Google itself."
  }
}
