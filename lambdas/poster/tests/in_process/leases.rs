//! Two posters and one resident: while one talks to the API, the other waits, by whatever the API would take them for one.

use chrono::TimeDelta;
use feeds::Outcome;
use serde_json::json;

use crate::stage::{Sheet, Stage, event, pointer};

const NHS_NUMBER: (&str, &str) = ("Traced_NHSNUMBER", "9434765919");

fn spl(more: &[(&str, &str)]) -> Sheet {
    Sheet::of("spl").row(&[&[("DateOfBirth", "04/07/1948")], more].concat())
}

fn self_isolation(id: &str, forename: &str) -> Sheet {
    Sheet::of("self-isolation").row(&[
        ("ID", id),
        ("Forename", forename),
        ("Surname", "Lee"),
        ("LA Support Required", "yes"),
        ("Date Tested", "07/03/2021"),
        ("Status Report", "completed"),
    ])
}

fn generic(email: &str) -> Sheet {
    Sheet::of("generic").row(&[
        ("First name", "ann"),
        ("Surname", "LEE"),
        ("Email", email),
        ("Help Request Type", "EUSS"),
    ])
}

/// The things that two sheets have in common, of one feed or of two, and what becomes of the second one's row where
/// nobody learns what became of the first one's: known by names alone, the person may have been made (A.9).
fn pairs() -> [(&'static str, Sheet, Sheet, Outcome); 4] {
    use Outcome::{Created, Uncertain};
    [
        (
            "the NHS number",
            spl(&[NHS_NUMBER, ("PatientFirstName", "Ann"), ("PatientSurname", "Lee")]),
            spl(&[NHS_NUMBER, ("PatientFirstName", "Anne"), ("PatientSurname", "Leigh")]),
            Created,
        ),
        ("the names", generic("ann@example.org"), generic("lee@example.org"), Created),
        ("the names, in two feeds", self_isolation("si-1", "Ann"), generic("ann@example.org"), Created),
        ("the id of the request", self_isolation("si-1", "Ann"), self_isolation("si-1", "Anne"), Uncertain),
    ]
}

#[tokio::test]
async fn while_one_talks_about_a_resident_the_other_waits() {
    for (common, first, second, outcome) in pairs() {
        let stage = Stage::new().await;
        let (first, second) = (stage.run("first", &first).await, stage.run("second", &second).await);
        let (one, other) = (pointer(&first, 2), pointer(&second, 2));
        stage.faults(json!([{"answer": "hang", "calls": ["create"], "next": 1}]));
        let mut posting = Box::pin(stage.poster.handle(event(&[(&one, 1)]), stage.in_seconds(240)));
        let struck = async {
            while stage.struck() != [1] {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = struck => {}
            answer = &mut posting => panic!("{common}: it did not wait for the API: {answer:?}")
        }

        let calls = stage.api.state().calls.total;
        assert!(stage.deliver_row(&second, 2, 1).await.is_empty(), "{common}");
        assert_eq!(stage.api.state().calls.total, calls, "{common}: two talk about one resident");
        assert_eq!(stage.sent(), [(other, 2)], "{common}: it waits, and that uses up no receive");

        // The first one dies, and its leases expire.
        drop(posting);
        stage.pass(TimeDelta::seconds(300));
        if outcome == Outcome::Uncertain {
            assert_eq!(stage.deliver_until_done(&first, 2).await, 1, "{common}");
        }
        assert_eq!(stage.deliver_until_done(&second, 2).await, 1, "{common}");
        assert_eq!(stage.outcomes(&second).await, [(outcome, 1)].into(), "{common}");
    }
}
