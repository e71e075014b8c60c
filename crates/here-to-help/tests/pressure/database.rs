//! A database of some cores, in time of its own: what is being worked on shares them.

/// What the database works on.
pub(super) struct Job<T> {
    pub(super) of: T,
    pub(super) sent: f64,
    /// The work that is left, in milliseconds of one core.
    pub(super) left: f64,
}

pub(super) struct Database<T> {
    cores: f64,
    jobs: Vec<Job<T>>,
}

impl<T> Database<T> {
    pub(super) fn of_cores(cores: f64) -> Self {
        Self { cores, jobs: Vec::new() }
    }

    pub(super) fn begin(&mut self, job: Job<T>) {
        self.jobs.push(job);
    }

    /// When the next job ends, if none comes before; and which.
    pub(super) fn next(&self, now: f64) -> Option<(f64, usize)> {
        let (place, job) =
            self.jobs.iter().enumerate().min_by(|(_, one), (_, other)| one.left.total_cmp(&other.left))?;
        Some((now + job.left.max(0.0) / self.speed(), place))
    }

    pub(super) fn end(&mut self, place: usize) -> Job<T> {
        self.jobs.swap_remove(place)
    }

    pub(super) fn pass(&mut self, time: f64) {
        let done = time * self.speed();
        self.jobs.iter_mut().for_each(|job| job.left -= done);
    }

    fn speed(&self) -> f64 {
        let jobs = u32::try_from(self.jobs.len()).expect("few jobs");
        (self.cores / f64::from(jobs.max(1))).min(1.0)
    }
}
