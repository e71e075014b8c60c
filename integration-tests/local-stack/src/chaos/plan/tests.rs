//! The plans of seeds, looked at.

use super::*;

const MINUTE: Duration = Duration::from_secs(60);

fn fates(plan: &Plan, operation: &str) -> Vec<Fate> {
    let call = Call { function: "splitter", service: Service::Aws, operation: operation.to_owned() };
    (1..=1000).map(|number| plan.fate(&call, number)).collect()
}

#[test]
fn the_same_seed_gives_the_same_plan() {
    let (one, same, other) = (
        Plan::new(Scenario::Everything, 1, 500, 11, MINUTE),
        Plan::new(Scenario::Everything, 1, 500, 11, MINUTE),
        Plan::new(Scenario::Everything, 2, 500, 11, MINUTE),
    );
    assert_eq!(one, same);
    assert_ne!(one, other);
    assert_eq!(fates(&one, "SendMessageBatch"), fates(&same, "SendMessageBatch"));
    assert_ne!(fates(&one, "SendMessageBatch"), fates(&other, "SendMessageBatch"));
}

#[test]
fn every_sheet_is_dropped_once_and_the_last_thing_is_calm() {
    let plan = Plan::new(Scenario::Everything, 3, 500, 11, MINUTE);
    let mut dropped: Vec<usize> = plan
        .timeline
        .iter()
        .filter_map(|event| if let Happening::Drop(sheet) = event.what { Some(sheet) } else { None })
        .collect();
    dropped.sort_unstable();
    assert_eq!(dropped, (0..11).collect::<Vec<_>>());
    assert_eq!(plan.timeline.last().map(|event| &event.what), Some(&Happening::Calm));
    assert!(plan.timeline.is_sorted_by_key(|event| event.at));
}

#[test]
fn the_spells_are_faults_that_the_simulator_takes() {
    let spells = spells(1, MINUTE);
    assert_eq!(spells.len(), 5);
    let is_wrong_key = |event: &Event| match &event.what {
        Happening::Api(faults) => faults.rules.len() == 1,
        _ => false,
    };
    assert_eq!(spells.iter().filter(|event| is_wrong_key(event)).count(), 1);
}

#[test]
fn shares_are_about_right_and_every_fate_of_the_operation_comes() {
    let fates = fates(&Plan::new(Scenario::Everything, 5, 500, 11, MINUTE), "SendMessageBatch");
    let count = |fate| fates.iter().filter(|one| **one == fate).count();
    assert!((140..260).contains(&count(Fate::Shuffled)), "{}", count(Fate::Shuffled));
    for fate in [Fate::Twice, Fate::InPart, Fate::AnswerLost, Fate::Refused(Refusal::Throttled)] {
        assert!(count(fate) > 0, "{fate:?}");
    }
    assert_eq!(count(Fate::KilledBefore) + count(Fate::KilledAfter), 1);
    assert_eq!(count(Fate::Refused(Refusal::Conflict)), 0);
}

#[test]
fn the_other_scenarios_do_one_thing_and_nothing_else() {
    for scenario in [Scenario::WrongKey, Scenario::Outage] {
        let plan = Plan::new(scenario, 1, 500, 11, MINUTE);
        assert!(fates(&plan, "SendMessageBatch").iter().all(|fate| *fate == Fate::Pass), "{scenario:?}");
        let spells = plan.timeline.iter().filter(|event| matches!(event.what, Happening::Api(_)));
        assert_eq!((spells.count(), plan.deaths.len()), (1, 0), "{scenario:?}");
    }
    let kills = Plan::new(Scenario::Kills, 1, 500, 11, MINUTE);
    let calls: std::collections::BTreeSet<_> =
        kills.deaths.iter().map(|death| (death.operation, death.number)).collect();
    assert_eq!((kills.deaths.len(), calls.len()), (100, 100));
    assert!(kills.deaths.iter().all(|death| death.function == "poster"));
    let light = fates(&Plan::new(Scenario::Light, 1, 500, 11, MINUTE), "GetItem");
    let faults = light.iter().filter(|fate| **fate != Fate::Pass).count();
    assert!((3..30).contains(&faults), "about one in a hundred: {faults} of {}", light.len());
}

#[test]
fn google_and_the_api_see_no_fate_of_awss() {
    let plan = Plan::new(Scenario::Everything, 5, 500, 11, MINUTE);
    let call = Call { function: "splitter", service: Service::Google, operation: "GET".to_owned() };
    assert!((1..1000).all(|number| plan.fate(&call, number) == Fate::Pass));
}

#[test]
fn staff_make_every_kind_of_correction_whatever_the_weather() {
    for scenario in [Scenario::Everything, Scenario::Light, Scenario::Kills] {
        let plan = Plan::new(scenario, 1, 500, 11, MINUTE);
        let mut corrections: Vec<Correction> = Vec::new();
        corrections.extend(plan.timeline.iter().filter_map(|event| match event.what {
            Happening::Staff { correction, .. } => Some(correction),
            _ => None,
        }));
        corrections.sort_unstable();
        corrections.dedup();
        assert_eq!(corrections, Correction::ALL, "{scenario:?}");
        assert!(plan.timeline.is_sorted_by_key(|event| event.at));
        assert_eq!(plan.timeline.last().map(|event| &event.what), Some(&Happening::Calm), "{scenario:?}");
    }
}
