# Only with var.vpc: how the functions reach AWS from there. Google and the API are reached by the subnets' NAT.
locals {
  # What the functions call beside DynamoDB. Logs and keys are AWS's own affair: no call of theirs goes there.
  interface_endpoints = ["lambda", "sns", "sqs", "ssm"]
}

resource "aws_vpc_endpoint" "interface" {
  for_each = var.vpc == null ? [] : toset(local.interface_endpoints)

  vpc_id              = var.vpc.id
  service_name        = "com.amazonaws.${local.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.vpc.subnet_ids
  security_group_ids  = var.vpc.security_group_ids
  private_dns_enabled = true
}

resource "aws_vpc_endpoint" "dynamodb" {
  count = var.vpc == null ? 0 : 1

  vpc_id            = var.vpc.id
  service_name      = "com.amazonaws.${local.region}.dynamodb"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = var.vpc.route_table_ids
}
