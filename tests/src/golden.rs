//! Golden files: what a test expects, kept where a review sees it change.

use std::{env, fs, io, path::Path};

use crate::workspace::{TextFile, files_below, root};

/// Whether golden files are to be written and not compared.
pub fn blessing() -> bool {
    env::var_os("HEXACASE_BLESS").is_some()
}

/// Compares texts with the golden files of their paths, or writes them where that was asked for.
/// Files in `folder` with one of the `endings` that nothing expects any more are found, or
/// deleted, as well. Answers what differs, one line each.
///
/// # Errors
/// When a file cannot be read or written.
pub fn differences(
    folder: &str,
    endings: &[&str],
    expected: &[TextFile],
) -> io::Result<Vec<String>> {
    let golden = files_below(folder)?;
    if blessing() {
        bless(folder, endings, &golden, expected)?;
        return Ok(Vec::new());
    }
    Ok(compare(endings, &golden, expected))
}

fn compare(endings: &[&str], golden: &[TextFile], expected: &[TextFile]) -> Vec<String> {
    let mut found = Vec::new();
    for file in expected {
        match golden.iter().find(|golden| golden.path == file.path) {
            None => found.push(format!("{}: not there yet", file.path)),
            Some(golden) => found.extend(first_change(golden, file)),
        }
    }
    let left_over = stale(endings, golden, expected).map(|file| file.path.as_str());
    found.extend(left_over.map(|path| format!("{path}: nothing expects it any more")));
    found
}

/// The first line that differs: enough to know what happened, the rest shows when blessed.
fn first_change(golden: &TextFile, now: &TextFile) -> Option<String> {
    if golden.text == now.text {
        return None;
    }
    let (mut before, mut after) = (golden.text.lines(), now.text.lines());
    let mut number = 0;
    loop {
        number += 1;
        let (was, is) = (before.next(), after.next());
        if was != is || was.is_none() {
            let was = was.unwrap_or("(end of file)");
            let is = is.unwrap_or("(end of file)");
            return Some(format!("{}:{number}:\n  was: {was}\n  is:  {is}", now.path));
        }
    }
}

fn stale<'a>(
    endings: &'a [&str],
    golden: &'a [TextFile],
    expected: &'a [TextFile],
) -> impl Iterator<Item = &'a TextFile> {
    golden.iter().filter(|golden| {
        endings.iter().any(|ending| golden.path.ends_with(ending))
            && !expected.iter().any(|file| file.path == golden.path)
    })
}

fn bless(
    folder: &str,
    endings: &[&str],
    golden: &[TextFile],
    expected: &[TextFile],
) -> io::Result<()> {
    let root = root();
    for file in stale(endings, golden, expected) {
        fs::remove_file(root.join(&file.path))?;
    }
    fs::create_dir_all(root.join(folder))?;
    for file in expected {
        fs::write(root.join(Path::new(&file.path)), &file.text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_changed_what_is_new_and_what_is_left_over_is_found() {
        let golden = [
            file("g/a.dot", "1\n2\n"),
            file("g/b.dot", "1\n"),
            file("g/gone.dot", ""),
            file("g/x.txt", ""),
        ];
        let now = [file("g/a.dot", "1\n3\n"), file("g/b.dot", "1\n"), file("g/new.dot", "")];
        assert_eq!(
            compare(&[".dot"], &golden, &now),
            [
                "g/a.dot:2:\n  was: 2\n  is:  3",
                "g/new.dot: not there yet",
                "g/gone.dot: nothing expects it any more"
            ]
        );
        assert_eq!(compare(&[".dot"], &golden[..2], &golden[..2]), [""; 0]);
        let longer = [file("g/a.dot", "1\n2\n3\n")];
        let shorter = [file("g/a.dot", "1\n2\n")];
        assert_eq!(compare(&[], &longer, &shorter), ["g/a.dot:3:\n  was: 3\n  is:  (end of file)"]);
    }
}
