# The feeds. A sixth feed is one entry here: its name in the code, and what its settings and its folders' parameters are
# called. The drift test (integration-tests/infra) compares this with crates/feeds.
locals {
  feeds = {
    contact-tracing = { settings_prefix = "CT", parameter_prefix = "ct" }
    nsss            = { settings_prefix = "CEV", parameter_prefix = "cev" }
    spl             = { settings_prefix = "SPL", parameter_prefix = "spl" }
    self-isolation  = { settings_prefix = "SELF_ISOLATION", parameter_prefix = "self_isolation" }
    generic         = { settings_prefix = "GENERIC_INGESTION", parameter_prefix = "generic_ingestion" }
  }
}
