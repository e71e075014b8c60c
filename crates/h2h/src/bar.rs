//! Bars that fit every terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A narrower terminal shows no bar, but what stands beside it.
const ROOM_FOR_A_BAR: u16 = 72;

/// A bar with its message beside it. Takes one line of the terminal, however long the message is: what does not fit is cut off
/// at the end. A bar that took two lines would be drawn again and again below itself.
pub(crate) fn bar(length: u64) -> ProgressBar {
    bar_in(length, comfy_table::Table::new().width())
}

fn bar_in(length: u64, terminal: Option<u16>) -> ProgressBar {
    let has_room = terminal.is_none_or(|columns| columns >= ROOM_FOR_A_BAR);
    let style = ProgressStyle::with_template(if has_room { "{bar:20} {wide_msg}" } else { "{wide_msg}" });
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::{ProgressDrawTarget, TermLike};

    use super::*;

    #[test]
    fn a_bar_takes_one_line_of_a_terminal_of_any_width() {
        for columns in [20, 40, 71, 72, 80, 100, 150, 250] {
            let screen = Screen { columns, lines: Arc::default() };
            let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
            let bar = bar_in(12_000, Some(columns));
            bar.set_draw_target(target);
            bar.set_position(7_500);
            bar.set_message(format!("7500/12000; {}", "a very long file name ".repeat(20)));
            bar.force_draw();
            let lines = screen.lines.lock().expect("no panic").clone();
            let line = lines.last().expect("a line");
            let width = line.chars().count();
            assert!(width <= usize::from(columns), "{width} of {columns}: {line}");
            assert!(line.contains("7500/12000"), "{columns}: {line}");
            assert_eq!(line.contains('█'), columns >= ROOM_FOR_A_BAR, "{columns}: {line}");
        }
    }

    /// A terminal that keeps what is written to it.
    #[derive(Clone, Debug)]
    struct Screen {
        columns: u16,
        lines: Arc<Mutex<Vec<String>>>,
    }

    impl Screen {
        fn keep(&self, text: &str) {
            let shown = text.trim_end();
            if !shown.is_empty() {
                self.lines.lock().expect("no panic").push(shown.to_owned());
            }
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            self.columns
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, text: &str) -> io::Result<()> {
            self.keep(text);
            Ok(())
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.keep(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }
}
