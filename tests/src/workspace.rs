//! The files of the workspace, and what Cargo knows of it.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// A text file of the workspace.
#[derive(Clone, Debug)]
pub struct TextFile {
    /// Where it is, from the root, with `/` between the parts.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Every UTF-8 file below `folder`, a path from the root, in order of path. What was built and the
/// version control's own files are left out; a folder that is not there has no files.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn files_below(folder: &str) -> io::Result<Vec<TextFile>> {
    let root = root();
    let mut found = Vec::new();
    let start = if folder.is_empty() { root.clone() } else { root.join(folder) };
    if start.is_dir() {
        collect(&root, &start, &mut found)?;
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<TextFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == ".git" || name == "target" {
            continue;
        }
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            collect(root, &path, found)?;
        } else if let Ok(text) = String::from_utf8(fs::read(&path)?) {
            let parts = path.strip_prefix(root).unwrap_or(&path).iter();
            let parts: Vec<_> = parts.map(|part| part.to_string_lossy()).collect();
            found.push(TextFile { path: parts.join("/"), text });
        }
    }
    Ok(())
}

/// The names of the storage crates' folders, `storage-*`.
///
/// # Errors
/// When the root cannot be read.
pub fn storage_folders() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root())? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with("storage-") && entry.file_type()?.is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The migrations of all storage crates, in order of path.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn migrations() -> io::Result<Vec<TextFile>> {
    let mut found = Vec::new();
    for folder in storage_folders()? {
        found.extend(files_below(&format!("{folder}/migrations"))?);
    }
    found.retain(|file| Path::new(&file.path).extension().is_some_and(|ending| ending == "sql"));
    Ok(found)
}

/// What Cargo prints for these arguments at the root.
///
/// # Errors
/// When Cargo cannot be started or answers with an error, which is passed on in full.
pub fn cargo(arguments: &[&str]) -> io::Result<String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(root()).output()?;
    if output.status.success() {
        String::from_utf8(output.stdout).map_err(io::Error::other)
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!("cargo {}: {said}", arguments.join(" "))))
    }
}

/// `cargo metadata` of the workspace with every feature on.
///
/// # Errors
/// When Cargo fails, for example because `Cargo.lock` is out of date.
pub fn metadata() -> io::Result<Value> {
    let text = cargo(&["metadata", "--format-version", "1", "--locked", "--all-features"])?;
    serde_json::from_str(&text).map_err(io::Error::other)
}

/// The elements of a JSON array, or nothing where `value` is none.
pub fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The text of a JSON string, or `""` where `value` is none.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
