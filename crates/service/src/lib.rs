//! What every Lambda shares: settings, secrets, logs, metrics.
