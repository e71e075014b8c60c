//! What a row costs of what AWS charges for (docs/cost.md). The numbers are exact and depend on no machine: one write more at
//! each row is a seventh of the table's bill.

use ledger::{LeaseGrant, RowClaim, Run};
use testkit::proxy::Units;

use crate::stage::{Sheet, Stage, long, pointer};

const SURNAMES: [&str; 10] = ["Able", "Baker", "Cole", "Dean", "Ellis", "Ford", "Grant", "Hall", "Irwin", "Jones"];
const NUMBERS: [&str; 10] = [
    "9434765919",
    "9434765870",
    "9434765927",
    "9434765935",
    "9434765943",
    "9434765951",
    "9434765978",
    "9434765986",
    "9434765994",
    "9434766001",
];

/// A batch, each row another person who has an address; known by their names and birthday alone: one lease each.
fn generic() -> Sheet {
    SURNAMES.iter().fold(Sheet::of("generic"), |sheet, surname| {
        sheet.row(&[
            ("First name", "Ann"),
            ("Surname", surname),
            ("d.o.b", "04/07/1948"),
            ("Help Request Type", "EUSS"),
            ("Address Line 1", "1 Mare Street"),
            ("Postcode", "E8 1AB"),
        ])
    })
}

/// The same people by names, NHS number and the feed's own id: three leases each.
fn spl() -> Sheet {
    SURNAMES.iter().zip(NUMBERS).fold(Sheet::of("spl"), |sheet, (surname, number)| {
        sheet.row(&[
            ("Traced_NHSNUMBER", number),
            ("PatientFirstName", "Ann"),
            ("PatientSurname", surname),
            ("DateOfBirth", "04/07/1948"),
            ("PatientAddress_Line1", "1 Mare Street"),
            ("PatientAddress_PostCode", "E8 1AB"),
        ])
    })
}

/// A batch of all rows, each of which settles; what it used up.
async fn batch(stage: &Stage, run: &Run) -> Units {
    let messages: Vec<String> = (2..12).map(|row| pointer(run, row)).collect();
    let messages: Vec<(&str, u32)> = messages.iter().map(|message| (message.as_str(), 1)).collect();
    let before = stage.proxy.units();
    assert!(stage.deliver(&messages).await.is_empty());
    assert!(stage.sent().is_empty(), "no message is sent again");
    let used = stage.proxy.units().since(before);
    assert_eq!(stage.outcomes(run).await.values().sum::<u64>(), 10);
    used
}

/// The circuit breaker and the run, once for a batch; for each row its claim (1), its leases (1 each), their release with what is
/// remembered (1 each), and the settle with its count, a transaction of two (4); and how long the API took, once a minute (1).
#[tokio::test]
async fn a_row_costs_seven_write_units_with_one_identity_and_eleven_with_three() {
    for (sheet, a_row) in [(generic(), 7.0), (spl(), 11.0)] {
        let stage = Stage::new().await;
        let created = stage.run("week 1", &sheet).await;
        assert_eq!(batch(&stage, &created).await, Units { read: 2.0, write: 10.0 * a_row + 1.0 });
        let known = stage.run("week 2", &sheet).await;
        assert_eq!(batch(&stage, &known).await, Units { read: 2.0, write: 10.0 * a_row });
    }
}

/// A lease that somebody else has costs its refusal; the row's claim is taken and given back.
#[tokio::test]
async fn a_row_that_waits_for_a_lease_costs_three() {
    let stage = Stage::new().await;
    let run = stage.run("twice", &generic().row(&[("First name", "Ann"), ("Surname", "Able")])).await;
    let held = stage.ledger.claim_row(&run, 12, long().claim_expiry()).await.expect("an answer");
    let RowClaim::Mine(held) = held else { panic!("{held:?}") };
    let names = stage.poster.hash_key.lease("names", "ANN\nABLE");
    let leases = held.lease(&[names]).await.expect("an answer");
    assert!(matches!(leases, LeaseGrant::Granted(_)), "{leases:?}");
    let before = stage.proxy.units();
    stage.deliver_row(&run, 2, 1).await;
    assert_eq!(stage.proxy.units().since(before), Units { read: 2.0, write: 3.0 });
    assert_eq!(stage.sent().len(), 1, "the message is sent again");
}
