//! Archives as files, and data directories made of them: each appears whole or not at all.

use std::ffi::OsString;
use std::fs::{File, create_dir_all, read_dir, remove_dir_all, remove_file, rename};
use std::io::{self, BufReader, ErrorKind, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use thiserror::Error;

use super::{ArchiveError, Reader, RestoreError, Writer, restore};
use crate::fjall::{FjallStore, Options};
use crate::{NodeId, OpenError, Store, StoreError};

/// About how much is read at a time, in bytes.
const PAGE: usize = 1 << 20;
/// What the name of something that is not finished ends with.
const UNFINISHED: &str = ".unfinished";

/// Why there is no file, or no directory.
#[derive(Debug, Error)]
pub enum FileError {
    /// The operating system says no.
    #[error("{0}: {1}")]
    Io(String, io::Error),
    /// The directory has something in it already.
    #[error("{0} is there already and not empty: an archive is read into a new directory only")]
    NotVacant(String),
    /// A directory cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store cannot be read, or not be closed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The archive cannot be read in.
    #[error(transparent)]
    Restore(#[from] RestoreError),
}

/// An archive on its way into a file.
pub struct Saving {
    path: PathBuf,
    unfinished: PathBuf,
    file: File,
}

impl Saving {
    /// Begins a file. It gets its name when it is finished; one of that name is replaced then.
    pub fn begin(path: &Path) -> Result<Self, FileError> {
        let unfinished = unfinished(path);
        let file = File::create(&unfinished).map_err(io(&unfinished))?;
        Ok(Saving { path: path.to_owned(), unfinished, file })
    }

    /// Writes a piece.
    pub fn write(&mut self, piece: &Bytes) -> Result<(), FileError> {
        self.file.write_all(piece).map_err(io(&self.unfinished))
    }

    /// The file is complete, and on disk when this returns.
    pub fn finish(self) -> Result<(), FileError> {
        self.file.sync_all().map_err(io(&self.unfinished))?;
        rename(&self.unfinished, &self.path).map_err(io(&self.path))?;
        sync_parent(&self.path).map_err(io(&self.path))
    }

    /// Removes what was written.
    pub fn give_up(self) {
        // Whoever sees the name knows what it is; more cannot be done.
        let _ = remove_file(&self.unfinished);
    }
}

/// Writes everything that a store holds into a file.
pub async fn save(store: &dyn Store, path: &Path) -> Result<(), FileError> {
    let mut saving = Saving::begin(path)?;
    match write(store, &mut saving).await {
        Ok(()) => saving.finish(),
        Err(error) => {
            saving.give_up();
            Err(error)
        }
    }
}

async fn write(store: &dyn Store, saving: &mut Saving) -> Result<(), FileError> {
    let (mut snapshot, mut writer) = (store.snapshot()?, Writer::new());
    loop {
        let page = snapshot.next(PAGE).await?;
        if page.is_empty() {
            return saving.write(&writer.end());
        }
        saving.write(&writer.write(page))?;
    }
}

/// Makes a data directory of the archive in a file; answers how many entries it has.
pub async fn load(path: &Path, directory: &Path, options: Options) -> Result<u64, FileError> {
    if !is_vacant(directory).map_err(io(directory))? {
        return Err(FileError::NotVacant(directory.display().to_string()));
    }
    let file = open(path).map_err(io(path))?;
    let unfinished = unfinished(directory);
    remove(&unfinished).map_err(io(&unfinished))?;
    create_dir_all(&unfinished).map_err(io(&unfinished))?;
    let store = FjallStore::open(&unfinished, options)?;
    let archive = Reader::new(BufReader::with_capacity(PAGE, file), store.limits());
    let restored = match archive {
        Ok(archive) => restore(&*store, NodeId::default(), archive).await,
        Err(error) => Err(error.into()),
    };
    store.close().await?;
    drop(store);
    match restored {
        Ok(entries) => {
            rename(&unfinished, directory).map_err(io(directory))?;
            sync_parent(directory).map_err(io(directory))?;
            Ok(entries)
        }
        Err(error) => {
            remove(&unfinished).map_err(io(&unfinished))?;
            Err(error.into())
        }
    }
}

impl From<ArchiveError> for FileError {
    fn from(error: ArchiveError) -> Self {
        FileError::Restore(error.into())
    }
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name: OsString = path.components().as_path().as_os_str().to_owned();
    name.push(UNFINISHED);
    name.into()
}

fn is_vacant(directory: &Path) -> io::Result<bool> {
    match read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn remove(directory: &Path) -> io::Result<()> {
    match remove_dir_all(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

#[expect(clippy::disallowed_methods, reason = "files are the store's")]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    path.canonicalize()?.parent().map_or(Ok(()), |parent| open(parent)?.sync_all())
}

fn io(path: &Path) -> impl Fn(io::Error) -> FileError {
    let name = path.display().to_string();
    move |error| FileError::Io(name.clone(), error)
}

#[cfg(test)]
mod tests {
    use base::SlotId;

    use super::*;
    use crate::{Batch, Durability, MemoryStore, Table};

    fn quick() -> Options {
        Options { floor_bytes: 0, ..Options::default() }
    }

    async fn with_a_row() -> std::sync::Arc<MemoryStore> {
        let store = MemoryStore::open(Default::default());
        let slot = store.acquire(SlotId::from_number(3), NodeId::default()).await.expect("it");
        let mut batch = Batch::new();
        batch.put(Table::Names, "key", "value");
        let number = slot.submit(batch, Durability::Disk);
        slot.durable(number).await.expect("it is durable");
        store
    }

    #[tokio::test]
    async fn a_file_becomes_a_directory_that_opens() {
        let home = tempfile::tempdir().expect("a directory");
        let (file, directory) = (home.path().join("archive"), home.path().join("data"));
        save(&*with_a_row().await, &file).await.expect("it is saved");
        assert_eq!(load(&file, &directory, quick()).await.expect("it is loaded"), 1);
        let store = FjallStore::open(&directory, quick()).expect("it opens");
        let row = store.snapshot().expect("a snapshot").next(1).await.expect("a page");
        assert_eq!(row.len(), 1);
        let again = load(&file, &directory, quick()).await;
        assert!(matches!(again, Err(FileError::NotVacant(_))), "it is not touched");
    }

    #[tokio::test]
    async fn a_bad_file_leaves_no_directory_behind() {
        let home = tempfile::tempdir().expect("a directory");
        let (file, directory) = (home.path().join("archive"), home.path().join("data"));
        save(&*with_a_row().await, &file).await.expect("it is saved");
        let shorter = File::options().write(true).open(&file).expect("a file");
        shorter.set_len(60).expect("it is cut");
        assert!(load(&file, &directory, quick()).await.is_err());
        let names = read_dir(home.path()).expect("a directory").count();
        assert_eq!(names, 1, "the archive alone");
    }
}
