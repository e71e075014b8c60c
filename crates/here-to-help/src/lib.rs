//! The client of the Here to Help API: requests, error classes, retries.
