terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.95, < 6.0"
    }
  }

  # The bucket's name is the account's own: terraform init -backend-config=bucket=… (docs/deploy.md).
  backend "s3" {
    key          = "here-to-help-ingestion/development.tfstate"
    region       = "eu-west-2"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-west-2"

  default_tags {
    tags = {
      Service   = "here-to-help-ingestion"
      Stage     = "development"
      ManagedBy = "terraform"
    }
  }
}

variable "packages" {
  description = "The folder with the three zips."
  type        = string
  default     = "../../../target/infra/arm64"
}

variable "google_api_url" {
  description = "Where Google is, for a trial against a simulator."
  type        = string
  default     = null
}

module "pipeline" {
  source = "../../modules/pipeline"

  stage          = "development"
  packages       = var.packages
  google_api_url = var.google_api_url

  # People try things here.
  quiet_seconds = 20

  # Development shares the account's concurrency and the API's database with nobody who needs them.
  api_calls_per_second = 20
  poster_concurrency   = 4
  reserve_concurrency  = false

  deletion_protection = false
  log_retention_days  = 30
  monthly_budget_usd  = 50
}
