//! What the limit of rows at once makes of a database of two cores, in time of its own, with the times of docs/performance.md:
//! call handlers search about twice as slowly as without us at most, and hardly any speed is left that a fixed number of
//! posters would have and staff would not feel.

mod database;
mod world;

use self::world::{Result, Setting, World};

/// A tenth above the goal: chance has its part in each run, and staff's own searches meet each other.
const SEARCH_AT_MOST: f64 = 2.2;
/// Where quick and slow rows are mixed, five that meet by chance are felt more than their mean says.
const SEARCH_AT_MOST_MIXED: f64 = 2.4;
const OF_THE_BEST: f64 = 0.8;

const NEW: Setting = Setting {
    posters: 10,
    is_fixed: false,
    cores: 2.0,
    network_ms: 0.0,
    known: 0.0,
    seconds: 400.0,
    others: (0.0, 0.0),
    seed: 1,
};

/// The rows a second of each fixed number of posters with which a search takes twice as long at most.
fn fixed(setting: Setting) -> Vec<(u32, f64)> {
    let run = |posters| (posters, World::run(Setting { posters, is_fixed: true, ..setting }));
    let keeps =
        |(posters, mut result): (u32, Result)| (result.search() <= 2.0).then_some((posters, result.rows_a_second));
    (1..=10).map(run).filter_map(keeps).collect()
}

/// The most that one of them up to this number reaches.
fn best(fixed: &[(u32, f64)], most: u32) -> f64 {
    fixed.iter().filter(|(posters, _)| *posters <= most).map(|(_, rows)| *rows).fold(0.0, f64::max)
}

fn staff_come_first_and_speed_next(setting: Setting, at_most: f64) {
    let fixed = fixed(setting);
    for posters in [2, 3, 5, 10, 20, 50, 100] {
        let mut result = World::run(Setting { posters, ..setting });
        let (search, part) = (result.search(), result.rows_a_second / best(&fixed, posters));
        assert!(
            search <= at_most && part >= OF_THE_BEST,
            "{posters} posters: search {search:.2} times, {part:.2} of the best"
        );
    }
}

#[test]
fn all_new() {
    for network_ms in [0.0, 10.0, 50.0, 150.0] {
        staff_come_first_and_speed_next(Setting { network_ms, ..NEW }, SEARCH_AT_MOST);
    }
}

#[test]
fn new_and_known_mixed() {
    for network_ms in [0.0, 50.0] {
        staff_come_first_and_speed_next(Setting { network_ms, known: 0.5, ..NEW }, SEARCH_AT_MOST_MIXED);
    }
}

#[test]
fn a_hundred_posters_that_start_cold_are_as_careful_in_the_first_minute() {
    let mut result = World::run(Setting { posters: 100, seconds: 60.0, ..NEW });
    assert!(result.search() <= SEARCH_AT_MOST);
    let part = result.rows_a_second / best(&fixed(NEW), 100);
    assert!(part >= 0.7, "{part:.2}");
}

#[test]
fn others_load_is_made_way_for_and_it_comes_back_by_itself() {
    for network_ms in [0.0, 150.0] {
        let result = World::run(Setting { network_ms, seconds: 400.0, others: (60.0, 160.0), ..NEW });
        let (before, during, after) = (result.limit_at(59.0), result.limit_at(90.0), result.limit_at(395.0));
        assert!(during <= 1.0 && before >= 2.0 && after >= 2.0, "{before} {during} {after}: {:?}", result.limits);
    }
}

#[test]
fn hours_of_work_do_not_wear_it_down() {
    let mut result = World::run(Setting { seconds: 7_200.0, ..NEW });
    let search = result.search();
    assert!(search <= SEARCH_AT_MOST, "{search:.2}");
}
