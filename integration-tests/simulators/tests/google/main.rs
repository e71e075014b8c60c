//! The Google simulator as a client sees it: each fact of docs/contract/google-drive.md that it stands for.

mod disk;
mod downloads;
mod faults;
mod files;
mod listing;
mod real_clients;
mod sheets;
mod sign_in;
mod support;
mod uploads;
