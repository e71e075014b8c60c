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
    key          = "here-to-help-ingestion/production.tfstate"
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
      Stage     = "production"
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
  description = "Where Google is, for a trial against a simulator: the module refuses it in production."
  type        = string
  default     = null
}

module "pipeline" {
  source = "../../modules/pipeline"

  stage          = "production"
  packages       = var.packages
  google_api_url = var.google_api_url

  # Half of what the API's usage plan allows: the other half is the front end's.
  api_calls_per_second = 50
  poster_concurrency   = 10

  deletion_protection = true
  log_retention_days  = 365
  monthly_budget_usd  = 50
}
