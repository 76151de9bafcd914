//! A benchmark that comes as one zip file: its list of questions and its pictures.

use std::fmt;
use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::{Error, Result};

/// Largest file that is taken out of a zip, in bytes.
const LARGEST: u64 = 64 << 20;

/// The files of a zip, taken out one at a time.
pub struct BenchmarkZip(ZipArchive<Cursor<Vec<u8>>>);

impl fmt::Debug for BenchmarkZip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BenchmarkZip")
            .field("files", &self.0.len())
            .finish()
    }
}

impl BenchmarkZip {
    /// Reads the list of files.
    ///
    /// # Errors
    /// `zip_broken` when it is no zip.
    pub fn open(bytes: Vec<u8>) -> Result<Self> {
        ZipArchive::new(Cursor::new(bytes))
            .map(Self)
            .map_err(|e| broken(&e))
    }

    /// Paths of the files, in order; without folders and what systems put beside files.
    pub fn paths(&self) -> Vec<String> {
        // A name that is no text is one that no list of questions can say.
        let names = self.0.file_names().filter_map(std::result::Result::ok);
        let mut out: Vec<String> = names
            .filter(|n| !n.ends_with('/') && !n.starts_with("__MACOSX/"))
            .map(|n| n.into_owned())
            .collect();
        out.sort_unstable();
        out
    }

    /// The bytes of one file.
    ///
    /// # Errors
    /// `zip_broken` when it cannot be unpacked, `zip_file_size` when it is too large.
    pub fn read(&mut self, path: &str) -> Result<Vec<u8>> {
        let file = self.0.by_name(path).map_err(|e| broken(&e).at(path))?;
        let mut out = Vec::new();
        // What the list says of the size may be a lie.
        let read = file.take(LARGEST + 1).read_to_end(&mut out);
        read.map_err(|e| Error::data("zip_broken", e.to_string()).at(path))?;
        if out.len() as u64 > LARGEST {
            return Err(Error::limit(
                "zip_file_size",
                format!("the file is larger than {} MB", LARGEST >> 20),
            )
            .at(path));
        }
        Ok(out)
    }
}

fn broken(e: &ZipError) -> Error {
    Error::data("zip_broken", e.to_string())
        .hint("choose a zip without a password, or the unpacked folder")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    use super::*;

    #[test]
    fn packed_and_stored_files_come_out_as_they_went_in() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let text = "[1, 2, 3] ".repeat(100);
        for (path, method) in [
            ("b/list.json", CompressionMethod::Deflated),
            ("a.png", CompressionMethod::Stored),
            ("__MACOSX/._a.png", CompressionMethod::Stored),
        ] {
            let options = SimpleFileOptions::default().compression_method(method);
            zip.start_file(path, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.add_directory("b", SimpleFileOptions::default())
            .unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        assert!(bytes.len() < 3 * text.len());
        let mut zip = BenchmarkZip::open(bytes.clone()).unwrap();
        assert_eq!(zip.paths(), ["a.png", "b/list.json"]);
        for path in ["a.png", "b/list.json"] {
            assert_eq!(zip.read(path).unwrap(), text.as_bytes());
        }
        assert_eq!(zip.read("c").unwrap_err().code(), "zip_broken");

        let code = |bytes: &[u8]| BenchmarkZip::open(bytes.to_vec()).map(|_| ()).unwrap_err();
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert_eq!(code(&bytes[..cut]).code(), "zip_broken", "{cut}");
        }
        // Damage within the packed bytes is found by their checksum.
        let mut damaged = bytes;
        damaged[60] ^= 1;
        let read = BenchmarkZip::open(damaged).and_then(|mut z| z.read("b/list.json"));
        assert_eq!(read.unwrap_err().code(), "zip_broken");
    }
}
