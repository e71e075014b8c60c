//! The check of a sheet in the browser: the same readers and rules as the service's, as WebAssembly.
//!
//! A page talks to it by four functions and JSON. [`room`] makes room for bytes, which JavaScript fills in: a request, or with
//! the request before it the file. [`call`] carries a [`Request`] out; where its answer lies, and a file that it made, say
//! [`answer`] and [`file()`]. One instance holds one sheet: a page that shows several has one for each. Nothing here knows a
//! clock, a disk or a network: the page says which day it is in London.

mod cells;
mod checker;
mod download;
mod report;
mod request;
mod rows;
mod sheet;
mod verdicts;

use std::cell::RefCell;
use std::mem;

use checker::Checker;
pub use request::{Request, Which};

thread_local! {
    static PAGE: RefCell<Page> = RefCell::default();
}

/// What passes between the page and the check.
#[derive(Default)]
struct Page {
    checker: Checker,
    input: Vec<u8>,
    answer: Vec<u8>,
}

/// Makes room for so many bytes, and says where: JavaScript writes them there before the next call of any function.
#[unsafe(no_mangle)]
pub extern "C" fn room(length: usize) -> *mut u8 {
    PAGE.with_borrow_mut(|page| {
        page.input = vec![0; length];
        page.input.as_mut_ptr()
    })
}

/// Takes the bytes for the file that the next request opens.
#[unsafe(no_mangle)]
pub extern "C" fn take_file() {
    PAGE.with_borrow_mut(|page| page.checker.bytes = mem::take(&mut page.input));
}

/// Takes the bytes for a request in JSON and carries it out. The length of its answer comes back, which is JSON too.
#[unsafe(no_mangle)]
pub extern "C" fn call() -> usize {
    PAGE.with_borrow_mut(|page| {
        let request = mem::take(&mut page.input);
        page.answer = page.checker.answer(&request);
        page.answer.len()
    })
}

/// The place of the last answer.
#[unsafe(no_mangle)]
pub extern "C" fn answer() -> *const u8 {
    PAGE.with_borrow(|page| page.answer.as_ptr())
}

/// The place of the bytes of the file that the last request made; its answer says how many there are.
#[unsafe(no_mangle)]
pub extern "C" fn file() -> *const u8 {
    PAGE.with_borrow(|page| page.checker.bytes.as_ptr())
}
