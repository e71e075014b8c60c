//! The waits of the local stack: what people know in minutes takes seconds here. Everything else is as in `infra`.

use std::time::Duration;

/// How long the pipeline waits at each place.
#[derive(Clone, Copy, Debug)]
pub struct Tempo {
    /// Between two polls of an inbound folder (in a stage: 1 minute).
    pub poll: Duration,
    /// Between two sweeps (in a stage: 5 minutes).
    pub sweep: Duration,
    /// How long nothing may happen to a run before the sweep takes it for stuck (in a stage: 30 minutes).
    pub stalled: Duration,
    /// Between two probes of the API by the poster (in a stage: 1 minute).
    pub probe: Duration,
    /// How long a file must be left alone before it is taken (in a stage: 2 minutes).
    pub quiet: Duration,
    /// The splitter's time-out (in a stage: 15 minutes).
    pub splitter_timeout: Duration,
    /// The poster's time-out (in a stage: 5 minutes).
    pub poster_timeout: Duration,
    /// The reporter's time-out (in a stage: 15 minutes).
    pub reporter_timeout: Duration,
    /// After how long a row's message that nobody acknowledged comes back (in a stage: six times the poster's time-out).
    pub visibility: Duration,
    /// The same of a report's message (in a stage: six times the reporter's time-out).
    pub report_visibility: Duration,
    /// The first wait before a failed row is tried again; it doubles with each receive (in a stage: 1 minute).
    pub retry: Duration,
}

impl Default for Tempo {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(2),
            sweep: Duration::from_secs(5),
            stalled: Duration::from_secs(15),
            probe: Duration::from_secs(2),
            quiet: Duration::from_secs(1),
            splitter_timeout: Duration::from_secs(60),
            poster_timeout: Duration::from_secs(60),
            reporter_timeout: Duration::from_secs(120),
            visibility: Duration::from_secs(90),
            report_visibility: Duration::from_secs(125),
            retry: Duration::from_secs(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_comes_back_while_a_function_works_on_it() {
        let tempo = Tempo::default();
        assert!(tempo.visibility >= tempo.poster_timeout);
        assert!(tempo.report_visibility >= tempo.reporter_timeout);
    }
}
