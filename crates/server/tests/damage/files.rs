//! Copies of a directory, and damage to their files.

use std::fs::{OpenOptions, copy, create_dir_all, read_dir};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A copy of a directory.
pub(crate) fn copy_of(directory: &Path) -> TempDir {
    let to = tempfile::tempdir().expect("a directory");
    for file in all(directory) {
        let target = to.path().join(&file);
        create_dir_all(target.parent().expect("a parent")).expect("a directory");
        copy(directory.join(&file), target).expect("a copy");
    }
    to
}

/// The files below a directory, by their paths in it, in order; sockets are none.
pub(crate) fn all(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![directory.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in read_dir(folder).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                found.push(path.strip_prefix(directory).expect("below").to_owned());
            }
        }
    }
    found.sort();
    found
}

/// A file's bytes.
pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut file = OpenOptions::new().read(true).open(path).expect("a file");
    file.read_to_end(&mut bytes).expect("its bytes");
    bytes
}

/// Flips one bit.
pub(crate) fn flip(path: &Path, place: usize) {
    let mut file = OpenOptions::new().read(true).write(true).open(path).expect("a file");
    let mut byte = [0];
    file.seek(SeekFrom::Start(place as u64)).expect("a place");
    file.read_exact(&mut byte).expect("a byte");
    file.seek(SeekFrom::Start(place as u64)).expect("a place");
    file.write_all(&[byte[0] ^ (1 << (place % 8))]).expect("written");
}

/// Cuts off what stands behind a place.
pub(crate) fn truncate(path: &Path, place: usize) {
    let file = OpenOptions::new().write(true).open(path).expect("a file");
    file.set_len(place as u64).expect("cut off");
}
