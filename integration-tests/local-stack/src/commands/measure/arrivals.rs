//! When calls arrived at the API.

/// Sorts them. How many seconds there were from the first call to the last, and how many calls a second without the first and the last
/// tenth of them, when not every poster has a row. None where that cannot be told.
pub(super) fn spread(arrivals_ms: &mut [u64]) -> Option<(f64, f64)> {
    arrivals_ms.sort_unstable();
    let seconds =
        |calls: &[u64]| Some((calls.last()? - calls.first()?) as f64 / 1000.0).filter(|seconds| *seconds > 0.0);
    let tenth = arrivals_ms.len() / 10;
    let middle = &arrivals_ms[tenth..arrivals_ms.len() - tenth];
    Some((seconds(arrivals_ms)?, (middle.len() - 1) as f64 / seconds(middle)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_beginning_and_end_do_not_count_in_the_middle() {
        let steady = (0..=80).map(|call| 10_000 + call * 100);
        let mut calls: Vec<u64> =
            (0..10).map(|call| call * 1_000).chain(steady).chain((0..10).map(|call| 18_100 + call * 1_000)).collect();
        assert_eq!(spread(&mut calls), Some((27.1, 10.0)));
        assert_eq!(spread(&mut []), None);
        assert_eq!(spread(&mut [7]), None);
    }
}
