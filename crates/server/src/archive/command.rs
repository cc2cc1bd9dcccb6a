//! What the command line asks for.

use std::io::{self, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;

use store::archive::{self, FileError, Reader, Saving};
use store::fjall::{FjallStore, Options};
use store::{OpenError, Store};

use super::DOOR;
use crate::config::{Config, Data};

/// Writes everything of a data directory into a file; answers what to tell.
pub(crate) async fn export(config: &Config, file: &Path) -> Result<String, String> {
    let directory = directory(config)?;
    if !directory.is_dir() {
        return Err(format!("there is no directory {}", directory.display()));
    }
    if let Ok(stream) = UnixStream::connect(directory.join(DOOR)) {
        let entries = receive(stream, file)?;
        return Ok(format!("{entries} entries, from the running program\n"));
    }
    let store = FjallStore::open(directory, Options::default()).map_err(|error| match error {
        OpenError::InUse(name) => {
            format!("{name} is in use by a program that does not answer here")
        }
        error => error.to_string(),
    })?;
    let saved = archive::save(&*store, file).await;
    store.close().await.map_err(|error| error.to_string())?;
    let entries = saved.map_err(|error| error.to_string())?;
    Ok(format!("{entries} entries\n"))
}

/// Makes a data directory of a file; answers what to tell.
pub(crate) async fn import(config: &Config, file: &Path) -> Result<String, String> {
    let directory = directory(config)?;
    let entries = archive::load(file, directory, Options::default()).await;
    let entries = entries.map_err(|error| error.to_string())?;
    Ok(format!("{entries} entries, in {}\n", directory.display()))
}

fn directory(config: &Config) -> Result<&Path, String> {
    match &config.data {
        Data::Directory(directory) => Ok(directory),
        Data::Memory => Err("--memory keeps nothing that could be exported".to_owned()),
    }
}

/// Reads an archive to its end while it is written to the file: only a whole one gets its name.
fn receive(stream: UnixStream, file: &Path) -> Result<u64, String> {
    let mut copy = Copy { stream, saving: Saving::begin(file).map_err(text)?, error: None };
    let result = read(&mut copy);
    match (result, copy.error) {
        (Ok(entries), None) => copy.saving.finish().map(|()| entries).map_err(text),
        (_, Some(error)) => {
            copy.saving.give_up();
            Err(error.to_string())
        }
        (Err(error), None) => {
            copy.saving.give_up();
            Err(format!("the running program did not give everything: {error}"))
        }
    }
}

fn read(copy: &mut Copy) -> Result<u64, archive::ArchiveError> {
    let copy = BufReader::with_capacity(1 << 20, copy);
    let mut reader = Reader::new(copy, store::fjall::LIMITS)?;
    let mut entries = 0;
    while reader.entry()?.is_some() {
        entries += 1;
    }
    Ok(entries)
}

/// What is read from the stream is written to the file.
struct Copy {
    stream: UnixStream,
    saving: Saving,
    error: Option<FileError>,
}

impl Read for Copy {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.stream.read(buffer)?;
        let written = self.saving.write(&buffer[..length]);
        if let Err(error) = written {
            self.error = Some(error);
            return Err(io::Error::other("the file cannot be written"));
        }
        Ok(length)
    }
}

fn text(error: FileError) -> String {
    error.to_string()
}
