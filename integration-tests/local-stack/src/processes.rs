//! The functions' processes as Linux shows them under `/proc`: found by what they run and for whom, and killed by id.

use std::fs;
use std::path::Path;

use crate::binaries::FUNCTIONS;

/// A process of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its id.
    pub id: u32,
    /// The function that it runs.
    pub function: &'static str,
}

/// The functions' processes that belong to one local AWS, those that do nothing at the moment among them.
pub fn of(aws: &str) -> Vec<Process> {
    let ids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = ids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut found: Vec<Process> = ids.filter_map(|id| Some(Process { id, function: runs(id, aws)? })).collect();
    found.sort_by_key(|process| process.id);
    found
}

/// Ends a process as a machine that fails does: without a word. Whether it was there.
pub fn kill(process: u32) -> bool {
    let status = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
    status.is_ok_and(|status| status.success())
}

/// The most memory that a process has had resident so far, in MB; none where it is gone.
pub fn peak_memory(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes / 1024)
}

/// How much processor time a process has used up so far, in milliseconds; none where it is gone.
pub fn cpu_milliseconds(process: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind the name, which is in parentheses and may hold blanks: of itself and of the kernel for it, in ticks of 10 ms.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some((ticks(11)? + ticks(12)?) * 10)
}

/// How much disk a process takes with files that have no name any more, in MB: a function's temporary files.
pub fn temporary_files(process: u32) -> u64 {
    let open = fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().flatten();
    let open = open.map(|entry| entry.path());
    let is_nameless =
        |path: &Path| fs::read_link(path).is_ok_and(|link| link.to_string_lossy().ends_with(" (deleted)"));
    // Through the descriptor: a file without a name is found by nothing else.
    let sizes = open.filter(|path| is_nameless(path)).filter_map(|path| fs::metadata(path).ok());
    sizes.filter(fs::Metadata::is_file).map(|file| file.len()).sum::<u64>() >> 20
}

/// Whose end of a connection on this machine this is, among some processes: the one that holds the socket with this
/// local and this remote port.
pub fn holder(processes: &[Process], local: u16, remote: u16) -> Option<u32> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let socket = format!("socket:[{}]", table.lines().skip(1).find_map(|line| inode(line, local, remote))?);
    processes.iter().map(|process| process.id).find(|id| {
        let open = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
        open.filter_map(|entry| fs::read_link(entry.path()).ok()).any(|link| link == Path::new(&socket))
    })
}

/// Which function a process runs, if it runs one for this local AWS.
fn runs(id: u32, aws: &str) -> Option<&'static str> {
    let executable = fs::read_link(format!("/proc/{id}/exe")).ok()?;
    let function = FUNCTIONS.into_iter().find(|name| is_binary(&executable, name))?;
    let environment = fs::read(format!("/proc/{id}/environ")).ok()?;
    let wanted = format!("AWS_ENDPOINT_URL={aws}");
    environment.split(|byte| *byte == 0).any(|entry| entry == wanted.as_bytes()).then_some(function)
}

/// A build of a function: named after it, or as its package names it, `<function>/bootstrap`.
fn is_binary(executable: &Path, function: &str) -> bool {
    executable.ends_with(function) || executable.ends_with(Path::new(function).join("bootstrap"))
}

/// The inode of a line of `/proc/net/tcp`, if it is the socket with these ports.
fn inode(line: &str, local: u16, remote: u16) -> Option<&str> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
    (port(fields.get(1)?)? == local && port(fields.get(2)?)? == remote).then(|| fields.get(9).copied())?
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn the_holder_of_a_connection_is_found_among_the_processes() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let here = listener.local_addr().expect("an address").port();
        let stream = TcpStream::connect(("127.0.0.1", here)).expect("a connection");
        let there = stream.local_addr().expect("an address").port();
        let own = Process { id: std::process::id(), function: "poster" };
        let other = Process { id: 1, function: "poster" };
        assert_eq!(holder(&[other.clone(), own], there, here), Some(std::process::id()));
        assert_eq!(holder(&[other], there, here), None);
    }

    #[test]
    fn work_takes_processor_time() {
        let used = || cpu_milliseconds(std::process::id()).expect("a process");
        let before = used();
        while used() < before + 20 {}
        assert_eq!(cpu_milliseconds(0), None);
    }

    #[test]
    fn a_temporary_file_is_counted_while_it_is_open() {
        let own = std::process::id();
        let before = temporary_files(own);
        let file = tempfile::tempfile().expect("a file");
        file.set_len(64 << 20).expect("a size");
        assert!(temporary_files(own) >= before + 64);
    }

    #[test]
    fn a_function_is_known_by_its_own_name_and_by_its_packages() {
        assert!(is_binary(Path::new("/target/debug/poster"), "poster"));
        assert!(is_binary(Path::new("/target/lambda/poster/bootstrap"), "poster"));
        assert!(!is_binary(Path::new("/target/lambda/poster/bootstrap"), "splitter"));
    }

    #[test]
    fn what_runs_no_function_is_no_process_of_ours() {
        assert_eq!(runs(std::process::id(), "http://127.0.0.1:1"), None);
    }
}
