//! The poster in the test's own process: a real ledger on dynoxide, the API's simulator, and as much of SQS, Lambda and SSM
//! as it speaks to.

mod accents;
mod another_person;
mod aws;
mod calls;
mod crowd;
mod follow_ups;
mod given_up;
mod histories;
mod holdout;
mod leases;
mod limit;
mod log;
mod lost_answers;
mod lost_patches;
mod memory;
mod notes;
mod older;
mod orders;
mod pausing;
mod poison;
mod restored;
mod said;
mod settling;
mod speed;
mod staff;
mod stage;
mod together;
mod units;
mod weeks;
