//! The client against a scripted API: what goes over the wire, and what is made of each answer.

mod api;
mod defects;
mod faults;
mod metrics;
mod personal_data;
mod pressure;
mod requests;
