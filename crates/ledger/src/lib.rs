//! Runs, rows, progress and leases in DynamoDB.
