//! Nothing personal in what may be printed.

use feeds::{Outcome, Settlement};
use ledger::{Error, HashKey, LeaseGrant, NewRow, ResidentMemory};

use crate::support::{Fixture, checkpoint, new_run, pending};
use testkit::proxy::Fate;

const CANARY: &str = "Canary";

#[tokio::test]
async fn neither_debug_nor_errors_show_what_rows_hold() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2), pending(3)]).await;
    let mut printed = vec![format!("{:?}", pending(2)), format!("{:?}", fixture.claim_row(&run, 2).await)];

    let settlement = Settlement::new(Outcome::Failed).because(CANARY, CANARY);
    printed.push(format!("{settlement:?}"));

    // The SDK's own errors quote the item that stood in the way.
    let row = fixture.mine(&run, 3).await;
    fixture.tamper_row(&run, 3, "claim", aws_sdk_dynamodb::types::AttributeValue::S("another".into())).await;
    let lost = row.settle(settlement.clone()).await.expect_err("taken over");
    printed.extend([format!("{lost:?}"), lost.to_string()]);

    fixture.tamper_row(&run, 2, "attempts", aws_sdk_dynamodb::types::AttributeValue::S(CANARY.into())).await;
    fixture.advance(chrono::TimeDelta::minutes(15));
    let corrupt = fixture.ledger.claim_row(&run, 2, fixture.until()).await.expect_err("corrupt");
    printed.extend([format!("{corrupt:?}"), corrupt.to_string()]);

    let mut reading = fixture.reading(new_run("other", "a")).await;
    fixture.proxy.next("BatchWriteItem", Fate::DiedBefore, 9);
    let refused = reading.record(&[pending(2)], checkpoint(2)).await.expect_err("refused");
    assert!(matches!(refused, Error::Refused { .. }));
    printed.extend([format!("{refused:?}"), refused.to_string()]);
    let huge = NewRow { cells: vec![CANARY.repeat(100_000)], ..pending(2) };
    let too_large = reading.record(&[huge], checkpoint(2)).await.expect_err("too large");
    printed.extend([format!("{too_large:?}"), too_large.to_string(), format!("{reading:?}")]);

    for text in printed {
        assert!(!text.contains(CANARY) && !text.contains("94347659"), "{text}");
    }
}

#[tokio::test]
async fn identities_lie_in_the_table_as_hashes_only() {
    let fixture = Fixture::new().await;
    let run = fixture.posting(new_run("file", "a"), &[pending(2)]).await;
    let row = fixture.mine(&run, 2).await;
    let key = HashKey::new(&"key".into()).lease("nhs", "9434765919");
    let LeaseGrant::Granted(mut leases) = row.lease(std::slice::from_ref(&key)).await.expect("an answer") else {
        panic!("held")
    };
    leases.remember(1, ResidentMemory::default());
    let printed = format!("{key:?} {leases:?} {:?}", fixture.scan("LEASE").await);
    assert!(!printed.contains("9434765919"), "{printed}");
}
