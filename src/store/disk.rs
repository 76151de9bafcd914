//! Files on disk that appear as a whole.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::base::ports::{FileWriter, Files, LocalFuture, file_missing};
use crate::error::{Error, Result};

pub(super) fn io_error(path: &Path, e: io::Error) -> Error {
    use io::ErrorKind as K;
    let (code, hint) = match e.kind() {
        K::StorageFull | K::QuotaExceeded | K::FileTooLarge => {
            ("storage_full", "free some space and repeat")
        }
        K::PermissionDenied | K::ReadOnlyFilesystem => {
            ("storage_refused", "choose a folder that you may write to")
        }
        K::NotADirectory | K::IsADirectory | K::AlreadyExists => (
            "storage_refused",
            "choose another path; this one is taken by a file or folder",
        ),
        _ => ("io", "check the disk"),
    };
    Error::storage(code, e.to_string())
        .at(path.to_string_lossy())
        .hint(hint)
        .because(e)
}

/// A temporary name beside `path`, different for every process and call.
fn temporary(path: &Path) -> PathBuf {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}-{n}.tmp", std::process::id()))
}

fn make_parent(path: &Path) -> Result<()> {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => fs::create_dir_all(p).map_err(|e| io_error(p, e)),
        _ => Ok(()),
    }
}

/// Replaces a file as a whole.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    make_parent(path)?;
    let mut file = Replacement::create(path)?;
    file.write(bytes)?;
    file.finish()
}

pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(io_error(path, e)),
        _ => Ok(()),
    }
}

/// A temporary file that becomes `path` when finished and vanishes when dropped.
struct Replacement {
    path: PathBuf,
    temporary: PathBuf,
    file: io::BufWriter<File>,
}

impl Replacement {
    fn create(path: &Path) -> Result<Self> {
        let temporary = temporary(path);
        let file = File::create(&temporary).map_err(|e| io_error(path, e))?;
        Ok(Self {
            path: path.to_owned(),
            temporary,
            file: io::BufWriter::with_capacity(1 << 16, file),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file
            .write_all(bytes)
            .map_err(|e| io_error(&self.path, e))
    }

    fn finish(mut self) -> Result<()> {
        let path = self.path.clone();
        let wrong = |e| io_error(&path, e);
        self.file.flush().map_err(wrong)?;
        self.file.get_ref().sync_all().map_err(wrong)?;
        fs::rename(&self.temporary, &self.path).map_err(wrong)?;
        // The new name must be on disk too; not every system lets a folder be synced.
        if let Some(parent) = self.path.parent()
            && let Ok(folder) = File::open(parent)
        {
            let _ = folder.sync_all();
        }
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After a rename there is nothing left to remove.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// `path` with `.part` at its end, which stays when the program ends and becomes `path` when
/// finished.
struct Part {
    path: PathBuf,
    part: PathBuf,
    file: File,
}

impl Part {
    fn open(path: &Path) -> Result<Self> {
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::options()
            .create(true)
            .append(true)
            .open(&part)
            .map_err(|e| io_error(&part, e))?;
        Ok(Self {
            path: path.to_owned(),
            part,
            file,
        })
    }
}

impl FileWriter for Part {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            self.file
                .write_all(bytes)
                .map_err(|e| io_error(&self.part, e))
        })
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        Box::pin(async move {
            self.file.sync_all().map_err(|e| io_error(&self.part, e))?;
            fs::rename(&self.part, &self.path).map_err(|e| io_error(&self.path, e))
        })
    }
}

/// Files of the disk; relative paths start at the working directory.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskFiles;

impl FileWriter for Replacement {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move { Replacement::write(self, bytes) })
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        Box::pin(async move { Replacement::finish(*self) })
    }
}

impl Files for DiskFiles {
    fn size<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        Box::pin(async move {
            match fs::metadata(path) {
                Ok(m) if m.is_file() => Ok(Some(m.len())),
                Ok(_) => Ok(None),
                Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(io_error(Path::new(path), e)),
            }
        })
    }

    fn read<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let wrong = |e: io::Error| match e.kind() {
                io::ErrorKind::NotFound => file_missing(path),
                _ => io_error(Path::new(path), e),
            };
            let mut file = File::open(path).map_err(wrong)?;
            // Some systems refuse to seek beyond a signed number; nothing lies there anyway.
            let size = file.metadata().map_err(wrong)?.len();
            file.seek(SeekFrom::Start(offset.min(size)))
                .map_err(wrong)?;
            let mut out = Vec::new();
            file.take(len as u64).read_to_end(&mut out).map_err(wrong)?;
            Ok(out)
        })
    }

    fn create<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Box<dyn FileWriter>>> {
        Box::pin(async move {
            let path = Path::new(path);
            make_parent(path)?;
            let writer: Box<dyn FileWriter> = Box::new(Replacement::create(path)?);
            Ok(writer)
        })
    }

    fn resume<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<(Box<dyn FileWriter>, u64)>> {
        Box::pin(async move {
            let path = Path::new(path);
            make_parent(path)?;
            let part = Part::open(path)?;
            let done = part.file.metadata().map_err(|e| io_error(path, e))?.len();
            let writer: Box<dyn FileWriter> = Box::new(part);
            Ok((writer, done))
        })
    }
}
