//! The socket in the data directory through which a running program gives everything out.

use std::fs::{Permissions, remove_file, set_permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::geteuid;
use store::archive::Writer;
use store::{Store, StoreError};
use tokio::io::AsyncWriteExt;
use tokio::net::{UnixListener, UnixStream};

use super::DOOR;

/// About how much is read at a time, in bytes.
const PAGE: usize = 1 << 20;
/// How long one page may take to be read.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest path that an address of a socket has room for, on all systems.
const LONGEST: usize = 100;

/// Opens the door. Without it the program serves all the same, and an export waits for its end.
pub(crate) fn listen(directory: &Path) -> Option<UnixListener> {
    let path = directory.join(DOOR);
    match bind(&path) {
        Ok(listener) => Some(listener),
        Err(error) => {
            tracing::warn!(path = %path.display(), %error, "no export while running");
            None
        }
    }
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    if path.as_os_str().len() > LONGEST {
        return Err(io::Error::new(ErrorKind::InvalidInput, "the path is too long for a socket"));
    }
    // The directory is locked: whoever made this one has ended.
    match remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    set_permissions(path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Gives everything to whoever comes, one after the other, for as long as the program runs.
pub(crate) async fn serve(listener: UnixListener, store: Arc<dyn Store>) {
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => return tracing::warn!(%error, "no more exports while running"),
        };
        match give(stream, &*store).await {
            Ok(()) => tracing::info!("everything was exported"),
            Err(error) => tracing::warn!(%error, "an export was not completed"),
        }
    }
}

async fn give(mut stream: UnixStream, store: &dyn Store) -> Result<(), String> {
    let peer = stream.peer_cred().map_err(text)?.uid();
    // Somebody may have come before the permissions were set.
    if peer != geteuid().as_raw() && peer != 0 {
        return Err(format!("user {peer} may not have it"));
    }
    let mut snapshot = store.snapshot().map_err(text)?;
    let mut writer = Writer::new();
    loop {
        let page = snapshot.next(PAGE).await.map_err(|error: StoreError| text(error))?;
        if page.is_empty() {
            send(&mut stream, &writer.end()).await?;
            return stream.shutdown().await.map_err(text);
        }
        send(&mut stream, &writer.write(page)).await?;
    }
}

/// The store keeps what is deleted for as long as somebody reads: who stops reading is left.
async fn send(stream: &mut UnixStream, piece: &[u8]) -> Result<(), String> {
    match base::deadline::within(PATIENCE, stream.write_all(piece)).await {
        Some(sent) => sent.map_err(text),
        None => Err("nobody reads it".to_owned()),
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
